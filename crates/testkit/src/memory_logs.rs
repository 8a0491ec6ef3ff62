//! A log store in a plain list.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use model::{Labels, Matcher};
use parking_lot::RwLock;
use storage::logs::{
    CountSeries, CountUnit, LineBatch, LineEntry, LineFilter, LineQuery, LineStream, LogAck, LogBatch, LogLimits,
    LogStore, NanoGrid, NanoRange, Order, SourceId, Stream, StreamVolume, TailGuard, TailSink,
};
use storage::{BatchToken, CancelToken, Error, ErrorKind, Result, TenantId};

/// Lines are handed out in batches of at most this many.
const BATCH_LINES: usize = 100;

/// Keeps every line in memory, keeps it forever, and answers by looking at all of them.
#[derive(Debug, Default)]
pub struct MemoryLogStore {
    tenants: RwLock<BTreeMap<TenantId, Tenant>>,
    declines_counting: bool,
}

/// A line as it was appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredLine {
    /// The stream.
    pub labels: Labels,
    /// Nanoseconds since the epoch.
    pub time_ns: i64,
    /// The text.
    pub line: Vec<u8>,
    /// Structured metadata in the encoding of [`Labels`].
    pub metadata: Vec<u8>,
}

#[derive(Default)]
struct Tenant {
    /// In the order of appending.
    lines: Vec<StoredLine>,
    tokens: BTreeSet<u128>,
    sources: BTreeMap<SourceId, u64>,
    tails: Vec<Tail>,
}

struct Tail {
    matchers: Vec<Matcher>,
    sink: Box<dyn TailSink>,
    ended: Arc<AtomicBool>,
}

impl std::fmt::Debug for Tenant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tenant").field("lines", &self.lines).field("sources", &self.sources).finish_non_exhaustive()
    }
}

impl MemoryLogStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> MemoryLogStore {
        MemoryLogStore::default()
    }

    /// An empty store that never counts by itself, so that its callers have to.
    #[must_use]
    pub fn without_counting() -> MemoryLogStore {
        MemoryLogStore { declines_counting: true, ..MemoryLogStore::default() }
    }

    /// Adds one line of the default tenant.
    pub fn insert(&self, labels: &Labels, time_ns: i64, line: &[u8], metadata: &[u8]) {
        let mut tenants = self.tenants.write();
        let tenant = tenants.entry(TenantId::default()).or_default();
        tenant.add(labels, &[LineEntry { time_ns, line, metadata }]);
    }

    /// Everything that the default tenant has, in the order of appending.
    #[must_use]
    pub fn dump(&self) -> Vec<StoredLine> {
        self.tenants.read().get(&TenantId::default()).map(|tenant| tenant.lines.clone()).unwrap_or_default()
    }

    fn with<T>(&self, tenant: TenantId, read: impl FnOnce(&Tenant) -> T) -> T {
        let tenants = self.tenants.read();
        let empty = Tenant::default();
        read(tenants.get(&tenant).unwrap_or(&empty))
    }

    /// The matching lines of a range, in the order of appending.
    fn matching(&self, tenant: TenantId, selectors: &[Vec<Matcher>], range: NanoRange) -> Vec<StoredLine> {
        self.with(tenant, |tenant| {
            let lines = tenant.lines.iter().filter(|line| range.contains(line.time_ns));
            lines.filter(|line| matches_any(&line.labels, selectors)).cloned().collect()
        })
    }
}

impl Tenant {
    fn add(&mut self, labels: &Labels, lines: &[LineEntry<'_>]) {
        let stored = |entry: &LineEntry<'_>| StoredLine {
            labels: labels.clone(),
            time_ns: entry.time_ns,
            line: entry.line.to_vec(),
            metadata: entry.metadata.to_vec(),
        };
        self.lines.extend(lines.iter().map(stored));
    }

    /// Hands the lines appended since `from` to the tails, and forgets those that ended.
    fn notify(&mut self, from: usize) {
        let lines = &self.lines[from..];
        self.tails.retain(|tail| {
            let wanted = lines.iter().filter(|line| tail.matchers.iter().all(|m| m.matches_labels(&line.labels)));
            let batch = batch_of(wanted, true, true);
            !tail.ended.load(Ordering::Acquire) && (batch.rows.is_empty() || tail.sink.take(Arc::new(batch)))
        });
    }
}

