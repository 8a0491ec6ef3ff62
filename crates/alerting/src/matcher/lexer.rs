//! Words of the UTF-8 syntax, with their places in characters.

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    OpenBrace,
    CloseBrace,
    Comma,
    Equal,
    NotEqual,
    Regex,
    NotRegex,
    Quoted,
    Unquoted,
}

/// A word: what it is, its text as written, and where it begins and ends in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Cuts a text into words.
#[derive(Clone, Debug)]
pub(super) struct Lexer<'a> {
    rest: &'a str,
    column: usize,
}

/// Whether a character has a meaning of its own, so that it cannot stand in a word without quotes.
pub(super) fn is_reserved(c: char) -> bool {
    c.is_whitespace() || "{}!=~,\\\"'`".contains(c)
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Lexer<'a> {
        Lexer { rest: text, column: 0 }
    }

    /// The column behind the last word.
    pub(super) fn column(&self) -> usize {
        self.column
    }

    /// The next word without taking it; `None` at the end.
    pub(super) fn peek(&self) -> Result<Option<Token<'a>>, String> {
        self.clone().next_token()
    }

    /// The next word; `None` at the end.
    pub(super) fn next_token(&mut self) -> Result<Option<Token<'a>>, String> {
        let start_of_word = self.rest.find(|c: char| !c.is_whitespace()).unwrap_or(self.rest.len());
        self.take(start_of_word);
        let Some(first) = self.rest.chars().next() else { return Ok(None) };
        let (kind, bytes) = match first {
            '{' => (Kind::OpenBrace, 1),
            '}' => (Kind::CloseBrace, 1),
            ',' => (Kind::Comma, 1),
            '=' if self.rest.starts_with("=~") => (Kind::Regex, 2),
            '=' => (Kind::Equal, 1),
            '!' => self.negation()?,
            '"' => (Kind::Quoted, self.quoted_bytes()?),
            c if is_reserved(c) => {
                return Err(format!("{}:{}: {c}: invalid input", self.column, self.column + 1));
            }
            _ => (Kind::Unquoted, self.rest.find(is_reserved).unwrap_or(self.rest.len())),
        };
        let start = self.column;
        let text = self.take(bytes);
        Ok(Some(Token { kind, text, start, end: self.column }))
    }

    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.rest = rest;
        self.column += taken.chars().count();
        taken
    }

    fn negation(&self) -> Result<(Kind, usize), String> {
        match self.rest.chars().nth(1) {
            Some('=') => Ok((Kind::NotEqual, 2)),
            Some('~') => Ok((Kind::NotRegex, 2)),
            Some(_) => Err(format!("{}:{}: !: expected one of '=~'", self.column, self.column + 1)),
            None => Err(format!("{}:{}: unexpected end of input, expected one of '=~'", self.column, self.column + 1)),
        }
    }

    /// The length of a quoted word with its quotes.
    fn quoted_bytes(&self) -> Result<usize, String> {
        let mut is_escaped = false;
        for (i, c) in self.rest.char_indices().skip(1) {
            match c {
                _ if is_escaped => is_escaped = false,
                '\\' => is_escaped = true,
                '"' => return Ok(i + 1),
                _ => {}
            }
        }
        let end = self.column + self.rest.chars().count();
        Err(format!("{}:{end}: {}: missing end \"", self.column, self.rest))
    }
}
