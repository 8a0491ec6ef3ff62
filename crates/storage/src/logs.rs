//! The log store.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use model::{Labels, Matcher};

use crate::TenantId;
use crate::batch::BatchToken;
use crate::cancel::CancelToken;
use crate::error::Result;

/// Keeps lines of labelled streams, each with a time and structured metadata, byte for byte.
///
/// Times are nanoseconds since the epoch. Matchers passed together must all hold. Every call may be made from any thread at any
/// time; what a call returns holds everything that was acknowledged before the call began. Lines of one stream with equal times
/// keep the order in which they were appended; a line that equals an acknowledged one in stream, time, text and metadata is kept
/// as well: only a retry, known by its token or source range, is dropped.
pub trait LogStore: Send + Sync {
    /// Writes one batch. When it returns, the batch survives a kill of the process; whether it survives a power cut at once is the
    /// store's sync setting.
    ///
    /// # Errors
    /// `Full` when the disk has no room, `Invalid` when the batch breaks its own rules, `Io`: then nothing of the batch is
    /// acknowledged, and a retry with the same token or source range is safe.
    fn append(&self, tenant: TenantId, batch: &LogBatch<'_>) -> Result<LogAck>;

    /// Where the lines of a source acknowledged so far end; `None` for a source never seen. It is kept by the same write as the
    /// lines, so that a shipper that was killed goes on without a gap and without a repeat.
    ///
    /// # Errors
    /// `Io`.
    fn source_end(&self, tenant: TenantId, source: SourceId) -> Result<Option<u64>>;

    /// The streams that match any of the selectors (each a list of matchers; all streams when there is none) and have a line in the range, sorted by labels.
    ///
    /// # Errors
    /// `LimitExceeded` beyond `limits.streams`; `Corrupt`, `Io`, `Cancelled`.
    fn select_streams(
        &self,
        tenant: TenantId,
        selectors: &[Vec<Matcher>],
        range: NanoRange,
        limits: &LogLimits,
        cancel: &CancelToken,
    ) -> Result<Vec<Stream>>;

    /// The lines that a query asks for, in batches.
    ///
    /// # Errors
    /// As `select_streams`; also from within the iterator, which then ends.
    fn select_lines<'a>(
        &'a self,
        tenant: TenantId,
        query: LineQuery,
        limits: &LogLimits,
        cancel: &CancelToken,
    ) -> Result<LineStream<'a>>;

    /// Counts lines or bytes over a grid of left-open windows inside the store, so that no line travels. `None` when this store
    /// cannot do so exactly; the caller then counts lines itself.
    ///
    /// # Errors
    /// As `select_lines`.
    fn count_grid(
        &self,
        _tenant: TenantId,
        _unit: &CountUnit<'_>,
        _grid: NanoGrid,
        _limits: &LogLimits,
        _cancel: &CancelToken,
    ) -> Result<Option<Vec<CountSeries>>> {
        Ok(None)
    }

    /// The names of all labels on streams that match any selector (all streams when there is none), sorted. Does not read
    /// lines: a stream of a block that overlaps the range counts.
    ///
    /// # Errors
    /// `Corrupt`, `Io`, `Cancelled`.
    fn label_names(
        &self,
        tenant: TenantId,
        selectors: &[Vec<Matcher>],
        range: NanoRange,
        cancel: &CancelToken,
    ) -> Result<Vec<String>>;

    /// The values of one label on streams that match any selector (all streams when there is none), sorted.
    ///
    /// # Errors
    /// As `label_names`.
    fn label_values(
        &self,
        tenant: TenantId,
        name: &str,
        selectors: &[Vec<Matcher>],
        range: NanoRange,
        cancel: &CancelToken,
    ) -> Result<Vec<String>>;

    /// Lines, bytes and pieces of storage per matching stream, from counters and without reading lines: at the ends of the range
    /// whole minutes may count. Sorted by labels.
    ///
    /// # Errors
    /// As `label_names`.
    fn volumes(
        &self,
        tenant: TenantId,
        selectors: &[Vec<Matcher>],
        range: NanoRange,
        cancel: &CancelToken,
    ) -> Result<Vec<StreamVolume>>;

