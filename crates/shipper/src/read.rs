//! Reading what is new in a file, and handing it on.

use std::path::Path;

use model::Labels;
use storage::logs::{LineEntry, SourceId, SourceRange, StreamLines};
use tracing::warn;

use crate::identity::{BEFORE_BYTES, Before, Head, Stat, read_at_most};
use crate::lines::split;
use crate::recognise::{Failed, Unknown, Verdict};
use crate::scan;
use crate::shipper::Shipper;
use crate::siblings::Which;
use crate::sink::Delivery;
use crate::status::add;
use crate::tail::{Tail, TailId};

/// Bytes read and delivered at a time; more than twice the longest line, so that every read gives a line or the end.
pub(crate) const READ_BYTES: usize = 1 << 20;
/// Bytes of one file after which the others get their turn.
const TURN_BYTES: u64 = 8 << 20;
/// A file whose name leads elsewhere is given up when nothing came for so long.
const ROTATED_IDLE_MS: i64 = 30_000;
/// Streams whose last time is remembered.
const MAX_STREAMS: usize = 50_000;

impl Shipper {
    /// Reads one file on. A file that is done with is closed.
    pub(crate) fn poll(&mut self, id: TailId) {
        let Some(mut tail) = self.tails.remove(&id) else { return };
        if self.poll_tail(id, &mut tail) {
            self.tails.insert(id, tail);
        } else {
            self.by_file.remove(&(tail.key, tail.lane));
        }
    }

    /// Whether the file is still to be followed.
    fn poll_tail(&mut self, id: TailId, tail: &mut Tail) -> bool {
        if tail.is_paused(self.now_ms) {
            return true;
        }
        if let Some(before) = tail.after {
            match self.tails.get(&before) {
                Some(_) if self.waits_for(tail.after, id) => tail.after = None,
                Some(before) if !before.drained => {
                    tail.drained = false;
                    return true;
                }
                // It may still be written to, and then comes first again.
                Some(_) => {}
                None => tail.after = None,
            }
        }
        match self.advance(tail).and_then(|wanted| Ok(wanted && !self.give_up(tail)?)) {
            Ok(wanted) => wanted,
            Err(failed) => {
                self.put_off(tail, &failed);
                true
            }
        }
    }

    /// Whether a file waits, directly or not, for another. A file and its copy that came in an unusual order may do so for each other.
    fn waits_for(&self, mut waiting: Option<TailId>, other: TailId) -> bool {
        for _ in 0..self.tails.len() {
            match waiting.and_then(|id| self.tails.get(&id)) {
                Some(tail) if tail.after == Some(other) => return true,
                Some(tail) => waiting = tail.after,
                None => return false,
            }
        }
        false
    }

    fn put_off(&mut self, tail: &mut Tail, failed: &Failed) {
        tail.drained = false;
        tail.back_off(self.now_ms);
        let counter = match failed {
            Failed::Sink(_) => &self.counters.refused,
            Failed::Read(_) => &self.counters.read_errors,
        };
        add(counter, 1);
        let why = failed.to_string();
        if self.troubles.insert(tail.path.clone(), why.clone()).is_none() {
            warn!(path = %tail.path.display(), "{why}; tried again");
        }
    }

    /// Delivers what is new. False when the file turned out not to be one to follow.
    fn advance(&mut self, tail: &mut Tail) -> Result<bool, Failed> {
        let stat = Stat::of(&tail.file.metadata()?);
        let look = (stat.size, stat.modified_ns);
        if !tail.ask && tail.looked == Some(look) && !tail.is_open_too_long(self.now_ms) {
            // It may have waited for another in between.
            tail.drained = true;
            return Ok(true);
        }
        tail.drained = false;
        tail.busy_ms = self.now_ms;
        if tail.source.is_none() && !self.identify(tail, stat, false)? {
            return Ok(false);
        }
        let Some(id) = tail.source else { return Ok(true) };
        tail.largest = tail.largest.max(stat.size);
        if !self.is_whole(tail, id, stat)? {
            self.truncated(tail, id)?;
            return Ok(true);
        }
        let mut turn_bytes = 0;
        while turn_bytes < TURN_BYTES {
            let consumed = self.deliver_next(tail, id, stat, false)?;
            turn_bytes += consumed;
            if consumed == 0 {
                tail.looked = Some(look);
                tail.drained = true;
                break;
            }
        }
        self.more |= !tail.drained;
        tail.backoff = None;
        self.troubles.remove(&tail.path);
        Ok(true)
    }

