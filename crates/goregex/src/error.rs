//! The refusal of a pattern, worded as Go words it.

use std::fmt;

/// Why a pattern was refused, and the part of it that is at fault.
///
/// [`Display`](fmt::Display) gives the text of Go's `syntax.Error`, for example
/// ``error parsing regexp: missing closing ): `(a` ``.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    fragment: String,
}

impl Error {
    /// What is wrong.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The offending part of the pattern, the whole pattern where Go shows it.
    pub fn fragment(&self) -> &str {
        &self.fragment
    }

    pub(crate) fn new(kind: ErrorKind, fragment: impl Into<String>) -> Error {
        Error { kind, fragment: fragment.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error parsing regexp: {}: `{}`", self.kind, self.fragment)
    }
}

impl std::error::Error for Error {}

/// The error codes of Go's `regexp/syntax`.
///
/// Two of them are missing: `invalid UTF-8`, because a pattern is a `str`, and
/// `invalid character class`, which Go declares and never issues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// `[b-a]`, `\p{Nonesuch}` or `[[:nonesuch:]]`.
    InvalidCharRange,
    /// `\y`, `\1`, `\x{110000}`, `\C`.
    InvalidEscape,
    /// `(?P<n` or a name that is not of `[A-Za-z0-9_]+`.
    InvalidNamedCapture,
    /// `(?x)`, `(?=a)` and other Perl constructs that are not supported.
    InvalidPerlOp,
    /// `a**`: a repetition directly on a repetition.
    InvalidRepeatOp,
    /// `a{2,1}`, or more than 1000 repeats, nested ones multiplied.
    InvalidRepeatSize,
    /// `[a`.
    MissingBracket,
    /// `(a`.
    MissingParen,
    /// `*` with nothing to repeat.
    MissingRepeatArgument,
    /// `a\`.
    TrailingBackslash,
    /// `a)`.
    UnexpectedParen,
    /// More than 1000 levels of nesting.
    NestingDepth,
    /// The compiled program would be above the size limit.
    Large,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ErrorKind::InvalidCharRange => "invalid character class range",
            ErrorKind::InvalidEscape => "invalid escape sequence",
            ErrorKind::InvalidNamedCapture => "invalid named capture",
            ErrorKind::InvalidPerlOp => "invalid or unsupported Perl syntax",
            ErrorKind::InvalidRepeatOp => "invalid nested repetition operator",
            ErrorKind::InvalidRepeatSize => "invalid repeat count",
            ErrorKind::MissingBracket => "missing closing ]",
            ErrorKind::MissingParen => "missing closing )",
            ErrorKind::MissingRepeatArgument => "missing argument to repetition operator",
            ErrorKind::TrailingBackslash => "trailing backslash at end of expression",
            ErrorKind::UnexpectedParen => "unexpected )",
            ErrorKind::NestingDepth => "expression nests too deeply",
            ErrorKind::Large => "expression too large",
        })
    }
}
