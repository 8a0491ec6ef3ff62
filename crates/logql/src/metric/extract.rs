//! What a line contributes to a range aggregation.

use std::collections::BTreeSet;

use logql_syntax::ast::{Grouping, MetricExpr, MetricKind, RangeAggregate, RangeOp, UnwrapConversion, VectorOp};
use model::Labels;
use storage::LineFilter;

use crate::error::{QueryError, QueryErrorKind, Result};
use crate::labels::LabelSet;
use crate::pipeline::{ERROR, LabelTest, LineLabels, Stages, required_labels, unchanged_labels};
use crate::template::Surroundings;
use crate::units::{parse_bytes, parse_duration_ns, parse_float};

/// The error of a label whose text is no number.
const EXTRACTION_ERROR: &str = "SampleExtractionErr";

/// Turns lines into samples of series.
#[derive(Debug)]
pub struct SampleExtractor {
    stages: Stages,
    measure: Measure,
    filters: Vec<LabelTest>,
    group: Group,
    /// Labels depend on stream and metadata alone.
    is_by_stream: bool,
    labels: LineLabels,
    stream: Option<Labels>,
    /// Names the series of the last sample.
    key: Vec<u8>,
}

/// What of a line is the value.
#[derive(Clone, Debug)]
enum Measure {
    One,
    Bytes,
    Label { name: String, conversion: Option<UnwrapConversion> },
}

/// Which labels make a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Group {
    All,
    By(Vec<String>),
    Without(Vec<String>),
}

/// A line, as far as it is needed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub(super) text: &'a [u8],
    /// Length of the text, also where it was not needed.
    pub(super) bytes: u32,
    pub(super) metadata: &'a [u8],
    pub(super) time_ns: i64,
}

impl SampleExtractor {
    /// Compiles the first range aggregation of an expression, together with a sum around it.
    ///
    /// # Errors
    /// `Invalid` when there is no range aggregation, or for a template that is none.
    pub fn compile(expr: &MetricExpr, surroundings: &Surroundings) -> Result<SampleExtractor> {
        match &expr.kind {
            MetricKind::RangeAggregate(aggregate) => SampleExtractor::new(aggregate, None, surroundings),
            MetricKind::VectorAggregate(node) => match &node.expr.kind {
                MetricKind::RangeAggregate(inner) if node.op == VectorOp::Sum && can_be_summed(inner.op) => {
                    SampleExtractor::new(inner, Some(&outer_group(node.grouping.as_ref())), surroundings)
                }
                _ => SampleExtractor::compile(&node.expr, surroundings),
            },
            MetricKind::Binary(node) => SampleExtractor::compile(&node.lhs, surroundings),
            MetricKind::LabelReplace(node) => SampleExtractor::compile(&node.expr, surroundings),
            MetricKind::Literal(_) | MetricKind::Vector(_) => Err(QueryError::invalid("the expression reads no lines")),
        }
    }

    /// The value and the series of a line of some time, with its structured metadata in the canonical encoding of [`Labels`];
    /// `None` when it contributes nothing.
    pub fn process(&mut self, stream: &Labels, time_ns: i64, line: &[u8], metadata: &[u8]) -> Option<(f64, LabelSet)> {
        let line = Line { text: line, bytes: u32::try_from(line.len()).unwrap_or(u32::MAX), metadata, time_ns };
        let value = self.value(stream, line)?;
        Some((value, self.series_labels()))
    }

