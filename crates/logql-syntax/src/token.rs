//! What a query is made of.

use crate::ast::{BinaryOp, RangeOp, Span, UnwrapConversion, VectorOp};

/// A token and its place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) kind: TokenKind,
    /// Where it stands.
    pub(crate) span: Span,
    /// The line that errors name; 0 behind some tokens, as upstream counts.
    pub(crate) line: usize,
    /// The column that errors name, in characters.
    pub(crate) column: usize,
    /// What it says.
    pub(crate) value: TokenValue,
}

/// What a token says beyond its kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum TokenValue {
    /// Nothing.
    #[default]
    None,
    /// The text of an identifier, number or flag, or the content of a string.
    Text(String),
    /// Nanoseconds of a duration or range.
    DurationNs(i64),
    /// Bytes of a size.
    Bytes(u64),
}

/// Kinds of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    End,
    Bytes,
    Identifier,
    /// A character of no use, which upstream takes for a name. Nothing accepts it here: it could not be printed again.
    Other,
    Str,
    Number,
    Flag,
    Duration,
    Range,
    Eq,
    Re,
    Nre,
    Npa,
    OpenBrace,
    CloseBrace,
    CloseBracket,
    Comma,
    Dot,
    PipeMatch,
    PipeExact,
    PipePattern,
    OpenParen,
    CloseParen,
    By,
    Without,
    RangeOp(RangeOp),
    VectorOp(VectorOp),
    Bool,
    Json,
    Regexp,
    Logfmt,
    Pipe,
    LineFormat,
    LabelFormat,
    Unwrap,
    Conversion(UnwrapConversion),
    Vector,
    LabelReplace,
    Unpack,
    Offset,
    Pattern,
    Ip,
    On,
    Ignoring,
    GroupLeft,
    GroupRight,
    Decolorize,
    Drop,
    Keep,
    Binary(BinaryOp),
}

/// Words that mean something wherever they stand.
const KEYWORDS: &[(&str, TokenKind)] = &[
    ("by", TokenKind::By),
    ("without", TokenKind::Without),
    ("bool", TokenKind::Bool),
    ("offset", TokenKind::Offset),
    ("on", TokenKind::On),
    ("ignoring", TokenKind::Ignoring),
    ("group_left", TokenKind::GroupLeft),
    ("group_right", TokenKind::GroupRight),
    ("or", TokenKind::Binary(BinaryOp::Or)),
    ("and", TokenKind::Binary(BinaryOp::And)),
    ("unless", TokenKind::Binary(BinaryOp::Unless)),
    ("unwrap", TokenKind::Unwrap),
    ("json", TokenKind::Json),
    ("regexp", TokenKind::Regexp),
    ("logfmt", TokenKind::Logfmt),
    ("unpack", TokenKind::Unpack),
    ("pattern", TokenKind::Pattern),
    ("label_format", TokenKind::LabelFormat),
    ("line_format", TokenKind::LineFormat),
    ("decolorize", TokenKind::Decolorize),
    ("drop", TokenKind::Drop),
    ("keep", TokenKind::Keep),
];

/// Operators and brackets; those of two characters come first.
const SYMBOLS: &[(&str, TokenKind)] = &[
    ("!=", TokenKind::Binary(BinaryOp::Ne)),
    ("=~", TokenKind::Re),
    ("!~", TokenKind::Nre),
    ("|=", TokenKind::PipeExact),
    ("|~", TokenKind::PipeMatch),
    ("|>", TokenKind::PipePattern),
    ("!>", TokenKind::Npa),
    ("==", TokenKind::Binary(BinaryOp::Eq)),
    (">=", TokenKind::Binary(BinaryOp::Ge)),
    ("<=", TokenKind::Binary(BinaryOp::Le)),
    (">", TokenKind::Binary(BinaryOp::Gt)),
    ("<", TokenKind::Binary(BinaryOp::Lt)),
    ("=", TokenKind::Eq),
    ("|", TokenKind::Pipe),
    ("{", TokenKind::OpenBrace),
    ("}", TokenKind::CloseBrace),
    ("]", TokenKind::CloseBracket),
    (",", TokenKind::Comma),
    (".", TokenKind::Dot),
    ("(", TokenKind::OpenParen),
    (")", TokenKind::CloseParen),
    ("+", TokenKind::Binary(BinaryOp::Add)),
    ("-", TokenKind::Binary(BinaryOp::Sub)),
    ("*", TokenKind::Binary(BinaryOp::Mul)),
    ("/", TokenKind::Binary(BinaryOp::Div)),
    ("%", TokenKind::Binary(BinaryOp::Mod)),
    ("^", TokenKind::Binary(BinaryOp::Pow)),
];

