//! The pipeline of a log expression: what becomes of one line.

use std::borrow::Cow;
use std::collections::BTreeSet;

use logql_syntax::ast::{LogExpr, Stage as SyntaxStage};
use model::{Labels, Matcher};
use storage::LineFilter;

use crate::error::Result;
use crate::labels::LabelSet;
use crate::template::Surroundings;

mod json;
mod label_filter;
mod line_filter;
mod line_labels;
mod parsers;
mod required;
mod rewrite;
mod stage;

pub(crate) use label_filter::LabelTest;
pub(crate) use line_labels::{Category, ERROR, ERROR_DETAILS, LineLabels};
pub(crate) use required::{required_labels, unchanged_labels};

use line_filter::pushed_filters;
use stage::{Outcome, Stage, Words};

/// A compiled pipeline, which lines are passed through one at a time.
#[derive(Debug)]
pub struct Pipeline {
    matchers: Vec<Matcher>,
    stages: Stages,
    labels: LineLabels,
    /// The stream that `labels` is set to.
    stream: Option<Labels>,
}

/// What became of a line that passed.
#[derive(Debug)]
pub struct ProcessedLine<'a> {
    line: &'a [u8],
    labels: &'a LineLabels,
}

impl Pipeline {
    /// Compiles the pipeline of an expression.
    ///
    /// # Errors
    /// `Invalid` for a template that is none.
    pub fn compile(expr: &LogExpr, surroundings: &Surroundings) -> Result<Pipeline> {
        let stages = Stages::compile(&expr.stages, surroundings)?;
        Ok(Pipeline { matchers: expr.matchers.clone(), stages, labels: LineLabels::default(), stream: None })
    }

    /// The matchers of the selector, by which the streams are chosen whose lines belong here.
    #[must_use]
    pub fn matchers(&self) -> &[Matcher] {
        &self.matchers
    }

    /// Passes a line of some time through, with its structured metadata in the canonical encoding of [`Labels`]; `None` when a stage
    /// drops it.
    pub fn process<'a>(
        &'a mut self,
        stream: &Labels,
        time_ns: i64,
        line: &'a [u8],
        metadata: &[u8],
    ) -> Option<ProcessedLine<'a>> {
        if self.stream.as_ref() != Some(stream) {
            self.labels.set_stream(stream);
            self.stream = Some(stream.clone());
        }
        self.labels.set_line(metadata);
        self.finish(time_ns, line)
    }

    /// As `process`, with an error that an earlier stage is to have left.
    #[doc(hidden)]
    pub fn process_failed<'a>(
        &'a mut self,
        stream: &Labels,
        line: &'a [u8],
        error: &str,
        details: &str,
    ) -> Option<ProcessedLine<'a>> {
        self.labels.set_stream(stream);
        self.stream = None;
        self.labels.set_line(&[]);
        self.labels.fail(error.to_owned(), Some(details.to_owned()).filter(|details| !details.is_empty()));
        self.finish(0, line)
    }

    fn finish<'a>(&'a mut self, time_ns: i64, line: &'a [u8]) -> Option<ProcessedLine<'a>> {
        let line = self.stages.run(&mut self.labels, time_ns, line)?;
        Some(ProcessedLine { line, labels: &self.labels })
    }
}

impl ProcessedLine<'_> {
    /// The text as the pipeline left it.
    #[must_use]
    pub fn line(&self) -> &[u8] {
        self.line
    }

    /// The text, with U+FFFD for bytes that are not UTF-8.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.line)
    }

    /// All labels.
    #[must_use]
    pub fn labels(&self) -> LabelSet {
        self.labels.to_set(None)
    }

    /// The labels that are the stream's own.
    #[must_use]
    pub fn stream_labels(&self) -> LabelSet {
        self.labels.to_set(Some(Category::Stream))
    }

    /// The labels that came as structured metadata.
    #[must_use]
    pub fn metadata(&self) -> LabelSet {
        self.labels.to_set(Some(Category::Metadata))
    }

    /// The labels that stages made.
    #[must_use]
    pub fn parsed(&self) -> LabelSet {
        self.labels.to_set(Some(Category::Parsed))
    }
}

/// Compiled stages, with the buffers that they share.
#[derive(Debug)]
pub(crate) struct Stages {
    stages: Vec<Stage>,
    /// The line after a stage has changed it.
    line: Vec<u8>,
    words: Words,
}

impl Stages {
    /// Compiles stages.
    ///
    /// # Errors
    /// `Invalid` for a template that is none.
    pub(crate) fn compile(stages: &[SyntaxStage], surroundings: &Surroundings) -> Result<Stages> {
        let compiled: Result<Vec<Option<Stage>>> =
            stages.iter().map(|stage| Stage::compile(stage, surroundings)).collect();
        let stages = compiled?.into_iter().flatten().collect();
        Ok(Stages { stages, line: Vec::new(), words: Words::default() })
    }

    /// Takes out the filters on the text that a store can apply before the first stage.
    pub(crate) fn take_pushed_filters(&mut self) -> Vec<LineFilter> {
        pushed_filters(&mut self.stages)
    }

    /// Whether there is nothing to do.
    pub(crate) fn is_empty(&self) -> bool {
        self.stages.is_empty()
    }

    /// Whether a stage may drop lines.
    pub(crate) fn may_drop(&self) -> bool {
        self.stages.iter().any(Stage::may_drop)
    }

    /// Whether a stage looks at the text of a line, or changes it.
    pub(crate) fn reads_line(&self) -> bool {
        self.stages.iter().any(Stage::reads_line)
    }

    /// The labels that templates look at; `None` if they may look at any.
    pub(crate) fn template_labels(&self) -> Option<BTreeSet<String>> {
        let mut names = BTreeSet::new();
        for stage in &self.stages {
            names.extend(stage.template_labels()?);
        }
        Some(names)
    }

    /// Whether a stage may change the text of a line.
    pub(crate) fn changes_line(&self) -> bool {
        self.stages.iter().any(Stage::changes_line)
    }

    /// Passes a line through; `None` when a stage drops it.
    pub(crate) fn run<'a>(&'a mut self, labels: &mut LineLabels, time_ns: i64, line: &'a [u8]) -> Option<&'a [u8]> {
        self.words.time_ns = time_ns;
        let mut is_changed = false;
        for stage in &self.stages {
            let text = if is_changed { self.line.as_slice() } else { line };
            match stage.run(text, labels, &mut self.words) {
                Outcome::Keep => {}
                Outcome::Drop => return None,
                Outcome::Replace => {
                    std::mem::swap(&mut self.line, &mut self.words.line);
                    is_changed = true;
                }
            }
        }
        Some(if is_changed { &self.line } else { line })
    }
}

#[cfg(test)]
mod tests;
