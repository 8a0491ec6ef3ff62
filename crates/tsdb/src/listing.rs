//! Names, values and counts of labels, from indexes alone.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::Matcher;
use model::labels::METRIC_NAME;
use storage::{CancelToken, Cardinality, Result, TimeRange};

use crate::block::BlockReader;
use crate::head::SeriesTable;
use crate::matching::{self, LabelIndex};
use crate::store::Tsdb;

/// The names of labels on series that match any selector, or on any series when there is no selector.
pub(crate) fn label_names(
    store: &Tsdb,
    selectors: &[Vec<Matcher>],
    range: TimeRange,
    cancel: &CancelToken,
) -> Result<Vec<String>> {
    let mut names: BTreeSet<String> = BTreeSet::new();
    for block in blocks_in(store, range) {
        cancel.check()?;
        let index = block.index(store.next_query())?;
        if selectors.is_empty() {
            names.extend(index.index.symbols.names().map(str::to_owned));
        }
        for schema in matching_schemas(&index.index, selectors) {
            names.extend(index.index.schema_names(schema).map(str::to_owned));
        }
    }
    let state = store.0.state.read();
    let table = &state.head.table;
    if head_overlaps(&state.head, range) {
        if selectors.is_empty() {
            names.extend(table.names().iter().map(str::to_owned));
        }
        for schema in matching_schemas(table, selectors) {
            let schema = &table.schemas()[schema as usize];
            names.extend(schema.names.iter().map(|&name| table.names().get(name).to_owned()));
        }
    }
    Ok(names.into_iter().collect())
}

/// The values of a label on series that match any selector, or on any series when there is no selector.
pub(crate) fn label_values(
    store: &Tsdb,
    name: &str,
    selectors: &[Vec<Matcher>],
    range: TimeRange,
    cancel: &CancelToken,
) -> Result<Vec<String>> {
    let mut values: BTreeSet<String> = BTreeSet::new();
    for block in blocks_in(store, range) {
        cancel.check()?;
        values_in(&block.index(store.next_query())?.index, name, selectors, &mut values);
    }
    let state = store.0.state.read();
    if head_overlaps(&state.head, range) {
        values_in(&state.head.table, name, selectors, &mut values);
    }
    Ok(values.into_iter().collect())
}

fn blocks_in(store: &Tsdb, range: TimeRange) -> Vec<Arc<BlockReader>> {
    store.0.blocks.read().iter().filter(|block| block.meta.range.overlaps(range)).cloned().collect()
}

fn head_overlaps(head: &crate::head::Head, range: TimeRange) -> bool {
    head.generations().any(|generation| generation.range.is_some_and(|r| r.overlaps(range)))
}

fn matching_schemas(index: &dyn LabelIndex, selectors: &[Vec<Matcher>]) -> BTreeSet<u32> {
    selectors.iter().flat_map(|matchers| matching::find_series(index, matchers)).map(|hit| hit.schema).collect()
}

fn values_in(index: &dyn LabelIndex, name: &str, selectors: &[Vec<Matcher>], values: &mut BTreeSet<String>) {
    let Some(name) = index.name_number(name) else { return };
    let mut used = vec![selectors.is_empty(); index.n_values(name)];
    for hit in selectors.iter().flat_map(|matchers| matching::find_series(index, matchers)) {
        if let Some(position) = index.position(hit.schema as usize, name) {
            let number = index.value_number(hit.schema as usize, position, hit.row as usize);
            if let Some(used) = used.get_mut(number as usize) {
                *used = true;
            }
        }
    }
    index.for_each_value(name, &mut |number, value| {
        if used.get(number as usize) == Some(&true) {
            values.insert(value.to_owned());
        }
    });
}

/// Counts of the head's series: by metric, by label, by pair; the `top` largest of each.
pub(crate) fn cardinality(table: &SeriesTable, top: usize) -> Cardinality {
    let mut counts: Vec<Vec<u64>> =
        (0..table.names().len() as u32).map(|name| vec![0; table.values(name).len()]).collect();
    for schema in table.schemas() {
        for (&name, column) in schema.names.iter().zip(&schema.columns) {
            for &value in column {
                counts[name as usize][value as usize] += 1;
            }
        }
    }
    let mut result = Cardinality { series: table.len() as u64, ..Cardinality::default() };
    for (name, counts) in counts.iter().enumerate() {
        let (label, texts) = (table.names().get(name as u32), table.values(name as u32));
        result.label_pairs += counts.len() as u64;
        result.by_label.push((label.to_owned(), counts.len() as u64));
        for (value, &count) in counts.iter().enumerate() {
            let value = texts.get(value as u32);
            if label == METRIC_NAME {
                result.by_metric.push((value.to_owned(), count));
            }
            result.by_pair.push((format!("{label}={value}"), count));
        }
    }
    for list in [&mut result.by_metric, &mut result.by_label, &mut result.by_pair] {
        list.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        list.truncate(top);
    }
    result
}
