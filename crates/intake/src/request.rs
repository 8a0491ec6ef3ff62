//! Lines as they came in, before limits and additions.

use std::ops::Range;

use crate::pairs;

/// What decoders and shippers fill: streams, each followed by its lines. Texts that lie in the caller's bytes as they are stay there, the others are copied
/// into one buffer.
#[derive(Clone, Debug, Default)]
pub struct PushRequest<'a> {
    streams: Vec<StreamHead>,
    lines: Vec<Line<'a>>,
    bytes: Vec<u8>,
    any_time: bool,
}

#[derive(Clone, Debug)]
struct StreamHead {
    labels: HeadLabels,
    first_line: usize,
}

#[derive(Clone, Debug)]
enum HeadLabels {
    Known(Range<usize>),
    Unreadable { text: String, reason: String },
    Duplicate { text: String, name: String },
}

#[derive(Clone, Debug)]
struct Line<'a> {
    time_ns: i64,
    text: Text<'a>,
    metadata: Range<usize>,
}

#[derive(Clone, Debug)]
enum Text<'a> {
    Theirs(&'a [u8]),
    Ours(Range<usize>),
}

/// A stream of a request.
#[derive(Clone, Copy, Debug)]
pub struct RequestStream<'r, 'a> {
    request: &'r PushRequest<'a>,
    index: usize,
}

/// The labels of a stream of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamLabels<'r> {
    /// Labels in canonical encoding.
    Known(&'r [u8]),
    /// A text that is no label set, and why.
    Unreadable {
        /// The text as it came.
        text: &'r str,
        /// What is wrong with it.
        reason: &'r str,
    },
    /// A set that holds a name twice.
    Duplicate {
        /// The set, as a stream is shown in messages.
        text: &'r str,
        /// The name.
        name: &'r str,
    },
}

/// A line of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestLine<'r> {
    /// Nanoseconds since the epoch.
    pub time_ns: i64,
    /// The text.
    pub line: &'r [u8],
    /// Structured metadata in the canonical encoding of labels.
    pub metadata: &'r [u8],
}

