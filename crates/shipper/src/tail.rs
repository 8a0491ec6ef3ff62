//! One file that is being followed.

use std::fs::File;
use std::path::PathBuf;

use storage::logs::SourceId;

use crate::containers::Handling;
use crate::identity::FileKey;

/// Names a tail; later ones are larger.
pub(crate) type TailId = u64;

/// An open file.
#[derive(Debug)]
pub(crate) struct Tail {
    pub(crate) file: File,
    pub(crate) key: FileKey,
    /// The name under which its lines are labelled.
    pub(crate) path: PathBuf,
    /// Where it was found.
    pub(crate) at: PathBuf,
    pub(crate) lane: u16,
    pub(crate) handling: Handling,
    /// Its record; none while the first line is not finished.
    pub(crate) source: Option<SourceId>,
    /// It follows a file of the same name that was read, so all of it is new.
    pub(crate) chained: bool,
    /// The file that was read under this name before, which comes first. Never one that waits for this one: it is older, or the
    /// copy of what this one held before it was truncated, which waits for none.
    pub(crate) after: Option<TailId>,
    /// Size and time of the last look that read everything there was.
    pub(crate) looked: Option<(u64, i64)>,
    /// The most bytes it ever had, as far as was looked.
    pub(crate) largest: u64,
    /// Whether every whole line was delivered at the last look.
    pub(crate) drained: bool,
    /// When there was last something new, in milliseconds.
    pub(crate) busy_ms: i64,
    /// Since when its name leads elsewhere.
    pub(crate) rotated_ms: Option<i64>,
    /// Whether to ask the sink where the source ends before reading on.
    pub(crate) ask: bool,
    pub(crate) backoff: Option<Backoff>,
    /// Since when the position stands before a line of a container that has no end yet.
    pub(crate) open_ms: Option<i64>,
    /// The time of the last entry of a container's log that was read.
    pub(crate) entry_ns: Option<i64>,
}

/// A pause after a refusal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backoff {
    pub(crate) until_ms: i64,
    pub(crate) pause_ms: i64,
}

const FIRST_PAUSE_MS: i64 = 200;
const LONGEST_PAUSE_MS: i64 = 10_000;

impl Tail {
    pub(crate) fn new(file: File, key: FileKey, path: PathBuf, lane: u16, handling: Handling, now_ms: i64) -> Tail {
        Tail {
            file,
            key,
            at: path.clone(),
            path,
            lane,
            handling,
            source: None,
            chained: false,
            after: None,
            looked: None,
            largest: 0,
            drained: false,
            busy_ms: now_ms,
            rotated_ms: None,
            ask: true,
            backoff: None,
            open_ms: None,
            entry_ns: None,
        }
    }

    /// Puts the next try off, longer each time.
    pub(crate) fn back_off(&mut self, now_ms: i64) {
        let pause_ms = self.backoff.map_or(FIRST_PAUSE_MS, |last| (last.pause_ms * 2).min(LONGEST_PAUSE_MS));
        self.backoff = Some(Backoff { until_ms: now_ms.saturating_add(pause_ms), pause_ms });
        self.ask = true;
        self.looked = None;
    }

    pub(crate) fn is_paused(&self, now_ms: i64) -> bool {
        // A clock that was set back must not make the pause longer than it is.
        self.backoff.is_some_and(|b| now_ms < b.until_ms && b.until_ms - now_ms <= b.pause_ms)
    }
}
