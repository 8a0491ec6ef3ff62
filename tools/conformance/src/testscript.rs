//! Reads scripts of the PromQL test language.
//!
//! A script is a list of commands; a blank or comment line ends a command. A command that cannot be read does not spoil the
//! rest of its script: it keeps its place with the reason.

mod eval;
mod load;

use std::fmt;
use std::path::Path;

pub use eval::{Eval, EvalTime, Expectations, ExpectedResult, MessageMatch, RangeTimes, ResultLine};
pub use load::{Load, LoadedSeries};

/// A script.
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    /// Its commands in order.
    pub commands: Vec<Command>,
}

/// A command and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    /// The line of its first word, counted from 1.
    pub line: usize,
    /// What it is, or why it could not be read.
    pub kind: Result<CommandKind, ScriptError>,
}

/// The kinds of command.
#[derive(Clone, Debug, PartialEq)]
pub enum CommandKind {
    /// Forget all data.
    Clear,
    /// Add data.
    Load(Load),
    /// Run a query and compare.
    Eval(Box<Eval>),
}

/// Why a command could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptError {
    /// The line that is wrong, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

/// A line of a script without white space around, and its number counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line<'s> {
    pub(crate) number: usize,
    pub(crate) text: &'s str,
}

/// Reads a script from a file.
///
/// # Errors
/// When the file cannot be read or is not UTF-8.
pub fn read(path: &Path) -> std::io::Result<Script> {
    Ok(parse(&std::fs::read_to_string(path)?))
}

/// Reads a script.
#[must_use]
pub fn parse(script: &str) -> Script {
    let lines: Vec<Line<'_>> = script
        .split('\n')
        .enumerate()
        .map(|(i, line)| Line { number: i + 1, text: without_comment(line.trim()) })
        .collect();
    let blocks = lines.split(|line| line.text.is_empty()).filter(|block| !block.is_empty());
    Script { commands: blocks.flat_map(commands).collect() }
}

/// A line that begins with `#` counts as blank.
fn without_comment(line: &str) -> &str {
    if line.starts_with('#') { "" } else { line }
}

/// The commands of a run of lines; `clear` stands alone, so another command may follow it directly.
fn commands(block: &[Line<'_>]) -> Vec<Command> {
    let mut commands = Vec::new();
    let mut rest = block;
    while let Some((first, body)) = rest.split_first() {
        let word = first.text.split(|c: char| c.is_whitespace() || c == '_').next().unwrap_or_default();
        let (kind, after) = match word {
            "clear" if first.text == "clear" => (Ok(CommandKind::Clear), body),
            "load" => (load::parse(*first, body).map(CommandKind::Load), &[][..]),
            "eval" => (eval::parse(*first, body).map(|eval| CommandKind::Eval(Box::new(eval))), &[][..]),
            _ => (Err(first.error(format!("unknown command: {}", first.text))), &[][..]),
        };
        commands.push(Command { line: first.number, kind });
        rest = after;
    }
    commands
}

impl Line<'_> {
    /// An error on this line.
    pub(crate) fn error(self, message: impl Into<String>) -> ScriptError {
        ScriptError { line: self.number, message: message.into() }
    }
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for ScriptError {}

/// Milliseconds of a duration, which may have a sign.
fn duration_ms(line: Line<'_>, text: &str) -> Result<i64, ScriptError> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let ms = model::duration::parse_ms(digits).map_err(|error| line.error(error.to_string()))?;
    Ok(if negative { -ms } else { ms })
}

/// The first word of a text and what follows it.
fn split_word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    (&text[..end], text[end..].trim_start())
}

#[cfg(test)]
mod tests;
