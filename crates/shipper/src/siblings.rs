//! Files that were rotated away from the name under which they were written.

use std::fs::File;
use std::path::{Path, PathBuf};

use storage::logs::SourceId;

use crate::containers::Handling;
use crate::identity::{Head, Stat};
use crate::recognise::{Failed, Unknown, Verdict};
use crate::scan;
use crate::shipper::Shipper;
use crate::tail::{Tail, TailId};

/// Which rotated files of a name are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// Those that are known, to be read to their end.
    Known,
    /// Also those that nobody has seen, if they are newer than what was read under the name: they were rotated away before we
    /// could look.
    Missed,
    /// Of these only the ones that were last written to before a certain file was, which comes after `after`.
    MissedBefore {
        /// When that file was last written to, in nanoseconds.
        modified_ns: i64,
        /// What that file waits for.
        after: Option<TailId>,
    },
}

impl Shipper {
    /// Takes up the rotated files of a name that are not read to their end, oldest first, each to be read after the one before.
    /// The last file of the name that is being read.
    ///
    /// # Errors
    /// When there is no record of the name and the store does not say which files it knows.
    pub(crate) fn adopt_siblings(&mut self, path: &Path, lane: u16, which: Which) -> Result<Option<TailId>, Failed> {
        let mut chain = match which {
            Which::MissedBefore { after, .. } => after,
            _ => self.end_of_chain(path, lane),
        };
        let Some(handling) = self.handling_of(path, lane) else { return Ok(chain) };
        let siblings = self.siblings_of(path, &handling);
        siblings.iter().for_each(|(_, stat)| self.close_if_shorter(*stat, lane));
        let read = self.records.values().filter(|record| record.path == path && record.lane == lane);
        let newest = match read.map(|record| record.modified_ns).max() {
            // Of a container nothing is too old that the store does not know.
            None if handling.format.is_some() => Some(i64::MIN),
            None if which != Which::Known => self.newest_in_store(&siblings, path, lane)?,
            newest => newest,
        };
        let until_ns = match which {
            Which::Known => i64::MIN,
            Which::Missed => i64::MAX,
            Which::MissedBefore { modified_ns, .. } => modified_ns,
        };
        // New ones that were last written to before the next one that is followed already.
        let mut older: Vec<TailId> = Vec::new();
        for (at, stat) in &siblings {
            let missed = newest.is_some_and(|newest| (newest..until_ns).contains(&stat.modified_ns));
            let last = self.last_tail;
            match self.adopt(at, *stat, path, lane, &handling, missed) {
                Ok(Some(id)) if which == Which::Known => chain = Some(id).filter(|id| *id > last).or(chain),
                Ok(Some(id)) if id > last => {
                    let before = older.last().copied().or(chain);
                    self.tails.entry(id).and_modify(|tail| tail.after = before);
                    older.push(id);
                }
                Ok(Some(id)) => self.put_before(id, &mut older),
                Ok(None) => {}
                Err(failed) => self.passed.push((at.clone(), failed.to_string())),
            }
        }
        chain = older.pop().or(chain);
        Ok(chain)
    }

    /// Files that were rotated away from a name. Runtimes put the mark behind the name, and a file that another container writes is
    /// none.
    fn siblings_of(&self, path: &Path, handling: &Handling) -> Vec<(PathBuf, Stat)> {
        let mut siblings = scan::rotated_siblings(path);
        if handling.format.is_some() {
            let base = path.as_os_str().as_encoded_bytes();
            siblings.retain(|(at, _)| {
                at.as_os_str().as_encoded_bytes().starts_with(base) && !self.containers.contains_key(at)
            });
        }
        siblings
    }

    /// Lets a file that has no record yet wait for older ones that were found after it.
    fn put_before(&mut self, id: TailId, older: &mut Vec<TailId>) {
        let Some(tail) = self.tails.get_mut(&id).filter(|tail| tail.source.is_none()) else { return };
        if let (Some(first), Some(last)) = (older.first().copied(), older.last().copied()) {
            let before = tail.after.replace(last);
            self.tails.entry(first).and_modify(|tail| tail.after = before);
            older.clear();
        }
    }

