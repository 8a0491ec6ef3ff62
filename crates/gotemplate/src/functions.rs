//! The functions of Prometheus' rules and of Alertmanager's notifications.
//!
//! What they need from higher floors is handed in: regular expressions as [`Patterns`], zones as [`Zones`], and what depends
//! on an execution (a query, the time, the external URL) comes from its [`Host`](crate::Host).

mod alertmanager;
mod base64;
mod humanize;
mod json;
mod prometheus;
mod text;

pub use alertmanager::alertmanager;
pub use base64::{base64_decode, base64_encode};
pub use humanize::{humanize, humanize_1024, humanize_duration, humanize_percentage, to_float};
pub use json::to_json;
pub use prometheus::{prometheus, query_result, sample};
pub use text::{query_unescape, strip_domain, strip_port, title};

use crate::time::Zone;

/// Regular expressions, of Go's syntax and with Go's error texts.
pub trait Patterns: Send + Sync + 'static {
    /// Whether a pattern matches somewhere in a text.
    ///
    /// # Errors
    /// When the pattern is none.
    fn is_match(&self, pattern: &str, text: &str) -> Result<bool, String>;

    /// Replaces all matches; `$1` in the replacement stands for a group.
    ///
    /// # Errors
    /// When the pattern is none.
    fn replace_all(&self, pattern: &str, text: &str, replacement: &str) -> Result<String, String>;
}

/// Time zones by name.
pub trait Zones: Send + Sync + 'static {
    /// A zone of the database, such as `Asia/Jakarta`, or `Local`; `None` if it is not known.
    fn zone(&self, name: &str) -> Option<Zone>;
}
