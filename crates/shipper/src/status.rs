//! What the shipper says about itself.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Totals since the start, for `/metrics`.
#[derive(Debug, Default)]
pub struct Counters {
    /// Bytes of files whose lines were acknowledged (`promtail_read_bytes_total`).
    pub read_bytes: AtomicU64,
    /// Lines that were acknowledged (`promtail_read_lines_total`).
    pub read_lines: AtomicU64,
    /// Files that are followed now (`promtail_files_active_total`).
    pub files_active: AtomicU64,
    /// Parts of lines that were longer than [`MAX_LINE_BYTES`](crate::MAX_LINE_BYTES).
    pub split_lines: AtomicU64,
    /// Last lines without an end, delivered when their file was given up, and lines of containers that had none for long.
    pub unfinished_lines: AtomicU64,
    /// Deliveries that the sink refused; they are tried again.
    pub refused: AtomicU64,
    /// Bytes that a file was truncated over before they were read, as far as is known.
    pub lost_bytes: AtomicU64,
    /// Bytes passed over at the first sight of files that are old or large.
    pub cut_bytes: AtomicU64,
    /// Entries of containers' logs that could not be read and were delivered as they stand.
    pub malformed_entries: AtomicU64,
    /// Failures to read a file or directory.
    pub read_errors: AtomicU64,
    /// Failures to write the positions file.
    pub save_errors: AtomicU64,
}

/// Adds to a total.
pub(crate) fn add(counter: &AtomicU64, amount: u64) {
    counter.fetch_add(amount, Ordering::Relaxed);
}

/// The state at the last look for files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// What is followed, by path.
    pub files: Vec<FileStatus>,
    /// What is not shipped, or not whole, and why; by path.
    pub passed: Vec<Passed>,
    /// The logs of containers that are there; by path.
    pub logs: BTreeMap<PathBuf, LogState>,
    /// Why the positions file could not be used at the start.
    pub positions_damaged: Option<String>,
    /// Why it could not be written the last time.
    pub save_error: Option<String>,
}

impl Status {
    /// How it is with a container's log. `None` when there is no such file yet, or no container that writes it.
    #[must_use]
    pub fn of(&self, path: &Path) -> Option<&LogState> {
        self.logs.get(path)
    }
}

/// How it is with a container's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogState {
    /// Its lines are shipped.
    Followed,
    /// It is shipped in another way, with other labels: which.
    GivesWay(String),
    /// It cannot be read now, or its lines not be delivered: why. Tried again.
    Unreadable(String),
}

/// A file that is followed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileStatus {
    /// The name under which its lines are labelled.
    pub path: PathBuf,
    /// Bytes acknowledged.
    pub offset: u64,
    /// Bytes there are.
    pub size: u64,
    /// Whether its name leads to another file by now.
    pub rotated: bool,
}

/// A file or a part of one that is passed over.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Passed {
    /// The file or directory.
    pub path: PathBuf,
    /// Why, for people.
    pub why: String,
}
