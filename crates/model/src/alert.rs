//! Alerts, and the way by which they come in.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::Labels;

/// The label that names an alert.
pub const ALERT_NAME: &str = "alertname";

/// Texts by name that explain an alert; unlike a label, one may be empty. Clones share them.
pub type Annotations = Arc<BTreeMap<String, String>>;

/// An alert as its sender describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PostedAlert {
    /// What identifies it.
    pub labels: Labels,
    /// What explains it.
    pub annotations: Annotations,
    /// Since when it fires; the receiver fills in its own time.
    pub starts_at_ms: Option<i64>,
    /// When it ends, or ended; without it the alert ends when it is not posted again for a while.
    pub ends_at_ms: Option<i64>,
    /// Where to look at what made it; empty for nowhere.
    pub generator_url: String,
}

/// Takes alerts: the alert manager in this process, or whoever stands for one.
pub trait AlertSink: Send + Sync + fmt::Debug {
    /// Hands alerts over. When this returns, those that are valid survive a crash.
    ///
    /// # Errors
    /// [`Invalid`](AlertError::Invalid) when some are not valid; the others were taken all the same.
    /// [`Unavailable`](AlertError::Unavailable) when none could be kept.
    fn post(&self, alerts: &[PostedAlert]) -> Result<(), AlertError>;
}

/// Why alerts were not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AlertError {
    /// What is wrong with those that are not valid, one text each; shown joined, as upstream does.
    #[error("{}", .0.join("; "))]
    Invalid(Vec<String>),
    /// They cannot be kept now.
    #[error("{0}")]
    Unavailable(String),
}

/// An alert as it is kept: with a beginning and an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// What identifies it.
    pub labels: Labels,
    /// What explains it.
    pub annotations: Annotations,
    /// Since when it fires.
    pub starts_at_ms: i64,
    /// When it ends unless it is posted again, or when it ended.
    pub ends_at_ms: i64,
    /// Where to look at what made it; empty for nowhere.
    pub generator_url: String,
    /// When it was last posted.
    pub updated_at_ms: i64,
    /// The end is not the sender's word, but ours for want of one.
    pub is_timeout: bool,
}

impl Alert {
    /// Whether the alert has ended at a time.
    #[must_use]
    pub fn is_resolved_at(&self, now_ms: i64) -> bool {
        self.ends_at_ms <= now_ms
    }

    /// What identifies the alert, in 64 bits.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.labels)
    }

    /// One alert of two with the same labels whose times overlap: it begins when the earlier began and is explained by the younger
    /// posting. Of ends that are both over the later counts; an end that the older sender gave, and that is later, stands.
    #[must_use]
    pub fn merged_with(&self, other: &Alert, now_ms: i64) -> Alert {
        let (older, younger) = if other.updated_at_ms < self.updated_at_ms { (other, self) } else { (self, other) };
        let keeps_older_end =
            if younger.is_resolved_at(now_ms) { older.is_resolved_at(now_ms) } else { !older.is_timeout };
        let mut merged = younger.clone();
        merged.starts_at_ms = older.starts_at_ms.min(younger.starts_at_ms);
        if keeps_older_end {
            merged.ends_at_ms = older.ends_at_ms.max(younger.ends_at_ms);
        }
        merged
    }
}

/// A hash of a label set, as Prometheus and Alertmanager show it: sixteen hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub u64);

impl Fingerprint {
    /// FNV-1a over the pairs in the order of their names, `0xff` behind each name and each value.
    #[must_use]
    pub fn of(labels: &Labels) -> Fingerprint {
        const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
        const PRIME: u64 = 0x0000_0100_0000_01b3;
        let mut hash = OFFSET;
        let mut add = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(PRIME);
        for (name, value) in labels {
            for text in [name, value] {
                text.bytes().for_each(&mut add);
                add(0xff);
            }
        }
        Fingerprint(hash)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests;