impl LogStore for MemoryLogStore {
    fn append(&self, tenant: TenantId, batch: &LogBatch<'_>) -> Result<LogAck> {
        let decoded: std::result::Result<Vec<_>, _> =
            batch.streams.iter().map(|stream| Labels::from_bytes(stream.labels)).collect();
        let labels = decoded.map_err(|error| Error::new(ErrorKind::Invalid, error.to_string()))?;
        if batch.source.is_some_and(|source| source.from > source.to) {
            return Err(Error::new(ErrorKind::Invalid, "a source range ends before it begins"));
        }
        let mut tenants = self.tenants.write();
        let tenant = tenants.entry(tenant).or_default();
        let known_token = batch.token.is_some_and(|BatchToken(token)| tenant.tokens.contains(&token));
        let known_range = batch.source.is_some_and(|s| tenant.sources.get(&s.source).is_some_and(|end| s.to <= *end));
        if known_token || known_range {
            return Ok(LogAck { lines: 0, repeated: true });
        }
        tenant.tokens.extend(batch.token.map(|BatchToken(token)| token));
        tenant.sources.extend(batch.source.map(|source| (source.source, source.to)));
        let from = tenant.lines.len();
        for (labels, stream) in labels.iter().zip(batch.streams) {
            tenant.add(labels, stream.lines);
        }
        tenant.notify(from);
        Ok(LogAck { lines: (tenant.lines.len() - from) as u64, repeated: false })
    }

    fn source_end(&self, tenant: TenantId, source: SourceId) -> Result<Option<u64>> {
        Ok(self.with(tenant, |tenant| tenant.sources.get(&source).copied()))
    }

    fn select_streams(
        &self,
        tenant: TenantId,
        selectors: &[Vec<Matcher>],
        range: NanoRange,
        limits: &LogLimits,
        cancel: &CancelToken,
    ) -> Result<Vec<Stream>> {
        cancel.check()?;
        let lines = self.matching(tenant, selectors, range);
        let labels: BTreeSet<Labels> = lines.into_iter().map(|line| line.labels).collect();
        check_streams(labels.len(), limits)?;
        Ok(labels.into_iter().map(|labels| Stream { labels }).collect())
    }

    fn select_lines<'a>(
        &'a self,
        tenant: TenantId,
        query: LineQuery,
        limits: &LogLimits,
        cancel: &CancelToken,
    ) -> Result<LineStream<'a>> {
        cancel.check()?;
        let mut lines = self.matching(tenant, std::slice::from_ref(&query.matchers), query.range);
        check_streams(lines.iter().map(|line| &line.labels).collect::<BTreeSet<_>>().len(), limits)?;
        lines.retain(|line| query.filters.iter().all(|filter| filter.passes(&line.line)));
        match query.order {
            // Sorts are stable: lines of one stream and time stay as appended.
            Order::Forward => lines.sort_by(|a, b| (a.time_ns, &a.labels).cmp(&(b.time_ns, &b.labels))),
            Order::Backward => {
                lines.reverse();
                lines.sort_by(|a, b| (b.time_ns, &a.labels).cmp(&(a.time_ns, &b.labels)));
            }
            Order::PerStream | Order::Any => lines.sort_by(|a, b| (&a.labels, a.time_ns).cmp(&(&b.labels, b.time_ns))),
        }
        lines.truncate(query.limit.unwrap_or(usize::MAX));
        let batches: Vec<LineBatch> = lines
            .chunks(BATCH_LINES)
            .map(|lines| batch_of(lines.iter(), query.need.line, query.need.metadata))
            .collect();
        let cancel = cancel.clone();
        Ok(Box::new(batches.into_iter().map(move |batch| cancel.check().map(|()| batch))))
    }

    fn count_grid(
        &self,
        tenant: TenantId,
        unit: &CountUnit<'_>,
        grid: NanoGrid,
        limits: &LogLimits,
        cancel: &CancelToken,
    ) -> Result<Option<Vec<CountSeries>>> {
        cancel.check()?;
        if self.declines_counting {
            return Ok(None);
        }
        let lines = self.matching(tenant, &[unit.matchers.to_vec()], NanoRange::ALL);
        let mut series: BTreeMap<Labels, Vec<u64>> = BTreeMap::new();
        let times = grid_times(grid);
        for line in lines.iter().filter(|line| unit.filters.iter().all(|filter: &LineFilter| filter.passes(&line.line)))
        {
            let labels = counted_labels(line, unit.by_metadata);
            let within = |time_ns: i64| time_ns - grid.window_ns < line.time_ns && line.time_ns <= time_ns;
            if !times.iter().any(|time_ns| within(*time_ns)) {
                continue;
            }
            let counts = series.entry(labels).or_insert_with(|| vec![0; times.len()]);
            let amount = if unit.bytes { line.line.len() as u64 } else { 1 };
            for (count, _) in counts.iter_mut().zip(&times).filter(|(_, time_ns)| within(**time_ns)) {
                *count += amount;
            }
        }
        check_streams(series.len(), limits)?;
        Ok(Some(series.into_iter().map(|(labels, counts)| CountSeries { labels, counts }).collect()))
    }

    fn label_names(
        &self,
        tenant: TenantId,
        selectors: &[Vec<Matcher>],
        range: NanoRange,
        cancel: &CancelToken,
    ) -> Result<Vec<String>> {
        let streams = self.select_streams(tenant, selectors, range, &unlimited(), cancel)?;
        let names: BTreeSet<&str> = streams.iter().flat_map(|s| s.labels.iter().map(|(name, _)| name)).collect();
        Ok(names.into_iter().map(ToOwned::to_owned).collect())
    }

    fn label_values(
        &self,
        tenant: TenantId,
        name: &str,
        selectors: &[Vec<Matcher>],
        range: NanoRange,
        cancel: &CancelToken,
    ) -> Result<Vec<String>> {
        let streams = self.select_streams(tenant, selectors, range, &unlimited(), cancel)?;
        let values: BTreeSet<&str> = streams.iter().map(|s| s.labels.get(name)).filter(|v| !v.is_empty()).collect();
        Ok(values.into_iter().map(ToOwned::to_owned).collect())
    }

    fn volumes(
        &self,
        tenant: TenantId,
        selectors: &[Vec<Matcher>],
        range: NanoRange,
        cancel: &CancelToken,
    ) -> Result<Vec<StreamVolume>> {
        cancel.check()?;
        let mut volumes: BTreeMap<Labels, StreamVolume> = BTreeMap::new();
        for line in self.matching(tenant, selectors, range) {
            let new = || StreamVolume { labels: line.labels.clone(), lines: 0, bytes: 0, chunks: 1 };
            let volume = volumes.entry(line.labels.clone()).or_insert_with(new);
            volume.lines += 1;
            volume.bytes += line.line.len() as u64;
        }
        Ok(volumes.into_values().collect())
    }

    fn tail(&self, tenant: TenantId, matchers: Vec<Matcher>, sink: Box<dyn TailSink>) -> Result<TailGuard> {
        let ended = Arc::new(AtomicBool::new(false));
        let tail = Tail { matchers, sink, ended: ended.clone() };
        self.tenants.write().entry(tenant).or_default().tails.push(tail);
        Ok(TailGuard::new(move || ended.store(true, Ordering::Release)))
    }

    fn enforce_retention(&self, _now_ns: i64) -> Result<u64> {
        Ok(0)
    }
}

