//! The way in.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use model::Clock;
use storage::logs::{Body, SourceRange, StreamLines};
use storage::{LineEntry, LogAck, LogBatch, LogStore, TenantId};

use crate::additions::{Additions, Metadata};
use crate::counters::IntakeCounters;
use crate::limits::{IntakeLimits, Reason, Refusal, text_bytes};
use crate::request::{PushRequest, RequestLine, RequestStream, StreamLabels};

/// Different texts of refusals that an answer holds.
const MAX_TEXTS: usize = 100;
/// Longer texts are cut in answers; a label value that is too long would stand in them whole.
const MAX_TEXT_BYTES: usize = 8 << 10;

/// Takes requests into a store.
pub struct Intake {
    store: Arc<dyn LogStore>,
    clock: Arc<dyn Clock>,
    limits: IntakeLimits,
    additions: Additions,
    counters: IntakeCounters,
}

/// What became of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PushOutcome {
    /// Lines acknowledged.
    pub lines: u64,
    /// Bytes of these lines and of the metadata that came with them.
    pub bytes: u64,
    /// Lines refused. The others are written all the same.
    pub refused_lines: u64,
    /// Why lines were refused, as Loki words it: each text once with how many lines or streams it stands for.
    pub error: Option<String>,
    /// The batch was a retry of an acknowledged one.
    pub repeated: bool,
}

impl Intake {
    /// An intake with the usual additions.
    #[must_use]
    pub fn new(store: Arc<dyn LogStore>, clock: Arc<dyn Clock>, limits: IntakeLimits) -> Intake {
        Intake::with_additions(store, clock, limits, Additions::default())
    }

    /// An intake that adds only some of what Loki adds.
    #[must_use]
    pub fn with_additions(
        store: Arc<dyn LogStore>,
        clock: Arc<dyn Clock>,
        limits: IntakeLimits,
        additions: Additions,
    ) -> Intake {
        Intake { store, clock, limits, additions, counters: IntakeCounters::default() }
    }

    /// Which additions are made; a decoder of logged bodies must make the same.
    #[must_use]
    pub fn additions(&self) -> Additions {
        self.additions
    }

    /// Lines and bytes so far.
    #[must_use]
    pub fn counters(&self) -> &IntakeCounters {
        &self.counters
    }

    /// Writes the lines of a request that pass the limits, as one batch. `body` is what the request was decoded from, if anything; its
    /// `left_out` is filled in here. `source` is the part of a file that the lines are. Blocks.
    ///
    /// # Errors
    /// Those of [`LogStore::append`]; then no line is acknowledged and a retry is safe. Refused lines are no error: see [`PushOutcome::error`].
    pub fn push(
        &self,
        tenant: TenantId,
        request: &PushRequest<'_>,
        body: Option<Body<'_>>,
        source: Option<SourceRange>,
    ) -> storage::Result<PushOutcome> {
        let mut draft = Draft::default();
        let now_ns = (!request.allows_any_time()).then(|| self.clock.now_ns());
        for stream in request.streams() {
            self.draft_stream(&mut draft, &stream, now_ns);
        }
        let ack = if draft.lines.is_empty() && source.is_none() {
            LogAck::default()
        } else {
            self.append(tenant, &draft, body, source)?
        };
        let outcome = draft.outcome(&ack);
        if !ack.repeated {
            self.counters.add_received(outcome.lines, outcome.bytes);
        }
        for (reason, lines, bytes) in &draft.refused {
            self.counters.add_refused(*reason, *lines, *bytes);
        }
        Ok(outcome)
    }

