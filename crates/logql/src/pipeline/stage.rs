//! One stage, compiled.

use std::collections::BTreeSet;

use logql_syntax::ast::{DropKeepTarget, Stage as SyntaxStage, StageKind};

use super::json::{AllFields, Paths, Unpack};
use super::label_filter::LabelTest;
use super::line_filter::LineTest;
use super::line_labels::LineLabels;
use super::parsers::{Logfmt, LogfmtKeys, Regexp};
use super::rewrite::{Formats, Keep, LineFormat, drop_labels};
use crate::error::Result;
use crate::scan::color;
use crate::scan::template::Template;
use crate::template::Surroundings;

/// What a stage decides about a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Keep,
    Drop,
    /// The text is now what stands in [`Words::line`].
    Replace,
}

impl Outcome {
    pub(super) fn keep_if(passes: bool) -> Outcome {
        if passes { Outcome::Keep } else { Outcome::Drop }
    }
}

/// Buffers of stages.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// A new text for the line.
    pub(super) line: Vec<u8>,
    /// A label's name.
    pub(super) name: String,
    /// A decoded value.
    pub(super) value: Vec<u8>,
    /// What a template wrote.
    pub(super) text: String,
    /// When the line was written.
    pub(super) time_ns: i64,
}

/// A stage.
#[derive(Debug)]
pub(super) enum Stage {
    Lines(LineTest),
    Json(AllFields),
    JsonPaths(Paths),
    Logfmt(Logfmt),
    LogfmtKeys(LogfmtKeys),
    Regexp(Regexp),
    Pattern(Template),
    Unpack(Unpack),
    Labels(LabelTest),
    LineFormat(LineFormat),
    LabelFormat(Formats),
    Decolorize,
    Drop(Vec<DropKeepTarget>),
    Keep(Keep),
}

impl Stage {
    /// Compiles a stage; `None` when it does nothing.
    pub(super) fn compile(stage: &SyntaxStage, surroundings: &Surroundings) -> Result<Option<Stage>> {
        Ok(Some(match &stage.kind {
            StageKind::LineFilter(filter) if filter.is_noop() => return Ok(None),
            StageKind::LineFilter(filter) => Stage::Lines(LineTest::new(filter)),
            StageKind::Json(expressions) if expressions.is_empty() => Stage::Json(AllFields),
            StageKind::Json(expressions) => Stage::JsonPaths(Paths::new(expressions)),
            StageKind::Logfmt { strict, keep_empty, expressions } if expressions.is_empty() => {
                Stage::Logfmt(Logfmt { strict: *strict, keep_empty: *keep_empty })
            }
            StageKind::Logfmt { strict, expressions, .. } => Stage::LogfmtKeys(LogfmtKeys::new(*strict, expressions)),
            StageKind::Regexp(pattern) => Stage::Regexp(Regexp::new(pattern)),
            StageKind::Pattern(template) => Stage::Pattern(Template::new(template)),
            StageKind::Unpack => Stage::Unpack(Unpack),
            StageKind::LabelFilter(filter) => Stage::Labels(LabelTest::new(filter)),
            StageKind::LineFormat(template) => Stage::LineFormat(LineFormat::new(stage, template, surroundings)?),
            StageKind::LabelFormat(formats) => Stage::LabelFormat(Formats::new(stage, formats, surroundings)?),
            StageKind::Decolorize => Stage::Decolorize,
            StageKind::Drop(targets) => Stage::Drop(targets.clone()),
            StageKind::Keep(targets) => Stage::Keep(Keep::new(targets)),
        }))
    }

    pub(super) fn run(&self, line: &[u8], labels: &mut LineLabels, words: &mut Words) -> Outcome {
        match self {
            Stage::Lines(test) => return Outcome::keep_if(test.passes(line)),
            Stage::Labels(test) => return Outcome::keep_if(test.passes(labels)),
            Stage::Json(stage) => stage.run(line, labels, words),
            Stage::JsonPaths(stage) => stage.run(line, labels, words),
            Stage::Logfmt(stage) => stage.run(line, labels, words),
            Stage::LogfmtKeys(stage) => stage.run(line, labels, words),
            Stage::Regexp(stage) => stage.run(line, labels),
            Stage::Pattern(template) if !labels.wants_none() => {
                template.captures(line, |name, value| labels.extract_lossy(name, value));
            }
            Stage::Pattern(_) => {}
            Stage::Unpack(stage) => return stage.run(line, labels, words),
            Stage::LineFormat(format) => return format.run(line, labels, words),
            Stage::LabelFormat(formats) => formats.run(line, labels, words),
            Stage::Decolorize => {
                words.line.clear();
                return if color::strip(line, &mut words.line) { Outcome::Replace } else { Outcome::Keep };
            }
            Stage::Drop(targets) => drop_labels(targets, labels),
            Stage::Keep(keep) => keep.run(labels),
        }
        Outcome::Keep
    }

    /// The labels that its templates look at; `None` if they may look at any.
    pub(super) fn template_labels(&self) -> Option<BTreeSet<String>> {
        match self {
            Stage::LineFormat(format) => format.labels(),
            Stage::LabelFormat(formats) => formats.labels(),
            _ => Some(BTreeSet::new()),
        }
    }

    /// Whether it may drop lines.
    pub(super) fn may_drop(&self) -> bool {
        matches!(self, Stage::Lines(_) | Stage::Labels(_))
    }

    /// Whether it may change the text of a line.
    pub(super) fn changes_line(&self) -> bool {
        matches!(self, Stage::Unpack(_) | Stage::LineFormat(_) | Stage::Decolorize)
    }

    /// Whether it looks at the text of a line, or changes it.
    pub(super) fn reads_line(&self) -> bool {
        match self {
            Stage::Labels(_) | Stage::Drop(_) | Stage::Keep(_) => false,
            Stage::LabelFormat(formats) => formats.reads_line(),
            _ => true,
        }
    }
}
