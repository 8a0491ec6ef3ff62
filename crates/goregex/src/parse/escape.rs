//! What a backslash introduces.

use regex_syntax::hir::{Class, Hir, Look};

use super::Parser;
use super::node::Node;
use crate::error::{Error, ErrorKind};

impl Parser<'_> {
    /// Reads a backslash sequence outside a bracket class.
    pub(super) fn backslash(&mut self) -> Result<(), Error> {
        let start = self.cursor.pos();
        for (text, look) in
            [("\\A", Look::Start), ("\\z", Look::End), ("\\b", Look::WordAscii), ("\\B", Look::WordAsciiNegate)]
        {
            if self.cursor.eat(text) {
                return self.push_look(look);
            }
        }
        if self.cursor.eat("\\C") {
            return Err(self.error_since(ErrorKind::InvalidEscape, start));
        }
        if self.cursor.eat("\\Q") {
            return self.quoted();
        }
        if let Some(class) = self.unicode_class()? {
            return self.push(Node::atom(Hir::class(Class::Unicode(class))));
        }
        if let Some(class) = self.perl_class() {
            return self.push(Node::atom(Hir::class(Class::Unicode(class))));
        }
        let code_point = self.escaped_code_point()?;
        self.push_code_point(code_point)
    }

    /// Reads an escape that stands for one character, and gives its number, which
    /// may be that of a surrogate.
    pub(super) fn escaped_code_point(&mut self) -> Result<u32, Error> {
        let start = self.cursor.pos();
        self.cursor.next();
        let Some(c) = self.cursor.next() else {
            return Err(Error::new(ErrorKind::TrailingBackslash, ""));
        };
        let code_point = match c {
            'a' => Some(0x07),
            'f' => Some(0x0C),
            'n' => Some(0x0A),
            'r' => Some(0x0D),
            't' => Some(0x09),
            'v' => Some(0x0B),
            '0'..='7' => self.octal(c),
            'x' => self.hexadecimal(),
            _ if c.is_ascii() && !c.is_ascii_alphanumeric() => Some(u32::from(c)),
            _ => None,
        };
        code_point.ok_or_else(|| self.error_since(ErrorKind::InvalidEscape, start))
    }

    /// The text between `\Q` and `\E`, or the end of the pattern.
    fn quoted(&mut self) -> Result<(), Error> {
        let text = match self.cursor.take_until("\\E") {
            Some(text) => text,
            None => self.cursor.take_rest(),
        };
        text.chars().try_for_each(|c| self.push_code_point(u32::from(c)))
    }

    /// Up to three octal digits, of which `first` is read. A single one other than
    /// zero would be a back reference and is none.
    fn octal(&mut self, first: char) -> Option<u32> {
        let digit = |c: Option<char>| c.and_then(|c| c.to_digit(8));
        if first != '0' {
            digit(self.cursor.peek())?;
        }
        let mut value = first.to_digit(8)?;
        for _ in 1..3 {
            let Some(next) = digit(self.cursor.peek()) else { break };
            self.cursor.next();
            value = value * 8 + next;
        }
        Some(value)
    }

    /// `41` or `{10FFFF}`, after `\x`.
    fn hexadecimal(&mut self) -> Option<u32> {
        let first = self.cursor.next()?;
        if first == '{' {
            return self.hexadecimal_in_braces();
        }
        // Go reads the second character before it judges the first.
        let second = self.cursor.next()?;
        Some(first.to_digit(16)? * 16 + second.to_digit(16)?)
    }

    fn hexadecimal_in_braces(&mut self) -> Option<u32> {
        let mut value = None;
        loop {
            match self.cursor.next()? {
                '}' => return value,
                c => {
                    let next = value.unwrap_or(0) * 16 + c.to_digit(16)?;
                    if next > u32::from(char::MAX) {
                        return None;
                    }
                    value = Some(next);
                }
            }
        }
    }
}
