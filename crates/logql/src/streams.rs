//! Log expressions: which lines, in which order.

use foldhash::{HashMap, HashMapExt};
use logql_syntax::ast::LogExpr;
use model::Labels;
use storage::logs::{LineQuery, LogStore, NanoRange, Need, Order};
use storage::{CancelToken, LineBatch, TenantId};

use crate::engine::{Direction, EngineOptions, RangeRequest};
use crate::error::Result;
use crate::labels::LabelSet;
use crate::pipeline::{Category, LineLabels, Stages};
use crate::result::{LogEntry, QueryResult, QueryStats, QueryValue, StreamResult};

/// Where lines come from.
pub(crate) struct Reader<'a> {
    pub(crate) store: &'a dyn LogStore,
    pub(crate) tenant: TenantId,
    pub(crate) options: &'a EngineOptions,
    pub(crate) cancel: &'a CancelToken,
}

/// Reads lines through the pipeline until there are enough.
pub(crate) fn select(reader: &Reader<'_>, expr: &LogExpr, request: &RangeRequest) -> Result<QueryResult> {
    let mut stages = Stages::compile(&expr.stages, &reader.options.surroundings)?;
    let filters = stages.take_pushed_filters();
    let is_all_kept = !stages.may_drop() && request.interval_ns <= 0;
    let query = LineQuery {
        matchers: expr.matchers.clone(),
        range: NanoRange { start_ns: request.start_ns, end_ns: request.end_ns },
        filters,
        order: match request.direction {
            Direction::Forward => Order::Forward,
            Direction::Backward => Order::Backward,
        },
        limit: is_all_kept.then_some(request.limit),
        need: Need::ALL,
    };
    let mut answer = Answer::new(request);
    if request.limit > 0 && !query.range.is_empty() {
        for batch in reader.store.select_lines(reader.tenant, query, &reader.options.limits, reader.cancel)? {
            reader.cancel.check()?;
            if answer.add_batch(&batch?, &mut stages) {
                break;
            }
        }
    }
    answer.stats.entries_returned = answer.kept as u64;
    Ok(QueryResult { value: QueryValue::Streams(answer.streams), stats: answer.stats })
}

/// The answer while it grows.
struct Answer<'a> {
    request: &'a RangeRequest,
    streams: Vec<StreamResult>,
    /// Places of streams by the text of their labels.
    places: HashMap<LabelSet, usize>,
    kept: usize,
    /// When the last line that was kept was.
    last_ns: Option<i64>,
    labels: LineLabels,
    stream: Option<Labels>,
    stats: QueryStats,
}

impl<'a> Answer<'a> {
    fn new(request: &'a RangeRequest) -> Answer<'a> {
        Answer {
            request,
            streams: Vec::new(),
            places: HashMap::new(),
            kept: 0,
            last_ns: None,
            labels: LineLabels::default(),
            stream: None,
            stats: QueryStats::default(),
        }
    }

    /// Adds the lines of a batch; true when there are enough.
    fn add_batch(&mut self, batch: &LineBatch, stages: &mut Stages) -> bool {
        for row in &batch.rows {
            let metadata = batch.metadata(row);
            self.stats.lines_read += 1;
            self.stats.bytes_read += u64::from(row.line_bytes);
            self.stats.metadata_bytes_read += metadata.len() as u64;
            let stream = &batch.streams[row.stream as usize].labels;
            if self.stream.as_ref() != Some(stream) {
                self.labels.set_stream(stream);
                self.stream = Some(stream.clone());
            }
            self.labels.set_line(metadata);
            let Some(line) = stages.run(&mut self.labels, row.time_ns, batch.line(row)) else { continue };
            self.stats.lines_kept += 1;
            if !self.is_due(row.time_ns) {
                continue;
            }
            self.last_ns = Some(row.time_ns);
            self.add(row.time_ns, line.to_vec());
            if self.kept == self.request.limit {
                return true;
            }
        }
        false
    }

    /// Whether a line is as far from the last one as the request says.
    fn is_due(&self, time_ns: i64) -> bool {
        let interval_ns = self.request.interval_ns;
        self.last_ns.is_none_or(|last_ns| interval_ns <= 0 || time_ns.abs_diff(last_ns) >= interval_ns.unsigned_abs())
    }

    fn add(&mut self, time_ns: i64, line: Vec<u8>) {
        let labels = self.labels.to_set(None);
        let metadata = self.labels.to_set(Some(Category::Metadata));
        let parsed = self.labels.to_set(Some(Category::Parsed));
        let place = *self.places.entry(labels).or_insert_with_key(|labels| {
            let stream_labels = self.labels.to_set(Some(Category::Stream));
            self.streams.push(StreamResult { labels: labels.clone(), stream_labels, entries: Vec::new() });
            self.streams.len() - 1
        });
        self.streams[place].entries.push(LogEntry { time_ns, line, metadata, parsed });
        self.kept += 1;
    }
}
