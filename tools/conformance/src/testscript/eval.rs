//! `eval …`: a query, what is expected of it, and its result.

use model::Labels;
use promql_syntax::ast::ExprKind;
use promql_syntax::series::{SeriesValue, parse_series_description};

use super::{Line, ScriptError, duration_ms, split_word};

/// A query to run.
#[derive(Clone, Debug, PartialEq)]
pub struct Eval {
    /// The query.
    pub query: String,
    /// When it is evaluated.
    pub time: EvalTime,
    /// What is expected apart from the result.
    pub expectations: Expectations,
    /// The result.
    pub result: ExpectedResult,
}

/// When a query is evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EvalTime {
    /// Once, at this time in milliseconds.
    Instant(i64),
    /// At each step of a range.
    Range(RangeTimes),
}

/// Evenly spaced times in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RangeTimes {
    /// The first.
    pub start_ms: i64,
    /// The last, unless the steps miss it.
    pub end_ms: i64,
    /// Their distance.
    pub step_ms: i64,
}

/// What is expected apart from the result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expectations {
    /// The query must fail, with a message like this.
    pub fail: Option<MessageMatch>,
    /// There must be warnings, each like one of these and each of these met.
    pub warn: Vec<MessageMatch>,
    /// There must be no warning.
    pub no_warn: bool,
    /// There must be informational annotations, each like one of these and each of these met.
    pub info: Vec<MessageMatch>,
    /// There must be no informational annotation.
    pub no_info: bool,
    /// The result comes in the order written.
    pub ordered: bool,
}

/// How a message must read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageMatch {
    /// Any way.
    Any,
    /// Exactly so.
    Text(String),
    /// As a regular expression that may match a part of it.
    Regex(String),
}

/// The result of a query.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExpectedResult {
    /// Series with their values.
    pub series: Vec<ResultLine>,
    /// A bare number.
    pub scalar: Option<f64>,
    /// A string.
    pub string: Option<String>,
    /// An instant query gives a range vector with points at these times.
    pub range_vector: Option<RangeTimes>,
}

/// A series of a result.
#[derive(Clone, Debug, PartialEq)]
pub struct ResultLine {
    /// Its line, counted from 1.
    pub line: usize,
    /// Its labels.
    pub labels: Labels,
    /// Its values.
    pub values: Vec<SeriesValue>,
}

pub(super) fn parse(first: Line<'_>, body: &[Line<'_>]) -> Result<Eval, ScriptError> {
    let (command, rest) = split_word(first.text);
    let mut expectations = Expectations::default();
    match command {
        "eval" => {}
        "eval_fail" => expectations.fail = Some(MessageMatch::Any),
        "eval_warn" => expectations.warn.push(MessageMatch::Any),
        "eval_info" => expectations.info.push(MessageMatch::Any),
        "eval_ordered" => expectations.ordered = true,
        _ => return Err(first.error(format!("unknown command: {command}"))),
    }
    let (time, query) = time_and_query(first, rest)?;
    let mut eval = Eval { query: query.to_owned(), time, expectations, result: ExpectedResult::default() };
    for line in body {
        eval.read_line(*line)?;
    }
    Ok(eval)
}

/// `instant [at T] QUERY` or `range from T to T step D QUERY`.
fn time_and_query<'s>(first: Line<'_>, text: &'s str) -> Result<(EvalTime, &'s str), ScriptError> {
    let (kind, rest) = split_word(text);
    let (time, query) = match kind {
        "instant" => match split_word(rest) {
            ("at", rest) => {
                let (at, query) = split_word(rest);
                (EvalTime::Instant(duration_ms(first, at)?), query)
            }
            _ => (EvalTime::Instant(0), rest),
        },
        "range" => {
            let (times, query) = range_times(first, rest)?;
            (EvalTime::Range(times), query)
        }
        _ => return Err(first.error(format!("unknown kind of evaluation: {kind}"))),
    };
    if query.is_empty() { Err(first.error("no query")) } else { Ok((time, query)) }
}