    fn draft_stream<'r>(&self, draft: &mut Draft<'r>, stream: &RequestStream<'r, '_>, now_ns: Option<i64>) {
        if stream.lines().len() == 0 {
            return;
        }
        let start = draft.bytes.len();
        let labels = match stream.labels() {
            StreamLabels::Known(labels) => {
                self.additions.push_labels(labels, &mut draft.bytes);
                start..draft.bytes.len()
            }
            other => {
                // Such a stream is refused whole.
                if let Err(refusal) = self.limits.check_stream(&other) {
                    draft.refuse_stream(stream, refusal);
                }
                return;
            }
        };
        if let Err(refusal) = self.limits.check_stream(&StreamLabels::Known(&draft.bytes[labels.clone()])) {
            draft.bytes.truncate(start);
            draft.refuse_stream(stream, refusal);
            return;
        }
        let shared = draft.bytes[labels.clone()].to_vec();
        let level = self.additions.stream_level(&shared);
        let first_line = draft.lines.len();
        for line in stream.lines() {
            if let Err(refusal) = self.limits.check_line(&shared, &line, now_ns) {
                draft.refuse_line(&line, refusal);
                continue;
            }
            let start = draft.bytes.len();
            let metadata = self.additions.metadata(level, &line, &mut draft.bytes);
            draft.lines.push(DraftLine { line, metadata, written: start..draft.bytes.len() });
            draft.n_decoded += 1;
        }
        if draft.lines.len() > first_line {
            draft.streams.push((labels, first_line));
        }
    }

    fn append(
        &self,
        tenant: TenantId,
        draft: &Draft<'_>,
        body: Option<Body<'_>>,
        source: Option<SourceRange>,
    ) -> storage::Result<LogAck> {
        let lines: Vec<LineEntry<'_>> = draft.lines.iter().map(|line| draft.entry(line)).collect();
        let ends = draft.streams.iter().skip(1).map(|(_, first_line)| *first_line).chain([lines.len()]);
        let streams: Vec<StreamLines<'_>> = (draft.streams.iter().zip(ends))
            .map(|((labels, first), end)| StreamLines {
                labels: &draft.bytes[labels.clone()],
                lines: &lines[*first..end],
            })
            .collect();
        // A body of which most is left out would only fill the log.
        let is_worth_it = draft.left_out.len() <= lines.len();
        let body = body.filter(|_| is_worth_it).map(|body| Body { left_out: &draft.left_out, ..body });
        self.store.append(tenant, &LogBatch { token: None, source, streams: &streams, body })
    }
}

impl fmt::Debug for Intake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Intake")
            .field("limits", &self.limits)
            .field("additions", &self.additions)
            .finish_non_exhaustive()
    }
}

/// A batch in the making.
#[derive(Default)]
struct Draft<'r> {
    /// Labels and metadata that were written out.
    bytes: Vec<u8>,
    /// Labels, and the first line.
    streams: Vec<(Range<usize>, usize)>,
    lines: Vec<DraftLine<'r>>,
    /// Lines seen, refused ones among them.
    n_decoded: u32,
    left_out: Vec<u32>,
    refused: Vec<(Reason, u64, u64)>,
    texts: Vec<(String, u64)>,
    /// Refusals beyond those texts.
    untold: u64,
}

struct DraftLine<'r> {
    line: RequestLine<'r>,
    metadata: Metadata,
    written: Range<usize>,
}

impl<'r> Draft<'r> {
    fn entry<'a>(&'a self, line: &'a DraftLine<'r>) -> LineEntry<'a> {
        let metadata = match line.metadata {
            Metadata::Unchanged => line.line.metadata,
            Metadata::LevelOnly(level) => Metadata::level_only(level),
            Metadata::Written => &self.bytes[line.written.clone()],
        };
        LineEntry { time_ns: line.line.time_ns, line: line.line.line, metadata }
    }

    fn refuse_stream(&mut self, stream: &RequestStream<'r, '_>, (reason, text): Refusal) {
        let (mut lines, mut bytes) = (0, 0);
        for line in stream.lines() {
            self.left_out.push(self.n_decoded);
            self.n_decoded += 1;
            lines += 1;
            bytes += line_bytes(&line);
        }
        self.refused.push((reason, lines, bytes));
        self.tell(text);
    }

    fn refuse_line(&mut self, line: &RequestLine<'_>, (reason, text): Refusal) {
        self.left_out.push(self.n_decoded);
        self.n_decoded += 1;
        match self.refused.last_mut() {
            Some((last, lines, bytes)) if *last == reason => {
                *lines += 1;
                *bytes += line_bytes(line);
            }
            _ => self.refused.push((reason, 1, line_bytes(line))),
        }
        self.tell(text);
    }

    fn tell(&mut self, mut text: String) {
        if text.len() > MAX_TEXT_BYTES {
            text.truncate(text.floor_char_boundary(MAX_TEXT_BYTES));
            text.push('…');
        }
        if let Some((_, count)) = self.texts.iter_mut().find(|(known, _)| *known == text) {
            *count += 1;
        } else if self.texts.len() < MAX_TEXTS {
            self.texts.push((text, 1));
        } else {
            self.untold += 1;
        }
    }

    fn outcome(&self, ack: &LogAck) -> PushOutcome {
        let mut told: Vec<String> =
            self.texts.iter().map(|(text, count)| format!("{count} errors like: {text}")).collect();
        if self.untold > 0 {
            told.push(format!("{} other errors", self.untold));
        }
        PushOutcome {
            lines: self.lines.len() as u64,
            bytes: self.lines.iter().map(|line| line_bytes(&line.line)).sum(),
            refused_lines: self.left_out.len() as u64,
            error: (!told.is_empty()).then(|| told.join("; ")),
            repeated: ack.repeated,
        }
    }
}

/// What a line counts as: its text and the metadata that came with it.
fn line_bytes(line: &RequestLine<'_>) -> u64 {
    (line.line.len() + text_bytes(line.metadata)) as u64
}
