//! What became of every key of a file.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use crate::error::Position;

/// Collects what became of the keys while a file is read.
#[derive(Debug, Default)]
pub struct Report {
    notices: RefCell<Vec<Notice>>,
}

/// One key and its fate; shown as a line for the log: `promtail.yaml:3:1: server: ignored: …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The file.
    pub file: Arc<str>,
    /// Where the key stands.
    pub position: Position,
    /// The way to the key: `scrape_configs[0].pipeline_stages`.
    pub key: String,
    /// What became of it.
    pub fate: Fate,
}

/// What becomes of a key that is not refused with an [`Error`](crate::Error).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It does what it does upstream.
    Honoured,
    /// It has no meaning here; the text says why.
    Ignored(String),
    /// Upstream runs it and this version does not; the text says what that means for the rest.
    NotBuilt(String),
}

impl Report {
    /// An empty report.
    #[must_use]
    pub fn new() -> Report {
        Report::default()
    }

    /// Adds one key.
    pub fn add(&self, notice: Notice) {
        self.notices.borrow_mut().push(notice);
    }

    /// All keys in the order in which they were read.
    #[must_use]
    pub fn into_notices(self) -> Vec<Notice> {
        self.notices.into_inner()
    }
}

impl Notice {
    /// Whether somebody should be told.
    #[must_use]
    pub fn is_warning(&self) -> bool {
        self.fate != Fate::Honoured
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Notice { file, position, key, fate } = self;
        match fate {
            Fate::Honoured => write!(f, "{file}:{position}: {key}: honoured"),
            Fate::Ignored(why) => write!(f, "{file}:{position}: {key}: ignored: {why}"),
            Fate::NotBuilt(what) => write!(f, "{file}:{position}: not built yet: {key}: {what}"),
        }
    }
}