    /// Finds out which source the file is, as soon as its first line is finished. False when it is none.
    fn identify(&mut self, tail: &mut Tail, stat: Stat, finished: bool) -> Result<bool, Failed> {
        let head = Head::read(&tail.file, finished)?;
        if self.adopt_missed(tail, stat)? {
            return Ok(true);
        }
        let Some(head) = head else {
            // Not one whole line yet.
            tail.looked = Some((stat.size, stat.modified_ns));
            tail.ask = false;
            tail.drained = true;
            return Ok(true);
        };
        let (path, at) = (tail.path.clone(), tail.at.clone());
        let unknown =
            Unknown { file: &tail.file, stat, head, lane: tail.lane, at: &at, path: &path, chained: tail.chained };
        match self.recognise(&unknown)? {
            Verdict::Source(id) => {
                tail.source = Some(id);
                tail.ask = true;
                self.take_name(tail);
                Ok(true)
            }
            Verdict::Wait => Ok(true),
            Verdict::Aside => Ok(false),
            Verdict::Copy => {
                self.settle(tail.key, tail.lane, stat, None);
                Ok(false)
            }
            Verdict::Passed(why) => {
                self.settle(tail.key, tail.lane, stat, Some((&path, why)));
                Ok(false)
            }
        }
    }

    /// Takes up what has to be read before a file that has no record yet: more than one file may have had the name since the last
    /// look, or this one was truncated. A record of this one will say that they were delivered. Whether there is any.
    fn adopt_missed(&mut self, tail: &mut Tail, stat: Stat) -> Result<bool, Failed> {
        let path = tail.path.clone();
        if scan::looks_rotated(&path) {
            return Ok(false);
        }
        let is_there = scan::stat(&path).ok().flatten().is_some_and(|stat| stat.key == tail.key);
        let modified_ns = if is_there { i64::MAX } else { stat.modified_ns };
        let last = self.last_tail;
        self.adopt_siblings(&path, tail.lane, Which::MissedBefore { modified_ns, after: tail.after })?;
        if self.last_tail == last {
            return Ok(false);
        }
        (tail.after, tail.chained) = (Some(self.last_tail), true);
        self.more = true;
        Ok(true)
    }

    /// Whether the file still holds what was read of it. On the way the position is brought in line with the store's.
    fn is_whole(&mut self, tail: &mut Tail, id: SourceId, stat: Stat) -> Result<bool, Failed> {
        let Some(record) = self.records.get_mut(&id) else { return Ok(false) };
        // A closed record is read on from a copy only.
        if record.closed && record.inode == stat.inode {
            return Ok(false);
        }
        if stat.size < record.offset || !record.before.holds(&tail.file, record.offset)? {
            return Ok(false);
        }
        if (tail.ask || record.before.len == 0) && Head::read(&tail.file, true)? != Some(record.head) {
            return Ok(false);
        }
        if tail.ask {
            // The store's word counts where it has one: it may be ahead after a kill, and behind after a power cut.
            if let Some(end) = self.sink.source_end(id).map_err(Failed::Sink)?.filter(|end| *end != record.offset) {
                if end > stat.size {
                    return Ok(false);
                }
                record.before = Before::read(&tail.file, end, BEFORE_BYTES)?.unwrap_or_default();
                record.offset = end;
                self.unsaved.offsets = true;
            }
            tail.ask = false;
        }
        Ok(true)
    }

    /// The file begins anew. What was not read of it may live in a copy.
    fn truncated(&mut self, tail: &mut Tail, id: SourceId) -> Result<(), Failed> {
        let offset = self.records.get(&id).map_or(0, |record| record.offset);
        self.set_closed(id, true);
        // Files of the name that were taken up before wait for this one, or are older; only a copy taken up now comes first.
        let last = self.last_tail;
        let copy = match self.adopt_siblings(&tail.path.clone(), tail.lane, Which::Known) {
            Ok(copy) => copy.filter(|copy| *copy > last),
            Err(failed) => {
                // To be found out again.
                self.set_closed(id, false);
                return Err(failed);
            }
        };
        self.unsaved.structure = true;
        let lost = tail.largest.saturating_sub(offset);
        if lost > 0 && copy.is_none() {
            add(&self.counters.lost_bytes, lost);
            warn!(path = %tail.path.display(), bytes = lost, "truncated before it was read to its end");
        }
        (tail.source, tail.looked, tail.largest, tail.chained) = (None, None, 0, true);
        (tail.ask, tail.after) = (true, copy);
        self.more = true;
        Ok(())
    }

    fn set_closed(&mut self, id: SourceId, closed: bool) {
        self.records.entry(id).and_modify(|record| record.closed = closed);
    }