fn matches_any(labels: &Labels, selectors: &[Vec<Matcher>]) -> bool {
    selectors.is_empty() || selectors.iter().any(|matchers| matchers.iter().all(|m| m.matches_labels(labels)))
}

fn batch_of<'a>(lines: impl Iterator<Item = &'a StoredLine>, with_line: bool, with_metadata: bool) -> LineBatch {
    let mut batch = LineBatch::default();
    let mut streams: BTreeMap<&Labels, u32> = BTreeMap::new();
    for line in lines {
        let stream = *streams.entry(&line.labels).or_insert_with(|| {
            batch.streams.push(Arc::new(Stream { labels: line.labels.clone() }));
            (batch.streams.len() - 1) as u32
        });
        let text: &[u8] = if with_line { &line.line } else { &[] };
        batch.push(stream, line.time_ns, text, if with_metadata { &line.metadata } else { &[] });
        if let Some(row) = batch.rows.last_mut() {
            row.line_bytes = line.line.len() as u32;
        }
    }
    batch
}

/// The stream's labels joined by the metadata asked for; where both have a name, the stream's label stays.
fn counted_labels(line: &StoredLine, by_metadata: &[&str]) -> Labels {
    let mut builder = line.labels.to_builder();
    for (name, value) in model::labels::pairs(&line.metadata) {
        if by_metadata.contains(&name) && !line.labels.contains(name) {
            builder.set(name, value);
        }
    }
    builder.build()
}

fn grid_times(grid: NanoGrid) -> Vec<i64> {
    let step = if grid.step_ns > 0 { grid.step_ns } else { i64::MAX };
    let next = |time_ns: &i64| time_ns.checked_add(step).filter(|time_ns| *time_ns <= grid.end_ns);
    std::iter::successors((grid.start_ns <= grid.end_ns).then_some(grid.start_ns), next).collect()
}

fn check_streams(found: usize, limits: &LogLimits) -> Result<()> {
    if found > limits.streams {
        let message = format!("the query selects more than {} streams; use a narrower selector", limits.streams);
        return Err(Error::new(ErrorKind::LimitExceeded, message));
    }
    Ok(())
}

fn unlimited() -> LogLimits {
    LogLimits { streams: usize::MAX, memory_bytes: usize::MAX }
}

#[cfg(test)]
mod tests;