    /// Hands every batch of matching lines appended from now on to the sink, after it was acknowledged, until the guard is dropped.
    ///
    /// # Errors
    /// `Closed` when the store is shutting down.
    fn tail(&self, tenant: TenantId, matchers: Vec<Matcher>, sink: Box<dyn TailSink>) -> Result<TailGuard>;

    /// Drops what the retention rules no longer keep at this time (nanoseconds). Returns the bytes freed.
    ///
    /// # Errors
    /// `Io`; what was dropped before the failure stays dropped.
    fn enforce_retention(&self, now_ns: i64) -> Result<u64>;
}

/// Lines of one or more streams: the unit of writing.
#[derive(Clone, Copy, Debug)]
pub struct LogBatch<'a> {
    /// Recognises a retry of the same batch.
    pub token: Option<BatchToken>,
    /// The part of a source that these lines are. A batch whose range ends at or before the acknowledged end of its source is a
    /// retry: it is acknowledged again and not written.
    pub source: Option<SourceRange>,
    /// The lines, by stream. A stream may occur more than once.
    pub streams: &'a [StreamLines<'a>],
    /// The request that the lines were decoded from. The store then logs these bytes as they came, which is cheaper than writing the lines
    /// out, and hands them to its [`BodyDecoder`] when it recovers.
    pub body: Option<Body<'a>>,
}

/// Lines of one stream.
#[derive(Clone, Copy, Debug)]
pub struct StreamLines<'a> {
    /// The stream's labels in the canonical encoding of [`Labels`].
    pub labels: &'a [u8],
    /// The lines, in any order of times.
    pub lines: &'a [LineEntry<'a>],
}

/// One line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineEntry<'a> {
    /// Nanoseconds since the epoch.
    pub time_ns: i64,
    /// The text, without a line end; any bytes.
    pub line: &'a [u8],
    /// Structured metadata in the canonical encoding of [`Labels`]; empty for none.
    pub metadata: &'a [u8],
}

/// A request body as it came over the network.
#[derive(Clone, Copy, Debug)]
pub struct Body<'a> {
    /// How to decode it; the decoder's own numbering, which is written to disk and must not change its meaning.
    pub format: u8,
    /// When it was received, in nanoseconds; handed to the decoder again.
    pub received_ns: i64,
    /// The bytes.
    pub bytes: &'a [u8],
    /// Which of the decoded lines the batch leaves out (refused by a limit): ascending indexes over all lines in the order of decoding.
    pub left_out: &'a [u32],
}

/// Decodes logged request bodies when a store recovers. It must give the lines that the batch held, streams and lines in the same order.
pub trait BodyDecoder: Send + Sync {
    /// Decodes one body and hands each line to `line`: the stream's labels in canonical encoding, and the line. The lines that
    /// `left_out` names are handed over as well; the store skips them.
    ///
    /// # Errors
    /// `Corrupt` when the bytes do not decode, `NotBuilt` for an unknown format.
    fn decode(&self, body: &Body<'_>, line: &mut dyn FnMut(&[u8], LineEntry<'_>)) -> Result<()>;
}

/// Names a source of lines, such as one log file of one agent: a hash of what identifies it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(pub u128);

/// A part of a source, in its own positions (bytes of a file). Ranges of one source are appended in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceRange {
    /// The source.
    pub source: SourceId,
    /// Where the part begins.
    pub from: u64,
    /// Where it ends; the position to go on from.
    pub to: u64,
}

/// What became of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogAck {
    /// Lines written.
    pub lines: u64,
    /// The batch was recognised as a retry of an acknowledged one, and nothing was written.
    pub repeated: bool,
}

/// A range of times in nanoseconds, closed at its start and open at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NanoRange {
    /// The first moment within.
    pub start_ns: i64,
    /// The first moment behind.
    pub end_ns: i64,
}

