//! What every log line passes on its way into the store, whether it came over HTTP or from a file of this host.
//!
//! [`Intake::push`] takes a [`PushRequest`], refuses what passes a limit with Loki's reasons and texts, adds the label `service_name` and the
//! structured metadata `detected_level` as Loki does, and appends the rest as one batch. What is added depends on the lines and on [`Additions`]
//! alone, so that [`replay`] gives the same lines when a store recovers logged bodies.

mod additions;
mod counters;
mod intake;
mod level;
mod limits;
pub mod pairs;
mod request;
mod service;

pub use additions::{Additions, replay};
pub use counters::IntakeCounters;
pub use intake::{Intake, PushOutcome};
pub use level::{Level, detect_level, detect_level_in_text};
pub use limits::{IntakeLimits, Reason};
pub use request::{PushRequest, RequestLine, RequestStream, StreamLabels};

/// The label that names the service a stream belongs to.
pub(crate) const SERVICE_NAME: &str = "service_name";
/// The structured metadata that tells a line's level.
pub const DETECTED_LEVEL: &str = "detected_level";

#[cfg(test)]
mod tests;
