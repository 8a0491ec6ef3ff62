//! Functions of a value: each sample of a vector becomes another one.

use promql_syntax::ast::Call;
use storage::Grid;

use crate::error::{QueryError, Result};
use crate::eval::{Evaluator, Sink};
use crate::grid::{GridColumn, ScalarColumn};
use crate::selector::Around;

/// Changes the values of one series; the scalars are the call's further arguments.
pub(crate) type MapFunction = fn(&mut GridColumn, &[ScalarColumn]);

/// Feeds the changed series to the sink.
pub(crate) fn stream(
    evaluator: &Evaluator<'_>,
    function: MapFunction,
    call: &Call,
    grid: Grid,
    sink: Sink<'_>,
) -> Result<()> {
    let Some((vector, scalars)) = call.args.split_first() else {
        return Err(QueryError::unexpected("a call without arguments"));
    };
    let scalars: Vec<ScalarColumn> =
        scalars.iter().map(|arg| evaluator.eval_scalar(arg, grid)).collect::<Result<_>>()?;
    let around = Around { function: call.function.name, grouping: None };
    evaluator.stream(vector, grid, around, &mut |mut one| {
        function(&mut one.column, &scalars);
        if one.column.is_empty() {
            return Ok(());
        }
        evaluator.drop_name(&mut one);
        sink(one)
    })
}