    /// `group` overrules the labels by which the aggregation itself groups.
    pub(super) fn new(
        aggregate: &RangeAggregate,
        group: Option<&Group>,
        surroundings: &Surroundings,
    ) -> Result<SampleExtractor> {
        let range = &aggregate.range;
        let stages = Stages::compile(&range.log.stages, surroundings)?;
        let measure = match (&range.unwrap, aggregate.op) {
            (Some(unwrap), _) => Measure::Label { name: unwrap.label.clone(), conversion: unwrap.conversion },
            (None, RangeOp::BytesOverTime | RangeOp::BytesRate) => Measure::Bytes,
            (None, _) => Measure::One,
        };
        let filters = range.unwrap.as_ref().map(|unwrap| unwrap.filters.as_slice()).unwrap_or_default();
        let group = group.cloned().unwrap_or_else(|| own_group(aggregate)).without_unwrapped(&measure);
        let mut labels = LineLabels::default();
        let mut required = required_labels(&range.log.stages, filters);
        if required.contains(ERROR) || group.names().iter().any(|name| name == ERROR) {
            labels.preserve_errors();
        }
        if let (Group::By(names), Some(shown)) = (&group, stages.template_labels()) {
            required.extend(shown);
            required.extend(names.iter().cloned());
            required.extend(measure.label().map(ToOwned::to_owned));
            labels.want(Some(required.into_iter().collect()));
        }
        Ok(SampleExtractor {
            stages,
            filters: filters.iter().map(LabelTest::new).collect(),
            is_by_stream: unchanged_labels(&range.log.stages) && range.unwrap.is_none(),
            measure,
            group,
            labels,
            stream: None,
            key: Vec::new(),
        })
    }

    pub(super) fn take_pushed_filters(&mut self) -> Vec<LineFilter> {
        self.stages.take_pushed_filters()
    }

    pub(super) fn group(&self) -> &Group {
        &self.group
    }

    /// Whether every line counts, and only its stream and its metadata say for which series.
    pub(super) fn only_counts(&self) -> bool {
        self.stages.is_empty() && self.is_by_stream
    }

    /// Whether lines of one stream and the same metadata belong to one series.
    pub(super) fn is_by_stream(&self) -> bool {
        self.is_by_stream
    }

    pub(super) fn needs_text(&self) -> bool {
        self.stages.reads_line()
    }

    pub(super) fn needs_metadata(&self) -> bool {
        !(self.only_counts() && self.group == Group::By(Vec::new()))
    }

    /// The value of a line; afterwards [`SampleExtractor::key`] and the like speak of its series.
    pub(super) fn value(&mut self, stream: &Labels, line: Line<'_>) -> Option<f64> {
        if self.stream.as_ref() != Some(stream) {
            self.labels.set_stream(stream);
            self.stream = Some(stream.clone());
        }
        self.labels.set_line(line.metadata);
        let changes_line = self.stages.changes_line();
        let text = self.stages.run(&mut self.labels, line.time_ns, line.text)?;
        let value = match &self.measure {
            Measure::One => 1.0,
            Measure::Bytes if changes_line => text.len() as f64,
            Measure::Bytes => f64::from(line.bytes),
            Measure::Label { name, conversion } => {
                let text = self.labels.get(name).filter(|text| !text.is_empty())?;
                convert(text, *conversion).unwrap_or_else(|details| {
                    self.labels.fail(EXTRACTION_ERROR, Some(details));
                    0.0
                })
            }
        };
        self.filters.iter().all(|filter| filter.passes(&mut self.labels)).then_some(value)
    }

    /// Fails when a stage failed on the line of the last sample, and the query does not ask for that.
    pub(super) fn check_error(&self) -> Result<()> {
        if !self.labels.has_error() || self.labels.has_preserved_error() {
            return Ok(());
        }
        let error = self.labels.seen(ERROR);
        Err(QueryError::new(
            QueryErrorKind::Pipeline,
            format!(
                "pipeline error: '{error}' for series: '{}'.\n\
                 Use a label filter to intentionally skip this error. (e.g | __error__!=\"{error}\").\n\
                 To skip all potential errors you can match empty errors.(e.g __error__=\"\")\n\
                 The label filter can also be specified after unwrap. (e.g | unwrap latency | __error__=\"\" )\n",
                self.series_labels()
            ),
        ))
    }

    /// The value of a line that needs no look at it.
    pub(super) fn plain_value(&self, line: Line<'_>) -> f64 {
        match self.measure {
            Measure::Bytes => f64::from(line.bytes),
            Measure::One | Measure::Label { .. } => 1.0,
        }
    }

    /// Bytes that name the series of the last sample: equal for equal labels. They are those of the last call of `write_key`.
    pub(super) fn key(&self) -> &[u8] {
        &self.key
    }

