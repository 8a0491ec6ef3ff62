//! `count_values`: how many series of a group have each value.

use foldhash::{HashMap, HashMapExt};
use model::Labels;
use promql_syntax::ast::Aggregate;
use storage::Grid;

use super::{around, parameter};
use crate::error::{QueryError, Result};
use crate::eval::Evaluator;
use crate::grid::{GridColumn, GridSeries, is_present};
use crate::labels::{group_labels, is_label_name};

/// Evaluates `count_values`.
pub(crate) fn eval(evaluator: &Evaluator<'_>, node: &Aggregate, grid: Grid) -> Result<Vec<GridSeries>> {
    let parameter = parameter(node)?;
    let label = evaluator.eval_string(parameter)?;
    if !is_label_name(label) {
        // As it was written, since bytes that are not UTF-8 cannot be shown otherwise.
        let written = evaluator.query.get(parameter.span.start..parameter.span.end).unwrap_or(label);
        return Err(QueryError::execution(format!("invalid label name {written}")));
    }
    let mut places: HashMap<Labels, usize> = HashMap::new();
    let mut counted: Vec<GridSeries> = Vec::new();
    evaluator.stream(&node.expr, grid, around(node), &mut |one| {
        let group = group_labels(&one.labels, node.grouping.as_ref());
        for (step, value) in one.column.values().iter().enumerate().filter(|(_, v)| is_present(**v)) {
            let labels = group.to_builder().set(label, &model::float::format_plain(*value)).build();
            let place = *places.entry(labels).or_insert_with_key(|labels| {
                let column = GridColumn::absent(grid.len());
                counted.push(GridSeries { labels: labels.clone(), drop_name: false, column });
                counted.len() - 1
            });
            counted[place].drop_name |= one.drop_name;
            let count = &mut counted[place].column.values_mut()[step];
            if is_present(*count) {
                *count += 1.0;
            } else {
                evaluator.budget.take(1)?;
                *count = 1.0;
            }
        }
        Ok(())
    })?;
    Ok(counted)
}
