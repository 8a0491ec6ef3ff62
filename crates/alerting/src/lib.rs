//! The alert manager: routes, groups, inhibits, silences and deduplicates alerts as Alertmanager does, and says what is to be sent to whom.
//!
//! Everything is decided from a moment that is handed in, so that hours run in milliseconds; nothing here waits, sleeps or speaks to a
//! network. [`config`] reads `alertmanager.yml`, [`AlertManager`] is the machine. What it acknowledges is on the disk.

pub mod config;
pub mod dispatch;
pub mod inhibit;
pub mod interval;
mod log;
pub mod manager;
pub mod matcher;
pub mod route;
mod shared;
pub mod silence;

pub use config::Config;
pub use manager::{Action, ActionId, AlertManager, Entropy, Options};
pub use matcher::{Matcher, Syntax};
pub use shared::SharedManager;
pub use silence::{Silence, SilenceDraft, SilenceError, SilenceState};