impl NanoRange {
    /// All of time but its last nanosecond.
    pub const ALL: NanoRange = NanoRange { start_ns: i64::MIN, end_ns: i64::MAX };

    /// Whether the moment lies in the range.
    #[must_use]
    pub fn contains(self, time_ns: i64) -> bool {
        self.start_ns <= time_ns && time_ns < self.end_ns
    }

    /// Whether a closed range of times shares a moment with this one.
    #[must_use]
    pub fn overlaps(self, first_ns: i64, last_ns: i64) -> bool {
        first_ns < self.end_ns && self.start_ns <= last_ns
    }

    /// Whether no moment lies in the range.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start_ns >= self.end_ns
    }
}

/// A stream.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stream {
    /// Its labels, which are its identity.
    pub labels: Labels,
}

/// Which lines are wanted, and in what order.
#[derive(Clone, Debug)]
pub struct LineQuery {
    /// The stream selector.
    pub matchers: Vec<Matcher>,
    /// The times.
    pub range: NanoRange,
    /// Filters on the text that every line must pass. A store applies all of them exactly.
    pub filters: Vec<LineFilter>,
    /// The order of lines.
    pub order: Order,
    /// Lines wanted at most, after the filters. With [`Order::Any`] the store may choose which.
    pub limit: Option<usize>,
    /// What of each line is needed.
    pub need: Need,
}

/// The order of lines over all batches of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Ascending times. Equal times: by stream labels, then as appended.
    Forward,
    /// Descending times. Equal times: by stream labels, then the last appended first.
    Backward,
    /// Within one stream ascending times, equal times as appended; otherwise as it suits the store. For aggregation.
    PerStream,
    /// As it suits the store. For aggregation.
    Any,
}

/// The columns that a query reads. Times and streams always come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    /// The text. Without it `line` of a row is empty; its length comes anyway.
    pub line: bool,
    /// Structured metadata. Without it `metadata` of a row is empty.
    pub metadata: bool,
}

impl Need {
    /// Everything.
    pub const ALL: Need = Need { line: true, metadata: true };
}

/// A test on a line's text.
#[derive(Clone, Debug)]
pub enum LineFilter {
    /// The line holds these bytes.
    Contains(Vec<u8>),
    /// The line does not hold these bytes.
    NotContains(Vec<u8>),
    /// The line holds at least one of these.
    ContainsAny(Vec<Vec<u8>>),
    /// The expression matches somewhere in the line. Bytes that are not UTF-8 count as U+FFFD.
    Matches(goregex::Regex),
    /// The expression matches nowhere in the line.
    NotMatches(goregex::Regex),
}

impl LineFilter {
    /// Whether a line passes.
    #[must_use]
    pub fn passes(&self, line: &[u8]) -> bool {
        match self {
            LineFilter::Contains(needle) => contains(line, needle),
            LineFilter::NotContains(needle) => !contains(line, needle),
            LineFilter::ContainsAny(needles) => needles.iter().any(|needle| contains(line, needle)),
            LineFilter::Matches(regex) => regex.is_match(&String::from_utf8_lossy(line)),
            LineFilter::NotMatches(regex) => !regex.is_match(&String::from_utf8_lossy(line)),
        }
    }
}

fn contains(line: &[u8], needle: &[u8]) -> bool {
    memchr::memmem::find(line, needle).is_some()
}

/// Lines in batches, in the order of the query.
pub type LineStream<'a> = Box<dyn Iterator<Item = Result<LineBatch>> + Send + 'a>;

/// Lines of some streams. Texts and metadata lie in one buffer, so that no line is an allocation.
#[derive(Clone, Debug, Default)]
pub struct LineBatch {
    /// The streams that rows refer to.
    pub streams: Vec<Arc<Stream>>,
    /// The lines.
    pub rows: Vec<LineRow>,
    /// What the ranges of rows refer to.
    pub bytes: Vec<u8>,
}

