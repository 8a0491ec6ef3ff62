//! Writing what rules make.

use std::collections::BTreeSet;

use model::{Labels, STALE_NAN};
use storage::{AppendBatch, AppendRow, RowValue};

use crate::evaluate::{Sample, Sources};

/// Writes samples of one moment. `group` names the group of rules to the store.
///
/// # Errors
/// When nothing was written, or a part of it was not taken.
pub(crate) fn samples(sources: &Sources, group: &str, time_ms: i64, samples: &[Sample]) -> Result<(), String> {
    let rows: Vec<AppendRow<'_>> = samples.iter().map(|(labels, value)| row(labels, *value)).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let batch = AppendBatch { group, token: None, times_ms: &[time_ms], rows: &rows };
    let ack = sources.metrics.append(sources.tenant, &batch).map_err(|error| error.to_string())?;
    if ack.out_of_bounds > 0 {
        return Err("out of bounds".to_owned());
    }
    if ack.conflicting > 0 {
        return Err("duplicate sample for timestamp".to_owned());
    }
    if ack.bad_labels > 0 {
        return Err("invalid labels".to_owned());
    }
    Ok(())
}

/// Ends series at a moment. One that another rule writes at the same moment stays, as it should.
///
/// # Errors
/// When nothing was written.
pub(crate) fn ends<'s>(
    sources: &Sources,
    group: &str,
    time_ms: i64,
    series: impl IntoIterator<Item = &'s Labels>,
) -> Result<(), String> {
    let series: BTreeSet<&Labels> = series.into_iter().collect();
    let rows: Vec<AppendRow<'_>> = series.into_iter().map(|labels| row(labels, STALE_NAN)).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let batch = AppendBatch { group, token: None, times_ms: &[time_ms], rows: &rows };
    sources.metrics.append(sources.tenant, &batch).map(|_| ()).map_err(|error| error.to_string())
}

fn row(labels: &Labels, value: f64) -> AppendRow<'_> {
    AppendRow { labels: labels.as_bytes(), time: 0, value: RowValue::Float(value) }
}
