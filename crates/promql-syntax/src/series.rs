//! Series descriptions: a series and its points on one line, the notation of test scripts.
//!
//! `http_requests{job="api"} 0+10x3 _ stale {{schema:0 buckets:[1 2]}}x2`. Error texts are upstream's.

mod arithmetic;
mod histogram;
mod start_time;

pub use start_time::{StartTimes, parse_start_times};

use model::labels::METRIC_NAME;
use model::{Histogram, Labels, LabelsBuilder, STALE_NAN};

use crate::ast::Span;
use crate::error::{ParseError, ParseErrors};
use crate::lexer::cursor::{Cursor, is_alpha, is_alphanumeric, is_space};
use crate::lexer::number::{Dialect, number_value, scan_number};
use crate::lexer::{Lexer, string};
use crate::quote::quote_char;
use crate::token::{Token, TokenKind};

/// How many points a line may expand to; repetitions make this a matter of a few characters.
const MAX_POINTS: usize = 1_000_000;

/// A series and its points.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesDescription {
    /// The labels, the metric name among them.
    pub labels: Labels,
    /// The points, repetitions written out.
    pub values: Vec<SeriesValue>,
}

/// A point.
#[derive(Clone, Debug)]
pub enum SeriesValue {
    /// No point at this time.
    Omitted,
    /// The end of the series.
    Stale,
    /// A number.
    Float(f64),
    /// A native histogram.
    Histogram {
        /// The histogram.
        histogram: Box<Histogram>,
        /// Whether `counter_reset_hint` was written; results compare the hint only then.
        hint_is_set: bool,
    },
}

impl PartialEq for SeriesValue {
    /// Numbers compare by bits, so that a not-a-number equals itself.
    fn eq(&self, other: &SeriesValue) -> bool {
        match (self, other) {
            (SeriesValue::Omitted, SeriesValue::Omitted) | (SeriesValue::Stale, SeriesValue::Stale) => true,
            (SeriesValue::Float(a), SeriesValue::Float(b)) => a.to_bits() == b.to_bits(),
            (
                SeriesValue::Histogram { histogram: a, hint_is_set: a_set },
                SeriesValue::Histogram { histogram: b, hint_is_set: b_set },
            ) => a == b && a_set == b_set,
            _ => false,
        }
    }
}

/// Parses a series description.
///
/// # Errors
/// Whatever is wrong with the line, and lines that would expand to more than a million points.
pub fn parse_series_description(line: &str) -> Result<SeriesDescription, ParseErrors> {
    let (labels, offset) = parse_metric(line)?;
    let mut scanner = Scanner { line, cursor: Cursor::at(line, offset) };
    let values = scanner.points()?;
    Ok(SeriesDescription { labels, values })
}

/// Reads the metric at the beginning of a line; also gives the offset behind it.
fn parse_metric(line: &str) -> Result<(Labels, usize), ParseErrors> {
    let mut lexer = Lexer::new(line);
    let first = next(line, &mut lexer)?;
    let mut builder = LabelsBuilder::new();
    let name = first.kind.is_metric_name().then(|| &line[first.span.start..first.span.end]);
    let brace_at = if name.is_some() { first.span.end } else { first.span.start };
    let has_braces = line[brace_at..].starts_with('{');
    let mut end = brace_at;
    if has_braces {
        if name.is_some() {
            next(line, &mut lexer)?;
        }
        end = label_set(line, &mut lexer, &mut builder)?;
    }
    if let Some(name) = name {
        builder.set(METRIC_NAME, name);
    }
    Ok((builder.build(), end))
}

/// Labels up to and with the closing brace; gives the offset behind it.
fn label_set(line: &str, lexer: &mut Lexer<'_>, builder: &mut LabelsBuilder) -> Result<usize, ParseErrors> {
    let mut token = next(line, lexer)?;
    while token.kind != TokenKind::RightBrace {
        let text = &line[token.span.start..token.span.end];
        let is_quoted = token.kind == TokenKind::String;
        let name = match token.kind {
            TokenKind::Identifier => text.to_owned(),
            TokenKind::String => string::unquote(text),
            _ => return unexpected(line, token, "label set, expected identifier or \"}\""),
        };
        token = next(line, lexer)?;
        if token.kind == TokenKind::Assign {
            let value = next(line, lexer)?;
            if value.kind != TokenKind::String {
                return unexpected(line, value, "label set, expected string");
            }
            builder.set(&name, &string::unquote(&line[value.span.start..value.span.end]));
            token = next(line, lexer)?;
        } else if is_quoted {
            builder.set(METRIC_NAME, &name);
        } else {
            return unexpected(line, token, "label set, expected \"=\"");
        }
        match token.kind {
            TokenKind::Comma => token = next(line, lexer)?,
            TokenKind::RightBrace => {}
            _ => return unexpected(line, token, "label set, expected \",\" or \"}\""),
        }
    }
    Ok(token.span.end)
}

fn next(line: &str, lexer: &mut Lexer<'_>) -> Result<Token, ParseErrors> {
    lexer
        .next_token()
        .map_err(|error| ParseError::new(line, Span { start: error.start, end: line.len() }, error.message).into())
}

fn unexpected<T>(line: &str, token: Token, place: &str) -> Result<T, ParseErrors> {
    let text = &line[token.span.start..token.span.end];
    let message = format!("unexpected {} in {place}", token.kind.describe(text));
    Err(ParseError::new(line, token.span, message).into())
}

/// Reads the points of a line.
struct Scanner<'l> {
    line: &'l str,
    cursor: Cursor<'l>,
}

/// An error, which ends the line.
type Scanned<T> = Result<T, ParseErrors>;