    /// Writes the key of the last sample.
    pub(super) fn write_key(&mut self) {
        self.key.clear();
        match &self.group {
            Group::By(names) if !self.labels.has_error() => {
                for name in names {
                    if let Some(value) = self.labels.get(name) {
                        push_pair(&mut self.key, name, value);
                    }
                }
            }
            _ => self.sorted_key(),
        }
    }

    /// The labels of the series of the last sample. A line on which a stage failed keeps all its labels, or the failure would not be
    /// seen.
    pub(super) fn series_labels(&self) -> LabelSet {
        let labels = self.labels.to_set(None);
        match &self.group {
            _ if self.labels.has_error() => labels,
            Group::All => labels,
            Group::By(names) => labels.filter(|name| names.iter().any(|one| one == name)),
            Group::Without(names) => labels.filter(|name| !names.iter().any(|one| one == name)),
        }
    }

    /// Labels in the order of their names, so that the order in which a line holds them does not matter.
    fn sorted_key(&mut self) {
        let has_error = self.labels.has_error();
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        self.labels.for_each(|name, value, _| match &self.group {
            Group::Without(names) if !has_error && names.iter().any(|one| one == name) => {}
            _ => pairs.push((name, value)),
        });
        pairs.sort_unstable();
        for (name, value) in pairs {
            push_pair(&mut self.key, name, value);
        }
    }
}

/// No byte of a text is `ff` or `fe`.
fn push_pair(key: &mut Vec<u8>, name: &str, value: &str) {
    key.extend_from_slice(name.as_bytes());
    key.push(0xff);
    key.extend_from_slice(value.as_bytes());
    key.push(0xfe);
}

impl Measure {
    fn label(&self) -> Option<&str> {
        match self {
            Measure::Label { name, .. } => Some(name),
            Measure::One | Measure::Bytes => None,
        }
    }
}

impl Group {
    fn names(&self) -> &[String] {
        match self {
            Group::All => &[],
            Group::By(names) | Group::Without(names) => names,
        }
    }

    /// The label that became the value is none of the series, unless it is asked for.
    fn without_unwrapped(self, measure: &Measure) -> Group {
        match (self, measure.label()) {
            (Group::All, Some(label)) => Group::Without(vec![label.to_owned()]),
            (Group::Without(mut names), Some(label)) => {
                names.push(label.to_owned());
                Group::Without(names)
            }
            (group, _) => group,
        }
    }
}

/// Whether the sum over series is the same as the aggregate over the lines of all of them.
pub(super) fn can_be_summed(op: RangeOp) -> bool {
    use RangeOp::{BytesOverTime, BytesRate, CountOverTime, Rate, SumOverTime};
    matches!(op, CountOverTime | Rate | BytesOverTime | BytesRate | SumOverTime)
}

/// The group of an aggregation over series.
pub(super) fn outer_group(grouping: Option<&Grouping>) -> Group {
    grouping.map_or_else(|| Group::By(Vec::new()), written_group)
}

fn own_group(aggregate: &RangeAggregate) -> Group {
    match &aggregate.grouping {
        // Only whether there is any line matters.
        _ if aggregate.op == RangeOp::AbsentOverTime => Group::By(Vec::new()),
        Some(grouping) => written_group(grouping),
        None => Group::All,
    }
}

fn written_group(grouping: &Grouping) -> Group {
    let names: BTreeSet<String> = grouping.labels.iter().cloned().collect();
    let names = names.into_iter().collect();
    if grouping.without { Group::Without(names) } else { Group::By(names) }
}

fn convert(text: &str, conversion: Option<UnwrapConversion>) -> std::result::Result<f64, String> {
    match conversion {
        None => parse_float(text),
        Some(UnwrapConversion::Bytes) => parse_bytes(text).map(|bytes| bytes as f64),
        Some(UnwrapConversion::Duration | UnwrapConversion::DurationSeconds) => {
            parse_duration_ns(text).map(|ns| ns as f64 / 1e9)
        }
    }
}
