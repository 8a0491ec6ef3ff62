//! Telling whether a file is one that is known.

use std::fmt;
use std::fs::File;
use std::io;
use std::path::Path;

use storage::logs::SourceId;

use crate::identity::{BEFORE_BYTES, Before, Head, Inode, Stat, read_at_most, source_id};
use crate::lines::MAX_LINE_BYTES;
use crate::positions::Record;
use crate::scan::{self, base_of, is_rotation_of, looks_rotated};
use crate::shipper::Shipper;
use crate::status::add;
use crate::text;

/// At first sight no more of a file than this is shipped, its newest part.
const FIRST_SIGHT_BYTES: u64 = 64 << 20;
/// At first sight what files hold that were not touched for this long is not shipped.
const FIRST_SIGHT_AGE_MS: i64 = 24 * 3_600_000;
/// For so long after a copy of a file was written, the file is expected to be truncated.
const COPYING_MS: i64 = 30_000;
/// Files of which one may be the original of a copy.
const MAX_ORIGINALS: usize = 64;
/// Beginnings of one inode that are looked for in the store; a file is not truncated to the same first line more often.
const MAX_GENERATIONS: u32 = 10_000;

/// What a file is.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// A source with a record, known or new.
    Source(SourceId),
    /// A copy of a source, of which everything was read.
    Copy,
    /// Perhaps a copy that is still being made.
    Wait,
    /// A copy of a file that is followed or comes first.
    Aside,
    /// Nothing to ship, and why.
    Passed(&'static str),
}

/// Why it could not be told.
#[derive(Debug)]
pub(crate) enum Failed {
    /// The file could not be read.
    Read(io::Error),
    /// The sink could not say where a source ends.
    Sink(storage::Error),
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failed::Read(error) => write!(f, "cannot be read: {error}"),
            Failed::Sink(error) => write!(f, "the log store refused: {error}"),
        }
    }
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Failed {
        Failed::Read(error)
    }
}

/// A file to be recognised.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unknown<'a> {
    pub(crate) file: &'a File,
    pub(crate) stat: Stat,
    pub(crate) head: Head,
    pub(crate) lane: u16,
    /// Where it is now.
    pub(crate) at: &'a Path,
    /// The name under which its lines are to be labelled.
    pub(crate) path: &'a Path,
    /// See [`Tail::chained`](crate::tail::Tail::chained).
    pub(crate) chained: bool,
}

impl Shipper {
    /// Recognises a file by its inode, as a copy of a source that was truncated, or in the store; a new one gets a record.
    pub(crate) fn recognise(&mut self, unknown: &Unknown<'_>) -> Result<Verdict, Failed> {
        if let Some(id) = self.known(unknown)? {
            return Ok(Verdict::Source(id));
        }
        if let Some(verdict) = self.copy_of(unknown)? {
            return Ok(verdict);
        }
        if let Some(found) = self.in_store(unknown)? {
            return Ok(Verdict::Source(found));
        }
        if self.original_in_store(unknown)?
            && let Some(verdict) = self.copy_of(unknown)?
        {
            return Ok(verdict);
        }
        if !unknown.chained {
            let mut sample = vec![0; text::SAMPLE_BYTES];
            let got = read_at_most(unknown.file, &mut sample, 0)?;
            if text::is_binary(sample.get(..got).unwrap_or_default()) {
                return Ok(Verdict::Passed("binary"));
            }
        }
        self.first_sight(unknown).map(Verdict::Source)
    }

    /// The open record of this inode, if the file is still what it was. If not, it was truncated, and the record is closed.
    pub(crate) fn known(&mut self, unknown: &Unknown<'_>) -> io::Result<Option<SourceId>> {
        let of_inode: Vec<SourceId> = self
            .records
            .iter()
            .filter(|(_, r)| !r.closed && r.inode == unknown.stat.inode && r.lane == unknown.lane)
            .map(|(id, _)| *id)
            .collect();
        for id in of_inode {
            let Some(record) = self.records.get_mut(&id) else { continue };
            if record.head == unknown.head
                && record.offset <= unknown.stat.size
                && record.before.holds(unknown.file, record.offset)?
            {
                record.seen_ms = self.now_ms;
                return Ok(Some(id));
            }
            record.closed = true;
            self.unsaved.structure = true;
        }
        Ok(None)
    }

