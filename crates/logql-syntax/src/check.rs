//! What selectors must do at least.

use crate::ast::{Expr, LogExpr};
use crate::error::{ParseError, ParseErrorKind};

const NEEDS_MATCHER: &str = "queries require at least one regexp or equality matcher that does not have an \
                             empty-compatible value. For instance, app=~\".*\" does not meet this requirement, but app=~\".+\" will";

/// Refuses selectors that any stream without labels would pass.
pub(crate) fn check_selectors(expr: &Expr) -> Result<(), ParseError> {
    expr.log_exprs().into_iter().try_for_each(check_selector)
}

fn check_selector(log: &LogExpr) -> Result<(), ParseError> {
    if log.matchers.iter().any(|matcher| !matcher.matches_empty()) {
        return Ok(());
    }
    Err(ParseError { kind: ParseErrorKind::Meaning, span: log.selector_span, message: NEEDS_MATCHER.to_owned() })
}
