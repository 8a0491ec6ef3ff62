//! Which labels a pipeline looks at, so that parsers need not make others.

use std::collections::BTreeSet;

use logql_syntax::ast::{DropKeepTarget, LabelFilter, LabelFilterKind, LabelFormatValue, Stage, StageKind};

/// The labels that conditions and label stages look at.
pub(crate) fn required_labels(stages: &[Stage], filters: &[LabelFilter]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for stage in stages {
        match &stage.kind {
            StageKind::LabelFilter(filter) => add_filter(filter, &mut names),
            StageKind::LabelFormat(formats) => {
                for format in formats {
                    if let LabelFormatValue::Rename(from) = &format.value {
                        names.insert(from.clone());
                    }
                }
            }
            StageKind::Drop(targets) | StageKind::Keep(targets) => {
                names.extend(
                    targets.iter().filter(|t| matches!(t, DropKeepTarget::Matcher(_))).map(|t| t.name().to_owned()),
                );
            }
            _ => {}
        }
    }
    for filter in filters {
        add_filter(filter, &mut names);
    }
    names
}

fn add_filter(filter: &LabelFilter, names: &mut BTreeSet<String>) {
    match &filter.kind {
        LabelFilterKind::And(left, right) | LabelFilterKind::Or(left, right) => {
            add_filter(left, names);
            add_filter(right, names);
        }
        LabelFilterKind::String(matcher) => {
            names.insert(matcher.name().to_owned());
        }
        LabelFilterKind::Number { name, .. }
        | LabelFilterKind::Duration { name, .. }
        | LabelFilterKind::Bytes { name, .. }
        | LabelFilterKind::Ip { name, .. } => {
            names.insert(name.clone());
        }
    }
}

/// Whether no stage makes, changes or removes labels, so that a line's labels are those of its stream and metadata.
pub(crate) fn unchanged_labels(stages: &[Stage]) -> bool {
    stages.iter().all(|stage| matches!(stage.kind, StageKind::LineFilter(_) | StageKind::Decolorize))
}