    /// Closes the records of a file that is shorter than what was read of it.
    pub(crate) fn close_if_shorter(&mut self, stat: Stat, lane: u16) {
        for record in self.records.values_mut() {
            let least = record.offset.max(u64::from(record.head.len));
            if !record.closed && record.inode == stat.inode && record.lane == lane && least > stat.size {
                record.closed = true;
                self.unsaved.structure = true;
            }
        }
    }

    /// A file with the mark of a rotation that holds what another source held up to its position is a copy of it. If that
    /// source was truncated, the copy has what was not read of it. While it was not, it may be about to be.
    pub(crate) fn copy_of(&mut self, unknown: &Unknown<'_>) -> io::Result<Option<Verdict>> {
        let Some(name) = unknown.at.file_name().and_then(|name| name.to_str()) else { return Ok(None) };
        let may_be = |record: &Record| {
            let base = record.path.file_name().and_then(|base| base.to_str());
            record.lane == unknown.lane
                && record.head == unknown.head
                && record.inode != unknown.stat.inode
                && record.path.parent() == unknown.at.parent()
                && base.is_some_and(|base| is_rotation_of(base, name))
                && record.copy.is_none_or(|copy| copy == unknown.stat.inode)
                // What was last written before a file was there is no copy of it.
                && !record.inode.is_younger_than(unknown.stat.modified_ns)
        };
        let likely = self.records.iter().filter(|(_, record)| may_be(record));
        let mut likely: Vec<(bool, u64, SourceId, Before, bool)> =
            likely.map(|(id, r)| (r.copy.is_some(), r.offset, *id, r.before, r.closed)).collect();
        likely.sort_unstable_by_key(|(is_its_copy, offset, ..)| std::cmp::Reverse((*is_its_copy, *offset)));
        for (_, offset, id, before, closed) in likely {
            let closed = closed || self.was_truncated(id)?;
            let reaches = unknown.stat.size >= offset && before.holds(unknown.file, offset)?;
            if closed && reaches {
                if let Some(record) = self.records.get_mut(&id) {
                    record.seen_ms = self.now_ms;
                    self.unsaved.structure |= record.copy.replace(unknown.stat.inode).is_none();
                }
                let rest = unknown.stat.size > offset;
                return Ok(Some(if rest { Verdict::Source(id) } else { Verdict::Copy }));
            }
            let is_prefix = !closed && self.is_prefix(unknown, id)?;
            if is_prefix || (!closed && reaches) {
                let age_ms = self.now_ms.saturating_sub(unknown.stat.modified_ns / 1_000_000);
                if age_ms < COPYING_MS {
                    return Ok(Some(Verdict::Wait));
                }
                // Files that have no more in common than how they begin are two.
                let common = if is_prefix { unknown.stat.size } else { unknown.stat.size.min(offset) };
                if common > u64::from(unknown.head.len) {
                    return Ok(Some(Verdict::Aside));
                }
            }
        }
        Ok(self.begins_as_named(unknown)?.then_some(Verdict::Aside))
    }

    /// Whether the file is the beginning of the one that has its name now, of which there is no record yet.
    fn begins_as_named(&self, unknown: &Unknown<'_>) -> io::Result<bool> {
        let base = if unknown.at == unknown.path { base_of(unknown.at) } else { Some(unknown.path.to_owned()) };
        let Some(named) = base.and_then(|base| File::open(base).ok()) else { return Ok(false) };
        let stat = Stat::of(&named.metadata()?);
        let is_known = self.records.values().any(|r| !r.closed && r.inode == stat.inode && r.head == unknown.head);
        let may_be = stat.inode != unknown.stat.inode && stat.size >= unknown.stat.size && !is_known;
        if !may_be || Head::read(&named, false)? != Some(unknown.head) {
            return Ok(false);
        }
        let size = unknown.stat.size;
        let is_recent = self.now_ms.saturating_sub(unknown.stat.modified_ns / 1_000_000) < COPYING_MS;
        let same = Before::read(unknown.file, size, BEFORE_BYTES)? == Before::read(&named, size, BEFORE_BYTES)?;
        Ok(same && (is_recent || size > u64::from(unknown.head.len)))
    }

