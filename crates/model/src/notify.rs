//! What is told to whom when alerts fire and end, and the way by which it goes out.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::alert::Alert;
use crate::labels::Labels;

/// Sends notifications: the receivers that are built, behind one door.
pub trait Notifier: Send + Sync + fmt::Debug {
    /// Sends one notification and waits for the receiver's answer, at most until the notification's deadline.
    fn notify(&self, to: &Integration, notification: &Notification) -> NotifyOutcome;
}

/// One way to one receiver: the entry of a list such as `webhook_configs`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Integration {
    /// The name of the receiver.
    pub receiver: String,
    /// The kind: `webhook`, `telegram`, …
    pub kind: String,
    /// The number within the receiver's list of this kind, from 0.
    pub index: u32,
}

impl fmt::Display for Integration {
    /// As upstream's logs show it: `team/webhook[0]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}[{}]", self.receiver, self.kind, self.index)
    }
}

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotifyOutcome {
    /// The receiver has it. What is given here comes back with the group's next notification to this integration.
    Sent(ReceiverData),
    /// Not now; worth another attempt before the deadline.
    Retry {
        /// Why.
        reason: String,
        /// How long the receiver wants to be left alone, in milliseconds.
        retry_after_ms: Option<i64>,
    },
    /// Not this way; the next flush of the group tries again.
    Failed {
        /// Why.
        reason: String,
    },
}

/// What an integration remembers of a group from one notification to the next, such as the number of a message that it may edit.
pub type ReceiverData = BTreeMap<String, DataValue>;

/// A value that an integration remembers.
#[derive(Clone, Debug, PartialEq)]
pub enum DataValue {
    /// A text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number.
    Float(f64),
}

impl Eq for DataValue {}

/// A notification, before it is put into the receiver's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Identifies the group: `{}/{env="testing"}:{alertname="x"}`.
    pub group_key: String,
    /// The labels by which the alerts were grouped.
    pub group_labels: Labels,
    /// The route's own labels, parents' first, as templates that are not filled in.
    pub route_labels: Arc<Vec<(String, String)>>,
    /// Why it is sent.
    pub reason: NotifyReason,
    /// The alerts, in the order in which they are shown.
    pub alerts: Vec<NotifiedAlert>,
    /// What the integration remembers of the group.
    pub receiver_data: ReceiverData,
    /// When the group was flushed.
    pub now_ms: i64,
    /// When an answer comes too late.
    pub deadline_ms: i64,
}

impl Notification {
    /// Whether something fires still; the status of the whole is `firing` then, else `resolved`.
    #[must_use]
    pub fn is_firing(&self) -> bool {
        self.alerts.iter().any(|alert| !alert.is_resolved)
    }
}

/// An alert of a notification, with the state that it had at the flush.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotifiedAlert {
    /// The alert.
    pub alert: Arc<Alert>,
    /// Whether it had ended; the end of one that had not is nobody's business.
    pub is_resolved: bool,
}

/// Why a group is notified about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotifyReason {
    /// The receiver does not know of the group, or knows that it was over.
    FirstNotification,
    /// Alerts have joined.
    NewAlerts,
    /// The last alert has ended.
    AllResolved,
    /// Some alerts have ended.
    SomeResolved,
    /// Nothing changed for the repeat interval.
    RepeatInterval,
}

impl NotifyReason {
    /// As upstream's templates show it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            NotifyReason::FirstNotification => "first notification",
            NotifyReason::NewAlerts => "new alerts added",
            NotifyReason::AllResolved => "all alerts resolved",
            NotifyReason::SomeResolved => "some alerts resolved",
            NotifyReason::RepeatInterval => "repeat interval elapsed",
        }
    }
}
