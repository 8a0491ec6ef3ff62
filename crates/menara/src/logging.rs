//! Structured log lines on the error stream.

use std::io::IsTerminal;

use tracing::Level;
use tracing_subscriber::fmt;

/// Starts logging: one line per event with its fields; colours only on a terminal and without `NO_COLOR`.
pub(crate) fn start() {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let subscriber = fmt::Subscriber::builder()
        .with_max_level(Level::INFO)
        .with_ansi(std::io::stderr().is_terminal() && !no_color)
        .with_writer(std::io::stderr)
        .with_timer(Rfc3339)
        .finish();
    // Fails only when logging was started already, and then it works.
    tracing::subscriber::set_global_default(subscriber).ok();
}

/// Times of log lines.
#[derive(Debug)]
struct Rfc3339;

impl fmt::time::FormatTime for Rfc3339 {
    fn format_time(&self, writer: &mut fmt::format::Writer<'_>) -> std::fmt::Result {
        let now_ms = model::Clock::now_ms(&crate::clock::SystemClock);
        writer.write_str(&model::time::format_rfc3339(now_ms))
    }
}
