//! The UTF-8 syntax: names and values of any characters, in quotes where they hold reserved ones.

use std::str::Chars;

use model::MatchOp;

use super::Matcher;
use super::lexer::{Kind, Lexer, Token};

/// How an error at the end of the text begins.
const END: &str = "end of input";
const NO_NAME: &str = "expected label name";
const NO_VALUE: &str = "expected label value";
const NO_OPERATOR: &str = "expected an operator such as '=', '!=', '=~' or '!~'";
const NO_OPENING: &str = "expected opening brace";
const NO_CLOSING: &str = "expected close brace";
const NO_COMMA_OR_CLOSING: &str = "expected a comma or close brace";
const NO_MATCHER_OR_CLOSING: &str = "expected a matcher or close brace after comma";
const NO_END: &str = "expected end of input";

/// Reads any number of matchers.
///
/// # Errors
/// In upstream's words.
pub(super) fn parse_matchers(text: &str) -> Result<Vec<Matcher>, String> {
    let mut parser = Parser { lexer: Lexer::new(text), has_brace: false };
    parser.parse()
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    has_brace: bool,
}

impl<'a> Parser<'a> {
    fn parse(&mut self) -> Result<Vec<Matcher>, String> {
        let mut matchers = Vec::new();
        let Some(first) = self.lexer.peek()? else { return Ok(matchers) };
        if first.kind == Kind::OpenBrace {
            self.lexer.next_token()?;
            self.has_brace = true;
        }
        let mut next = self.lexer.peek()?;
        if next.is_none() || next.is_some_and(|token| token.kind == Kind::CloseBrace) {
            return self.close(matchers);
        }
        loop {
            matchers.push(self.matcher()?);
            next = self.peek(NO_COMMA_OR_CLOSING)?;
            match next.map(|token| token.kind) {
                Some(Kind::Comma) => self.lexer.next_token()?,
                Some(Kind::CloseBrace) | None => return self.close(matchers),
                Some(_) => return Err(unexpected(next, NO_COMMA_OR_CLOSING)),
            };
            next = self.peek(NO_MATCHER_OR_CLOSING)?;
            match next.map(|token| token.kind) {
                Some(Kind::CloseBrace) | None => return self.close(matchers),
                Some(Kind::Quoted | Kind::Unquoted) => {}
                Some(_) => return Err(unexpected(next, NO_MATCHER_OR_CLOSING)),
            }
        }
    }

    /// The end: a brace if one was opened, and nothing behind it.
    fn close(&mut self, matchers: Vec<Matcher>) -> Result<Vec<Matcher>, String> {
        let next = self.lexer.peek()?;
        let is_brace = next.is_some_and(|token| token.kind == Kind::CloseBrace);
        if is_brace {
            self.lexer.next_token()?;
        }
        let column = self.lexer.column();
        match (self.has_brace, is_brace) {
            (true, false) => {
                let found = next.map_or(END.to_owned(), shown);
                return Err(format!("0:{column}: {found}: {NO_CLOSING}"));
            }
            (false, true) => return Err(format!("0:{column}: }}: {NO_OPENING}")),
            _ => {}
        }
        match self.lexer.next_token() {
            Ok(None) => Ok(matchers),
            Ok(Some(token)) => Err(format!("{}:{}: {}: {NO_END}", token.start, token.end, token.text)),
            Err(error) => Err(format!("{error}: {NO_END}")),
        }
    }

    fn matcher(&mut self) -> Result<Matcher, String> {
        let name = unquoted(self.expect(&[Kind::Quoted, Kind::Unquoted], NO_NAME)?)?;
        let operators = [Kind::Equal, Kind::NotEqual, Kind::Regex, Kind::NotRegex];
        let op = match self.expect(&operators, NO_OPERATOR)?.kind {
            Kind::NotEqual => MatchOp::NotEqual,
            Kind::Regex => MatchOp::Regex,
            Kind::NotRegex => MatchOp::NotRegex,
            _ => MatchOp::Equal,
        };
        let value = unquoted(self.expect(&[Kind::Quoted, Kind::Unquoted], NO_VALUE)?)?;
        Matcher::new(op, &name, &value).map_err(|error| format!("failed to create matcher: {error}"))
    }

    fn peek(&self, otherwise: &str) -> Result<Option<Token<'a>>, String> {
        self.lexer.peek().map_err(|error| format!("{error}: {otherwise}"))
    }

    fn expect(&mut self, kinds: &[Kind], otherwise: &str) -> Result<Token<'a>, String> {
        match self.peek(otherwise)? {
            Some(token) if kinds.contains(&token.kind) => {
                self.lexer.next_token()?;
                Ok(token)
            }
            other => Err(unexpected(other, otherwise)),
        }
    }
}

fn unexpected(token: Option<Token<'_>>, otherwise: &str) -> String {
    format!("{}: {otherwise}", token.map_or(END.to_owned(), shown))
}

fn shown(token: Token<'_>) -> String {
    format!("{}:{}: unexpected {}", token.start, token.end, token.text)
}

fn unquoted(token: Token<'_>) -> Result<String, String> {
    if token.kind != Kind::Quoted {
        return Ok(token.text.to_owned());
    }
    let inner = token.text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    inner.and_then(unescape).ok_or_else(|| format!("{}:{}: {}: invalid input", token.start, token.end, token.text))
}

/// The text of a Go string literal in double quotes; `None` where Go refuses it, or where it is not UTF-8.
fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\n' => return None,
            '\\' => push_escape(&mut bytes, &mut chars)?,
            c => push_char(&mut bytes, c),
        }
    }
    String::from_utf8(bytes).ok()
}

fn push_char(bytes: &mut Vec<u8>, c: char) {
    bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

/// What an escape stands for; its backslash is taken already.
fn push_escape(bytes: &mut Vec<u8>, chars: &mut Chars<'_>) -> Option<()> {
    let c = match chars.next()? {
        'a' => '\u{7}',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        c @ ('\\' | '"') => c,
        'x' => {
            bytes.push(u8::try_from(number(chars, 2, 16, 0)?).ok()?);
            return Some(());
        }
        digit @ '0'..='7' => {
            bytes.push(u8::try_from(number(chars, 2, 8, digit.to_digit(8)?)?).ok()?);
            return Some(());
        }
        'u' => char::from_u32(number(chars, 4, 16, 0)?)?,
        'U' => char::from_u32(number(chars, 8, 16, 0)?)?,
        _ => return None,
    };
    push_char(bytes, c);
    Some(())
}

/// A number of so many digits that follow a first part.
fn number(chars: &mut Chars<'_>, digits: usize, radix: u32, first: u32) -> Option<u32> {
    (0..digits).try_fold(first, |value, _| value.checked_mul(radix)?.checked_add(chars.next()?.to_digit(radix)?))
}