    /// Delivers the next lines and moves the position. The bytes that need not be read again; 0 when there is no whole line.
    fn deliver_next(&mut self, tail: &mut Tail, id: SourceId, stat: Stat, finished: bool) -> Result<u64, Failed> {
        let Some(offset) = self.records.get(&id).map(|record| record.offset) else { return Ok(0) };
        // What is left is usually little; the buffer is as large as it needs to be and given back when all is quiet.
        let wanted = usize::try_from(stat.size.saturating_sub(offset)).unwrap_or(usize::MAX);
        let consumed = match tail.handling.format {
            Some(format) => self.deliver_entries(tail, format, id, offset, wanted, finished)?,
            None => self.deliver_lines(tail, id, offset, wanted, finished)?,
        };
        if let Some(record) = self.records.get_mut(&id).filter(|_| consumed > 0) {
            record.offset = offset + consumed;
            record.before = Before::read(&tail.file, record.offset, BEFORE_BYTES)?.unwrap_or_default();
            record.modified_ns = record.modified_ns.max(stat.modified_ns);
            record.seen_ms = self.now_ms;
            self.unsaved.offsets = true;
        }
        Ok(consumed)
    }

    fn deliver_lines(
        &mut self,
        tail: &Tail,
        id: SourceId,
        offset: u64,
        wanted: usize,
        finished: bool,
    ) -> Result<u64, Failed> {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.resize(wanted.clamp(1, READ_BYTES), 0);
        let result = self.deliver_from(tail, id, offset, &mut buffer, finished);
        self.buffer = buffer;
        result
    }

    fn deliver_from(
        &mut self,
        tail: &Tail,
        id: SourceId,
        offset: u64,
        buffer: &mut [u8],
        finished: bool,
    ) -> Result<u64, Failed> {
        let got = read_at_most(&tail.file, buffer, offset)?;
        let bytes = buffer.get(..got).unwrap_or_default();
        let split = split(bytes, finished);
        let consumed = split.consumed as u64;
        if !split.lines.is_empty() {
            let first_ns = self.first_time_ns(&tail.handling.labels);
            let entry = |(nth, range): (i64, &std::ops::Range<usize>)| LineEntry {
                time_ns: first_ns.saturating_add(nth),
                line: bytes.get(range.clone()).unwrap_or_default(),
                metadata: &[],
            };
            let lines: Vec<LineEntry<'_>> = (0..).zip(&split.lines).map(entry).collect();
            let range = SourceRange { source: id, from: offset, to: offset + consumed };
            if let Some(last) = lines.last() {
                // Also when the delivery fails: it may have arrived all the same.
                self.last_ns.insert(tail.handling.labels.clone(), last.time_ns);
            }
            let streams = [StreamLines { labels: tail.handling.labels.as_bytes(), lines: &lines }];
            self.sink.deliver(&Delivery { streams: &streams, range, own_times: false }).map_err(Failed::Sink)?;
            add(&self.counters.split_lines, split.parts);
            add(&self.counters.unfinished_lines, u64::from(finished));
            self.acknowledged(lines.len(), consumed);
        }
        Ok(consumed)
    }

    /// The time of the next line: now, but behind the last line of the stream.
    pub(crate) fn first_time_ns(&mut self, labels: &Labels) -> i64 {
        if self.last_ns.len() > MAX_STREAMS {
            self.last_ns.clear();
        }
        let now_ns = self.now_ms.saturating_mul(1_000_000);
        self.last_ns.get(labels).map_or(now_ns, |last| now_ns.max(last.saturating_add(1)))
    }

    /// Closes a file whose name leads elsewhere and to which nothing more was written. Its last line is taken as it is. Whether it was closed.
    fn give_up(&mut self, tail: &mut Tail) -> Result<bool, Failed> {
        let Some(since_ms) = tail.rotated_ms else { return Ok(false) };
        if !tail.drained || self.now_ms.saturating_sub(since_ms.max(tail.busy_ms)) < ROTATED_IDLE_MS {
            return Ok(false);
        }
        let is_named = || scan::stat(&tail.path).ok().flatten().is_some_and(|stat| stat.key == tail.key);
        if tail.handling.format.is_some() && is_named() {
            // The container is said to be gone and may be back.
            return Ok(true);
        }
        let stat = Stat::of(&tail.file.metadata()?);
        if tail.source.is_none() && !self.identify(tail, stat, true)? {
            return Ok(true);
        }
        if let Some(id) = tail.source {
            if tail.ask && !self.is_whole(tail, id, stat)? {
                return Ok(true);
            }
            while self.deliver_next(tail, id, stat, true)? > 0 {}
        }
        self.settle(tail.key, tail.lane, stat, None);
        Ok(true)
    }

    /// Remembers that there is nothing to do about a file until it changes.
    pub(crate) fn settle(
        &mut self,
        key: crate::identity::FileKey,
        lane: u16,
        stat: Stat,
        why: Option<(&Path, &'static str)>,
    ) {
        let why = why.map(|(path, why)| (path.to_owned(), why));
        self.settled
            .insert((key, lane), crate::shipper::Settled { look: (stat.size, stat.modified_ns), why, seen: true });
    }
}
