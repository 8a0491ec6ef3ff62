//! Label matchers as Alertmanager writes them, in two syntaxes.
//!
//! The *UTF-8* syntax is the newer one; the *classic* one is older and laxer. By default both read a text, and where they disagree the
//! classic one has it its way.

mod classic;
mod lexer;
mod set;
mod utf8;

use std::fmt;

use goregex::Regex;
use model::MatchOp;
use model::labels::{Labels, Quoted, is_legacy_label_name};

pub use set::MatcherSet;

/// Which label names are valid, and how matchers are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Syntax {
    /// Both, as upstream does unless it is told otherwise.
    #[default]
    Fallback,
    /// The classic one: label names are `[a-zA-Z_][a-zA-Z0-9_]*`.
    Classic,
    /// The UTF-8 one.
    Utf8,
}

impl Syntax {
    /// Whether a label may have this name.
    #[must_use]
    pub fn is_label_name(self, name: &str) -> bool {
        match self {
            Syntax::Classic => is_legacy_label_name(name),
            Syntax::Fallback | Syntax::Utf8 => !name.is_empty(),
        }
    }

    /// Reads any number of matchers, with or without braces around them.
    ///
    /// # Errors
    /// In upstream's words.
    pub fn parse_matchers(self, text: &str) -> Result<Vec<Matcher>, String> {
        match self {
            Syntax::Classic => classic::parse_matchers(text),
            Syntax::Utf8 => utf8::parse_matchers(text),
            Syntax::Fallback => prefer(utf8::parse_matchers(text), classic::parse_matchers(text)),
        }
    }

    /// What is to be said of a text that the two syntaxes do not read alike, if both are in use.
    pub(crate) fn disagreement(self, text: &str) -> Option<String> {
        if self != Syntax::Fallback {
            return None;
        }
        let classic = classic::parse_matchers(text).ok()?;
        let shown = MatcherSet::new(classic.clone());
        match utf8::parse_matchers(text) {
            Ok(newer) if newer == classic => None,
            Ok(_) => Some(format!("{text} means something else in the UTF-8 syntax; it is read as {shown}")),
            Err(error) => Some(format!("{text} is none in the UTF-8 syntax ({error}); it is read as {shown}")),
        }
    }

    /// Reads exactly one matcher.
    ///
    /// # Errors
    /// In upstream's words. Braces are not taken except by the classic syntax, in whose label names they cannot stand.
    pub fn parse_matcher(self, text: &str) -> Result<Matcher, String> {
        if self != Syntax::Classic && (text.starts_with('{') || text.ends_with('}')) {
            return Err(format!("unexpected open or close brace: {text}"));
        }
        match self {
            Syntax::Classic => classic::parse_matcher(text),
            Syntax::Utf8 => parse_one_utf8(text),
            Syntax::Fallback => prefer(parse_one_utf8(text), classic::parse_matcher(text)),
        }
    }
}

/// Reads exactly one matcher in the UTF-8 syntax, with or without braces around it.
///
/// # Errors
/// In upstream's words.
pub fn parse_one_utf8(text: &str) -> Result<Matcher, String> {
    let mut matchers = utf8::parse_matchers(text)?;
    match (matchers.pop(), matchers.len()) {
        (Some(matcher), 0) => Ok(matcher),
        (None, _) => Err("no matchers".to_owned()),
        (Some(_), others) => Err(format!("expected 1 matcher, found {}", others + 1)),
    }
}

/// What the newer syntax reads, unless the classic one reads it otherwise or alone.
fn prefer<T: PartialEq>(newer: Result<T, String>, classic: Result<T, String>) -> Result<T, String> {
    match (newer, classic) {
        (Ok(newer), Err(_)) => Ok(newer),
        (_, classic) => classic,
    }
}

/// A test on one label; a label that is absent counts as the empty text. Patterns match whole values, and `.` no line break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matcher(model::Matcher);

impl Matcher {
    /// Compiles a matcher.
    ///
    /// # Errors
    /// When the value of `=~` or `!~` is no pattern; the error reads as Go's.
    pub fn new(op: MatchOp, name: &str, value: &str) -> Result<Matcher, goregex::Error> {
        model::Matcher::compiled(op, name, value, |pattern| Regex::new(&format!("^(?:{pattern})$"))).map(Matcher)
    }

    /// The matcher `name="value"`.
    #[must_use]
    pub fn equal(name: &str, value: &str) -> Matcher {
        Matcher(model::Matcher::equal(name, value))
    }

    /// The label it looks at.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.name()
    }

    /// The comparison.
    #[must_use]
    pub fn op(&self) -> MatchOp {
        self.0.op()
    }

    /// The text or pattern compared with.
    #[must_use]
    pub fn value(&self) -> &str {
        self.0.value()
    }

    /// Whether a label's value passes.
    #[must_use]
    pub fn matches(&self, value: &str) -> bool {
        self.0.matches(value)
    }

    /// Whether a label set passes.
    #[must_use]
    pub fn matches_labels(&self, labels: &Labels) -> bool {
        self.0.matches_labels(labels)
    }
}

impl fmt::Display for Matcher {
    /// As upstream shows it: a name stands in quotes only if it holds what the UTF-8 syntax reserves.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, op, value) = (self.name(), self.op().as_str(), self.value());
        if name.chars().any(lexer::is_reserved) {
            return write!(f, "{}{op}{}", Quoted(name), Quoted(value));
        }
        let escaped = value.replace('\\', "\\\\").replace('\n', "\\n").replace('"', "\\\"");
        write!(f, "{name}{op}\"{escaped}\"")
    }
}

#[cfg(test)]
mod tests;
