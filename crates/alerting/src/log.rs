//! What survives a crash: alerts, silences, the notification log and the groups' timers, as records of a log file.

mod journal;
mod record;

pub(crate) use journal::{Journal, Replay};
pub(crate) use record::{GroupTimer, Record, silence_size_bytes};
