//! Matchers that all have to pass.

use std::fmt;

use model::MatchOp;
use model::labels::Labels;

use super::Matcher;

/// Any number of matchers, in upstream's order; none lets everything pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MatcherSet(Vec<Matcher>);

impl MatcherSet {
    /// Sorts matchers by name, value and comparison.
    #[must_use]
    pub fn new(mut matchers: Vec<Matcher>) -> MatcherSet {
        let rank = |op| match op {
            MatchOp::Equal => 0,
            MatchOp::NotEqual => 1,
            MatchOp::Regex => 2,
            MatchOp::NotRegex => 3,
        };
        let key = |matcher: &Matcher| (matcher.name().to_owned(), matcher.value().to_owned(), rank(matcher.op()));
        matchers.sort_by_cached_key(key);
        MatcherSet(matchers)
    }

    /// Whether a label set passes all of them.
    #[must_use]
    pub fn matches(&self, labels: &Labels) -> bool {
        self.0.iter().all(|matcher| matcher.matches_labels(labels))
    }

    /// The matchers.
    #[must_use]
    pub fn as_slice(&self) -> &[Matcher] {
        &self.0
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for MatcherSet {
    /// `{level!="critical",owner="team-A"}`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (i, matcher) in self.0.iter().enumerate() {
            let separator = if i == 0 { "" } else { "," };
            write!(f, "{separator}{matcher}")?;
        }
        f.write_str("}")
    }
}
