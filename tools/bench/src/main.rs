//! Measures what Menara's parts cost: `bench engine`, `bench logs`, `bench idle PROGRAM`. Figures are for people; nothing is asserted.

mod engine;
mod idle;
mod load;
mod logs;
mod logs_load;

use std::io::Write;
use std::process::ExitCode;

const USAGE: &str = "usage: bench engine|logs|idle PROGRAM";

#[expect(clippy::print_stderr, reason = "a command line tool")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let figures = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["engine"] => engine::measure(),
        ["logs"] => logs::measure(),
        ["idle", program] => idle::measure(program),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match figures.and_then(|figures| print(&figures)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// One line of the table.
#[derive(Debug)]
struct Figure {
    what: &'static str,
    value: f64,
    unit: &'static str,
}

fn print(figures: &[Figure]) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    for Figure { what, value, unit } in figures {
        writeln!(out, "{what:<58} {value:>12.3} {unit}")?;
    }
    Ok(())
}
