//! How the outcome looks: as amtool's, with warnings, and in colours where somebody sees them.

use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};

use clap::builder::styling::AnsiColor;

use super::check::Checked;

/// Prints a line.
pub(super) fn line(text: &str) {
    // Nobody has to be reading; the exit code says the same.
    writeln!(std::io::stdout(), "{text}").ok();
}

/// Prints what was found in each file.
pub(super) fn all(checked: &[Checked]) {
    let is_wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let in_colour = is_wanted && std::io::stdout().is_terminal();
    let shown: Vec<String> = checked.iter().map(|checked| render(checked, in_colour)).collect();
    // Nobody has to be reading; the exit code says the same.
    std::io::stdout().write_all(shown.join("\n").as_bytes()).ok();
}

fn render(checked: &Checked, in_colour: bool) -> String {
    let word = |word: &str, colour: AnsiColor| {
        let style = colour.on_default().bold();
        if in_colour { format!("{style}{word}{style:#}") } else { word.to_owned() }
    };
    let mut out = format!("Checking '{}'", checked.path.display());
    let mut add = |text: std::fmt::Arguments<'_>| {
        // A string takes everything.
        out.write_fmt(text).ok();
    };
    match checked.errors.as_slice() {
        [] => add(format_args!("  {}\n", word("SUCCESS", AnsiColor::Green))),
        [error] => add(format_args!("  {}: {error}\n", word("FAILED", AnsiColor::Red))),
        errors => {
            add(format_args!("  {}:\n", word("FAILED", AnsiColor::Red)));
            errors.iter().for_each(|error| add(format_args!("  {error}\n")));
        }
    }
    if !checked.found.is_empty() {
        add(format_args!("Found:\n"));
        checked.found.iter().for_each(|found| add(format_args!(" - {found}\n")));
    }
    for warning in &checked.warnings {
        add(format_args!("  {}: {warning}\n", word("WARNING", AnsiColor::Yellow)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_reads_as_with_amtool() {
        let text = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
        let good = Checked { found: text(&["route"]), warnings: text(&["w"]), ..Checked::new("a.yml".into()) };
        assert_eq!(render(&good, false), "Checking 'a.yml'  SUCCESS\nFound:\n - route\n  WARNING: w\n");
        let bad = |errors: &[&str]| Checked { errors: text(errors), ..Checked::new("a.yml".into()) };
        assert_eq!(render(&bad(&["x"]), false), "Checking 'a.yml'  FAILED: x\n");
        assert_eq!(render(&bad(&["x", "y"]), false), "Checking 'a.yml'  FAILED:\n  x\n  y\n");
        assert_eq!(render(&bad(&["x"]), true), "Checking 'a.yml'  \u{1b}[1m\u{1b}[31mFAILED\u{1b}[0m: x\n");
    }
}
