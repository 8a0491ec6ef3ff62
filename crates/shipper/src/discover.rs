//! Taking up the files that were found.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use model::Labels;

use crate::containers::{Container, Handling};
use crate::identity::{Head, Stat};
use crate::recognise::{Failed, Unknown, Verdict};
use crate::scan::{self, By, Candidate};
use crate::settings::{FILENAME, Target};
use crate::shipper::Shipper;
use crate::siblings::Which;
use crate::status::{FileStatus, Passed, add};
use crate::tail::{Tail, TailId};
use crate::text;

/// Files open at a time; those that are quiet the longest are closed first and looked at by name.
const MAX_OPEN: usize = 400;
/// A record is forgotten when its file was gone for so long.
const FORGET_MS: i64 = 7 * 24 * 3_600_000;
/// Every so many looks rotated files are looked at that were done with, in case that they grew.
const LOOKS_PER_REVISIT: u64 = 16;
/// How long nothing may have come from a file that is closed for want of room.
const QUIET_MS: i64 = 60_000;

impl Shipper {
    /// Looks for files, takes up new ones and notices rotated ones.
    pub(crate) fn look(&mut self) {
        let found = scan::scan(&self.settings, &mut self.containers, &self.own_files, self.options.data_dir.as_deref());
        self.dirs = found.dirs;
        self.passed.clear();
        add(&self.counters.read_errors, found.failed.len() as u64);
        self.passed.extend(found.failed);
        self.settled.values_mut().for_each(|settled| settled.seen = false);
        self.mark_rotated();

        let (rotated, plain): (Vec<Candidate>, Vec<Candidate>) = found
            .candidates
            .into_iter()
            .partition(|candidate| matches!(candidate.by, By::Target(_)) && scan::looks_rotated(&candidate.path));
        let revisit = self.looks.is_multiple_of(LOOKS_PER_REVISIT);
        self.looks += 1;
        for candidate in &plain {
            self.take_up(candidate);
            if revisit {
                self.look_at_rotated(&candidate.path, candidate.lane, Which::Known);
            }
        }
        let present: BTreeSet<(&Path, u16)> =
            plain.iter().chain(&rotated).map(|c| (c.path.as_path(), c.lane)).collect();
        let gone: BTreeSet<(PathBuf, u16)> = self
            .records
            .values()
            .filter(|record| !present.contains(&(record.path.as_path(), record.lane)))
            .map(|record| (record.path.clone(), record.lane))
            .collect();
        for (path, lane) in gone {
            self.look_at_rotated(&path, lane, Which::Missed);
        }
        for candidate in &rotated {
            self.take_up(candidate);
        }
        self.find_packed(revisit);
        self.let_containers_go();
        self.tidy_up();
        self.publish();
    }

    /// Takes up rotated files of a name at every look, so that a failure is repaired by the next.
    fn look_at_rotated(&mut self, path: &Path, lane: u16, which: Which) {
        if let Err(failed) = self.adopt_siblings(path, lane, which) {
            self.passed.push((path.to_owned(), failed.to_string()));
        }
    }

    /// Notices which names lead to another file by now, and which containers are gone.
    fn mark_rotated(&mut self) {
        for tail in self.tails.values_mut() {
            let same = scan::stat(&tail.path).ok().flatten().is_some_and(|stat| stat.key == tail.key);
            let container = self.containers.get(&tail.path);
            let wanted = tail.handling.format.is_none() || container.is_some_and(Container::is_followed);
            tail.rotated_ms = if same && wanted { None } else { tail.rotated_ms.or(Some(self.now_ms)) };
        }
    }

    fn take_up(&mut self, candidate: &Candidate) {
        let Candidate { path, stat, by, lane } = candidate;
        if self.by_file.contains_key(&(stat.key, *lane)) || self.is_settled(*stat, *lane) {
            return;
        }
        let target = match by {
            By::Target(index) => self.settings.targets.get(*index),
            By::Container => None,
        };
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let refused = text::refused_by_name(name).filter(|_| target.is_some_and(|target| target.by_name));
        if let Some(why) = refused {
            self.passed.push((path.clone(), why.to_owned()));
            return;
        }
        let handling = match target {
            Some(target) => Some(Handling::plain(labels_of(target, path))),
            None => self.containers.get(path).map(|container| container.handling.clone()),
        };
        let Some(handling) = handling else { return };
        match self.open(path, *lane, handling) {
            Ok(()) => {}
            Err(Failed::Read(error)) if error.kind() == io::ErrorKind::NotFound => {}
            Err(Failed::Read(error)) => {
                add(&self.counters.read_errors, 1);
                self.passed.push((path.clone(), error.to_string()));
            }
            Err(Failed::Sink(error)) => self.passed.push((path.clone(), Failed::Sink(error).to_string())),
        }
    }

