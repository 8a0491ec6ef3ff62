//! Cuts a query into tokens.

mod number;
mod string;

use crate::ast::Span;
use crate::error::{ParseError, ParseErrorKind};
use crate::token::{Token, TokenKind, TokenValue};
use crate::{duration, size};

/// Reads tokens from front to back.
#[derive(Clone, Debug)]
pub(crate) struct Lexer<'q> {
    query: &'q str,
    offset: usize,
    line: usize,
    column: usize,
}

/// What was read behind the start of a token.
struct Scanned {
    kind: TokenKind,
    /// The length in bytes.
    len: usize,
    value: TokenValue,
    /// Whether upstream forgets the line, which it does where it reads on behind what it first takes for the token.
    loses_line: bool,
}

/// Why there is no token.
struct Refusal {
    message: String,
    loses_line: bool,
}

impl From<String> for Refusal {
    fn from(message: String) -> Refusal {
        Refusal { message, loses_line: false }
    }
}

impl Scanned {
    fn new(kind: TokenKind, len: usize) -> Scanned {
        Scanned { kind, len, value: TokenValue::None, loses_line: false }
    }

    fn text(kind: TokenKind, len: usize, text: impl Into<String>) -> Scanned {
        Scanned { value: TokenValue::Text(text.into()), ..Scanned::new(kind, len) }
    }

    fn read_on(self) -> Scanned {
        Scanned { loses_line: true, ..self }
    }
}

impl<'q> Lexer<'q> {
    pub(crate) fn new(query: &'q str) -> Lexer<'q> {
        Lexer { query, offset: 0, line: 1, column: 1 }
    }

    /// The next token; at the end there is always one more [`TokenKind::End`].
    pub(crate) fn next_token(&mut self) -> Result<Token, ParseError> {
        self.skip_blanks()?;
        let (start, line, column) = (self.offset, self.line, self.column);
        let scanned = scan(self.rest()).map_err(|refusal| ParseError {
            kind: ParseErrorKind::Syntax { line: if refusal.loses_line { 0 } else { line }, column },
            span: Span { start, end: self.query.len() },
            message: refusal.message,
        })?;
        self.advance(scanned.len);
        let line = if scanned.loses_line { 0 } else { line };
        Ok(Token { kind: scanned.kind, span: Span { start, end: self.offset }, line, column, value: scanned.value })
    }

    fn rest(&self) -> &'q str {
        &self.query[self.offset..]
    }

