//! `label_replace`.

use model::labels::METRIC_NAME;
use promql_syntax::ast::{Call, Expr};
use storage::Grid;

use crate::error::{QueryError, Result};
use crate::eval::{Evaluator, Value};
use crate::grid::merge_same_labels;
use crate::labels::is_label_name;

/// Sets a label from the groups of a pattern that another label must match as a whole.
pub(crate) fn eval(evaluator: &Evaluator<'_>, call: &Call, _: &Expr, grid: Grid) -> Result<Value> {
    let [vector, target, replacement, source, pattern] = &*call.args else {
        return Err(QueryError::unexpected("label_replace() takes five arguments"));
    };
    let target = evaluator.eval_string(target)?;
    let replacement = evaluator.eval_string(replacement)?;
    let source = evaluator.eval_string(source)?;
    let pattern = evaluator.eval_string(pattern)?;
    let regex = goregex::Regex::full_match(pattern)
        .map_err(|_| QueryError::execution(format!("invalid regular expression in label_replace(): {pattern}")))?;
    if !is_label_name(target) {
        return Err(QueryError::execution(format!("invalid destination label name in label_replace(): {target}")));
    }
    let mut series = evaluator.eval_vector(vector, grid)?;
    for one in &mut series {
        let Some(value) = regex.expand(one.labels.get(source), replacement) else { continue };
        one.labels = one.labels.to_builder().set(target, &value).build();
        if target == METRIC_NAME {
            one.drop_name = false;
        }
    }
    Ok(Value::Vector(merge_same_labels(series)?))
}
