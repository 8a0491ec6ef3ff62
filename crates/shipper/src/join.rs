//! Putting the lines of a container together from the entries of its log file.

use std::ops::Range;

use crate::format::{Entry, LogFormat, Output, Text};
use crate::lines::{MAX_LINE_BYTES, part_len, split_within};

/// The longest entry; of a longer one the parts are taken for entries, which they are not.
pub(crate) const MAX_ENTRY_BYTES: usize = 1 << 20;
/// A line that has no end for so long is delivered as it is; what comes then is another line.
pub(crate) const OPEN_LINE_MS: i64 = 5_000;

/// What may still come behind the bytes that were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behind {
    /// More, any moment.
    More,
    /// Nothing came for long, or none will: lines that are open are delivered. An entry that is not whole still waits.
    Pause,
    /// Nothing ever: also what is left of an entry is delivered.
    Nothing,
}

/// The lines of a piece of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Joined {
    /// In the order of their ends.
    pub(crate) lines: Vec<Line>,
    /// Texts that do not stand in the file as they are.
    pub(crate) decoded: Vec<u8>,
    /// Bytes that need not be read again. What is left begins with an entry of a line that is still open, or with a part of an entry.
    pub(crate) consumed: usize,
    /// Whether a line is open.
    pub(crate) is_open: bool,
    /// The time of the last entry.
    pub(crate) last_ns: Option<i64>,
}

/// A line of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) output: Output,
    /// That of its first entry; none where there was none before an entry that could not be read.
    pub(crate) time_ns: Option<i64>,
    pub(crate) text: Text,
    pub(crate) kind: Kind,
    /// Where its first entry begins.
    first: usize,
    /// Where its last entry begins.
    last: usize,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Whole,
    /// A part of a line that is too long, behind which the rest comes.
    Part,
    /// It had no end when it was delivered.
    Unfinished,
    /// An entry that could not be read, as it stands in the file.
    Malformed,
}

/// Reads the entries of a piece of a file. `last_ns` is the time of the entry before it.
pub(crate) fn join(bytes: &[u8], format: LogFormat, behind: Behind, last_ns: Option<i64>) -> Joined {
    let split = split_within(bytes, behind == Behind::Nothing, MAX_ENTRY_BYTES);
    let mut joiner = Joiner { bytes, out: Joined { last_ns, ..Joined::default() }, open: Default::default() };
    joiner.out.lines.reserve(split.lines.len());
    for range in split.lines {
        let at = range.start;
        match format.decode(bytes, range.clone(), &mut joiner.out.decoded) {
            Some(entry) => joiner.take(at, entry),
            None => joiner.take_malformed(range),
        }
    }
    if behind != Behind::More {
        Output::ALL.into_iter().for_each(|output| joiner.end_line(output, None));
    }
    joiner.finish(split.consumed)
}

struct Joiner<'a> {
    bytes: &'a [u8],
    out: Joined,
    /// What there is of the line that each output is writing.
    open: [Open; Output::ALL.len()],
}

#[derive(Default)]
struct Open {
    /// Entries: where each begins, its time, its text.
    parts: Vec<(usize, i64, Text)>,
    len: usize,
}

