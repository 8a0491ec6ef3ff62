//! Silences: alerts that match are not told of for a while.

mod store;

use std::collections::BTreeMap;

use model::MatchOp;
use model::labels::{Labels, Quoted};

use crate::matcher::{Matcher, Syntax};

pub use store::SilenceLimits;
pub(crate) use store::{PlanContext, Silences};

/// A silence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silence {
    /// A random UUID.
    pub id: String,
    /// Which alerts: those that pass all matchers of one of the sets.
    pub matcher_sets: Vec<Vec<Matcher>>,
    /// From when.
    pub starts_at_ms: i64,
    /// Until when.
    pub ends_at_ms: i64,
    /// When it was made or last changed.
    pub updated_at_ms: i64,
    /// Who made it.
    pub created_by: String,
    /// Why.
    pub comment: String,
    /// Texts by name.
    pub annotations: BTreeMap<String, String>,
}

/// A silence as somebody asks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SilenceDraft {
    /// The silence to change; empty for a new one.
    pub id: String,
    /// As of [`Silence`], unchecked.
    pub matcher_sets: Vec<Vec<MatcherDraft>>,
    /// From when; now where it is absent.
    pub starts_at_ms: Option<i64>,
    /// Until when.
    pub ends_at_ms: Option<i64>,
    /// Who makes it.
    pub created_by: String,
    /// Why.
    pub comment: String,
    /// Texts by name.
    pub annotations: BTreeMap<String, String>,
}

/// A matcher as somebody asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatcherDraft {
    /// The label.
    pub name: String,
    /// `=`, `!=`, `=~` or `!~`.
    pub op: String,
    /// The text or pattern.
    pub value: String,
}

/// What a silence does at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SilenceState {
    /// It keeps alerts back.
    Active,
    /// It will.
    Pending,
    /// It did.
    Expired,
}

/// Why a silence is not made, changed or ended.
#[derive(Debug, thiserror::Error)]
pub enum SilenceError {
    /// It makes no sense.
    #[error("invalid silence: {0}")]
    Invalid(String),
    /// There is none of this id.
    #[error("silence not found")]
    NotFound,
    /// There are too many, or it is too large.
    #[error("{0}")]
    Limit(String),
    /// It could not be written down, so it does not exist.
    #[error("the silence cannot be kept: {0}")]
    NotKept(#[from] std::io::Error),
}

impl Silence {
    /// What it does at a moment. One that ends now has ended.
    #[must_use]
    pub fn state_at(&self, now_ms: i64) -> SilenceState {
        if now_ms >= self.ends_at_ms {
            SilenceState::Expired
        } else if now_ms < self.starts_at_ms {
            SilenceState::Pending
        } else {
            SilenceState::Active
        }
    }

    /// Whether it is about an alert with these labels.
    #[must_use]
    pub fn matches(&self, labels: &Labels) -> bool {
        self.matcher_sets.iter().any(|set| set.iter().all(|matcher| matcher.matches_labels(labels)))
    }

    /// Whether it can become another one without rewriting what happened.
    #[must_use]
    pub fn can_become(&self, other: &Silence, now_ms: i64) -> bool {
        if self.matcher_sets != other.matcher_sets {
            return false;
        }
        match self.state_at(now_ms) {
            // Whoever sends a silence back may have rounded its start to the second.
            SilenceState::Active => {
                self.starts_at_ms.div_euclid(1000) == other.starts_at_ms.div_euclid(1000) && other.ends_at_ms >= now_ms
            }
            SilenceState::Pending => other.starts_at_ms >= now_ms,
            SilenceState::Expired => false,
        }
    }

    /// The silence ended at a moment; one that has ended before stays as it is.
    #[must_use]
    pub fn ended_at(&self, now_ms: i64) -> Silence {
        let mut ended = self.clone();
        match self.state_at(now_ms) {
            SilenceState::Expired => return ended,
            SilenceState::Active => {}
            SilenceState::Pending => ended.starts_at_ms = now_ms,
        }
        ended.ends_at_ms = now_ms;
        ended.updated_at_ms = now_ms;
        ended
    }
}

impl SilenceDraft {
    /// Checks it. The id is taken over as it is.
    ///
    /// # Errors
    /// In upstream's words.
    pub fn check(&self, syntax: Syntax) -> Result<Silence, String> {
        if self.matcher_sets.is_empty() {
            return Err("at least one matcher required".to_owned());
        }
        let is_single = self.matcher_sets.len() == 1;
        let mut matcher_sets = Vec::with_capacity(self.matcher_sets.len());
        for (number, drafts) in self.matcher_sets.iter().enumerate() {
            if drafts.is_empty() {
                return Err(format!("matcher set {number} is empty"));
            }
            let mut set = Vec::with_capacity(drafts.len());
            for (i, draft) in drafts.iter().enumerate() {
                let place = if is_single { i.to_string() } else { format!("{i} in set {number}") };
                set.push(draft.check(syntax).map_err(|error| format!("invalid label matcher {place}: {error}"))?);
            }
            if set.iter().all(passes_empty) {
                return Err("at least one matcher must not match the empty string".to_owned());
            }
            matcher_sets.push(set);
        }
        let starts_at_ms = self.starts_at_ms.ok_or("invalid zero start timestamp")?;
        let ends_at_ms = self.ends_at_ms.ok_or("invalid zero end timestamp")?;
        if ends_at_ms < starts_at_ms {
            return Err("end time must not be before start time".to_owned());
        }
        Ok(Silence {
            id: self.id.clone(),
            matcher_sets,
            starts_at_ms,
            ends_at_ms,
            updated_at_ms: 0,
            created_by: self.created_by.clone(),
            comment: self.comment.clone(),
            annotations: self.annotations.clone(),
        })
    }
}

impl MatcherDraft {
    /// Checks it.
    ///
    /// # Errors
    /// In upstream's words.
    pub fn check(&self, syntax: Syntax) -> Result<Matcher, String> {
        if !syntax.is_label_name(&self.name) {
            return Err(format!("invalid label name {}", Quoted(&self.name)));
        }
        let ops = [MatchOp::Equal, MatchOp::NotEqual, MatchOp::Regex, MatchOp::NotRegex];
        let Some(op) = ops.into_iter().find(|op| op.as_str() == self.op) else {
            return Err(format!("unknown matcher type {}", Quoted(&self.op)));
        };
        Matcher::new(op, &self.name, &self.value)
            .map_err(|error| format!("invalid regular expression {}: {error}", Quoted(&self.value)))
    }
}

/// Whether a matcher asks for nothing: it demands an absent label, or lets one pass. Negative ones count as asking for something.
fn passes_empty(matcher: &Matcher) -> bool {
    matches!(matcher.op(), MatchOp::Equal | MatchOp::Regex) && matcher.matches("")
}

#[cfg(test)]
mod tests;
