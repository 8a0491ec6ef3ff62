//! The stages that change labels: `label_format`, `drop`, `keep`.

use logql_syntax::ast::{DropKeepTarget, LabelFormat, LabelFormatValue};

use super::line_labels::{Category, ERROR, ERROR_DETAILS, LineLabels};
use super::stage::constant;
use crate::error::Result;

/// `| label_format a=b, c="text"`.
#[derive(Debug)]
pub(super) struct Formats(Vec<(String, Source)>);

#[derive(Debug)]
enum Source {
    Label(String),
    Text(String),
}

impl Formats {
    pub(super) fn new(formats: &[LabelFormat]) -> Result<Formats> {
        let compile = |format: &LabelFormat| {
            let source = match &format.value {
                LabelFormatValue::Rename(label) => Source::Label(label.clone()),
                LabelFormatValue::Template(template) => Source::Text(constant(template)?.to_owned()),
            };
            Ok((format.name.clone(), source))
        };
        formats.iter().map(compile).collect::<Result<Vec<_>>>().map(Formats)
    }

    pub(super) fn run(&self, labels: &mut LineLabels) {
        for (name, source) in &self.0 {
            match source {
                Source::Label(from) => labels.rename(from, name),
                Source::Text(text) => labels.set(Category::Parsed, name, text),
            }
        }
    }
}

/// `| drop a, b="c"`: takes labels away, and errors if they are named.
pub(super) fn drop_labels(targets: &[DropKeepTarget], labels: &mut LineLabels) {
    for target in targets {
        let name = target.name();
        if let DropKeepTarget::Matcher(matcher) = target
            && !matcher.matches(labels.seen(name))
        {
            continue;
        }
        match name {
            ERROR => labels.clear_error(),
            ERROR_DETAILS => labels.clear_error_details(),
            _ => labels.remove(name),
        }
    }
}

/// `| keep a, b="c"`: takes all other labels away, but no errors.
#[derive(Debug)]
pub(super) struct Keep(Vec<DropKeepTarget>);

impl Keep {
    pub(super) fn new(targets: &[DropKeepTarget]) -> Keep {
        Keep(targets.to_vec())
    }

    pub(super) fn run(&self, labels: &mut LineLabels) {
        labels.retain(|name, value| {
            self.0.iter().any(|target| match target {
                DropKeepTarget::Name(kept) => kept == name,
                DropKeepTarget::Matcher(matcher) => matcher.name() == name && matcher.matches(value),
            })
        });
    }
}
