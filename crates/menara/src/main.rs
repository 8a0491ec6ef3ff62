//! Menara: one process that keeps watch over your servers.

mod cli;
mod client;
mod clock;
mod logging;
mod logs;
mod query;
mod serve;
mod zones;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
