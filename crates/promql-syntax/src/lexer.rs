//! Cuts a query into words.
//!
//! What a character means depends on what is open: inside braces there are no keywords, inside brackets no names. Error
//! texts are upstream's.

pub(crate) mod cursor;
pub(crate) mod number;
pub(crate) mod string;

use cursor::{Cursor, is_alpha, is_alphanumeric, is_space};
use number::Dialect;

use crate::ast::{BinaryOp, Span};
use crate::quote::quote_char;
use crate::token::{Keyword, Token, TokenKind};

/// Hands out the words of a query one after the other.
#[derive(Clone, Debug)]
pub(crate) struct Lexer<'q> {
    cursor: Cursor<'q>,
    /// Where the word being read begins.
    start: usize,
    mode: Mode,
    paren_depth: usize,
    /// Whether a `[` is open.
    in_bracket: bool,
    /// Whether the open bracket has had its colon.
    has_colon: bool,
    /// Whether the open bracket has had a duration.
    has_duration: bool,
}

/// What the next character is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// Anything.
    Statement,
    /// Label matchers.
    Braces,
    /// The beginning of a bracket up to its first number, where nothing but durations can stand.
    Duration,
}

/// Characters that make no word. The query is of no use from there on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LexError {
    /// Where the word that went wrong begins.
    pub(crate) start: usize,
    /// What is wrong.
    pub(crate) message: String,
}

type Lexed = Result<TokenKind, String>;