    /// Whether the file of an open source holds something else by now, and closes its record then.
    fn was_truncated(&mut self, id: SourceId) -> io::Result<bool> {
        let Some(tail) = self.tails.values().find(|tail| tail.source == Some(id)) else { return Ok(false) };
        let Some(record) = self.records.get_mut(&id) else { return Ok(false) };
        let whole = tail.file.metadata()?.len() >= record.offset
            && Head::read(&tail.file, false)? == Some(record.head)
            && record.before.holds(&tail.file, record.offset)?;
        if !whole {
            record.closed = true;
            self.unsaved.structure = true;
        }
        Ok(!whole)
    }

    /// Whether the file ends with what an open source has at the same place.
    fn is_prefix(&self, unknown: &Unknown<'_>, id: SourceId) -> io::Result<bool> {
        let Some(tail) = self.tails.values().find(|tail| tail.source == Some(id)) else { return Ok(false) };
        let size = unknown.stat.size;
        let own = Before::read(unknown.file, size, BEFORE_BYTES)?;
        Ok(own.is_some() && own == Before::read(&tail.file, size, BEFORE_BYTES)?)
    }

    /// A source that the store knows and our records do not.
    pub(crate) fn in_store(&mut self, unknown: &Unknown<'_>) -> Result<Option<SourceId>, Failed> {
        let first = self.next_generation(unknown.stat.inode, unknown.head, unknown.lane);
        let mut last = None;
        for generation in first..first.saturating_add(MAX_GENERATIONS) {
            let id = source_id(unknown.stat.inode, unknown.head, generation, unknown.lane);
            match self.sink.source_end(id).map_err(Failed::Sink)? {
                Some(end) => last = Some((generation, end)),
                None => break,
            }
        }
        let Some((generation, end)) = last else { return Ok(None) };
        let before = Before::read(unknown.file, end, BEFORE_BYTES)?.filter(|_| end <= unknown.stat.size);
        let closed = before.is_none();
        let (offset, before) = (end, before.unwrap_or_default());
        let id = self.insert(unknown, generation, offset, before, closed);
        // One that ends behind the end of the file was truncated; what there is now is another source.
        Ok((!closed).then_some(id))
    }

