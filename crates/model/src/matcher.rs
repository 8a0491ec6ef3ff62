//! Compiled label matchers.

use std::fmt;

use crate::labels::{Labels, METRIC_NAME, Quoted, is_legacy_label_name};

/// How a matcher compares a label's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MatchOp {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`, anchored at both ends
    Regex,
    /// `!~`, anchored at both ends
    NotRegex,
}

impl MatchOp {
    /// The operator as written in a selector.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            MatchOp::Equal => "=",
            MatchOp::NotEqual => "!=",
            MatchOp::Regex => "=~",
            MatchOp::NotRegex => "!~",
        }
    }
}

/// A test on one label of a series; a label that the series does not have counts as the empty string.
#[derive(Clone, Debug)]
pub struct Matcher {
    name: String,
    op: MatchOp,
    value: String,
    regex: Option<goregex::Regex>,
}

impl Matcher {
    /// Compiles a matcher.
    ///
    /// # Errors
    /// When the operator is a regular expression and `value` is not one in Go's syntax; the error reads as Go's.
    pub fn new(op: MatchOp, name: &str, value: &str) -> Result<Matcher, goregex::Error> {
        Matcher::compiled(op, name, value, goregex::Regex::full_match)
    }

    /// Compiles a matcher for a system that anchors patterns in a way of its own: `compile` gets the value of `=~` or `!~`.
    ///
    /// # Errors
    /// When `compile` refuses the value.
    pub fn compiled(
        op: MatchOp,
        name: &str,
        value: &str,
        compile: impl FnOnce(&str) -> Result<goregex::Regex, goregex::Error>,
    ) -> Result<Matcher, goregex::Error> {
        let regex = match op {
            MatchOp::Equal | MatchOp::NotEqual => None,
            MatchOp::Regex | MatchOp::NotRegex => Some(compile(value)?),
        };
        Ok(Matcher { name: name.to_owned(), op, value: value.to_owned(), regex })
    }

    /// The matcher `name="value"`, which needs no compilation.
    #[must_use]
    pub fn equal(name: &str, value: &str) -> Matcher {
        Matcher { name: name.to_owned(), op: MatchOp::Equal, value: value.to_owned(), regex: None }
    }

    /// The matcher on a metric's name.
    #[must_use]
    pub fn metric_name(value: &str) -> Matcher {
        Matcher::equal(METRIC_NAME, value)
    }

    /// The label it looks at.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The comparison.
    #[must_use]
    pub fn op(&self) -> MatchOp {
        self.op
    }

    /// The text or pattern compared with.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The compiled pattern of `=~` and `!~`.
    #[must_use]
    pub fn regex(&self) -> Option<&goregex::Regex> {
        self.regex.as_ref()
    }

    /// Whether a label value passes.
    #[must_use]
    pub fn matches(&self, value: &str) -> bool {
        match (self.op, &self.regex) {
            (MatchOp::Equal, _) => value == self.value,
            (MatchOp::NotEqual, _) => value != self.value,
            (MatchOp::NotRegex, Some(regex)) => !regex.is_match(value),
            (_, Some(regex)) => regex.is_match(value),
            (_, None) => false,
        }
    }

    /// Whether a series without the label passes.
    #[must_use]
    pub fn matches_empty(&self) -> bool {
        self.matches("")
    }

    /// Whether a label set passes.
    #[must_use]
    pub fn matches_labels(&self, labels: &Labels) -> bool {
        self.matches(labels.get(&self.name))
    }
}

impl PartialEq for Matcher {
    fn eq(&self, other: &Matcher) -> bool {
        self.op == other.op && self.name == other.name && self.value == other.value
    }
}

impl Eq for Matcher {}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_legacy_label_name(&self.name) {
            write!(f, "{}{}{}", self.name, self.op.as_str(), Quoted(&self.value))
        } else {
            write!(f, "{}{}{}", Quoted(&self.name), self.op.as_str(), Quoted(&self.value))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(op: MatchOp, value: &str, yes: &[&str], no: &[&str]) {
        let matcher = Matcher::new(op, "l", value).expect("a valid matcher");
        for text in yes {
            assert!(matcher.matches(text), "{matcher} should match {text:?}");
        }
        for text in no {
            assert!(!matcher.matches(text), "{matcher} should not match {text:?}");
        }
    }

    #[test]
    fn compares() {
        check(MatchOp::Equal, "a", &["a"], &["", "aa"]);
        check(MatchOp::Equal, "", &[""], &["a"]);
        check(MatchOp::NotEqual, "a", &["", "aa"], &["a"]);
        check(MatchOp::Regex, "a|b.*", &["a", "b", "bc\nd"], &["", "ab", "xa"]);
        check(MatchOp::NotRegex, "a|b.*", &["", "ab", "xa"], &["a", "bc"]);
        check(MatchOp::Regex, ".*", &["", "x"], &[]);
        check(MatchOp::NotRegex, ".+", &[""], &["x"]);
    }

    #[test]
    fn prints_as_written() {
        let matcher = Matcher::new(MatchOp::NotRegex, "my.label", "a\"b").expect("a valid matcher");
        assert_eq!(matcher.to_string(), r#""my.label"!~"a\"b""#);
        assert_eq!(Matcher::metric_name("up").to_string(), r#"__name__="up""#);
    }

    #[test]
    fn refuses_a_bad_pattern_as_go_does() {
        let error = Matcher::new(MatchOp::Regex, "l", "*").expect_err("nothing to repeat");
        assert_eq!(error.to_string(), "error parsing regexp: missing argument to repetition operator: `*`");
    }
}
