//! The lexer: a text becomes tokens, the last of which is the end or an error.

mod action;

use crate::fmt::quote::{quote, quote_char_point};

/// A token.
#[derive(Clone, Debug)]
pub(crate) struct Token<'t> {
    pub(crate) kind: Kind,
    /// Where it begins, in bytes.
    pub(crate) pos: usize,
    pub(crate) text: &'t str,
    /// Its line, from 1.
    pub(crate) line: usize,
}

/// The kinds of tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What is wrong with the text here.
    Error(String),
    Bool,
    /// A printable character that means nothing by itself, such as a comma.
    Char,
    CharConstant,
    Complex,
    Assign,
    Declare,
    End,
    Field,
    Identifier,
    LeftDelimiter,
    LeftParen,
    Number,
    Pipe,
    RawString,
    RightDelimiter,
    RightParen,
    Space,
    String,
    Text,
    Variable,
    Dot,
    Nil,
    Keyword(Keyword),
}

/// The keywords that stand first in an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keyword {
    Block,
    Break,
    Continue,
    Define,
    Else,
    End,
    If,
    Range,
    Template,
    With,
}

const KEYWORDS: &[(&str, Keyword)] = &[
    ("block", Keyword::Block),
    ("break", Keyword::Break),
    ("continue", Keyword::Continue),
    ("define", Keyword::Define),
    ("else", Keyword::Else),
    ("end", Keyword::End),
    ("if", Keyword::If),
    ("range", Keyword::Range),
    ("template", Keyword::Template),
    ("with", Keyword::With),
];

const LEFT_DELIMITER: &str = "{{";
const RIGHT_DELIMITER: &str = "}}";
const LEFT_COMMENT: &str = "/*";
const RIGHT_COMMENT: &str = "*/";
/// How much of a long token an error shows.
const SHOWN_CHARACTERS: usize = 10;

impl Token<'_> {
    /// As errors show it.
    pub(crate) fn shown(&self) -> String {
        match &self.kind {
            Kind::End => "EOF".to_owned(),
            Kind::Error(message) => message.clone(),
            Kind::Keyword(_) | Kind::Dot | Kind::Nil => format!("<{}>", self.text),
            _ if self.text.len() > SHOWN_CHARACTERS => {
                let shown: String = self.text.chars().take(SHOWN_CHARACTERS).collect();
                format!("{}...", quote(&shown))
            }
            _ => quote(self.text),
        }
    }
}

/// All tokens of a text.
pub(crate) fn lex(input: &str) -> Vec<Token<'_>> {
    let mut lexer =
        Lexer { input, pos: 0, start: 0, start_line: 1, counted: 0, line: 1, parens: 0, tokens: Vec::new() };
    let mut state = State::Text;
    while let Some(next) = lexer.step(state) {
        state = next;
    }
    lexer.tokens
}

/// Where the lexer is.
#[derive(Clone, Copy, Debug)]
enum State {
    Text,
    Action,
}

#[derive(Debug)]
struct Lexer<'t> {
    input: &'t str,
    pos: usize,
    /// Where the token begins that is being read.
    start: usize,
    start_line: usize,
    /// `line` is the line of this place.
    counted: usize,
    line: usize,
    /// How many parentheses are open.
    parens: usize,
    tokens: Vec<Token<'t>>,
}

impl<'t> Lexer<'t> {
    fn step(&mut self, state: State) -> Option<State> {
        match state {
            State::Text => self.text(),
            State::Action => self.action(),
        }
    }

    fn rest(&self) -> &'t str {
        self.input.get(self.pos..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.pos += c.len_utf8();
        Some(c)
    }

    /// Takes the next character if it is one of some.
    fn accept(&mut self, valid: &str) -> bool {
        let is_valid = self.peek().is_some_and(|c| valid.contains(c));
        if is_valid {
            self.next();
        }
        is_valid
    }

    fn accept_run(&mut self, valid: &str) {
        while self.accept(valid) {}
    }