impl<'q> Lexer<'q> {
    /// Starts at the beginning of a query.
    pub(crate) fn new(query: &'q str) -> Lexer<'q> {
        Lexer {
            cursor: Cursor::at(query, 0),
            start: 0,
            mode: Mode::Statement,
            paren_depth: 0,
            in_bracket: false,
            has_colon: false,
            has_duration: false,
        }
    }

    /// The next word; at the end [`TokenKind::End`], as often as asked.
    pub(crate) fn next_token(&mut self) -> Result<Token, LexError> {
        self.skip_space_and_comments();
        self.start = self.cursor.offset();
        let kind = match self.mode {
            Mode::Statement => self.statement(),
            Mode::Braces => self.inside_braces(),
            Mode::Duration => self.inside_bracket(),
        };
        match kind {
            Ok(kind) => Ok(Token { kind, span: Span { start: self.start, end: self.cursor.offset() } }),
            Err(message) => Err(LexError { start: self.start, message }),
        }
    }

    fn skip_space_and_comments(&mut self) {
        self.cursor.eat_while(is_space);
        while self.mode != Mode::Duration && self.cursor.peek() == Some('#') {
            self.cursor.eat_while(|c| !matches!(c, '\n' | '\r'));
            self.cursor.eat_while(is_space);
        }
    }

    fn statement(&mut self) -> Lexed {
        let Some(c) = self.cursor.bump() else { return self.end() };
        Ok(match c {
            ',' => TokenKind::Comma,
            '@' => TokenKind::At,
            '=' => match self.cursor.peek() {
                Some('=') => self.take(TokenKind::Operator(BinaryOp::Eq)),
                Some('~') => return Err("unexpected character after '=': '~'".to_owned()),
                _ => TokenKind::Assign,
            },
            '!' => match self.cursor.peek() {
                Some('=') => self.take(TokenKind::Operator(BinaryOp::Ne)),
                other => return Err(format!("unexpected character after '!': {}", quote_next(other))),
            },
            '<' | '>' => self.comparison(c),
            '(' => self.open_paren(),
            ')' => return self.close_paren(),
            '{' => {
                self.mode = Mode::Braces;
                TokenKind::LeftBrace
            }
            '[' => return self.open_bracket(),
            ']' => return self.close_bracket(),
            '"' | '\'' | '`' => return self.string(c),
            c if is_number_start(c, self.cursor) => return self.number(),
            c if is_alpha(c) || c == ':' => {
                return if self.in_bracket { self.word_in_bracket(c) } else { Ok(self.word()) };
            }
            c => return arithmetic(c).ok_or_else(|| format!("unexpected character: {}", quote_char(c))),
        })
    }

    fn end(&self) -> Lexed {
        if self.paren_depth > 0 {
            Err("unclosed left parenthesis".to_owned())
        } else if self.in_bracket {
            Err("unclosed left bracket".to_owned())
        } else {
            Ok(TokenKind::End)
        }
    }

    fn take(&mut self, kind: TokenKind) -> TokenKind {
        self.cursor.bump();
        kind
    }

    fn comparison(&mut self, c: char) -> TokenKind {
        let is_less = c == '<';
        let op = match self.cursor.peek() {
            Some('=') => {
                self.cursor.bump();
                if is_less { BinaryOp::Le } else { BinaryOp::Ge }
            }
            Some('/') => {
                self.cursor.bump();
                if is_less { BinaryOp::TrimUpper } else { BinaryOp::TrimLower }
            }
            _ if is_less => BinaryOp::Lt,
            _ => BinaryOp::Gt,
        };
        TokenKind::Operator(op)
    }

    fn open_paren(&mut self) -> TokenKind {
        self.paren_depth += 1;
        TokenKind::LeftParen
    }

    fn close_paren(&mut self) -> Lexed {
        match self.paren_depth.checked_sub(1) {
            Some(depth) => {
                self.paren_depth = depth;
                Ok(TokenKind::RightParen)
            }
            None => {
                // Upstream reports the place behind it.
                self.start = self.cursor.offset();
                Err("unexpected right parenthesis ')'".to_owned())
            }
        }
    }

    fn open_bracket(&mut self) -> Lexed {
        if self.in_bracket {
            return Err("unexpected left bracket '['".to_owned());
        }
        self.in_bracket = true;
        self.has_colon = false;
        self.has_duration = false;
        self.mode = Mode::Duration;
        Ok(TokenKind::LeftBracket)
    }

    fn close_bracket(&mut self) -> Lexed {
        if !self.in_bracket {
            return Err("unexpected right bracket ']'".to_owned());
        }
        self.in_bracket = false;
        self.mode = Mode::Statement;
        Ok(TokenKind::RightBracket)
    }

    fn string(&mut self, quote: char) -> Lexed {
        string::scan_string(&mut self.cursor, quote)?;
        Ok(TokenKind::String)
    }

    /// A number or duration; its first character has been read.
    fn number(&mut self) -> Lexed {
        self.cursor.back_to(self.start);
        if number::scan_number(&mut self.cursor, Dialect::Query) {
            return Ok(TokenKind::Number);
        }
        if number::scan_duration(&mut self.cursor) {
            return Ok(TokenKind::Duration);
        }
        let text = model::labels::Quoted(self.cursor.since(self.start));
        Err(format!("bad number or duration syntax: {text}"))
    }

    /// A name, which may have colons, or a keyword; its first character has been read.
    fn word(&mut self) -> TokenKind {
        self.cursor.eat_while(|c| is_alphanumeric(c) || c == ':');
        let word = self.cursor.since(self.start);
        match TokenKind::of_word(word) {
            Some(TokenKind::Keyword(keyword)) if keyword.needs_paren() && !self.paren_follows() => {
                TokenKind::Identifier
            }
            Some(kind) => kind,
            None if word.contains(':') => TokenKind::MetricIdentifier,
            None => TokenKind::Identifier,
        }
    }

    fn paren_follows(&self) -> bool {
        self.cursor.rest().trim_start_matches(is_space).starts_with('(')
    }

    /// A colon or the name of a duration function behind the first number of a bracket.
    fn word_in_bracket(&mut self, c: char) -> Lexed {
        if c == ':' {
            if self.has_colon {
                return Err("unexpected colon ':'".to_owned());
            }
            self.has_colon = true;
            return Ok(TokenKind::Colon);
        }
        self.duration_function(c).ok_or_else(|| format!("unexpected character: {}, expected ':'", quote_char(c)))
    }

    /// The name of a function that gives a duration; its first character has been read.
    fn duration_function(&mut self, first: char) -> Option<TokenKind> {
        if !matches!(first.to_ascii_lowercase(), 's' | 'm' | 'r') {
            return None;
        }
        self.cursor.eat_while(is_alpha);
        let kind = TokenKind::of_word(self.cursor.since(self.start))?;
        let is_function =
            matches!(kind, TokenKind::Keyword(Keyword::Step | Keyword::Range | Keyword::MinOf | Keyword::MaxOf));
        is_function.then_some(kind)
    }

    fn inside_bracket(&mut self) -> Lexed {
        let Some(c) = self.cursor.bump() else {
            return Err("unexpected end of input in duration expression".to_owned());
        };
        let unexpected = || format!("unexpected character in duration expression: {}", quote_char(c));
        match c {
            ']' => self.close_bracket(),
            ':' if !self.has_duration => {
                self.start = self.cursor.offset();
                Err("unexpected colon before duration in duration expression".to_owned())
            }
            ':' if self.has_colon => {
                self.start = self.cursor.offset();
                Err("unexpected repeated colon in duration expression".to_owned())
            }
            ':' => {
                self.has_colon = true;
                Ok(TokenKind::Colon)
            }
            '(' => Ok(self.open_paren()),
            ')' => self.close_paren(),
            ',' => Ok(TokenKind::Comma),
            c if is_number_start(c, self.cursor) => {
                self.mode = Mode::Statement;
                self.number()
            }
            c if is_alpha(c) => {
                self.has_duration = true;
                self.duration_function(c).ok_or_else(unexpected)
            }
            c => arithmetic(c).ok_or_else(unexpected),
        }
    }

    fn inside_braces(&mut self) -> Lexed {
        let Some(c) = self.cursor.bump() else { return Err("unexpected end of input inside braces".to_owned()) };
        Ok(match c {
            ',' => TokenKind::Comma,
            '=' if self.cursor.eat('~') => TokenKind::RegexMatch,
            '=' => TokenKind::Assign,
            '!' if self.cursor.eat('~') => TokenKind::RegexNoMatch,
            '!' if self.cursor.eat('=') => TokenKind::Operator(BinaryOp::Ne),
            '!' => {
                let next = quote_next(self.cursor.peek());
                return Err(format!("unexpected character after '!' inside braces: {next}"));
            }
            '"' | '\'' | '`' => return self.string(c),
            '{' => return Err("unexpected left brace '{'".to_owned()),
            '}' => {
                self.mode = Mode::Statement;
                TokenKind::RightBrace
            }
            c if is_alpha(c) => {
                self.cursor.eat_while(is_alphanumeric);
                TokenKind::Identifier
            }
            c => return Err(format!("unexpected character inside braces: {}", quote_char(c))),
        })
    }
}

fn is_number_start(c: char, after: Cursor<'_>) -> bool {
    c.is_ascii_digit() || (c == '.' && after.peek().is_some_and(|next| next.is_ascii_digit()))
}

/// The operators that are written the same everywhere.
fn arithmetic(c: char) -> Option<TokenKind> {
    Some(TokenKind::Operator(match c {
        '+' => BinaryOp::Add,
        '-' => BinaryOp::Sub,
        '*' => BinaryOp::Mul,
        '/' => BinaryOp::Div,
        '%' => BinaryOp::Mod,
        '^' => BinaryOp::Pow,
        _ => return None,
    }))
}

/// A character in quotes; the end of the query prints as the replacement character, as upstream has it.
fn quote_next(c: Option<char>) -> String {
    quote_char(c.unwrap_or(char::REPLACEMENT_CHARACTER))
}
