//! Why a rule is refused.

use model::labels::QuotedString;

use crate::action::Action;

/// A rule that makes no sense, in the words of Prometheus.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRule {
    /// An action of an unknown name.
    #[error("unknown relabel action {0}")]
    UnknownAction(QuotedString),
    /// A source label that cannot be one.
    #[error("{0} is not a valid label name")]
    SourceLabel(QuotedString),
    /// A pattern that does not compile.
    #[error("{0}")]
    Regex(goregex::Error),
    /// `hashmod` without a modulus.
    #[error("relabel configuration for hashmod requires non-zero modulus")]
    NoModulus,
    /// No target where one is needed.
    #[error("relabel configuration for {0} action requires 'target_label' value")]
    NoTarget(Action),
    /// A target that can never be a label name.
    #[error("{0} is invalid 'target_label' for {1} action")]
    Target(QuotedString, Action),
    /// A replacement that can never be a label name, where one is made from it.
    #[error("{0} is invalid 'replacement' for {1} action")]
    Replacement(QuotedString, Action),
    /// A replacement where it would have no effect.
    #[error("'replacement' can not be set for {0} action")]
    NeedlessReplacement(Action),
    /// More than what the action looks at.
    #[error("{0} action requires only 'source_labels' and `target_label`, and no other fields")]
    OnlyLabels(Action),
    /// More than what the action looks at.
    #[error("{0} action requires only 'regex', and no other fields")]
    OnlyRegex(Action),
}