    fn open(&mut self, path: &Path, lane: u16, handling: Handling) -> Result<(), Failed> {
        let file = File::open(path)?;
        let stat = Stat::of(&file.metadata()?);
        let is_container = handling.format.is_some();
        let mut tail = Tail::new(file, stat.key, path.to_owned(), lane, handling, self.now_ms);
        // Of a container everything is new, from its first line on.
        tail.chained = is_container || (!scan::looks_rotated(path) && self.was_read(path, lane, stat));
        match self.first_look(&mut tail, path, stat) {
            Ok(Some(Verdict::Source(id))) => tail.source = Some(id),
            Ok(None) => self.remember_name(path, lane, stat),
            Ok(Some(Verdict::Wait)) => return Ok(()),
            Ok(Some(Verdict::Aside)) => {
                // Looked at again each time: the original may be truncated any moment.
                self.passed.push((path.to_owned(), "a copy of a file that is followed".to_owned()));
                return Ok(());
            }
            Ok(Some(Verdict::Copy)) => {
                self.settle(stat.key, lane, stat, None);
                return Ok(());
            }
            Ok(Some(Verdict::Passed(why))) => {
                self.settle(stat.key, lane, stat, Some((path, why)));
                return Ok(());
            }
            Err(Failed::Sink(error)) => {
                // It is kept open, whatever happens to its name, until the store answers.
                self.remember_name(path, lane, stat);
                self.passed.push((path.to_owned(), Failed::Sink(error).to_string()));
            }
            Err(failed) => return Err(failed),
        }
        self.take_name(&mut tail);
        self.push(tail);
        Ok(())
    }

    /// A file that was rotated keeps the name under which it was first read, and a copy has that of its original.
    pub(crate) fn take_name(&self, tail: &mut Tail) {
        let record = tail.source.and_then(|id| self.records.get(&id));
        let Some(record) = record.filter(|record| record.path != tail.path) else { return };
        if let Some(handling) = self.handling_of(&record.path, tail.lane) {
            tail.handling = handling;
        }
        tail.path.clone_from(&record.path);
        tail.rotated_ms = Some(self.now_ms);
    }

    /// What a file is that was just opened; none while its first line is not finished. The files that were rotated away from its name
    /// come before it.
    fn first_look(&mut self, tail: &mut Tail, path: &Path, stat: Stat) -> Result<Option<Verdict>, Failed> {
        let lane = tail.lane;
        self.close_if_shorter(stat, lane);
        let head = Head::read(&tail.file, false)?;
        let file = tail.file.try_clone()?;
        let unknown = |head, chained| Unknown { file: &file, stat, head, lane, at: path, path, chained };
        let recalled = match head {
            Some(head) => self.recall(&unknown(head, false)),
            None => Ok(None),
        };
        if let Ok(Some(id)) = recalled {
            self.adopt_siblings(path, lane, Which::Known)?;
            return Ok(Some(Verdict::Source(id)));
        }
        if !scan::looks_rotated(path) {
            // Also when the store does not answer: what has the name next must find that these come before it.
            tail.after = self.adopt_siblings(path, lane, Which::Missed)?;
            tail.chained |= tail.after.is_some();
        }
        recalled?;
        if tail.after.is_some() {
            // It gets its record in its turn.
            return Ok(None);
        }
        head.map(|head| self.recognise(&unknown(head, tail.chained))).transpose()
    }

    /// Whether another file was read under a name, or this one before it was truncated.
    fn was_read(&self, path: &Path, lane: u16, stat: Stat) -> bool {
        let of_name = self.records.values().filter(|record| record.path == path && record.lane == lane);
        of_name.into_iter().any(|record| record.head.len > 0 || record.inode != stat.inode)
    }

    pub(crate) fn push(&mut self, tail: Tail) -> TailId {
        self.last_tail += 1;
        self.by_file.insert((tail.key, tail.lane), self.last_tail);
        self.settled.remove(&(tail.key, tail.lane));
        self.tails.insert(self.last_tail, tail);
        self.last_tail
    }

    pub(crate) fn is_settled(&mut self, stat: Stat, lane: u16) -> bool {
        let Some(settled) = self.settled.get_mut(&(stat.key, lane)) else { return false };
        settled.seen = true;
        settled.look == (stat.size, stat.modified_ns)
    }