    /// Asks the store for the original of a copy, of which we have no record: a file of the name, or rotated from it, that is
    /// truncated by now and began as the copy does. Whether there is a record of it now.
    pub(crate) fn original_in_store(&mut self, unknown: &Unknown<'_>) -> Result<bool, Failed> {
        if unknown.at == unknown.path && !looks_rotated(unknown.at) {
            return Ok(false);
        }
        let base = if unknown.at == unknown.path { base_of(unknown.at) } else { Some(unknown.path.to_owned()) };
        let Some(base) = base else { return Ok(false) };
        let named = scan::stat(&base).ok().flatten().map(|stat| (base.clone(), stat));
        let rotated = scan::rotated_siblings(&base).into_iter().rev();
        for (at, stat) in named.into_iter().chain(rotated).take(MAX_ORIGINALS) {
            if stat.inode == unknown.stat.inode || stat.inode.is_younger_than(unknown.stat.modified_ns) {
                continue;
            }
            let still = File::open(&at).and_then(|file| Head::read(&file, false))?;
            if still == Some(unknown.head) {
                continue;
            }
            let original = Unknown { stat: Stat { inode: stat.inode, ..unknown.stat }, path: &base, ..*unknown };
            if let Some(id) = self.in_store(&original)? {
                self.records.entry(id).and_modify(|record| record.closed = true);
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn next_generation(&self, inode: Inode, head: Head, lane: u16) -> u32 {
        let same = self.records.values().filter(|r| r.inode == inode && r.head == head && r.lane == lane);
        same.map(|record| record.generation.saturating_add(1)).max().unwrap_or(0)
    }

    /// A record for a file that nobody has seen before.
    fn first_sight(&mut self, unknown: &Unknown<'_>) -> Result<SourceId, Failed> {
        let size = unknown.stat.size;
        let age_ms = self.now_ms.saturating_sub(unknown.stat.modified_ns / 1_000_000);
        let offset = if unknown.chained {
            0
        } else if age_ms > FIRST_SIGHT_AGE_MS {
            last_line_start(unknown.file, size)?
        } else if size > FIRST_SIGHT_BYTES {
            next_line_start(unknown.file, size - FIRST_SIGHT_BYTES)?
        } else {
            0
        };
        if offset > 0 {
            add(&self.counters.cut_bytes, offset);
            let what = if age_ms > FIRST_SIGHT_AGE_MS {
                "not touched for a day when first seen"
            } else {
                "only the newest 64 MiB are taken of a file first seen"
            };
            self.cuts.insert(unknown.path.to_owned(), format!("{offset} bytes passed over: {what}"));
        }
        let before = Before::read(unknown.file, offset, BEFORE_BYTES)?.unwrap_or_default();
        let generation = self.next_generation(unknown.stat.inode, unknown.head, unknown.lane);
        Ok(self.insert(unknown, generation, offset, before, false))
    }

    /// Remembers that a name was looked at while its file had no whole line or the store did not answer, so that what is
    /// rotated away before the next look counts as missed.
    pub(crate) fn remember_name(&mut self, path: &Path, lane: u16, stat: Stat) {
        // Of a container everything counts as missed that was not read.
        let is_container = self.handling_of(path, lane).is_some_and(|handling| handling.format.is_some());
        if is_container || self.records.values().any(|record| record.path == path && record.lane == lane) {
            return;
        }
        let record = Record {
            path: path.to_owned(),
            lane,
            generation: 0,
            inode: stat.inode,
            head: Head { len: 0, hash: 0 },
            offset: 0,
            before: Before::default(),
            modified_ns: stat.modified_ns,
            copy: None,
            seen_ms: self.now_ms,
            closed: false,
        };
        self.records.insert(record.id(), record);
        self.unsaved.structure = true;
    }

    fn insert(
        &mut self,
        unknown: &Unknown<'_>,
        generation: u32,
        offset: u64,
        before: Before,
        closed: bool,
    ) -> SourceId {
        let record = Record {
            path: unknown.path.to_owned(),
            lane: unknown.lane,
            generation,
            inode: unknown.stat.inode,
            head: unknown.head,
            offset,
            before,
            modified_ns: unknown.stat.modified_ns,
            copy: None,
            seen_ms: self.now_ms,
            closed,
        };
        let id = record.id();
        self.records.insert(id, record);
        self.unsaved.structure = true;
        id
    }
}

/// Where the last line begins that has no end yet: behind the last line end.
fn last_line_start(file: &File, size: u64) -> io::Result<u64> {
    let from = size.saturating_sub(MAX_LINE_BYTES as u64);
    let mut bytes = vec![0; usize::try_from(size - from).unwrap_or(MAX_LINE_BYTES)];
    let got = read_at_most(file, &mut bytes, from)?;
    let end = memchr::memrchr(b'\n', bytes.get(..got).unwrap_or_default());
    Ok(end.map_or(size, |end| from + end as u64 + 1))
}

/// Where the first line begins at or behind a position.
fn next_line_start(file: &File, from: u64) -> io::Result<u64> {
    let mut bytes = vec![0; MAX_LINE_BYTES];
    // The byte before may be the line end.
    let from = from.saturating_sub(1);
    let got = read_at_most(file, &mut bytes, from)?;
    let end = memchr::memchr(b'\n', bytes.get(..got).unwrap_or_default());
    Ok(end.map_or(from + 1, |end| from + end as u64 + 1))
}