impl TokenKind {
    /// The kind of a word in lower case that means something wherever it stands.
    pub(crate) fn of_keyword(word: &str) -> Option<TokenKind> {
        KEYWORDS.iter().find(|(text, _)| *text == word).map(|(_, kind)| *kind)
    }

    /// The kind of a word in lower case that means something in front of a parenthesis.
    pub(crate) fn of_function(word: &str) -> Option<TokenKind> {
        let range = || RangeOp::ALL.into_iter().find(|op| op.as_str() == word).map(TokenKind::RangeOp);
        let vector = || VectorOp::ALL.into_iter().find(|op| op.as_str() == word).map(TokenKind::VectorOp);
        range().or_else(vector).or(match word {
            "label_replace" => Some(TokenKind::LabelReplace),
            "vector" => Some(TokenKind::Vector),
            "ip" => Some(TokenKind::Ip),
            "bytes" => Some(TokenKind::Conversion(UnwrapConversion::Bytes)),
            "duration" => Some(TokenKind::Conversion(UnwrapConversion::Duration)),
            "duration_seconds" => Some(TokenKind::Conversion(UnwrapConversion::DurationSeconds)),
            _ => None,
        })
    }

    /// The symbol at the start of a text, and its length.
    pub(crate) fn of_symbol(text: &str) -> Option<(TokenKind, usize)> {
        SYMBOLS.iter().find(|(symbol, _)| text.starts_with(symbol)).map(|(symbol, kind)| (*kind, symbol.len()))
    }

    /// The name that error messages use: the text of keywords and symbols, the grammar's name of the rest.
    pub(crate) fn shown(self) -> String {
        let has_kind = |(_, kind): &&(&'static str, TokenKind)| *kind == self;
        match self {
            TokenKind::End => "$end".to_owned(),
            TokenKind::Ip => "ip".to_owned(),
            TokenKind::LabelReplace => "label_replace".to_owned(),
            _ => {
                let text = KEYWORDS.iter().chain(SYMBOLS).find(has_kind).map(|(text, _)| *text);
                text.map_or_else(|| self.grammar_name(), ToOwned::to_owned)
            }
        }
    }

    /// The name in the grammar.
    pub(crate) fn grammar_name(self) -> String {
        let name = match self {
            TokenKind::RangeOp(op) => return op.as_str().to_ascii_uppercase(),
            TokenKind::VectorOp(op) => return op.as_str().to_ascii_uppercase(),
            TokenKind::Conversion(conversion) => return format!("{}_CONV", conversion.as_str().to_ascii_uppercase()),
            TokenKind::Binary(op) => binary_name(op),
            TokenKind::End => "$end",
            TokenKind::Bytes => "BYTES",
            TokenKind::Identifier | TokenKind::Other => "IDENTIFIER",
            TokenKind::Str => "STRING",
            TokenKind::Number => "NUMBER",
            TokenKind::Flag => "FUNCTION_FLAG",
            TokenKind::Duration => "DURATION",
            TokenKind::Range => "RANGE",
            TokenKind::Eq => "EQ",
            TokenKind::Re => "RE",
            TokenKind::Nre => "NRE",
            TokenKind::Npa => "NPA",
            TokenKind::OpenBrace => "OPEN_BRACE",
            TokenKind::CloseBrace => "CLOSE_BRACE",
            TokenKind::CloseBracket => "CLOSE_BRACKET",
            TokenKind::Comma => "COMMA",
            TokenKind::Dot => "DOT",
            TokenKind::PipeMatch => "PIPE_MATCH",
            TokenKind::PipeExact => "PIPE_EXACT",
            TokenKind::PipePattern => "PIPE_PATTERN",
            TokenKind::OpenParen => "OPEN_PARENTHESIS",
            TokenKind::CloseParen => "CLOSE_PARENTHESIS",
            TokenKind::LineFormat => "LINE_FMT",
            TokenKind::LabelFormat => "LABEL_FMT",
            TokenKind::Vector => "VECTOR",
            TokenKind::LabelReplace => "LABEL_REPLACE",
            TokenKind::Ip => "IP",
            TokenKind::Pipe => "PIPE",
            // What is left are keywords, whose name is their text.
            _ => return self.shown().to_ascii_uppercase(),
        };
        name.to_owned()
    }
}

fn binary_name(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Or => "OR",
        BinaryOp::And => "AND",
        BinaryOp::Unless => "UNLESS",
        BinaryOp::Add => "ADD",
        BinaryOp::Sub => "SUB",
        BinaryOp::Mul => "MUL",
        BinaryOp::Div => "DIV",
        BinaryOp::Mod => "MOD",
        BinaryOp::Pow => "POW",
        BinaryOp::Eq => "CMP_EQ",
        BinaryOp::Ne => "NEQ",
        BinaryOp::Gt => "GT",
        BinaryOp::Ge => "GTE",
        BinaryOp::Lt => "LT",
        BinaryOp::Le => "LTE",
    }
}
