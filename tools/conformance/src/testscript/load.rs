//! `load <step>`: series and their points.

use model::Labels;
use promql_syntax::series::{SeriesValue, parse_series_description, parse_start_times};

use super::{Line, ScriptError, duration_ms, split_word};

/// Data to add.
#[derive(Clone, Debug, PartialEq)]
pub struct Load {
    /// The distance of points in milliseconds; the first stands at 0.
    pub step_ms: i64,
    /// Whether classic histograms are loaded a second time as native ones.
    pub with_nhcb: bool,
    /// The series.
    pub series: Vec<LoadedSeries>,
}

/// A series to add.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadedSeries {
    /// The line of its points, counted from 1.
    pub line: usize,
    /// Its labels, the metric name among them.
    pub labels: Labels,
    /// Its points.
    pub values: Vec<SeriesValue>,
    /// For each point its start timestamp minus its own time in milliseconds; empty if none were given.
    pub start_offsets_ms: Vec<Option<i64>>,
}

pub(super) fn parse(first: Line<'_>, body: &[Line<'_>]) -> Result<Load, ScriptError> {
    let (command, step) = split_word(first.text);
    let with_nhcb = match command {
        "load" => false,
        "load_with_nhcb" => true,
        _ => return Err(first.error(format!("unknown command: {command}"))),
    };
    let step_ms = duration_ms(first, step)?;
    let mut series = Vec::new();
    let mut pending = None;
    for line in body {
        let start_times = parse_start_times(line.text).map_err(|error| line.error(error.to_string()))?;
        if let Some(start_times) = start_times {
            if pending.replace((*line, start_times)).is_some() {
                return Err(line.error("start timestamps must stand directly before their series"));
            }
            continue;
        }
        let description = parse_series_description(line.text).map_err(|error| line.error(error.to_string()))?;
        let start_offsets_ms = match pending.take() {
            None => Vec::new(),
            Some((_, times)) if times.labels != description.labels => {
                return Err(line.error("start timestamps must stand directly before their series"));
            }
            Some((_, times)) if times.offsets_ms.len() != description.values.len() => {
                return Err(line.error("start timestamps and points must be of the same number"));
            }
            Some((_, times)) => times.offsets_ms,
        };
        series.push(LoadedSeries {
            line: line.number,
            labels: description.labels,
            values: description.values,
            start_offsets_ms,
        });
    }
    match pending {
        Some((line, _)) => Err(line.error("start timestamps without a series")),
        None => Ok(Load { step_ms, with_nhcb, series }),
    }
}
