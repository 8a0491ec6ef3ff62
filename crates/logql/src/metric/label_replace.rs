//! `label_replace`.

use logql_syntax::ast::LabelReplace;

use super::Evaluator;
use super::grid::Series;
use crate::error::Result;

/// Sets a label from the groups of a pattern that another label must match as a whole; an empty text takes the label away.
pub(super) fn eval(evaluator: &mut Evaluator<'_>, node: &LabelReplace) -> Result<Vec<Series>> {
    let mut series = evaluator.eval_vector(&node.expr)?;
    for one in &mut series {
        let Some(value) = node.regex.regex.expand(one.labels.get(&node.src), &node.replacement) else { continue };
        one.labels = if value.is_empty() {
            one.labels.filter(|name| name != node.dst)
        } else {
            one.labels.with(&node.dst, &value)
        };
    }
    Ok(series)
}
