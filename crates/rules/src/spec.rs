//! Groups and rules as files describe them.

use std::fmt;
use std::sync::Arc;

use crate::template::Template;

/// A group of rules that are evaluated one after the other, at the same moments.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupSpec {
    /// The file that it stands in.
    pub file: Arc<str>,
    /// Its name, unique within the file.
    pub name: String,
    /// The distance of evaluations; without one that of `prometheus.yml`. Milliseconds.
    pub interval_ms: Option<i64>,
    /// How far back its queries look; without one that of `prometheus.yml`. Milliseconds.
    pub query_offset_ms: Option<i64>,
    /// How many series a recording rule, or alerts an alerting rule, may make; 0 for any number.
    pub limit: u64,
    /// Its rules, in order.
    pub rules: Vec<Arc<RuleSpec>>,
}

/// A rule.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleSpec {
    /// The series that it records, or the alert's name.
    pub name: String,
    /// What it asks.
    pub expression: Expression,
    /// Its labels by name, those of the group among them. An empty value takes a label away.
    pub labels: Vec<(String, String)>,
    /// What becomes of the answer.
    pub kind: RuleKind,
}

/// What becomes of a rule's answer.
#[derive(Clone, Debug, PartialEq)]
pub enum RuleKind {
    /// It becomes series.
    Recording,
    /// Each of its samples becomes an alert.
    Alerting(AlertSpec),
}

/// What only an alerting rule has.
#[derive(Clone, Debug, PartialEq)]
pub struct AlertSpec {
    /// How long an alert is pending before it fires. Milliseconds.
    pub for_ms: i64,
    /// How long an alert fires on when its sample is gone. Milliseconds.
    pub keep_firing_for_ms: i64,
    /// The rule's labels as templates, in their order.
    pub labels: Vec<(String, Template)>,
    /// The annotations by name.
    pub annotations: Vec<(String, Template)>,
}

impl AlertSpec {
    /// The annotations as they are written.
    pub fn annotation_texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.annotations.iter().map(|(name, template)| (name.as_str(), template.text()))
    }
}

/// The language in which rules ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// That of the metric store.
    #[default]
    PromQl,
    /// That of the log store.
    LogQl,
}

/// What a rule asks; shown, and compared, as its normal form.
#[derive(Clone, Debug)]
pub struct Expression {
    text: String,
    pub(crate) tree: Tree,
}

#[derive(Clone, Debug)]
pub(crate) enum Tree {
    PromQl(Box<promql_syntax::ast::Expr>),
    LogQl(Box<logql_syntax::ast::Expr>),
}

impl Expression {
    /// Parses an expression.
    ///
    /// # Errors
    /// The language's own.
    pub fn parse(language: Language, query: &str) -> Result<Expression, String> {
        match language {
            Language::PromQl => {
                let expr = promql_syntax::parse(query).map_err(|error| error.to_string())?;
                // Places that errors name are places in the normal form, so that the tree must be that of this form.
                let text = expr.to_string();
                let expr = promql_syntax::parse(&text).unwrap_or(expr);
                Ok(Expression { text, tree: Tree::PromQl(Box::new(expr)) })
            }
            Language::LogQl => {
                let expr = logql_syntax::parse(query).map_err(|error| error.to_string())?;
                Ok(Expression { text: expr.to_string(), tree: Tree::LogQl(Box::new(expr)) })
            }
        }
    }

    /// The normal form.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The language.
    #[must_use]
    pub fn language(&self) -> Language {
        match self.tree {
            Tree::PromQl(_) => Language::PromQl,
            Tree::LogQl(_) => Language::LogQl,
        }
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Expression) -> bool {
        self.language() == other.language() && self.text == other.text
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
