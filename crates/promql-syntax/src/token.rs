//! The words that a query is made of.

use model::labels::Quoted;

use crate::ast::{AggregateOp, BinaryOp, Span};
use crate::quote::quote_short;

/// A word of the query and its place; the text is a slice of the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Span,
}

/// The kinds of word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// The end of the query.
    End,
    /// A name without colons that is no keyword.
    Identifier,
    /// A name with colons.
    MetricIdentifier,
    Number,
    Duration,
    String,
    LeftParen,
    RightParen,
    LeftBrace,
    RightBrace,
    LeftBracket,
    RightBracket,
    Comma,
    Colon,
    /// `=`
    Assign,
    /// `=~`
    RegexMatch,
    /// `!~`
    RegexNoMatch,
    /// `@`
    At,
    Operator(BinaryOp),
    Aggregate(AggregateOp),
    Keyword(Keyword),
}

/// Words with a meaning of their own, operators apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keyword {
    Bool,
    By,
    Without,
    On,
    Ignoring,
    GroupLeft,
    GroupRight,
    Offset,
    Anchored,
    Smoothed,
    Fill,
    FillLeft,
    FillRight,
    Start,
    End,
    Step,
    Range,
    MinOf,
    MaxOf,
}

impl TokenKind {
    /// What a word without colons means; upper and lower case are the same. `None` for a plain name.
    pub(crate) fn of_word(word: &str) -> Option<TokenKind> {
        // No keyword is longer; this spares the copy for most names.
        if word.len() > "count_values".len() {
            return None;
        }
        let word = word.to_ascii_lowercase();
        if let Some(op) = AggregateOp::from_name(&word) {
            return Some(TokenKind::Aggregate(op));
        }
        if let Some(keyword) = Keyword::from_name(&word) {
            return Some(TokenKind::Keyword(keyword));
        }
        Some(match word.as_str() {
            "and" => TokenKind::Operator(BinaryOp::And),
            "or" => TokenKind::Operator(BinaryOp::Or),
            "unless" => TokenKind::Operator(BinaryOp::Unless),
            "atan2" => TokenKind::Operator(BinaryOp::Atan2),
            "inf" | "nan" => TokenKind::Number,
            _ => return None,
        })
    }

    /// Whether the word may stand as the name of a metric.
    pub(crate) fn is_metric_name(self) -> bool {
        match self {
            TokenKind::Identifier | TokenKind::MetricIdentifier | TokenKind::Aggregate(_) => true,
            TokenKind::Operator(op) => op.is_set(),
            TokenKind::Keyword(keyword) => matches!(
                keyword,
                Keyword::By
                    | Keyword::Without
                    | Keyword::Offset
                    | Keyword::Anchored
                    | Keyword::Smoothed
                    | Keyword::Start
                    | Keyword::End
                    | Keyword::Step
                    | Keyword::Range
                    | Keyword::MinOf
                    | Keyword::MaxOf
            ),
            _ => false,
        }
    }

    /// Whether the word may stand, unquoted, as the name of a label to group by.
    pub(crate) fn is_grouping_label(self) -> bool {
        match self {
            TokenKind::Identifier | TokenKind::MetricIdentifier | TokenKind::Aggregate(_) => true,
            TokenKind::Operator(op) => op.is_set() || op == BinaryOp::Atan2,
            TokenKind::Keyword(keyword) => keyword != Keyword::Without,
            _ => false,
        }
    }

    /// Whether the word may be the name in front of the arguments of a function.
    pub(crate) fn is_function_name(self) -> bool {
        match self {
            TokenKind::Identifier => true,
            TokenKind::Keyword(keyword) => matches!(
                keyword,
                Keyword::Start | Keyword::End | Keyword::Step | Keyword::Range | Keyword::MinOf | Keyword::MaxOf
            ),
            _ => false,
        }
    }

    /// Whether an expression may begin with it.
    pub(crate) fn starts_expression(self) -> bool {
        self.is_metric_name()
            || matches!(
                self,
                TokenKind::Number
                    | TokenKind::Duration
                    | TokenKind::String
                    | TokenKind::LeftParen
                    | TokenKind::LeftBrace
                    | TokenKind::Operator(BinaryOp::Add | BinaryOp::Sub)
            )
    }

    /// The word as messages about unexpected ones call it.
    pub(crate) fn describe(self, text: &str) -> String {
        match self {
            TokenKind::End => "end of input".to_owned(),
            TokenKind::Identifier => format!("identifier {}", Quoted(text)),
            TokenKind::MetricIdentifier => format!("metric identifier {}", Quoted(text)),
            TokenKind::Number => format!("number {}", quote_short(text)),
            TokenKind::Duration => format!("duration {}", quote_short(text)),
            TokenKind::String => format!("string {}", quote_short(text)),
            TokenKind::Operator(_) | TokenKind::At | TokenKind::RegexMatch | TokenKind::RegexNoMatch => {
                format!("<op:{text}>")
            }
            TokenKind::Aggregate(_) => format!("<aggr:{text}>"),
            TokenKind::Keyword(keyword) if keyword.is_preprocessor() => quote_short(text),
            TokenKind::Keyword(_) => format!("<{text}>"),
            _ => quote_short(text),
        }
    }
}

impl Keyword {
    fn from_name(name: &str) -> Option<Keyword> {
        Some(match name {
            "bool" => Keyword::Bool,
            "by" => Keyword::By,
            "without" => Keyword::Without,
            "on" => Keyword::On,
            "ignoring" => Keyword::Ignoring,
            "group_left" => Keyword::GroupLeft,
            "group_right" => Keyword::GroupRight,
            "offset" => Keyword::Offset,
            "anchored" => Keyword::Anchored,
            "smoothed" => Keyword::Smoothed,
            "fill" => Keyword::Fill,
            "fill_left" => Keyword::FillLeft,
            "fill_right" => Keyword::FillRight,
            "start" => Keyword::Start,
            "end" => Keyword::End,
            "step" => Keyword::Step,
            "range" => Keyword::Range,
            "min_of" => Keyword::MinOf,
            "max_of" => Keyword::MaxOf,
            _ => return None,
        })
    }

    /// Whether it is one of those that are keywords only in front of a parenthesis, so that metrics may bear their names.
    pub(crate) fn needs_paren(self) -> bool {
        matches!(self, Keyword::Fill | Keyword::FillLeft | Keyword::FillRight)
    }

    /// Whether it stands for a value known before evaluation starts; messages print these without angle brackets.
    fn is_preprocessor(self) -> bool {
        matches!(self, Keyword::Start | Keyword::End | Keyword::Step | Keyword::Range | Keyword::MinOf | Keyword::MaxOf)
    }
}
