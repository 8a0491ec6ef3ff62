//! Formats: `%` with flags, width, precision and a verb.

use super::{Flags, Printer};
use crate::value::Value;

/// Widths and precisions beyond this are not taken.
const MAX_NUMBER: i64 = 1_000_000;

/// Where in the format and the arguments the printer is.
struct Cursor<'f, 'v, 'a> {
    format: &'f str,
    pos: usize,
    args: &'v [Value<'a>],
    arg: usize,
    /// An argument was named by its number.
    is_reordered: bool,
    /// The number of an argument was good.
    is_good: bool,
}

impl Printer<'_> {
    /// As `fmt.Printf`.
    pub(crate) fn printf(&mut self, format: &str, args: &[Value<'_>]) {
        let mut cursor = Cursor { format, pos: 0, args, arg: 0, is_reordered: false, is_good: true };
        while !self.is_full {
            let rest = cursor.rest();
            let Some(at) = rest.find('%') else {
                self.push(rest);
                break;
            };
            self.push(rest.get(..at).unwrap_or(""));
            cursor.pos += at + 1;
            self.verb(&mut cursor);
        }
        self.flags = Flags::default();
        if !cursor.is_reordered && cursor.arg < args.len() {
            self.extra(args.get(cursor.arg..).unwrap_or_default());
        }
    }

    fn verb(&mut self, cursor: &mut Cursor<'_, '_, '_>) {
        cursor.is_good = true;
        self.flags = Flags::default();
        cursor.flags(&mut self.flags);
        let mut after_index = cursor.argument_number();
        if cursor.take('*') {
            self.star_width(cursor);
            after_index = false;
        } else {
            self.flags.width = cursor.number();
            if after_index && self.flags.width.is_some() {
                cursor.is_good = false;
            }
        }
        let has_more = cursor.rest().len() > 1;
        if has_more && cursor.take('.') {
            if after_index {
                cursor.is_good = false;
            }
            after_index = cursor.argument_number();
            if cursor.take('*') {
                self.star_precision(cursor);
                after_index = false;
            } else {
                self.flags.precision = Some(cursor.number().unwrap_or(0));
            }
        }
        if !after_index {
            cursor.argument_number();
        }
        let Some(verb) = cursor.rest().chars().next() else {
            return self.push("%!(NOVERB)");
        };
        cursor.pos += verb.len_utf8();
        if verb == '%' {
            return self.push("%");
        }
        if !cursor.is_good {
            return self.push(&format!("%!{verb}(BADINDEX)"));
        }
        let Some(arg) = cursor.args.get(cursor.arg) else {
            return self.push(&format!("%!{verb}(MISSING)"));
        };
        if verb == 'v' {
            let flags = &mut self.flags;
            (flags.sharp_v, flags.plus_v) = (flags.sharp, flags.plus);
            (flags.sharp, flags.plus) = (false, false);
        }
        self.print_argument(arg, verb);
        cursor.arg += 1;
    }

    fn star_width(&mut self, cursor: &mut Cursor<'_, '_, '_>) {
        let width = cursor.star();
        if width.is_none() {
            self.push("%!(BADWIDTH)");
        }
        if width.is_some_and(|width| width < 0) {
            self.flags.minus = true;
            self.flags.zero = false;
        }
        self.flags.width = width.and_then(|width| usize::try_from(width.unsigned_abs()).ok());
    }

    fn star_precision(&mut self, cursor: &mut Cursor<'_, '_, '_>) {
        self.flags.precision = cursor.star().and_then(|precision| usize::try_from(precision).ok());
        if self.flags.precision.is_none() {
            self.push("%!(BADPREC)");
        }
    }

    fn extra(&mut self, args: &[Value<'_>]) {
        self.push("%!(EXTRA ");
        for (i, arg) in args.iter().enumerate() {
            if i > 0 {
                self.push(", ");
            }
            if matches!(arg, Value::Nil) {
                self.push("<nil>");
            } else {
                self.push(&arg.type_name());
                self.push("=");
                self.print_argument(arg, 'v');
            }
        }
        self.push(")");
    }
}

impl<'f> Cursor<'f, '_, '_> {
    fn rest(&self) -> &'f str {
        self.format.get(self.pos..).unwrap_or("")
    }

    fn take(&mut self, c: char) -> bool {
        let is_next = self.rest().starts_with(c);
        self.pos += usize::from(is_next);
        is_next
    }

    fn flags(&mut self, flags: &mut Flags) {
        while let Some(c) = self.rest().chars().next() {
            match c {
                '#' => flags.sharp = true,
                '0' => flags.zero = !flags.minus,
                '+' => flags.plus = true,
                '-' => (flags.minus, flags.zero) = (true, false),
                ' ' => flags.space = true,
                _ => return,
            }
            self.pos += 1;
        }
    }

    /// A number of digits; a crazy one takes the rest of the format with it.
    fn number(&mut self) -> Option<usize> {
        let mut number = None;
        while let Some(digit) = self.rest().chars().next().and_then(|c| c.to_digit(10)) {
            let before = number.unwrap_or(0);
            if before > MAX_NUMBER {
                self.pos = self.format.len();
                return None;
            }
            number = Some(before * 10 + i64::from(digit));
            self.pos += 1;
        }
        number.and_then(|number| usize::try_from(number).ok())
    }

    /// The argument that a `*` stands for, if it is a whole number of a fair size.
    fn star(&mut self) -> Option<i64> {
        let value = self.args.get(self.arg)?;
        self.arg += 1;
        let number = match value {
            Value::Int(number) | Value::Int64(number) => *number,
            Value::Duration(duration) => duration.nanoseconds(),
            Value::Uint(number) => i64::try_from(*number).ok()?,
            _ => return None,
        };
        (-MAX_NUMBER..=MAX_NUMBER).contains(&number).then_some(number)
    }

    /// `[3]`: the next argument is the third. Whether there was such a number.
    fn argument_number(&mut self) -> bool {
        if !self.rest().starts_with('[') {
            return false;
        }
        self.is_reordered = true;
        let rest = self.rest();
        let Some(end) = rest.find(']').filter(|_| rest.len() >= 3) else {
            self.pos += 1;
            self.is_good = false;
            return false;
        };
        self.pos += end + 1;
        let digits = rest.get(1..end).unwrap_or("");
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let Some(number) = is_number.then(|| digits.parse::<i64>().ok()).flatten() else {
            self.is_good = false;
            return false;
        };
        match usize::try_from(number - 1).ok().filter(|index| *index < self.args.len()) {
            Some(index) => self.arg = index,
            None => self.is_good = false,
        }
        true
    }
}
