//! Runs test cases that other projects have written against this one: `conformance [--suite NAME] [--cases DIR] [-v]`.

use std::io::Write;
use std::process::ExitCode;

use conformance::arguments::{Arguments, USAGE};
use conformance::report;

#[expect(clippy::print_stderr, reason = "a command line tool")]
fn main() -> ExitCode {
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("{message}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let mut out = std::io::stdout().lock();
    if arguments.help {
        return if writeln!(out, "{USAGE}").is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    // A case that panics is reported as a failure; the message of the panic itself would only clutter the report.
    std::panic::set_hook(Box::new(|_| {}));
    match report::run(&arguments, &mut out) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("conformance: {error}");
            ExitCode::from(2)
        }
    }
}
