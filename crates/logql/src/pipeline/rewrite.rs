//! The stages that change the text by a template, or labels: `line_format`, `label_format`, `drop`, `keep`.

use std::collections::BTreeSet;

use logql_syntax::ast::{DropKeepTarget, LabelFormat, LabelFormatValue, Stage};

use super::line_labels::{Category, ERROR, ERROR_DETAILS, LineLabels};
use super::stage::{Outcome, Words};
use crate::error::{QueryError, Result};
use crate::template::{LineTemplate, Surroundings};

/// The error of a line on which a template failed.
const TEMPLATE_ERROR: &str = "TemplateFormatErr";

/// `| line_format "{{.a}}"`.
#[derive(Debug)]
pub(super) struct LineFormat(Box<LineTemplate>);

impl LineFormat {
    pub(super) fn new(stage: &Stage, template: &str, surroundings: &Surroundings) -> Result<LineFormat> {
        match LineTemplate::compile("line", template, surroundings) {
            Ok(template) => Ok(LineFormat(Box::new(template))),
            Err(error) => Err(invalid(stage, &format!("invalid line template: {error}"))),
        }
    }

    pub(super) fn labels(&self) -> Option<BTreeSet<String>> {
        self.0.labels()
    }

    /// A line on which the template fails stays as it is.
    pub(super) fn run(&self, line: &[u8], labels: &mut LineLabels, words: &mut Words) -> Outcome {
        words.text.clear();
        if let Err(details) = self.0.execute(line, words.time_ns, labels, &mut words.text) {
            labels.fail(TEMPLATE_ERROR, Some(details));
            return Outcome::Keep;
        }
        words.line.clear();
        words.line.extend_from_slice(words.text.as_bytes());
        Outcome::Replace
    }
}

/// A stage that cannot be, as the original says it.
fn invalid(stage: &Stage, why: &str) -> QueryError {
    QueryError::invalid(format!("parse error : stage '{stage}' : {why}"))
}

/// `| label_format a=b, c="{{.d}}"`.
#[derive(Debug)]
pub(super) struct Formats(Vec<(String, Source)>);

#[derive(Debug)]
enum Source {
    Label(String),
    Template(Box<LineTemplate>),
}

impl Formats {
    pub(super) fn new(stage: &Stage, formats: &[LabelFormat], surroundings: &Surroundings) -> Result<Formats> {
        let compile = |format: &LabelFormat| {
            let source = match &format.value {
                LabelFormatValue::Rename(label) => Source::Label(label.clone()),
                LabelFormatValue::Template(text) => match LineTemplate::compile("label", text, surroundings) {
                    Ok(template) => Source::Template(Box::new(template)),
                    Err(error) => {
                        return Err(invalid(stage, &format!("invalid template for label '{}': {error}", format.name)));
                    }
                },
            };
            Ok((format.name.clone(), source))
        };
        formats.iter().map(compile).collect::<Result<Vec<_>>>().map(Formats)
    }

    /// All templates see the labels as they are before the first of them; renames take place in their order.
    pub(super) fn run(&self, line: &[u8], labels: &mut LineLabels, words: &mut Words) {
        words.text.clear();
        let mut results: Option<Vec<std::result::Result<usize, String>>> = None;
        let (mut next, mut start) = (0, 0);
        for (name, source) in &self.0 {
            if let Source::Label(from) = source {
                labels.rename(from, name);
                continue;
            }
            let results = results.get_or_insert_with(|| self.execute(line, labels, words));
            match results.get(next) {
                Some(Ok(end)) => {
                    labels.set(Category::Parsed, name, words.text.get(start..*end).unwrap_or(""));
                    start = *end;
                }
                Some(Err(details)) => labels.fail(TEMPLATE_ERROR, Some(details.clone())),
                None => {}
            }
            next += 1;
        }
    }

    /// Executes all templates, one behind the other in the buffer; where each ends, or how it failed.
    fn execute(&self, line: &[u8], labels: &LineLabels, words: &mut Words) -> Vec<std::result::Result<usize, String>> {
        let mut results = Vec::with_capacity(self.0.len());
        for (_, source) in &self.0 {
            let Source::Template(template) = source else { continue };
            let mark = words.text.len();
            results.push(match template.execute(line, words.time_ns, labels, &mut words.text) {
                Ok(()) => Ok(words.text.len()),
                Err(details) => {
                    words.text.truncate(mark);
                    Err(details)
                }
            });
        }
        results
    }

    /// The labels that templates look at; `None` if they may look at any.
    pub(super) fn labels(&self) -> Option<BTreeSet<String>> {
        let mut names = BTreeSet::new();
        for (_, source) in &self.0 {
            if let Source::Template(template) = source {
                names.extend(template.labels()?);
            }
        }
        Some(names)
    }

    /// Whether a template looks at the text of the line.
    pub(super) fn reads_line(&self) -> bool {
        self.0.iter().any(|(_, source)| matches!(source, Source::Template(template) if template.reads_line()))
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
