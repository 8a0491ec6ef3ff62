//! The files of the log. There is one; a new one begins with a snapshot and takes the place of the old one.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use durable::atomic::UNFINISHED_SUFFIX;
use durable::{FileSystem, LogReader, LogWriter};

use super::record::Record;

const MAGIC: [u8; 8] = *b"MenaraAM";
const VERSION: u32 = 1;
/// A file is replaced when it has grown to this length, or to four times its snapshot.
const SMALLEST_FULL_BYTES: u64 = 4 << 20;
const GROWTH: u64 = 4;

/// The log, open for appending.
#[derive(Debug)]
pub(crate) struct Journal {
    fs: Arc<dyn FileSystem>,
    dir: PathBuf,
    sequence: u64,
    writer: LogWriter,
    full_bytes: u64,
}

/// What is rebuilt from the log.
pub(crate) trait Replay {
    /// Takes the next record.
    fn visit(&mut self, record: Record);

    /// Everything so far, as records.
    fn snapshot(&self) -> Vec<Record>;
}

impl Journal {
    /// Opens the log in a directory, or begins one. A file that is damaged gives what stands before the damage, is kept under another
    /// name, and is told of in the second value.
    ///
    /// # Errors
    /// What the operating system says, and `InvalidData` for a file of another kind or version, which stays as it is.
    pub(crate) fn open(
        fs: Arc<dyn FileSystem>,
        dir: &Path,
        replay: &mut dyn Replay,
    ) -> io::Result<(Journal, Option<String>)> {
        fs.create_dir_all(dir)?;
        let mut sequences = Vec::new();
        for name in fs.list(dir)? {
            if name.to_string_lossy().ends_with(UNFINISHED_SUFFIX) {
                fs.remove(&dir.join(&name))?;
            } else if let Some(sequence) = sequence_of(&name) {
                sequences.push(sequence);
            }
        }
        sequences.sort_unstable();
        let Some(sequence) = sequences.pop() else {
            let writer = LogWriter::create(&*fs, &path(dir, 1), MAGIC, VERSION)?;
            return Ok((
                Journal { fs, dir: dir.to_owned(), sequence: 1, writer, full_bytes: SMALLEST_FULL_BYTES },
                None,
            ));
        };
        let current = path(dir, sequence);
        let found = read(&*fs, &current, replay)?;
        // The last replacement was stopped before the older file was gone.
        for old in sequences {
            fs.remove(&path(dir, old))?;
        }
        if found.good_bytes > 0 && found.damage.is_none() {
            let writer = LogWriter::resume(&*fs, &current, found.good_bytes)?;
            return Ok((Journal { fs, dir: dir.to_owned(), sequence, writer, full_bytes: SMALLEST_FULL_BYTES }, None));
        }
        let writer = begin(&*fs, dir, sequence + 1, &replay.snapshot())?;
        if found.damage.is_some() {
            let mut aside = OsString::from(&current);
            aside.push(".damaged");
            fs.rename(&current, Path::new(&aside))?;
            fs.sync_dir(dir)?;
        } else {
            fs.remove(&current)?;
        }
        let (sequence, full_bytes) = (sequence + 1, SMALLEST_FULL_BYTES);
        Ok((Journal { fs, dir: dir.to_owned(), sequence, writer, full_bytes }, found.damage))
    }

    /// Appends a record; it survives a kill, but not yet a power cut. Returns the position for [`sync_to`](Journal::sync_to).
    ///
    /// # Errors
    /// What the operating system says; the record is then not there.
    pub(crate) fn append(&self, record: &Record) -> io::Result<u64> {
        self.writer.append(&record.encode())
    }

    /// Returns when everything up to a position survives a power cut.
    ///
    /// # Errors
    /// What the operating system says.
    pub(crate) fn sync_to(&self, position: u64) -> io::Result<()> {
        self.writer.sync_to(position)
    }

    /// Whether a new file is due: this one is long, or takes no more records.
    pub(crate) fn wants_replacing(&self) -> bool {
        self.is_broken() || self.writer.len_bytes() >= self.full_bytes
    }

    /// Whether this file takes no more records.
    pub(crate) fn is_broken(&self) -> bool {
        self.writer.has_failed()
    }

    /// Lets this file grow longer, because it could not be replaced.
    pub(crate) fn postpone(&mut self) {
        self.full_bytes = self.full_bytes.saturating_mul(2);
    }

    /// Begins a new file with a snapshot, which takes the place of this one.
    ///
    /// # Errors
    /// What the operating system says; this file then stays the one.
    pub(crate) fn replace(&mut self, snapshot: &[Record]) -> io::Result<()> {
        let sequence = self.sequence + 1;
        let writer = begin(&*self.fs, &self.dir, sequence, snapshot)?;
        let old = path(&self.dir, self.sequence);
        self.full_bytes = (writer.len_bytes() * GROWTH).max(SMALLEST_FULL_BYTES);
        (self.writer, self.sequence) = (writer, sequence);
        // The next start removes it if this does not.
        self.fs.remove(&old).or(Ok(()))
    }
}

struct Found {
    /// Where the good records end; 0 for a file whose creation was interrupted.
    good_bytes: u64,
    damage: Option<String>,
}

/// Writes a file that begins with a snapshot; it is there as a whole or not at all.
fn begin(fs: &dyn FileSystem, dir: &Path, sequence: u64, snapshot: &[Record]) -> io::Result<LogWriter> {
    let finished = path(dir, sequence);
    let mut unfinished = OsString::from(&finished);
    unfinished.push(UNFINISHED_SUFFIX);
    let unfinished = Path::new(&unfinished);
    fs.remove(unfinished)?;
    let writer = LogWriter::create(fs, unfinished, MAGIC, VERSION)?;
    for record in snapshot {
        writer.append(&record.encode())?;
    }
    writer.sync()?;
    fs.rename(unfinished, &finished)?;
    fs.sync_dir(dir)?;
    Ok(writer)
}

fn read(fs: &dyn FileSystem, path: &Path, replay: &mut dyn Replay) -> io::Result<Found> {
    let mut reader = LogReader::open(fs, path, MAGIC, VERSION)?;
    while let Some(bytes) = reader.next_record()? {
        let Some(record) = Record::decode(bytes) else {
            let at_bytes = reader.position();
            let damage = Some(format!("{}: the record before byte {at_bytes} makes no sense", path.display()));
            return Ok(Found { good_bytes: at_bytes, damage });
        };
        replay.visit(record);
    }
    let outcome = reader.outcome()?;
    let damage = outcome.damaged.then(|| {
        format!("{}: damaged at byte {}, {} bytes lost", path.display(), outcome.good_bytes, outcome.discarded_bytes)
    });
    Ok(Found { good_bytes: outcome.good_bytes, damage })
}

fn path(dir: &Path, sequence: u64) -> PathBuf {
    dir.join(format!("{sequence:010}.log"))
}

fn sequence_of(name: &Path) -> Option<u64> {
    name.to_str()?.strip_suffix(".log")?.parse().ok()
}