    fn advance(&mut self, len: usize) {
        for c in self.rest()[..len].chars() {
            if c == '\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
        self.offset += len;
    }

    /// Skips white space and comments.
    fn skip_blanks(&mut self) -> Result<(), ParseError> {
        loop {
            let rest = self.rest();
            let blanks = rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
            if blanks > 0 {
                self.advance(blanks);
            } else if rest.starts_with('#') || rest.starts_with("//") {
                self.advance(rest.find('\n').unwrap_or(rest.len()));
            } else if let Some(comment) = rest.strip_prefix("/*") {
                let Some(end) = comment.find("*/") else {
                    return Err(ParseError {
                        kind: ParseErrorKind::Syntax { line: self.line, column: self.column },
                        span: Span { start: self.offset, end: self.query.len() },
                        message: "comment not terminated".to_owned(),
                    });
                };
                self.advance(end + 4);
            } else {
                return Ok(());
            }
        }
    }
}

fn scan(rest: &str) -> Result<Scanned, Refusal> {
    let Some(first) = rest.chars().next() else { return Ok(Scanned::new(TokenKind::End, 0)) };
    let second_is_digit = rest[first.len_utf8()..].starts_with(|c: char| c.is_ascii_digit());
    match first {
        '\0' => Err("invalid character NUL".to_owned().into()),
        '0'..='9' => scan_quantity(rest),
        '.' if second_is_digit => scan_quantity(rest),
        '"' | '`' => {
            let (len, value) = string::scan(rest)?;
            Ok(Scanned::text(TokenKind::Str, len, value))
        }
        '\'' => {
            // Upstream's scanner knows characters in single quotes, and takes one for a name.
            let len = string::scan_char(rest)?;
            Ok(Scanned::new(TokenKind::Other, len))
        }
        '[' => scan_range(rest),
        '-' => Ok(scan_flag(rest).or_else(|| scan_duration(rest, 1)).unwrap_or_else(|| scan_symbol(rest, first))),
        c if c == '_' || c.is_alphabetic() => Ok(scan_word(rest)),
        c => Ok(scan_symbol(rest, c)),
    }
}

/// A number, duration or size.
fn scan_quantity(rest: &str) -> Result<Scanned, Refusal> {
    let len = number::scan(rest)?;
    let scanned = scan_duration(rest, len).or_else(|| scan_size(rest, len));
    Ok(scanned.unwrap_or_else(|| Scanned::text(TokenKind::Number, len, &rest[..len])))
}

/// A duration that begins with a number (or sign) of so many bytes.
fn scan_duration(rest: &str, number_len: usize) -> Option<Scanned> {
    let is_part = |c: char| c.is_numeric() || matches!(c, 'n' | 'u' | 'µ' | 'm' | 's' | 'h' | 'd' | 'w' | 'y' | '.');
    let len = continue_while(rest, number_len, is_part)?;
    // `-0` alone is a number.
    let ns = duration::parse_ns(&rest[..len]).ok().filter(|_| rest[..len].contains(char::is_alphabetic))?;
    Some(Scanned { value: TokenValue::DurationNs(ns), ..Scanned::new(TokenKind::Duration, len) }.read_on())
}

/// A size that begins with a number of so many bytes.
fn scan_size(rest: &str, number_len: usize) -> Option<Scanned> {
    let is_part = |c: char| c.is_numeric() || matches!(c, 'B' | 'i' | 'k' | 'K' | 'M' | 'G' | 'T' | 'P' | '.');
    let len = continue_while(rest, number_len, is_part)?;
    let bytes = size::parse_bytes(&rest[..len])?;
    Some(Scanned { value: TokenValue::Bytes(bytes), ..Scanned::new(TokenKind::Bytes, len) }.read_on())
}

/// The length of a token that goes on behind `len` bytes; `None` if it does not.
fn continue_while(rest: &str, len: usize, is_part: impl Fn(char) -> bool) -> Option<usize> {
    let more = rest[len..].find(|c| !is_part(c)).unwrap_or(rest.len() - len);
    (more > 0).then_some(len + more)
}

fn scan_range(rest: &str) -> Result<Scanned, Refusal> {
    let refuse = |message: String| Refusal { message, loses_line: true };
    let end = rest.find(']').ok_or_else(|| refuse("missing closing ']' in duration".to_owned()))?;
    let ns = duration::parse_prometheus_ns(&rest[1..end]).map_err(refuse)?;
    Ok(Scanned { value: TokenValue::DurationNs(ns), ..Scanned::new(TokenKind::Range, end + 1) }.read_on())
}

fn scan_flag(rest: &str) -> Option<Scanned> {
    let len = rest.find(|c: char| !(c.is_alphabetic() || c == '-' || c == '=')).unwrap_or(rest.len());
    let flag = &rest[..len];
    matches!(flag, "--strict" | "--keep-empty").then(|| Scanned::text(TokenKind::Flag, len, flag).read_on())
}

fn scan_symbol(rest: &str, first: char) -> Scanned {
    match TokenKind::of_symbol(rest) {
        Some((kind, len)) if len > 1 => Scanned::new(kind, len).read_on(),
        Some((kind, len)) => Scanned::new(kind, len),
        None => Scanned::new(TokenKind::Other, first.len_utf8()),
    }
}

fn scan_word(rest: &str) -> Scanned {
    let len = rest.find(|c: char| !(c == '_' || c.is_alphanumeric())).unwrap_or(rest.len());
    let word = &rest[..len];
    let lower = word.to_lowercase();
    let kind = match TokenKind::of_function(&lower) {
        Some(function) if is_call(&rest[len..]) => Some(function),
        Some(_) => None,
        None => TokenKind::of_keyword(&lower),
    };
    kind.map_or_else(|| Scanned::text(TokenKind::Identifier, len, word), |kind| Scanned::new(kind, len))
}

/// Whether what stands behind a word makes it a function: a parenthesis, or a grouping.
fn is_call(behind: &str) -> bool {
    let behind = behind.trim_start();
    let is_grouping = |word: &str| {
        let head = behind.get(..word.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(word)) && behind[word.len()..].trim_start().starts_with('(')
    };
    behind.starts_with('(') || is_grouping("by") || is_grouping("without")
}