impl Joiner<'_> {
    fn take(&mut self, at: usize, entry: Entry) {
        self.out.last_ns = Some(entry.time_ns);
        if self.open.iter().any(|open| !open.parts.is_empty()) {
            self.end_old_lines(entry.time_ns);
        }
        let open = &mut self.open[entry.output as usize];
        if entry.ended && open.parts.is_empty() {
            return self.push_cut(entry.output, Some(entry.time_ns), entry.text, at..at, Kind::Whole);
        }
        if open.len + entry.text.len() > MAX_LINE_BYTES {
            self.cut(entry.output, &entry.text);
        }
        let open = &mut self.open[entry.output as usize];
        open.len += entry.text.len();
        open.parts.push((at, entry.time_ns, entry.text));
        if entry.ended {
            self.end_line(entry.output, Some(Kind::Whole));
        }
    }

    /// Ends lines that were begun long before an entry.
    fn end_old_lines(&mut self, time_ns: i64) {
        for output in Output::ALL {
            let begun_ns = self.open[output as usize].parts.first().map(|(_, time_ns, _)| *time_ns);
            if begun_ns.is_some_and(|begun| time_ns.saturating_sub(begun) > OPEN_LINE_MS * 1_000_000) {
                self.end_line(output, None);
            }
        }
    }

    /// An entry that is none becomes a line of its own, and leaves those that are open alone.
    fn take_malformed(&mut self, range: Range<usize>) {
        let at = range.start;
        self.push_cut(Output::Untold, self.out.last_ns, Text::Read(range), at..at, Kind::Malformed);
    }

    /// Delivers what there is of a line that becomes too long with one more text, up to the last entry that does not cut a character if there
    /// is one.
    fn cut(&mut self, output: Output, next: &Text) {
        let mut parts = std::mem::take(&mut self.open[output as usize].parts);
        let begins_within = |text: &Text| {
            let first = text.of(self.bytes, &self.out.decoded).first();
            first.is_some_and(|byte| byte & 0xc0 == 0x80)
        };
        let text_at = |at: usize| parts.get(at).map_or(next, |(_, _, text)| text);
        let whole = (1..=parts.len()).rev().find(|at| !begins_within(text_at(*at)));
        let rest = parts.split_off(whole.unwrap_or(parts.len()));
        self.push_joined(output, &parts, Kind::Part);
        let open = &mut self.open[output as usize];
        open.len = rest.iter().map(|(_, _, text)| text.len()).sum();
        open.parts = rest;
    }

    /// Delivers what is open; without a kind as a line that has no end.
    fn end_line(&mut self, output: Output, kind: Option<Kind>) {
        let open = std::mem::take(&mut self.open[output as usize]);
        if open.parts.is_empty() || (kind.is_none() && open.len == 0) {
            return;
        }
        self.push_joined(output, &open.parts, kind.unwrap_or(Kind::Unfinished));
    }

    fn push_joined(&mut self, output: Output, parts: &[(usize, i64, Text)], kind: Kind) {
        let (Some((first, time_ns, text)), Some((last, ..))) = (parts.first(), parts.last()) else { return };
        let text = if parts.len() == 1 { text.clone() } else { self.concatenate(parts, kind == Kind::Whole) };
        self.push_cut(output, Some(*time_ns), text, *first..*last, kind);
    }

    fn concatenate(&mut self, parts: &[(usize, i64, Text)], ended: bool) -> Text {
        let from = self.out.decoded.len();
        for (_, _, text) in parts {
            match text {
                Text::Read(range) => {
                    self.out.decoded.extend_from_slice(self.bytes.get(range.clone()).unwrap_or_default());
                }
                Text::Decoded(range) => self.out.decoded.extend_from_within(range.clone()),
            }
        }
        // The two bytes of a line end may lie in two entries.
        let is_return = ended && self.out.decoded.last() == Some(&b'\r') && self.out.decoded.len() > from;
        self.out.decoded.truncate(self.out.decoded.len() - usize::from(is_return));
        Text::Decoded(from..self.out.decoded.len())
    }

    /// Adds a line, in parts when it is too long.
    fn push_cut(&mut self, output: Output, time_ns: Option<i64>, mut text: Text, at: Range<usize>, kind: Kind) {
        let (first, last) = (at.start, at.end);
        while text.len() > MAX_LINE_BYTES {
            let len = part_len(text.of(self.bytes, &self.out.decoded), MAX_LINE_BYTES);
            let part = text.slice(0..len);
            text = text.slice(len..text.len());
            self.out.lines.push(Line { output, time_ns, text: part, kind: Kind::Part, first, last });
        }
        self.out.lines.push(Line { output, time_ns, text, kind, first, last });
    }

    /// Keeps the lines that lie before everything that has to be read again: `consumed` bytes without a line that is open, and without
    /// a line that began before and ended behind.
    fn finish(self, consumed: usize) -> Joined {
        let mut out = self.out;
        let open = self.open.iter().filter_map(|open| open.parts.first());
        let first_open = open.map(|(at, ..)| *at).min();
        out.is_open = first_open.is_some();
        out.consumed = first_open.unwrap_or(consumed);
        // Reading again must begin before them all.
        while let Some(first) = out.lines.iter().filter(|line| line.last >= out.consumed).map(|line| line.first).min()
            && first < out.consumed
        {
            out.consumed = first;
        }
        if out.is_open {
            out.lines.retain(|line| line.last < out.consumed);
        }
        out
    }
}

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod tests;
