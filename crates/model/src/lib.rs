//! The vocabulary every crate of Menara shares: labels, matchers, samples, histograms, durations,
//! alerts, time and the injected clock.
//!
//! This crate knows no I/O, no async and no storage. What it defines is either a value
//! ([`Labels`], [`Histogram`]), a borrowed rule of the Prometheus data model ([`float`], [`duration`],
//! [`time`]), or a trait by which a lower floor lets the binary plug a sibling in ([`Clock`], [`AlertSink`], [`Notifier`]).

pub mod alert;
mod clock;
pub mod duration;
pub mod float;
pub mod histogram;
pub mod labels;
pub mod matcher;
mod metadata;
pub mod notify;
mod sample;
pub mod time;

pub use alert::{Alert, AlertSink, Fingerprint, PostedAlert};
pub use clock::{Clock, ManualClock};
pub use histogram::Histogram;
pub use labels::{Labels, LabelsBuilder};
pub use matcher::{MatchOp, Matcher};
pub use metadata::{Metadata, MetricKind};
pub use notify::{Integration, Notification, Notifier, NotifyOutcome};
pub use sample::{STALE_NAN, is_stale};