    /// The file of a name that is read last: for which no other waits.
    fn end_of_chain(&self, path: &Path, lane: u16) -> Option<TailId> {
        let of_name = || self.tails.iter().filter(|(_, tail)| tail.path == path && tail.lane == lane);
        let awaited: Vec<TailId> = of_name().filter_map(|(_, tail)| tail.after).collect();
        of_name().map(|(id, _)| *id).filter(|id| !awaited.contains(id)).max()
    }

    /// When the newest of some rotated files was written of which the store has lines.
    fn newest_in_store(&mut self, siblings: &[(PathBuf, Stat)], path: &Path, lane: u16) -> Result<Option<i64>, Failed> {
        let mut newest = None;
        for (at, stat) in siblings {
            let in_store = (|| {
                let file = File::open(at)?;
                let Some(head) = Head::read(&file, false)? else { return Ok(false) };
                let unknown = Unknown { file: &file, stat: *stat, head, lane, at, path, chained: true };
                Ok(self.recall(&unknown)?.is_some() || self.original_in_store(&unknown)?)
            })();
            match in_store {
                Ok(true) => newest = newest.max(Some(stat.modified_ns)),
                Ok(false) => {}
                Err(failed @ Failed::Sink(_)) => return Err(failed),
                Err(failed) => self.passed.push((at.clone(), failed.to_string())),
            }
        }
        Ok(newest)
    }

    /// Takes up one rotated file, if there is something to read of it.
    fn adopt(
        &mut self,
        at: &Path,
        stat: Stat,
        path: &Path,
        lane: u16,
        handling: &Handling,
        take_unknown: bool,
    ) -> Result<Option<TailId>, Failed> {
        if let Some(id) = self.by_file.get(&(stat.key, lane)) {
            return Ok(self.tails.get(id).is_some_and(|tail| tail.path == path).then_some(*id));
        }
        if self.is_settled(stat, lane) {
            return Ok(None);
        }
        let file = File::open(at)?;
        let verdict = match Head::read(&file, false)? {
            None => None,
            Some(head) => {
                let unknown = Unknown { file: &file, stat, head, lane, at, path, chained: true };
                // The store is asked last, as it may not answer.
                match self.known(&unknown)?.map(Verdict::Source) {
                    Some(verdict) => Some(verdict),
                    None => match self.copy_of(&unknown)? {
                        Some(verdict) => Some(verdict),
                        None => match self.in_store(&unknown) {
                            // A new one is followed all the same, so that it is not lost, and the store asked again in its turn.
                            // An old one is looked at again later.
                            Err(Failed::Sink(_)) => None,
                            found => found?.map(Verdict::Source),
                        },
                    },
                }
            }
        };
        match verdict {
            Some(Verdict::Source(id)) => {
                let Some(record) = self.records.get(&id).filter(|record| record.path == path) else { return Ok(None) };
                if record.offset >= stat.size {
                    self.settle(stat.key, lane, stat, None);
                    return Ok(None);
                }
                Ok(Some(self.follow_rotated(file, stat, at, path, lane, handling, Some(id))))
            }
            Some(Verdict::Copy) => {
                self.settle(stat.key, lane, stat, None);
                Ok(None)
            }
            Some(Verdict::Aside) => Ok(None),
            Some(Verdict::Wait | Verdict::Passed(_)) | None => {
                // A new one gets its record in its turn: a record says that all before it was delivered. Of one without a
                // whole line, whoever wrote it may still do so.
                Ok(take_unknown.then(|| self.follow_rotated(file, stat, at, path, lane, handling, None)))
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "each is known of the file by another way")]
    fn follow_rotated(
        &mut self,
        file: File,
        stat: Stat,
        at: &Path,
        path: &Path,
        lane: u16,
        handling: &Handling,
        source: Option<SourceId>,
    ) -> TailId {
        let mut tail = Tail::new(file, stat.key, path.to_owned(), lane, handling.clone(), self.now_ms);
        at.clone_into(&mut tail.at);
        tail.source = source;
        tail.chained = true;
        tail.rotated_ms = Some(self.now_ms);
        self.push(tail)
    }

    /// The record of a file that is known, from ours or the store's.
    pub(crate) fn recall(&mut self, unknown: &Unknown<'_>) -> Result<Option<SourceId>, Failed> {
        match self.known(unknown)? {
            Some(id) => Ok(Some(id)),
            None => self.in_store(unknown),
        }
    }
}
