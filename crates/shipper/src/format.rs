//! The formats in which container runtimes write down what containers print: each line of such a file is an *entry*, which
//! holds a line of the container or a part of one.

mod cri;
mod docker;
mod time;

use std::ops::Range;

/// How a container's log file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LogFormat {
    /// Docker's `json-file`: `{"log":"text\n","stream":"stdout","time":"2026-11-25T07:43:11.786542545Z"}`. An entry whose text has
    /// no line end is continued by the next one of its stream.
    DockerJson,
    /// That of the Kubernetes runtime interface and of Podman's `k8s-file`: `2026-11-25T07:43:11.786542545+00:00 stdout F text`.
    /// An entry with `P` is continued by the next one of its stream.
    Cri,
}

/// Where a container wrote a line to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    Stdout,
    Stderr,
    /// The entry does not say.
    Untold,
}

/// An entry that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Nanoseconds since the epoch.
    pub(crate) time_ns: i64,
    pub(crate) output: Output,
    /// Without a line end.
    pub(crate) text: Text,
    /// Whether the line ends with this entry.
    pub(crate) ended: bool,
}

/// Where a text lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    /// In the bytes of the file, as it stands there.
    Read(Range<usize>),
    /// Among the texts that had to be written anew.
    Decoded(Range<usize>),
}

impl Text {
    /// Its bytes, out of those of the file and those that were written anew.
    pub(crate) fn of<'a>(&self, read: &'a [u8], decoded: &'a [u8]) -> &'a [u8] {
        match self {
            Text::Read(range) => read.get(range.clone()),
            Text::Decoded(range) => decoded.get(range.clone()),
        }
        .unwrap_or_default()
    }

    pub(crate) fn len(&self) -> usize {
        let (Text::Read(range) | Text::Decoded(range)) = self;
        range.len()
    }

    /// A part of it.
    pub(crate) fn slice(&self, part: Range<usize>) -> Text {
        let within = |range: &Range<usize>| range.start + part.start..range.start + part.end;
        match self {
            Text::Read(range) => Text::Read(within(range)),
            Text::Decoded(range) => Text::Decoded(within(range)),
        }
    }
}

impl Output {
    pub(crate) const ALL: [Output; 3] = [Output::Stdout, Output::Stderr, Output::Untold];

    fn of(name: &[u8]) -> Option<Output> {
        match name {
            b"stdout" => Some(Output::Stdout),
            b"stderr" => Some(Output::Stderr),
            _ => None,
        }
    }
}

impl LogFormat {
    /// Reads one entry: the bytes of `range`, which has no line end. Text that does not stand there as it is goes behind `decoded`. `None` when it is
    /// not an entry.
    pub(crate) fn decode(self, bytes: &[u8], range: Range<usize>, decoded: &mut Vec<u8>) -> Option<Entry> {
        let line = bytes.get(range.clone())?;
        let kept = decoded.len();
        let entry = match self {
            LogFormat::DockerJson => docker::decode(line, range.start, decoded),
            LogFormat::Cri => cri::decode(line, range.start),
        };
        if entry.is_none() {
            decoded.truncate(kept);
        }
        entry
    }

    /// Its name, for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            LogFormat::DockerJson => "json-file",
            LogFormat::Cri => "k8s-file",
        }
    }
}

#[cfg(test)]
mod tests;