impl Scanner<'_> {
    fn points(&mut self) -> Scanned<Vec<SeriesValue>> {
        let mut points = Vec::new();
        while self.cursor.peek().is_some() {
            if !self.skip_space() {
                return self.unexpected_here();
            }
            if self.cursor.peek().is_some() {
                self.item(&mut points)?;
            }
        }
        Ok(points)
    }

    /// Skips white space; whether there was some.
    fn skip_space(&mut self) -> bool {
        let start = self.cursor.offset();
        self.cursor.eat_while(is_space);
        self.cursor.offset() > start
    }

    /// One item with its repetitions.
    fn item(&mut self, points: &mut Vec<SeriesValue>) -> Scanned<()> {
        if self.cursor.rest().starts_with("{{") {
            return self.histogram_item(points);
        }
        if self.cursor.eat('_') {
            let count = if self.cursor.eat('x') { self.repetitions()? } else { 1 };
            return self.push_many(points, count, |_| SeriesValue::Omitted);
        }
        let mut value = self.value()?;
        if self.cursor.eat('x') {
            let count = self.repetitions()? + 1;
            return self.push_many(points, count, |_| float(value));
        }
        let Some(negative) = self.sign() else {
            points.push(float(value));
            return Ok(());
        };
        let step = self.number()?;
        let step = if negative { -step } else { step };
        if !self.cursor.eat('x') {
            return self.unexpected_here();
        }
        let count = self.repetitions()? + 1;
        self.push_many(points, count, |_| {
            let point = float(value);
            value += step;
            point
        })
    }

    fn push_many(
        &self,
        points: &mut Vec<SeriesValue>,
        count: usize,
        mut make: impl FnMut(usize) -> SeriesValue,
    ) -> Scanned<()> {
        self.check_room(points, count)?;
        points.extend((0..count).map(&mut make));
        Ok(())
    }

    /// Refuses lines that would become too long.
    fn check_room<T>(&self, points: &[T], more: usize) -> Scanned<()> {
        if points.len().saturating_add(more) > MAX_POINTS {
            return self.fail(0, "too many points in series values".to_owned());
        }
        Ok(())
    }

    /// A number with an optional sign, or the word for staleness.
    fn value(&mut self) -> Scanned<f64> {
        let start = self.cursor.offset();
        if self.cursor.peek().is_some_and(is_alpha) {
            let mut word = self.cursor;
            word.eat_while(is_alphanumeric);
            if word.since(start) == "stale" {
                self.cursor = word;
                return Ok(STALE_NAN);
            }
        }
        let negative = self.sign().unwrap_or(false);
        let number = self.number()?;
        Ok(if negative { -number } else { number })
    }

    /// An optional sign; whether it is a minus.
    fn sign(&mut self) -> Option<bool> {
        if self.cursor.eat('-') {
            Some(true)
        } else if self.cursor.eat('+') {
            Some(false)
        } else {
            None
        }
    }

    /// A number without a sign.
    fn number(&mut self) -> Scanned<f64> {
        let start = self.cursor.offset();
        match self.cursor.peek() {
            Some(c) if is_alpha(c) => {
                let mut word = self.cursor;
                word.eat_while(is_alphanumeric);
                if TokenKind::of_word(word.since(start)) != Some(TokenKind::Number) {
                    return self.unexpected_here();
                }
                self.cursor = word;
            }
            Some(c) if c.is_ascii_digit() || c == '.' => {
                if !scan_number(&mut self.cursor, Dialect::Series) {
                    let text = model::labels::Quoted(self.cursor.since(start));
                    return self.fail(start, format!("bad number syntax: {text}"));
                }
            }
            _ => return self.unexpected_here(),
        }
        number_value(self.cursor.since(start)).or_else(|message| self.fail(start, message))
    }

    /// The number behind `x`.
    fn repetitions(&mut self) -> Scanned<usize> {
        let start = self.cursor.offset();
        if !self.cursor.peek().is_some_and(|c| c.is_ascii_digit()) {
            return self.unexpected_here();
        }
        self.cursor.eat_while(|c| c.is_ascii_digit());
        let text = self.cursor.since(start);
        match text.parse::<usize>() {
            // One more point may be added, which must not overflow.
            Ok(count) if count < usize::MAX => Ok(count),
            _ => self.fail(start, format!("invalid repetition in series values: {text}")),
        }
    }

    fn unexpected_here<T>(&self) -> Scanned<T> {
        let start = self.cursor.offset();
        let mut word = self.cursor;
        word.eat_while(is_alphanumeric);
        let text = word.since(start);
        let message = match self.cursor.peek() {
            None => "unexpected end of input in series values".to_owned(),
            Some(c) if c.is_ascii_digit() => format!("unexpected number \"{text}\" in series values"),
            Some(c) if is_alpha(c) => {
                format!("unexpected identifier \"{text}\" in series values, expected number or \"stale\"")
            }
            Some(' ') => "unexpected \" \" in series values".to_owned(),
            Some(c) if is_space(c) => format!("unexpected {} in series values", model::labels::Quoted(&c.to_string())),
            Some(c @ ('+' | '-')) => format!("unexpected <op:{c}> in series values"),
            Some(c) => format!("unexpected character in series sequence: {}", quote_char(c)),
        };
        self.fail(start, message)
    }

    fn fail<T>(&self, start: usize, message: String) -> Scanned<T> {
        Err(ParseError::new(self.line, Span { start, end: self.line.len() }, message).into())
    }
}

fn float(value: f64) -> SeriesValue {
    if model::is_stale(value) { SeriesValue::Stale } else { SeriesValue::Float(value) }
}