impl<'a> PushRequest<'a> {
    /// A request without streams.
    #[must_use]
    pub fn new() -> PushRequest<'a> {
        PushRequest::default()
    }

    /// Begins a stream; the lines pushed next belong to it. Pairs come in any order and are sorted in place; an empty value
    /// leaves its label out.
    pub fn begin_stream(&mut self, labels: &mut [(&str, &str)]) {
        labels.sort_by_key(|(name, _)| *name);
        let twice = labels.windows(2).find(|pair| pair[0].0 == pair[1].0).map(|pair| pair[0].0.to_owned());
        let labels = match twice {
            Some(name) => HeadLabels::Duplicate { text: shown(labels), name },
            None => HeadLabels::Known(self.keep_pairs(labels)),
        };
        self.begin(labels);
    }

    /// Begins a stream whose labels already are in the canonical encoding of [`model::Labels`].
    pub fn begin_canonical_stream(&mut self, labels: &[u8]) {
        let labels = HeadLabels::Known(self.keep(labels));
        self.begin(labels);
    }

    /// Begins a stream whose labels cannot be read; its lines will be refused.
    pub fn begin_unreadable_stream(&mut self, text: impl Into<String>, reason: impl Into<String>) {
        self.begin(HeadLabels::Unreadable { text: text.into(), reason: reason.into() });
    }

    /// Adds a line to the stream begun last. Text that lies in the caller's bytes is not copied.
    pub fn push_line(&mut self, time_ns: i64, line: &'a [u8]) {
        self.lines.push(Line { time_ns, text: Text::Theirs(line), metadata: 0..0 });
    }

    /// Adds a line whose text is copied.
    pub fn push_copied_line(&mut self, time_ns: i64, line: &[u8]) {
        let text = Text::Ours(self.keep(line));
        self.lines.push(Line { time_ns, text, metadata: 0..0 });
    }

    /// Gives structured metadata to the line pushed last. Names become label names (other characters turn into underscores), a later pair replaces an
    /// earlier one of the same name, an empty value leaves its name out.
    pub fn push_metadata(&mut self, metadata: &[(&str, &str)]) {
        let mut named: Vec<(String, &str)> = metadata.iter().map(|(name, value)| (label_name(name), *value)).collect();
        named.sort_by(|a, b| a.0.cmp(&b.0));
        let start = self.bytes.len();
        for (i, (name, value)) in named.iter().enumerate() {
            let is_last = named.get(i + 1).is_none_or(|next| next.0 != *name);
            if is_last && !value.is_empty() {
                pairs::push(&mut self.bytes, name, value);
            }
        }
        if let Some(line) = self.lines.last_mut() {
            line.metadata = start..self.bytes.len();
        }
    }

    /// Lets the lines be of any time: they are the history of this machine, which is taken up whole, and not what a sender with a wrong
    /// clock makes of it.
    pub fn allow_any_time(&mut self) {
        self.any_time = true;
    }

    /// Whether the limits on how old and how new a line may be do not count.
    pub(crate) fn allows_any_time(&self) -> bool {
        self.any_time
    }

    /// The streams in the order in which they were begun.
    pub fn streams(&self) -> impl Iterator<Item = RequestStream<'_, 'a>> {
        (0..self.streams.len()).map(|index| RequestStream { request: self, index })
    }

    /// Streams, those without lines among them.
    #[must_use]
    pub fn n_streams(&self) -> usize {
        self.streams.len()
    }

    /// Lines of all streams.
    #[must_use]
    pub fn n_lines(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is no line.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    fn begin(&mut self, labels: HeadLabels) {
        self.streams.push(StreamHead { labels, first_line: self.lines.len() });
    }

    fn keep(&mut self, bytes: &[u8]) -> Range<usize> {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        start..self.bytes.len()
    }

    fn keep_pairs(&mut self, sorted: &[(&str, &str)]) -> Range<usize> {
        let start = self.bytes.len();
        for (name, value) in sorted.iter().filter(|(_, value)| !value.is_empty()) {
            pairs::push(&mut self.bytes, name, value);
        }
        start..self.bytes.len()
    }
}

impl<'r> RequestStream<'r, '_> {
    /// Its labels.
    #[must_use]
    pub fn labels(&self) -> StreamLabels<'r> {
        match &self.request.streams[self.index].labels {
            HeadLabels::Known(range) => StreamLabels::Known(&self.request.bytes[range.clone()]),
            HeadLabels::Unreadable { text, reason } => StreamLabels::Unreadable { text, reason },
            HeadLabels::Duplicate { text, name } => StreamLabels::Duplicate { text, name },
        }
    }

    /// Its lines.
    pub fn lines(&self) -> impl ExactSizeIterator<Item = RequestLine<'r>> + use<'r, '_> {
        let request = self.request;
        let first = request.streams[self.index].first_line;
        let end = request.streams.get(self.index + 1).map_or(request.lines.len(), |next| next.first_line);
        request.lines[first..end].iter().map(move |line| RequestLine {
            time_ns: line.time_ns,
            line: match &line.text {
                Text::Theirs(text) => text,
                Text::Ours(range) => &request.bytes[range.clone()],
            },
            metadata: &request.bytes[line.metadata.clone()],
        })
    }
}

/// A set that is no label set, as label sets are shown.
fn shown(labels: &[(&str, &str)]) -> String {
    let quoted = |(name, value): &(&str, &str)| format!("{name}={}", model::labels::Quoted(value));
    let pairs: Vec<String> = labels.iter().map(quoted).collect();
    format!("{{{}}}", pairs.join(", "))
}

/// The label name that stands for a name of structured metadata.
fn label_name(name: &str) -> String {
    let fits = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' };
    match name.chars().next() {
        None => "_".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("key_{}", name.chars().map(fits).collect::<String>()),
        Some(_) => name.chars().map(fits).collect(),
    }
}
