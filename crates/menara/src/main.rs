//! Menara: one process that keeps watch over your servers.

mod check_config;
mod cli;
mod client;
mod clock;
mod configuration;
mod language;
mod logging;
mod logs;
mod query;
mod serve;
mod telegram_notifier;
mod zones;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
