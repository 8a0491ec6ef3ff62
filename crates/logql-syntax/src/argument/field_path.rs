//! Expressions that name fields of a line: `servers[0].name` for JSON, a key for logfmt.

use crate::ast::JsonKey;

/// Tokens of paths, named as errors name them.
#[derive(Clone, Debug, PartialEq)]
enum Token {
    End,
    Dot,
    Open,
    Close,
    Quoted(String),
    Field(String),
    Index(usize),
}

impl Token {
    fn name(&self) -> &'static str {
        match self {
            Token::End => "$end",
            Token::Dot => "DOT",
            Token::Open => "LSB",
            Token::Close => "RSB",
            Token::Quoted(_) => "STRING",
            Token::Field(_) => "FIELD",
            Token::Index(_) => "INDEX",
        }
    }

    fn unexpected<T>(&self, expected: &str) -> Result<T, String> {
        Err(format!("syntax error: unexpected {}{expected}", self.name()))
    }
}

/// Reads the steps of a path into JSON: `a.b`, `["a b"]`, `a[0]`.
///
/// # Errors
/// When the text is no path; the message is upstream's.
pub fn parse_json_path(text: &str) -> Result<Vec<JsonKey>, String> {
    let mut rest = text;
    let mut path = Vec::new();
    loop {
        let step = match next(&mut rest)? {
            Token::End if !path.is_empty() => return Ok(path),
            Token::Open => bracketed(&mut rest)?,
            Token::Dot if !path.is_empty() => match next(&mut rest)? {
                Token::Field(name) => JsonKey::Key(name),
                other => return other.unexpected(", expecting FIELD"),
            },
            Token::Field(name) if path.is_empty() => JsonKey::Key(name),
            other => return other.unexpected(if path.is_empty() { ", expecting LSB or FIELD" } else { "" }),
        };
        path.push(step);
    }
}

fn bracketed(rest: &mut &str) -> Result<JsonKey, String> {
    let step = match next(rest)? {
        Token::Quoted(key) => JsonKey::Key(key),
        Token::Index(index) => JsonKey::Index(index),
        other => return other.unexpected(", expecting STRING or INDEX"),
    };
    match next(rest)? {
        Token::Close => Ok(step),
        other => other.unexpected(", expecting RSB"),
    }
}

fn next(rest: &mut &str) -> Result<Token, String> {
    *rest = rest.trim_start_matches([' ', '\t', '\n', '\r']);
    let Some(first) = rest.chars().next() else { return Ok(Token::End) };
    let (token, len) = match first {
        '.' => (Token::Dot, 1),
        '[' => (Token::Open, 1),
        ']' => (Token::Close, 1),
        // A string that does not end reaches to the end of the text.
        '"' => match rest[1..].find('"') {
            Some(len) => (Token::Quoted(rest[1..=len].to_owned()), len + 2),
            None => (Token::Quoted(rest[1..].to_owned()), rest.len()),
        },
        c if c.is_ascii_digit() => {
            let digits = prefix(rest, |c| c.is_ascii_digit());
            let index =
                digits.parse().map_err(|_| format!("strconv.Atoi: parsing \"{digits}\": value out of range"))?;
            (Token::Index(index), digits.len())
        }
        c if c == '_' || c.is_ascii_alphabetic() => {
            let name = prefix(rest, |c| c == '_' || c.is_ascii_alphanumeric());
            (Token::Field(name.to_owned()), name.len())
        }
        c => return Err(format!("unexpected char {c}")),
    };
    *rest = &rest[len..];
    Ok(token)
}

fn prefix(text: &str, is_part: impl Fn(char) -> bool) -> &str {
    &text[..text.find(|c| !is_part(c)).unwrap_or(text.len())]
}

/// Checks a key of a logfmt line: letters, digits and `_ . - / @`, not beginning with a digit.
///
/// # Errors
/// When the text is no key; the message is upstream's.
pub fn parse_logfmt_key(text: &str) -> Result<&str, String> {
    let text = text.trim_matches([' ', '\t', '\n', '\r']);
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | '@');
    if text.is_empty() {
        return Err("syntax error: unexpected $end, expecting KEY".to_owned());
    }
    let key = prefix(text, is_part);
    match text[key.len()..].chars().next() {
        _ if key.is_empty() || !key.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic()) => {
            Err(format!("unexpected char {}", text.chars().next().unwrap_or_default()))
        }
        None => Ok(key),
        Some(' ' | '\t' | '\n' | '\r') => Err("syntax error: unexpected KEY".to_owned()),
        Some(c) => Err(format!("unexpected char {c}")),
    }
}