/// `from T to T step D`, and what follows it.
fn range_times<'s>(line: Line<'_>, text: &'s str) -> Result<(RangeTimes, &'s str), ScriptError> {
    let mut rest = text;
    let mut times = [0i64; 3];
    for (keyword, time) in ["from", "to", "step"].into_iter().zip(&mut times) {
        let (word, after) = split_word(rest);
        if word != keyword {
            return Err(line.error(format!("expected `{keyword}`, found `{word}`")));
        }
        let (value, after) = split_word(after);
        *time = duration_ms(line, value)?;
        rest = after;
    }
    let [start_ms, end_ms, step_ms] = times;
    if step_ms <= 0 || end_ms < start_ms {
        return Err(line.error("the step must be positive and the end not before the start"));
    }
    Ok((RangeTimes { start_ms, end_ms, step_ms }, rest))
}

impl Eval {
    fn read_line(&mut self, line: Line<'_>) -> Result<(), ScriptError> {
        let (word, rest) = split_word(line.text);
        match word {
            "expect" => self.expect(line, rest),
            "expected_fail_message" => {
                self.expectations.fail = Some(MessageMatch::Text(rest.to_owned()));
                Ok(())
            }
            "expected_fail_regexp" => {
                self.expectations.fail = Some(MessageMatch::Regex(rest.to_owned()));
                Ok(())
            }
            _ => self.result_line(line),
        }
    }

    fn expect(&mut self, line: Line<'_>, text: &str) -> Result<(), ScriptError> {
        let (kind, rest) = split_word(text);
        match kind {
            "string" => {
                self.result.string = Some(string_literal(line, rest)?);
                return Ok(());
            }
            "range" if split_word(rest).0 == "vector" => {
                let (times, after) = range_times(line, split_word(rest).1)?;
                self.result.range_vector = Some(times);
                return if after.is_empty() { Ok(()) } else { Err(line.error(format!("unexpected {after}"))) };
            }
            _ => {}
        }
        let message = message_match(line, rest)?;
        let expectations = &mut self.expectations;
        match kind {
            "fail" => {
                if expectations.fail.replace(message).is_some_and(|old| old != MessageMatch::Any) {
                    return Err(line.error("more than one `expect fail`"));
                }
            }
            "warn" => expectations.warn.push(message),
            "info" => expectations.info.push(message),
            "no_warn" => expectations.no_warn = true,
            "no_info" => expectations.no_info = true,
            "ordered" => expectations.ordered = true,
            _ => return Err(line.error(format!("unknown expectation: {kind}"))),
        }
        Ok(())
    }

    /// A bare number, or a series with its values.
    fn result_line(&mut self, line: Line<'_>) -> Result<(), ScriptError> {
        if let Some(number) = bare_number(line.text) {
            if self.result.scalar.replace(number).is_some() {
                return Err(line.error("more than one number as the result"));
            }
            return Ok(());
        }
        let description = parse_series_description(line.text).map_err(|error| line.error(error.to_string()))?;
        self.result.series.push(ResultLine {
            line: line.number,
            labels: description.labels,
            values: description.values,
        });
        Ok(())
    }
}

/// `msg: TEXT`, `regex: RE`, or nothing; the text may be quoted.
fn message_match(line: Line<'_>, text: &str) -> Result<MessageMatch, ScriptError> {
    if text.is_empty() {
        return Ok(MessageMatch::Any);
    }
    let (kind, value) = text.split_once(':').ok_or_else(|| line.error(format!("unexpected {text}")))?;
    let value = value.trim();
    let value = match value.as_bytes() {
        [b'"', .., b'"'] | [b'`', .., b'`'] => string_literal(line, value).unwrap_or_else(|_| value.to_owned()),
        _ => value.to_owned(),
    };
    match kind {
        "msg" => Ok(MessageMatch::Text(value)),
        "regex" => Ok(MessageMatch::Regex(value)),
        _ => Err(line.error(format!("unexpected {text}"))),
    }
}

fn string_literal(line: Line<'_>, text: &str) -> Result<String, ScriptError> {
    let expr = promql_syntax::parse(text).map_err(|error| line.error(error.to_string()))?;
    match expr.kind {
        ExprKind::String(value) => Ok(value),
        _ => Err(line.error("expected a string")),
    }
}

/// A number as queries write it, with an optional sign.
fn bare_number(text: &str) -> Option<f64> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    // Anything that is no number, such as the name of a metric, is told by the kind of expression.
    if !digits.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | 'i' | 'I' | 'n' | 'N')) {
        return None;
    }
    match promql_syntax::parse(digits).ok()?.kind {
        ExprKind::Number(number) if !number.is_duration => Some(if negative { -number.value } else { number.value }),
        _ => None,
    }
}
