//! Stages of a pipeline.

use super::selector::match_op;
use super::{Parsed, Parser, meaning, text_of};
use crate::argument;
use crate::argument::field_path::{parse_json_path, parse_logfmt_key};
use crate::ast::{
    DropKeepTarget, JsonExpression, LabelFilterKind, LabelFormat, LabelFormatValue, LogExpr, LogfmtExpression, Span,
    Stage, StageKind,
};
use crate::token::{Token, TokenKind};

/// The label that tells what went wrong with a line; it is not for queries to set.
const ERROR_LABEL: &str = "__error__";

impl Parser<'_> {
    /// All stages that follow. Within a range the pipeline may end in `| unwrap`: its `|` is taken then, and returned.
    pub(super) fn pipeline(&mut self, log: &mut LogExpr, in_range: bool) -> Parsed<Option<Token>> {
        let mut highest = self.height;
        loop {
            if let Some(filter) = self.line_filter()? {
                log.stages.push(filter);
            } else if self.token.kind == TokenKind::Pipe {
                let pipe = self.take()?;
                if in_range && self.token.kind == TokenKind::Unwrap {
                    self.height = highest;
                    return Ok(Some(pipe));
                }
                self.height = 0;
                let kind = self.stage(pipe.span.start)?;
                let span = self.since(pipe.span.start);
                highest = highest.max(self.height + 1);
                log.stages.push(Stage { kind, span });
            } else {
                self.height = highest;
                return Ok(None);
            }
        }
    }

    /// A stage whose `|` was just taken.
    fn stage(&mut self, start: usize) -> Parsed<StageKind> {
        let kind = self.token.kind;
        if matches!(kind, TokenKind::Identifier | TokenKind::OpenParen) {
            return self.label_filter_stage(start);
        }
        let is_stage = matches!(
            kind,
            TokenKind::Json
                | TokenKind::Logfmt
                | TokenKind::Regexp
                | TokenKind::Pattern
                | TokenKind::Unpack
                | TokenKind::LineFormat
                | TokenKind::LabelFormat
                | TokenKind::Decolorize
                | TokenKind::Drop
                | TokenKind::Keep
        );
        if !is_stage {
            return self.unexpected(&[]);
        }
        self.take()?;
        match kind {
            TokenKind::Json => self.json_expressions().map(StageKind::Json),
            TokenKind::Logfmt => self.logfmt(),
            TokenKind::Regexp => self.regexp(start),
            TokenKind::Pattern => self.pattern(start),
            TokenKind::Unpack => Ok(StageKind::Unpack),
            TokenKind::LineFormat => self.expect_text(TokenKind::Str).map(StageKind::LineFormat),
            TokenKind::LabelFormat => self.label_format(start).map(StageKind::LabelFormat),
            TokenKind::Decolorize => Ok(StageKind::Decolorize),
            TokenKind::Drop => self.targets().map(StageKind::Drop),
            _ => self.targets().map(StageKind::Keep),
        }
    }

    fn label_filter_stage(&mut self, start: usize) -> Parsed<StageKind> {
        let filter = self.label_filter()?;
        if let LabelFilterKind::Ip { pattern, .. } = &filter.kind
            && pattern.range.is_none()
        {
            let message = super::filter::invalid_ip(&pattern.text);
            self.refuse_stage(self.since(start), message);
        }
        Ok(StageKind::LabelFilter(filter))
    }

    fn regexp(&mut self, start: usize) -> Parsed<StageKind> {
        let text = self.expect_text(TokenKind::Str)?;
        let pattern = argument::regexp_stage(&text);
        let refuse = |error| meaning(self.since(start), format!("invalid regexp parser: {error}"));
        Ok(StageKind::Regexp(pattern.or_else(refuse)?))
    }

    fn pattern(&mut self, start: usize) -> Parsed<StageKind> {
        let text = self.expect_text(TokenKind::Str)?;
        let template = argument::pattern::stage(&text);
        let refuse = |error| meaning(self.since(start), format!("invalid pattern parser: {error}"));
        Ok(StageKind::Pattern(template.or_else(refuse)?))
    }

    fn json_expressions(&mut self) -> Parsed<Vec<JsonExpression>> {
        let expressions = self.extractions()?;
        let parse = |(label, text, span): (String, String, Span)| {
            let path = parse_json_path(&text).unwrap_or_else(|error| {
                self.refuse_stage(span, format!("cannot parse expression [{text}]: {error}"));
                Vec::new()
            });
            JsonExpression { label, text, path }
        };
        Ok(expressions.into_iter().map(parse).collect())
    }

    fn logfmt(&mut self) -> Parsed<StageKind> {
        let (mut strict, mut keep_empty) = (false, false);
        while self.token.kind == TokenKind::Flag {
            let flag = text_of(self.take()?);
            strict |= flag == "--strict";
            keep_empty |= flag == "--keep-empty";
        }
        let expressions = self.extractions()?;
        let parse = |(label, text, span): (String, String, Span)| {
            let key = parse_logfmt_key(&text).map(ToOwned::to_owned).unwrap_or_else(|error| {
                self.refuse_stage(span, format!("cannot parse expression [{text}]: {error}"));
                text.clone()
            });
            LogfmtExpression { label, key }
        };
        Ok(StageKind::Logfmt { strict, keep_empty, expressions: expressions.into_iter().map(parse).collect() })
    }

    /// `label="expression", label`: each label, its expression, its place. There may be none.
    fn extractions(&mut self) -> Parsed<Vec<(String, String, Span)>> {
        let mut extractions = Vec::new();
        if self.token.kind != TokenKind::Identifier {
            return Ok(extractions);
        }
        loop {
            let start = self.token.span.start;
            let label = self.expect_text(TokenKind::Identifier)?;
            let has_text = self.take_if(TokenKind::Eq)?;
            let text = if has_text { self.expect_text(TokenKind::Str)? } else { label.clone() };
            extractions.push((label, text, self.since(start)));
            if !self.take_if(TokenKind::Comma)? {
                return Ok(extractions);
            }
        }
    }

    fn label_format(&mut self, start: usize) -> Parsed<Vec<LabelFormat>> {
        let mut formats: Vec<LabelFormat> = Vec::new();
        loop {
            let name = self.expect_text(TokenKind::Identifier)?;
            self.expect(TokenKind::Eq)?;
            let value = match self.token.kind {
                TokenKind::Identifier => LabelFormatValue::Rename(text_of(self.take()?)),
                TokenKind::Str => LabelFormatValue::Template(text_of(self.take()?)),
                _ => return self.unexpected(&[TokenKind::Identifier, TokenKind::Str]),
            };
            if name == ERROR_LABEL {
                self.refuse_stage(self.since(start), format!("{name} cannot be formatted"));
            } else if formats.iter().any(|format| format.name == name) {
                let message = format!("multiple label name '{name}' not allowed in a single format operation");
                self.refuse_stage(self.since(start), message);
            }
            formats.push(LabelFormat { name, value });
            if !self.take_if(TokenKind::Comma)? {
                return Ok(formats);
            }
        }
    }

    fn targets(&mut self) -> Parsed<Vec<DropKeepTarget>> {
        let mut targets = Vec::new();
        loop {
            let start = self.token.span.start;
            let name = self.expect_text(TokenKind::Identifier)?;
            targets.push(match match_op(self.token.kind) {
                Some(op) => {
                    self.take()?;
                    DropKeepTarget::Matcher(self.matcher(start, &name, op)?)
                }
                None => DropKeepTarget::Name(name),
            });
            if !self.take_if(TokenKind::Comma)? {
                return Ok(targets);
            }
        }
    }
}
