//! Reading what is new in the log of a container, and handing it on.

use std::sync::atomic::{AtomicU64, Ordering};

use storage::logs::{LineEntry, SourceId, SourceRange, StreamLines};

use crate::format::{LogFormat, Output};
use crate::identity::read_at_most;
use crate::join::{Behind, Joined, Kind, OPEN_LINE_MS, join};
use crate::read::READ_BYTES;
use crate::recognise::Failed;
use crate::shipper::Shipper;
use crate::sink::Delivery;
use crate::status::add;
use crate::tail::Tail;

/// The most bytes that are read to find the ends of lines that are open. Behind them, lines are cut.
const MAX_READ_BYTES: usize = 4 << 20;

impl Tail {
    /// Whether lines that have no end are delivered as they are: nothing came for long, or nothing will.
    pub(crate) fn is_open_too_long(&self, now_ms: i64) -> bool {
        // A clock that was set back must not make the wait longer than it is.
        let is_over = |since_ms: i64| !(0..OPEN_LINE_MS).contains(&now_ms.saturating_sub(since_ms));
        self.open_ms.is_some_and(|since_ms| self.rotated_ms.is_some() || is_over(since_ms))
    }
}

impl Shipper {
    /// Delivers the next lines of a container's log. The bytes that need not be read again; 0 when there is no whole line.
    pub(crate) fn deliver_entries(
        &mut self,
        tail: &mut Tail,
        format: LogFormat,
        id: SourceId,
        offset: u64,
        wanted: usize,
        finished: bool,
    ) -> Result<u64, Failed> {
        let mut buffer = std::mem::take(&mut self.buffer);
        let joined = self.read_entries(tail, format, offset, wanted, finished, &mut buffer);
        let result = joined.and_then(|joined| {
            let range = SourceRange { source: id, from: offset, to: offset + joined.consumed as u64 };
            self.hand_on(tail, &joined, &buffer, range)?;
            let is_same = joined.consumed == 0 && joined.is_open;
            let since_ms = tail.open_ms.filter(|_| is_same).unwrap_or(self.now_ms);
            tail.open_ms = joined.is_open.then_some(since_ms);
            tail.entry_ns = joined.last_ns;
            Ok(joined.consumed as u64)
        });
        self.buffer = buffer;
        result
    }

    /// Reads entries, as many as it takes to find a place where no line is open.
    fn read_entries(
        &self,
        tail: &Tail,
        format: LogFormat,
        offset: u64,
        wanted: usize,
        finished: bool,
        buffer: &mut Vec<u8>,
    ) -> Result<Joined, Failed> {
        let mut max_bytes = READ_BYTES;
        loop {
            buffer.resize(wanted.clamp(1, max_bytes), 0);
            let got = read_at_most(&tail.file, buffer, offset)?;
            buffer.truncate(got);
            let is_all = wanted <= max_bytes;
            let behind = match is_all {
                true if finished => Behind::Nothing,
                // What follows a file that was rotated away goes elsewhere.
                true if tail.rotated_ms.is_some() || tail.is_open_too_long(self.now_ms) => Behind::Pause,
                false if max_bytes >= MAX_READ_BYTES => Behind::Pause,
                _ => Behind::More,
            };
            let joined = join(buffer, format, behind, tail.entry_ns);
            if joined.consumed > 0 || is_all || max_bytes >= MAX_READ_BYTES {
                return Ok(joined);
            }
            max_bytes *= 2;
        }
    }

    /// Delivers lines, by stream.
    fn hand_on(&mut self, tail: &Tail, joined: &Joined, read: &[u8], range: SourceRange) -> Result<(), Failed> {
        if joined.lines.is_empty() {
            return Ok(());
        }
        let mut next_ns = self.first_time_ns(&tail.handling.labels);
        let mut by_output = Output::ALL.map(|_| Vec::new());
        for line in &joined.lines {
            let time_ns = line.time_ns.unwrap_or(next_ns);
            if line.time_ns.is_none() {
                self.last_ns.insert(tail.handling.labels.clone(), next_ns);
                next_ns = next_ns.saturating_add(1);
            }
            let text = line.text.of(read, &joined.decoded);
            by_output[line.output as usize].push(LineEntry { time_ns, line: text, metadata: &[] });
        }
        let streams = Output::ALL.iter().zip(&by_output).filter(|(_, lines)| !lines.is_empty());
        let streams: Vec<StreamLines<'_>> = streams
            .map(|(output, lines)| StreamLines { labels: tail.handling.labels_of(*output).as_bytes(), lines })
            .collect();
        let delivery = Delivery { streams: &streams, range, own_times: true };
        self.sink.deliver(&delivery).map_err(Failed::Sink)?;
        let count = |counter: &AtomicU64, kind: Kind| {
            let n = joined.lines.iter().filter(|line| line.kind == kind).count() as u64;
            counter.fetch_add(n, Ordering::Relaxed);
            n
        };
        count(&self.counters.split_lines, Kind::Part);
        count(&self.counters.unfinished_lines, Kind::Unfinished);
        let malformed = count(&self.counters.malformed_entries, Kind::Malformed);
        if malformed > 0 {
            *self.malformed.entry(tail.path.clone()).or_default() += malformed;
        }
        self.acknowledged(joined.lines.len(), range.to - range.from);
        Ok(())
    }

    /// Counts what was acknowledged.
    pub(crate) fn acknowledged(&mut self, n_lines: usize, n_bytes: u64) {
        add(&self.counters.read_lines, n_lines as u64);
        add(&self.counters.read_bytes, n_bytes);
        self.progress.lines += n_lines as u64;
        self.progress.bytes += n_bytes;
    }
}
