//! What stands between the delimiters.

use super::{KEYWORDS, Kind, Lexer, RIGHT_DELIMITER, State, has_right_trim, is_alphanumeric, is_space};
use crate::fmt::quote::quote;

impl Lexer<'_> {
    pub(super) fn action(&mut self) -> Option<State> {
        if let Some(trims) = self.at_right_delimiter() {
            return if self.parens == 0 { self.right_delimiter(trims) } else { self.fail("unclosed left paren") };
        }
        let Some(c) = self.peek() else { return self.fail("unclosed action") };
        if is_space(c) {
            return self.space();
        }
        self.next();
        match c {
            '=' => self.emit(Kind::Assign),
            ':' => {
                if self.next() != Some('=') {
                    return self.fail("expected :=");
                }
                self.emit(Kind::Declare);
            }
            '|' => self.emit(Kind::Pipe),
            '"' => return self.quoted('"', Kind::String, "unterminated quoted string"),
            '\'' => return self.quoted('\'', Kind::CharConstant, "unterminated character constant"),
            '`' => return self.raw_quoted(),
            '$' => return self.field_or_variable(Kind::Variable),
            '.' if !self.peek().is_some_and(|c| c.is_ascii_digit()) => {
                // At the very end of the text the dot begins a number.
                return if self.peek().is_none() {
                    self.number_from_start()
                } else {
                    self.field_or_variable(Kind::Field)
                };
            }
            '.' | '+' | '-' | '0'..='9' => return self.number_from_start(),
            c if is_alphanumeric(c) => return self.identifier(),
            '(' => {
                self.emit(Kind::LeftParen);
                self.parens += 1;
            }
            ')' => {
                self.emit(Kind::RightParen);
                match self.parens.checked_sub(1) {
                    Some(parens) => self.parens = parens,
                    None => return self.fail_at("unexpected right paren ", Some(')')),
                }
            }
            ' '..='~' => self.emit(Kind::Char),
            c => return self.fail_at("unrecognized character in action: ", Some(c)),
        }
        Some(State::Action)
    }

    fn right_delimiter(&mut self, trims: bool) -> Option<State> {
        self.pass_right_delimiter(trims);
        self.emit(Kind::RightDelimiter);
        self.pass_trimmed(trims);
        self.ignore();
        Some(State::Text)
    }

    /// Space; the last of it may belong to a trimming delimiter.
    fn space(&mut self) -> Option<State> {
        let mut count = 0;
        while self.peek().is_some_and(is_space) {
            self.pos += 1;
            count += 1;
        }
        let last = self.input.get(self.pos - 1..).unwrap_or("");
        if has_right_trim(last) && last.get(2..).unwrap_or("").starts_with(RIGHT_DELIMITER) {
            self.pos -= 1;
            if count == 1 {
                return self.right_delimiter(true);
            }
        }
        self.emit(Kind::Space);
        Some(State::Action)
    }

    fn identifier(&mut self) -> Option<State> {
        self.pass_alphanumeric();
        if !self.at_terminator() {
            let c = self.peek();
            return self.fail_at("bad character ", c);
        }
        let word = self.input.get(self.start..self.pos).unwrap_or("");
        let keyword = KEYWORDS.iter().find(|(text, _)| *text == word);
        self.emit(match (keyword, word) {
            (Some((_, keyword)), _) => Kind::Keyword(*keyword),
            (_, "nil") => Kind::Nil,
            (_, "true" | "false") => Kind::Bool,
            _ => Kind::Identifier,
        });
        Some(State::Action)
    }

    /// What begins with a dot or a dollar sign, which is passed already.
    fn field_or_variable(&mut self, kind: Kind) -> Option<State> {
        if self.at_terminator() {
            self.emit(if kind == Kind::Field { Kind::Dot } else { kind });
            return Some(State::Action);
        }
        self.pass_alphanumeric();
        if !self.at_terminator() {
            let c = self.peek();
            return self.fail_at("bad character ", c);
        }
        self.emit(kind);
        Some(State::Action)
    }

    fn pass_alphanumeric(&mut self) {
        while self.peek().is_some_and(is_alphanumeric) {
            self.next();
        }
    }

    /// Whether something may end here that began with a letter.
    fn at_terminator(&self) -> bool {
        match self.peek() {
            None | Some('.' | ',' | '|' | ':' | ')' | '(') => true,
            Some(c) => is_space(c) || self.rest().starts_with(RIGHT_DELIMITER),
        }
    }

    fn quoted(&mut self, quote: char, kind: Kind, unterminated: &str) -> Option<State> {
        loop {
            match self.next() {
                Some('\\') => {
                    if matches!(self.next(), None | Some('\n')) {
                        return self.fail(unterminated);
                    }
                }
                None | Some('\n') => return self.fail(unterminated),
                Some(c) if c == quote => break,
                Some(_) => {}
            }
        }
        self.emit(kind);
        Some(State::Action)
    }

    fn raw_quoted(&mut self) -> Option<State> {
        let Some(at) = self.rest().find('`') else {
            self.pos = self.input.len();
            return self.fail("unterminated raw quoted string");
        };
        self.pos += at + 1;
        self.emit(Kind::RawString);
        Some(State::Action)
    }

    fn number_from_start(&mut self) -> Option<State> {
        self.pos = self.start;
        if !self.scan_number() {
            return self.bad_number();
        }
        if !self.peek().is_some_and(|c| matches!(c, '+' | '-')) {
            self.emit(Kind::Number);
            return Some(State::Action);
        }
        let is_number = self.scan_number();
        let text = self.input.get(self.start..self.pos).unwrap_or("");
        if !is_number || !text.ends_with('i') {
            return self.bad_number();
        }
        self.emit(Kind::Complex);
        Some(State::Action)
    }

    fn bad_number(&mut self) -> Option<State> {
        let text = self.input.get(self.start..self.pos).unwrap_or("");
        self.fail(format!("bad number syntax: {}", quote(text)))
    }

    /// Passes what looks like a number; whether it is one is seen when it is converted.
    fn scan_number(&mut self) -> bool {
        self.accept("+-");
        let mut digits = "0123456789_";
        if self.accept("0") {
            if self.accept("xX") {
                digits = "0123456789abcdefABCDEF_";
            } else if self.accept("oO") {
                digits = "01234567_";
            } else if self.accept("bB") {
                digits = "01_";
            }
        }
        self.accept_run(digits);
        if self.accept(".") {
            self.accept_run(digits);
        }
        let exponent = match digits.len() {
            11 => "eE",
            23 => "pP",
            _ => "",
        };
        if self.accept(exponent) {
            self.accept("+-");
            self.accept_run("0123456789_");
        }
        self.accept("i");
        if self.peek().is_some_and(is_alphanumeric) {
            self.next();
            return false;
        }
        true
    }
}
