//! Histogram literals: `{{schema:1 count:6 sum:9 buckets:[1 2 3] offset:-1}}`.

use model::Histogram;
use model::histogram::{CounterResetHint, Span as BucketSpan};
use model::labels::Quoted;

use super::arithmetic::{Direction, combine};
use super::{Scanned, Scanner, SeriesValue};
use crate::lexer::cursor::{is_alpha, is_space};
use crate::quote::quote_char;

/// The keys of a literal.
const KEYS: [&str; 11] = [
    "schema",
    "sum",
    "count",
    "z_bucket",
    "z_bucket_w",
    "custom_values",
    "buckets",
    "offset",
    "n_buckets",
    "n_offset",
    "counter_reset_hint",
];

/// A literal while it is being read.
#[derive(Default)]
struct Literal {
    histogram: Histogram,
    offset: i32,
    negative_offset: i32,
    keys: Vec<&'static str>,
}

impl Scanner<'_> {
    /// A histogram with its repetitions; its braces are next.
    pub(super) fn histogram_item(&mut self, points: &mut Vec<SeriesValue>) -> Scanned<()> {
        let (mut histogram, mut hint_is_set) = self.histogram()?;
        if self.cursor.eat('x') {
            let count = self.repetitions()? + 1;
            return self.push_many(points, count, |_| point(&histogram, hint_is_set));
        }
        let Some(negative) = self.sign() else {
            points.push(point(&histogram, hint_is_set));
            return Ok(());
        };
        if !self.cursor.rest().starts_with("{{") {
            return self.unexpected_here();
        }
        let direction = if negative { Direction::Subtract } else { Direction::Add };
        let (step, step_hint_is_set) = self.histogram()?;
        // As upstream has it, all points follow the literal that was read last.
        hint_is_set = step_hint_is_set;
        if !self.cursor.eat('x') {
            return self.unexpected_here();
        }
        let count = self.repetitions()?;
        self.check_room(points, count + 1)?;
        self.push_many(points, 1, |_| point(&histogram, hint_is_set))?;
        for _ in 0..count {
            histogram = match combine(&histogram, &step, direction) {
                Ok(next) => next,
                Err(message) => {
                    let last = self.cursor.offset().saturating_sub(1);
                    return self.fail(last, format!("error combining histograms: {message}"));
                }
            };
            self.push_many(points, 1, |_| point(&histogram, hint_is_set))?;
        }
        Ok(())
    }

    /// A literal; also gives whether it has a counter reset hint.
    fn histogram(&mut self) -> Scanned<(Histogram, bool)> {
        self.cursor.eat('{');
        self.cursor.eat('{');
        let mut literal = Literal::default();
        if self.skip_space() && !self.cursor.rest().starts_with("}}") {
            return self.unexpected_here();
        }
        while !self.cursor.rest().starts_with("}}") {
            self.entry(&mut literal)?;
            if !self.skip_space() && !self.cursor.rest().starts_with("}}") {
                return self.incomplete();
            }
        }
        self.cursor.eat('}');
        self.cursor.eat('}');
        let hint_is_set = literal.keys.contains(&"counter_reset_hint");
        Ok((literal.build(), hint_is_set))
    }

    /// A key with its value.
    fn entry(&mut self, literal: &mut Literal) -> Scanned<()> {
        let start = self.cursor.offset();
        self.cursor.eat_while(is_alpha);
        let word = self.cursor.since(start);
        if word.is_empty() {
            return self.incomplete();
        }
        let Some(key) = KEYS.into_iter().find(|key| key.eq_ignore_ascii_case(word)) else {
            return self.fail(start, format!("bad histogram descriptor found: {}", Quoted(word)));
        };
        if !self.cursor.eat(':') {
            return self.fail(start, "missing `:` for histogram descriptor".to_owned());
        }
        if literal.keys.contains(&key) {
            return self.fail(0, format!("duplicate key {} in histogram", Quoted(key)));
        }
        literal.keys.push(key);
        let histogram = &mut literal.histogram;
        match key {
            "schema" => histogram.schema = self.integer()?,
            "sum" => histogram.sum = self.signed_number()?,
            "count" => histogram.count = self.signed_number()?,
            "z_bucket" => histogram.zero_count = self.signed_number()?,
            "z_bucket_w" => histogram.zero_threshold = self.number()?,
            "custom_values" => histogram.custom_values = self.numbers()?,
            "buckets" => histogram.positive_buckets = self.numbers()?,
            "offset" => literal.offset = self.integer()?,
            "n_buckets" => histogram.negative_buckets = self.numbers()?,
            "n_offset" => literal.negative_offset = self.integer()?,
            _ => histogram.counter_reset_hint = self.counter_reset_hint()?,
        }
        Ok(())
    }

    fn signed_number(&mut self) -> Scanned<f64> {
        let negative = self.sign().unwrap_or(false);
        let number = self.number()?;
        Ok(if negative { -number } else { number })
    }

    fn integer(&mut self) -> Scanned<i32> {
        let start = self.cursor.offset();
        self.cursor.eat('-');
        if !self.cursor.peek().is_some_and(|c| c.is_ascii_digit()) {
            return self.unexpected_here();
        }
        self.cursor.eat_while(|c| c.is_ascii_digit());
        let text = self.cursor.since(start);
        text.parse().or_else(|_| self.fail(start, format!("integer out of range in histogram: {text}")))
    }

    /// `[1 2 -3]`
    fn numbers(&mut self) -> Scanned<Vec<f64>> {
        if !self.cursor.eat('[') {
            return self.unexpected_here();
        }
        let mut numbers = vec![self.signed_number()?];
        loop {
            let spaced = self.skip_space();
            if self.cursor.eat(']') {
                return Ok(numbers);
            }
            if !spaced {
                return match self.cursor.peek() {
                    Some(c) => self.fail(
                        self.cursor.offset(),
                        format!("invalid character in buckets description: {}", quote_char(c)),
                    ),
                    None => self.unexpected_here(),
                };
            }
            numbers.push(self.signed_number()?);
        }
    }

    fn counter_reset_hint(&mut self) -> Scanned<CounterResetHint> {
        let start = self.cursor.offset();
        self.cursor.eat_while(is_alpha);
        let word = self.cursor.since(start);
        match word.to_ascii_lowercase().as_str() {
            "unknown" => Ok(CounterResetHint::Unknown),
            "reset" => Ok(CounterResetHint::Reset),
            "not_reset" => Ok(CounterResetHint::NotReset),
            "gauge" => Ok(CounterResetHint::Gauge),
            _ => self.fail(start, format!("bad histogram descriptor found: {}", Quoted(word))),
        }
    }

    fn incomplete<T>(&self) -> Scanned<T> {
        match self.cursor.peek() {
            Some(c) if is_space(c) || is_alpha(c) => self.unexpected_here(),
            Some(c) => {
                let message = format!("histogram description incomplete unexpected: {}", quote_char(c));
                self.fail(self.cursor.offset(), message)
            }
            None => self.fail(
                self.cursor.offset(),
                format!("histogram description incomplete unexpected: {}", quote_char(char::REPLACEMENT_CHARACTER)),
            ),
        }
    }
}

impl Literal {
    fn build(self) -> Histogram {
        let mut histogram = self.histogram;
        histogram.positive_spans = one_span(self.offset, histogram.positive_buckets.len());
        histogram.negative_spans = one_span(self.negative_offset, histogram.negative_buckets.len());
        histogram
    }
}

/// The spans of buckets that stand next to each other.
fn one_span(offset: i32, count: usize) -> Vec<BucketSpan> {
    match u32::try_from(count) {
        Ok(length) if length > 0 => vec![BucketSpan { offset, length }],
        _ => Vec::new(),
    }
}

fn point(histogram: &Histogram, hint_is_set: bool) -> SeriesValue {
    SeriesValue::Histogram { histogram: Box::new(histogram.clone()), hint_is_set }
}
