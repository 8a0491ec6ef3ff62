//! Start timestamps of a series: `requests{}@st _ -30s -1mx3 -10s+1sx2`.

use model::Labels;

use super::{Scanned, Scanner, parse_metric};
use crate::error::ParseErrors;
use crate::lexer::cursor::Cursor;
use crate::lexer::number::duration_ms;

/// When the points of a series started to count, as distances from the points' own times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartTimes {
    /// The labels of the series, which follows on the next line of a script.
    pub labels: Labels,
    /// For each point its start minus its time in milliseconds; `None` where it has no start.
    pub offsets_ms: Vec<Option<i64>>,
}

/// Parses a line of start timestamps; `None` if the line is not one, which is told by `@st` behind the metric.
///
/// # Errors
/// Whatever is wrong with the line.
pub fn parse_start_times(line: &str) -> Result<Option<StartTimes>, ParseErrors> {
    let (labels, offset) = parse_metric(line)?;
    let Some(rest) = line[offset..].strip_prefix("@st") else { return Ok(None) };
    let mut scanner = Scanner { line, cursor: Cursor::at(line, line.len() - rest.len()) };
    let offsets_ms = scanner.offsets()?;
    Ok(Some(StartTimes { labels, offsets_ms }))
}

impl Scanner<'_> {
    fn offsets(&mut self) -> Scanned<Vec<Option<i64>>> {
        let mut offsets = Vec::new();
        while self.cursor.peek().is_some() {
            if !self.skip_space() {
                return self.unexpected_here();
            }
            if self.cursor.peek().is_some() {
                self.offset_item(&mut offsets)?;
            }
        }
        Ok(offsets)
    }

    fn offset_item(&mut self, offsets: &mut Vec<Option<i64>>) -> Scanned<()> {
        let is_omitted = self.cursor.eat('_');
        let first_ms = if is_omitted { 0 } else { self.signed_duration_ms()? };
        let step_ms = match self.cursor.peek() {
            Some('+' | '-') if !is_omitted => Some(self.signed_duration_ms()?),
            _ => None,
        };
        let repeats = self.cursor.eat('x');
        if step_ms.is_some() && !repeats {
            return self.unexpected_here();
        }
        let count = match (repeats, is_omitted) {
            (false, _) => 1,
            (true, true) => self.repetitions()?,
            (true, false) => self.repetitions()? + 1,
        };
        self.check_room(offsets, count)?;
        let step_ms = step_ms.unwrap_or(0);
        let mut offset_ms = first_ms;
        for _ in 0..count {
            offsets.push((!is_omitted).then_some(offset_ms));
            offset_ms = offset_ms.saturating_add(step_ms);
        }
        Ok(())
    }

    fn signed_duration_ms(&mut self) -> Scanned<i64> {
        let negative = self.sign().unwrap_or(false);
        let start = self.cursor.offset();
        self.cursor.eat_while(|c| c.is_ascii_digit() || matches!(c, 's' | 'm' | 'h' | 'd' | 'w' | 'y'));
        let text = self.cursor.since(start);
        if text.is_empty() {
            return self.unexpected_here();
        }
        let ms = match text {
            "0" => 0,
            _ => duration_ms(text).or_else(|message| self.fail(start, message))?,
        };
        Ok(if negative { -ms } else { ms })
    }
}