    /// What gives a name its labels: the `lane`th target that wants it, else the container whose log it is.
    pub(crate) fn handling_of(&self, path: &Path, lane: u16) -> Option<Handling> {
        let container = self.containers.get(path).filter(|container| lane == 0 && container.gives_way.is_none());
        let target = self.target_of(path, lane).filter(|_| !container.is_some_and(|container| container.is_taken));
        match target {
            Some(target) => Some(Handling::plain(labels_of(target, path))),
            None => container.map(|container| container.handling.clone()),
        }
    }

    fn target_of(&self, path: &Path, lane: u16) -> Option<&Target> {
        let wants = |target: &&Target| {
            target.pattern.matches(path) && !target.exclude.as_ref().is_some_and(|exclude| exclude.matches(path))
        };
        self.settings.targets.iter().filter(wants).nth(usize::from(lane))
    }

    /// Forgets what is gone for long, and closes files that are quiet when there are too many.
    fn tidy_up(&mut self) {
        let now_ms = self.now_ms;
        self.settled.retain(|_, settled| settled.seen);
        let live: BTreeSet<_> = self.tails.values().filter_map(|tail| tail.source).collect();
        let present = self.settled.keys().chain(self.by_file.keys());
        let inodes: BTreeSet<u64> = present.map(|(key, _)| key.ino()).collect();
        for (id, record) in &mut self.records {
            if live.contains(id) || inodes.contains(&record.inode.number) {
                record.seen_ms = now_ms;
            }
        }
        let before = self.records.len();
        self.records.retain(|_, record| now_ms.saturating_sub(record.seen_ms) < FORGET_MS);
        while self.records.len() > crate::positions::MAX_RECORDS {
            let oldest = self.records.iter().filter(|(id, _)| !live.contains(id)).min_by_key(|(_, r)| r.seen_ms);
            let Some(oldest) = oldest.map(|(id, _)| *id) else { break };
            self.records.remove(&oldest);
        }
        self.unsaved.structure |= self.records.len() != before;
        self.cuts.retain(|path, _| self.records.values().any(|record| record.path == *path));
        self.troubles.retain(|path, _| self.tails.values().any(|tail| tail.path == *path));

        let is_quiet = |tail: &Tail| tail.drained && now_ms.saturating_sub(tail.busy_ms) > QUIET_MS;
        let mut quiet: Vec<(i64, TailId)> =
            self.tails.iter().filter(|(_, tail)| is_quiet(tail)).map(|(id, tail)| (tail.busy_ms, *id)).collect();
        quiet.sort_unstable();
        for (_, id) in quiet.into_iter().take(self.tails.len().saturating_sub(MAX_OPEN)) {
            let Some(tail) = self.tails.remove(&id) else { continue };
            self.by_file.remove(&(tail.key, tail.lane));
            if let Ok(meta) = tail.file.metadata() {
                self.settle(tail.key, tail.lane, Stat::of(&meta), None);
            }
        }
    }

    /// Shows the state to whoever asks.
    fn publish(&mut self) {
        let file = |tail: &Tail| FileStatus {
            path: tail.path.clone(),
            offset: tail.source.and_then(|id| self.records.get(&id)).map_or(0, |record| record.offset),
            size: tail.largest,
            rotated: tail.rotated_ms.is_some(),
        };
        let mut files: Vec<FileStatus> = self.tails.values().map(file).collect();
        files.sort();
        let settled = self.settled.values().filter_map(|settled| settled.why.clone());
        let settled = settled.map(|(path, why)| (path, why.to_owned()));
        let noted = self.cuts.iter().chain(&self.troubles).map(|(path, why)| (path.clone(), why.clone()));
        let all = self.passed.iter().cloned().chain(settled).chain(noted);
        let mut passed: Vec<Passed> = all.map(|(path, why)| Passed { path, why }).collect();
        let logs = self.show_logs(&mut passed);
        passed.sort();
        passed.dedup();
        self.counters.files_active.store(files.len() as u64, std::sync::atomic::Ordering::Relaxed);
        let mut status = self.status.lock();
        status.files = files;
        status.passed = passed;
        status.logs = logs;
    }
}

/// The labels of the lines of a file.
fn labels_of(target: &Target, path: &Path) -> Labels {
    if target.labels.contains(FILENAME) {
        return target.labels.clone();
    }
    let mut labels = target.labels.to_builder();
    labels.set(FILENAME, &path.to_string_lossy());
    labels.build()
}