    fn emit(&mut self, kind: Kind) {
        let text = self.input.get(self.start..self.pos).unwrap_or("");
        self.tokens.push(Token { kind, pos: self.start, text, line: self.start_line });
        self.ignore();
    }

    /// The next token begins here.
    fn ignore(&mut self) {
        self.start = self.pos;
        let passed = self.input.as_bytes().get(self.counted..self.pos).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count();
        self.counted = self.counted.max(self.pos);
        self.start_line = self.line;
    }

    fn fail(&mut self, message: impl Into<String>) -> Option<State> {
        let kind = Kind::Error(message.into());
        self.tokens.push(Token { kind, pos: self.start, text: "", line: self.start_line });
        None
    }

    fn fail_at(&mut self, what: &str, c: Option<char>) -> Option<State> {
        let shown = c.map_or_else(|| "U+FFFFFFFFFFFFFFFF".to_owned(), quote_char_point);
        self.fail(format!("{what}{shown}"))
    }

    fn text(&mut self) -> Option<State> {
        let Some(at) = self.rest().find(LEFT_DELIMITER) else {
            self.pos = self.input.len();
            if self.pos > self.start {
                self.emit(Kind::Text);
            }
            self.emit(Kind::End);
            return None;
        };
        self.pos += at;
        let action = self.input.get(self.pos + LEFT_DELIMITER.len()..).unwrap_or("");
        let trims = has_left_trim(action);
        let end = self.pos;
        if trims {
            let text = self.input.get(self.start..self.pos).unwrap_or("");
            self.pos = self.start + text.trim_end_matches(is_space).len();
        }
        if self.pos > self.start {
            self.emit(Kind::Text);
        }
        self.pos = end;
        self.ignore();
        self.pos += LEFT_DELIMITER.len();
        let marker = if trims { TRIM_MARKER } else { 0 };
        if action.get(marker..).unwrap_or("").starts_with(LEFT_COMMENT) {
            self.pos += marker;
            self.ignore();
            return self.comment();
        }
        self.emit(Kind::LeftDelimiter);
        self.pos += marker;
        self.ignore();
        self.parens = 0;
        Some(State::Action)
    }

    fn comment(&mut self) -> Option<State> {
        self.pos += LEFT_COMMENT.len();
        let Some(at) = self.rest().find(RIGHT_COMMENT) else {
            return self.fail("unclosed comment");
        };
        self.pos += at + RIGHT_COMMENT.len();
        let Some(trims) = self.at_right_delimiter() else {
            return self.fail("comment ends before closing delimiter");
        };
        self.pass_right_delimiter(trims);
        self.pass_trimmed(trims);
        self.ignore();
        Some(State::Text)
    }

    /// Whether an action ends here, and if so, whether the space after it is cut.
    fn at_right_delimiter(&self) -> Option<bool> {
        let rest = self.rest();
        if has_right_trim(rest) && rest.get(TRIM_MARKER..).unwrap_or("").starts_with(RIGHT_DELIMITER) {
            return Some(true);
        }
        rest.starts_with(RIGHT_DELIMITER).then_some(false)
    }

    fn pass_right_delimiter(&mut self, trims: bool) {
        if trims {
            self.pos += TRIM_MARKER;
            self.ignore();
        }
        self.pos += RIGHT_DELIMITER.len();
    }

    fn pass_trimmed(&mut self, trims: bool) {
        if trims {
            let rest = self.rest();
            self.pos += rest.len() - rest.trim_start_matches(is_space).len();
        }
    }
}

/// A dash and a space.
const TRIM_MARKER: usize = 2;

fn has_left_trim(text: &str) -> bool {
    matches!(text.as_bytes(), [b'-', space, ..] if is_space(char::from(*space)))
}

fn has_right_trim(text: &str) -> bool {
    matches!(text.as_bytes(), [space, b'-', ..] if is_space(char::from(*space)))
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn is_alphanumeric(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}
