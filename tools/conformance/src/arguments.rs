//! The command line.

use std::path::PathBuf;

/// How the tool is called.
pub const USAGE: &str = "usage: conformance [--suite NAME] [--cases DIR] [-v] [--ratchet-dir DIR]";

/// What the command line asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    /// Only this suite.
    pub suite: Option<String>,
    /// Another folder of cases; known failures are not looked up then.
    pub cases: Option<PathBuf>,
    /// Another folder of known failures.
    pub ratchet_dir: Option<PathBuf>,
    /// List failures with what was different.
    pub verbose: bool,
    /// Write the failures down as known, for developers.
    pub write_ratchet: bool,
    /// Print how the tool is called.
    pub help: bool,
}

impl Arguments {
    /// Reads the arguments behind the name of the program. An empty value counts as not given, so that a Makefile may pass
    /// variables that are not set.
    ///
    /// # Errors
    /// When an argument is not known or has no value.
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Arguments, String> {
        let mut parsed = Arguments::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let (name, inline) = match argument.split_once('=') {
                Some((name, value)) if name.starts_with("--") => (name.to_owned(), Some(value.to_owned())),
                _ => (argument, None),
            };
            let mut value = || {
                let value = inline.clone().or_else(|| arguments.next());
                value.ok_or_else(|| format!("{name} needs a value")).map(|value| Some(value).filter(|v| !v.is_empty()))
            };
            match name.as_str() {
                "--suite" => parsed.suite = value()?,
                "--cases" => parsed.cases = value()?.map(PathBuf::from),
                "--ratchet-dir" => parsed.ratchet_dir = value()?.map(PathBuf::from),
                "-v" | "--verbose" => parsed.verbose = true,
                "--write-ratchet" => parsed.write_ratchet = true,
                "-h" | "--help" => parsed.help = true,
                _ => return Err(format!("unknown argument: {name}")),
            }
        }
        Ok(parsed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(arguments: &[&str], expected: Result<Arguments, &str>) {
        let parsed = Arguments::parse(arguments.iter().map(|a| (*a).to_owned()));
        assert_eq!(parsed, expected.map_err(str::to_owned), "{arguments:?}");
    }

    #[test]
    fn reads_arguments() {
        check(&[], Ok(Arguments::default()));
        check(
            &["-v", "--suite", "x"],
            Ok(Arguments { verbose: true, suite: Some("x".into()), ..Arguments::default() }),
        );
        check(
            &["--cases=/a", "--ratchet-dir", "/b"],
            Ok(Arguments { cases: Some("/a".into()), ratchet_dir: Some("/b".into()), ..Arguments::default() }),
        );
        check(&["--suite", "", "--cases="], Ok(Arguments::default()));
        check(&["--suite"], Err("--suite needs a value"));
        check(&["--bless"], Err("unknown argument: --bless"));
    }
}
