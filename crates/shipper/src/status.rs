//! What the shipper says about itself.

use std::path::PathBuf;
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
    /// Last lines without an end, delivered when their file was given up.
    pub unfinished_lines: AtomicU64,
    /// Deliveries that the sink refused; they are tried again.
    pub refused: AtomicU64,
    /// Bytes that a file was truncated over before they were read, as far as is known.
    pub lost_bytes: AtomicU64,
    /// Bytes passed over at the first sight of files that are old or large.
    pub cut_bytes: AtomicU64,
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
    /// Why the positions file could not be used at the start.
    pub positions_damaged: Option<String>,
    /// Why it could not be written the last time.
    pub save_error: Option<String>,
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
