//! Repetition: `*`, `+`, `?`, `{2}`, `{2,}`, `{2,5}`, each with an optional `?`.

use super::node::{Bounds, Node};
use super::{MAX_HEIGHT, Parser};
use crate::error::{Error, ErrorKind};

/// Go's `maxRepeat`: the most repeats of one thing, nested counts multiplied.
const MAX_REPEAT: u32 = 1000;

impl Parser<'_> {
    /// Reads a repetition operator and applies it to the last item. False, and
    /// nothing read, if a brace stands here that is no repeat.
    ///
    /// `last_repeat` is where the operator directly before this one began.
    pub(super) fn repetition(&mut self, last_repeat: Option<usize>) -> Result<bool, Error> {
        let start = self.cursor.pos();
        let Some(bounds) = self.bounds()? else { return Ok(false) };
        let lazy = self.cursor.eat("?");
        if let Some(first) = last_repeat {
            return Err(self.error_since(ErrorKind::InvalidRepeatOp, first));
        }
        let sub = match self.frame.items.last_mut().map(Node::split_last) {
            Some(Some(last_char)) => Some(last_char),
            _ => self.frame.items.pop(),
        };
        let Some(sub) = sub else { return Err(self.error_since(ErrorKind::MissingRepeatArgument, start)) };
        let node = sub.repeat(bounds, lazy == self.flags.swap_greed);
        if node.height() > MAX_HEIGHT {
            return Err(self.error_whole(ErrorKind::NestingDepth));
        }
        if node.repeats() > MAX_REPEAT {
            return Err(self.error_since(ErrorKind::InvalidRepeatSize, start));
        }
        self.push(node)?;
        Ok(true)
    }

    fn bounds(&mut self) -> Result<Option<Bounds>, Error> {
        let (min, max) = match self.cursor.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            _ => return self.braces(),
        };
        self.cursor.next();
        Ok(Some(Bounds { min, max, counted: false }))
    }

    fn braces(&mut self) -> Result<Option<Bounds>, Error> {
        let start = self.cursor;
        let Some((min, max)) = self.counts() else {
            self.cursor = start;
            return Ok(None);
        };
        if min > MAX_REPEAT || max.is_some_and(|max| max > MAX_REPEAT || max < min) {
            return Err(self.error_since(ErrorKind::InvalidRepeatSize, start.pos()));
        }
        Ok(Some(Bounds { min, max, counted: true }))
    }

    /// `{min}`, `{min,}` or `{min,max}`.
    fn counts(&mut self) -> Option<(u32, Option<u32>)> {
        if !self.cursor.eat("{") {
            return None;
        }
        let min = self.count()?;
        if self.cursor.eat("}") {
            return Some((min, Some(min)));
        }
        if !self.cursor.eat(",") {
            return None;
        }
        if self.cursor.eat("}") {
            return Some((min, None));
        }
        let max = self.count()?;
        self.cursor.eat("}").then_some((min, Some(max)))
    }

    /// A decimal number without leading zeros; one that is too large becomes a
    /// number that is refused.
    fn count(&mut self) -> Option<u32> {
        let start = self.cursor.pos();
        while self.cursor.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.cursor.next();
        }
        let digits = self.cursor.since(start);
        if digits.is_empty() || (digits.len() > 1 && digits.starts_with('0')) {
            return None;
        }
        Some(digits.parse().unwrap_or(u32::MAX))
    }
}