/// One line of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineRow {
    /// Nanoseconds since the epoch.
    pub time_ns: i64,
    /// Index into the batch's streams.
    pub stream: u32,
    /// Length of the text in bytes, also where the text was not asked for.
    pub line_bytes: u32,
    /// Where the text lies in the batch's bytes.
    pub line: Range<u32>,
    /// Where the structured metadata lies in the batch's bytes, in the canonical encoding of [`Labels`].
    pub metadata: Range<u32>,
}

impl LineBatch {
    /// The text of a row.
    #[must_use]
    pub fn line(&self, row: &LineRow) -> &[u8] {
        self.slice(&row.line)
    }

    /// The structured metadata of a row.
    #[must_use]
    pub fn metadata(&self, row: &LineRow) -> &[u8] {
        self.slice(&row.metadata)
    }

    /// Adds a row, copying its text and metadata. Batches hold less than 4 GiB.
    pub fn push(&mut self, stream: u32, time_ns: i64, line: &[u8], metadata: &[u8]) {
        let line_range = self.keep(line);
        let metadata = self.keep(metadata);
        self.rows.push(LineRow { time_ns, stream, line_bytes: line.len() as u32, line: line_range, metadata });
    }

    fn keep(&mut self, bytes: &[u8]) -> Range<u32> {
        let start = self.bytes.len() as u32;
        self.bytes.extend_from_slice(bytes);
        start..self.bytes.len() as u32
    }

    fn slice(&self, range: &Range<u32>) -> &[u8] {
        &self.bytes[range.start as usize..range.end as usize]
    }
}

/// Windows `(t - window_ns, t]` at `t = start_ns, start_ns + step_ns, …` up to and including `end_ns`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NanoGrid {
    /// First evaluation time.
    pub start_ns: i64,
    /// No evaluation after this time.
    pub end_ns: i64,
    /// Distance of evaluation times; 0 when there is only one.
    pub step_ns: i64,
    /// Width of each window.
    pub window_ns: i64,
}

/// What a store may count by itself.
#[derive(Clone, Debug)]
pub struct CountUnit<'a> {
    /// The stream selector.
    pub matchers: &'a [Matcher],
    /// Filters on the text.
    pub filters: &'a [LineFilter],
    /// Bytes of the lines instead of their number.
    pub bytes: bool,
    /// Metadata labels whose values tell counts apart, besides the stream's labels; such as `detected_level`.
    pub by_metadata: &'a [&'a str],
}

/// Counts of one stream (and one set of metadata values).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountSeries {
    /// The stream's labels joined by the metadata labels asked for; of the same name, the stream's counts.
    pub labels: Labels,
    /// One per evaluation time; 0 where the window has no line.
    pub counts: Vec<u64>,
}

/// How much one stream holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamVolume {
    /// The stream.
    pub labels: Labels,
    /// Lines.
    pub lines: u64,
    /// Bytes of the lines' texts.
    pub bytes: u64,
    /// Blocks (the head's share counts as one) that hold lines of it.
    pub chunks: u64,
}

/// Takes lines that were just appended.
pub trait TailSink: Send + Sync {
    /// Takes a batch; must not block and must not call the store. False ends the tail.
    fn take(&self, batch: Arc<LineBatch>) -> bool;
}

/// Ends a tail when dropped.
pub struct TailGuard(Option<Box<dyn FnOnce() + Send + Sync>>);

impl TailGuard {
    /// A guard that calls `end` when it is dropped.
    #[must_use]
    pub fn new(end: impl FnOnce() + Send + Sync + 'static) -> TailGuard {
        TailGuard(Some(Box::new(end)))
    }
}

impl Drop for TailGuard {
    fn drop(&mut self) {
        if let Some(end) = self.0.take() {
            end();
        }
    }
}

impl fmt::Debug for TailGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TailGuard")
    }
}

/// What a single request to a log store may cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLimits {
    /// Streams that one selector may match.
    pub streams: usize,
    /// Bytes of lines that one query may hold at a time.
    pub memory_bytes: usize,
}

impl Default for LogLimits {
    /// A hundred thousand streams; 256 MiB.
    fn default() -> LogLimits {
        LogLimits { streams: 100_000, memory_bytes: 256 << 20 }
    }
}
