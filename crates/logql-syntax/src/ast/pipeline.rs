//! Log queries: the selector and the stages behind it.

use std::net::IpAddr;

use model::Matcher;

use super::Span;

/// A stream selector with a pipeline: `{app="a"} |= "error" | json`.
#[derive(Clone, Debug, PartialEq)]
pub struct LogExpr {
    /// The selector's matchers, in the order written.
    pub matchers: Vec<Matcher>,
    /// Where the selector itself stands.
    pub selector_span: Span,
    /// The stages, in the order in which a line passes them.
    pub stages: Vec<Stage>,
    /// Where it stands.
    pub span: Span,
}

/// A stage of a pipeline and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// What it does.
    pub kind: StageKind,
    /// Where it stands, the `|` in front included.
    pub span: Span,
}

/// The kinds of stage.
#[derive(Clone, Debug, PartialEq)]
pub enum StageKind {
    /// `|= "text"` and its siblings.
    LineFilter(LineFilter),
    /// `| json` or `| json a="b.c", d`; without expressions every field is extracted.
    Json(Vec<JsonExpression>),
    /// `| logfmt` with flags and expressions; without expressions every field is extracted.
    Logfmt {
        /// `--strict`: a line that is not logfmt is an error.
        strict: bool,
        /// `--keep-empty`: keys without a value become labels too.
        keep_empty: bool,
        /// The fields to extract.
        expressions: Vec<LogfmtExpression>,
    },
    /// `| regexp "(?P<name>…)"`; at least one group has a name.
    Regexp(Pattern),
    /// `| pattern "<ip> <_>"`; at least one capture has a name.
    Pattern(PatternTemplate),
    /// `| unpack`
    Unpack,
    /// `| level="error" and size > 1KB`
    LabelFilter(LabelFilter),
    /// `| line_format "{{.msg}}"`: the template's text.
    LineFormat(String),
    /// `| label_format a=b, c="{{.d}}"`; each destination once.
    LabelFormat(Vec<LabelFormat>),
    /// `| decolorize`
    Decolorize,
    /// `| drop a, b="c"`
    Drop(Vec<DropKeepTarget>),
    /// `| keep a, b="c"`
    Keep(Vec<DropKeepTarget>),
}

/// A line filter with its alternatives. A line passes `|= "a" or "b"` when it holds one of them, and `!= "a" or "b"` when it
/// holds none.
#[derive(Clone, Debug, PartialEq)]
pub struct LineFilter {
    /// The operator.
    pub op: LineFilterOp,
    /// What is looked for; at least one.
    pub alternatives: Vec<LineMatch>,
}

/// Line filter operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LineFilterOp {
    /// `|=`
    Contains,
    /// `!=`
    NotContains,
    /// `|~`
    Regex,
    /// `!~`
    NotRegex,
    /// `|>`
    Pattern,
    /// `!>`
    NotPattern,
}

/// What a line filter looks for.
#[derive(Clone, Debug, PartialEq)]
pub enum LineMatch {
    /// A text anywhere in the line; the empty text is in every line.
    Text(String),
    /// An expression that matches anywhere in the line.
    Regex(Pattern),
    /// A pattern that only has unnamed captures.
    Pattern(PatternTemplate),
    /// `ip("…")`: an address within a range, anywhere in the line.
    Ip(IpPattern),
}

/// A regular expression, not anchored; equality compares the text.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// As written.
    pub text: String,
    /// Compiled.
    pub regex: goregex::Regex,
}

/// A template such as `<ip> - <_>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternTemplate {
    /// As written.
    pub text: String,
    /// Its parts; no two captures stand side by side, and no two literals.
    pub parts: Vec<PatternPart>,
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PatternPart {
    /// Text that stands in the line as it is.
    Literal(String),
    /// `<name>`, or `<_>` where there is no name.
    Capture(Option<String>),
}

/// The argument of `ip("…")`; equality compares the text.
#[derive(Clone, Debug)]
pub struct IpPattern {
    /// As written.
    pub text: String,
    /// The addresses meant. `None` when the text is none of the known forms, which only happens within label filters
    /// joined by `and` or `or`; such a filter sets the error label on each line that it looks at.
    pub range: Option<IpRange>,
}

/// Addresses from the first to the last, both of one family; a single address is a range of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IpRange {
    /// The lowest address.
    pub first: IpAddr,
    /// The highest address.
    pub last: IpAddr,
}

/// `label="path"` behind `json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonExpression {
    /// The label that takes the value.
    pub label: String,
    /// The path as written; the label itself when none was written.
    pub text: String,
    /// The steps into the object.
    pub path: Vec<JsonKey>,
}

/// A step of a path into JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonKey {
    /// A key of an object.
    Key(String),
    /// An index of an array, counted from 0.
    Index(usize),
}

/// `label="key"` behind `logfmt`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogfmtExpression {
    /// The label that takes the value.
    pub label: String,
    /// The key in the line as written; the label itself when none was written.
    pub key: String,
}

/// A condition on labels and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelFilter {
    /// What it is.
    pub kind: LabelFilterKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of label filter.
#[derive(Clone, Debug, PartialEq)]
pub enum LabelFilterKind {
    /// `a and b`, `a, b`, `a b`
    And(Box<LabelFilter>, Box<LabelFilter>),
    /// `a or b`
    Or(Box<LabelFilter>, Box<LabelFilter>),
    /// `level="error"`
    String(Matcher),
    /// `status >= 500`
    Number {
        /// The label.
        name: String,
        /// The comparison.
        op: CompareOp,
        /// What the label's value is compared with.
        value: f64,
    },
    /// `latency > 1.5s`
    Duration {
        /// The label.
        name: String,
        /// The comparison.
        op: CompareOp,
        /// Nanoseconds; negative ones may be written.
        value_ns: i64,
    },
    /// `size < 20MB`
    Bytes {
        /// The label.
        name: String,
        /// The comparison.
        op: CompareOp,
        /// Bytes.
        value_bytes: u64,
    },
    /// `addr = ip("10.0.0.0/8")`
    Ip {
        /// The label.
        name: String,
        /// `!=` instead of `=`.
        negated: bool,
        /// The addresses meant.
        pattern: IpPattern,
    },
}

/// Comparisons of label filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `==` or `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
}

/// One assignment of `label_format`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelFormat {
    /// The label that is set.
    pub name: String,
    /// What it is set to.
    pub value: LabelFormatValue,
}

/// What `label_format` sets a label to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LabelFormatValue {
    /// The value of another label, which goes away.
    Rename(String),
    /// The output of a template, given by its text.
    Template(String),
}

/// What `drop` and `keep` apply to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DropKeepTarget {
    /// A label, whatever its value.
    Name(String),
    /// A label whose value matches.
    Matcher(Matcher),
}

impl LogExpr {
    /// Whether no stage changes or removes anything: there is none, or only line filters that every line passes.
    #[must_use]
    pub fn is_noop_pipeline(&self) -> bool {
        self.stages.iter().all(|stage| matches!(&stage.kind, StageKind::LineFilter(filter) if filter.is_noop()))
    }

    /// Whether a stage may remove lines.
    #[must_use]
    pub fn has_filter(&self) -> bool {
        self.stages.iter().any(|stage| match &stage.kind {
            StageKind::LineFilter(filter) => !filter.is_noop(),
            StageKind::LabelFilter(_) => true,
            _ => false,
        })
    }
}

impl LineFilter {
    /// Whether every line passes.
    #[must_use]
    pub fn is_noop(&self) -> bool {
        let is_empty = |alternative: &LineMatch| match alternative {
            LineMatch::Text(text) => text.is_empty(),
            LineMatch::Regex(pattern) => matches!(pattern.text.as_str(), "" | ".*"),
            LineMatch::Pattern(_) | LineMatch::Ip(_) => false,
        };
        !self.op.is_negated() && self.alternatives.iter().any(is_empty)
    }
}

impl LineFilterOp {
    /// The operator as written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            LineFilterOp::Contains => "|=",
            LineFilterOp::NotContains => "!=",
            LineFilterOp::Regex => "|~",
            LineFilterOp::NotRegex => "!~",
            LineFilterOp::Pattern => "|>",
            LineFilterOp::NotPattern => "!>",
        }
    }

    /// Whether lines that match are removed.
    #[must_use]
    pub fn is_negated(self) -> bool {
        matches!(self, LineFilterOp::NotContains | LineFilterOp::NotRegex | LineFilterOp::NotPattern)
    }
}

impl LineMatch {
    /// The text as written.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            LineMatch::Text(text) => text,
            LineMatch::Regex(pattern) => &pattern.text,
            LineMatch::Pattern(template) => &template.text,
            LineMatch::Ip(pattern) => &pattern.text,
        }
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

impl PartialEq for IpPattern {
    fn eq(&self, other: &IpPattern) -> bool {
        self.text == other.text
    }
}

impl Eq for IpPattern {}

impl IpRange {
    /// Whether an address is in the range; one of the other family never is.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.first, address, self.last) {
            (IpAddr::V4(first), IpAddr::V4(address), IpAddr::V4(last)) => first <= address && address <= last,
            (IpAddr::V6(first), IpAddr::V6(address), IpAddr::V6(last)) => first <= address && address <= last,
            _ => false,
        }
    }
}

impl CompareOp {
    /// The operator as canonical text has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            CompareOp::Equal => "==",
            CompareOp::NotEqual => "!=",
            CompareOp::Greater => ">",
            CompareOp::GreaterOrEqual => ">=",
            CompareOp::Less => "<",
            CompareOp::LessOrEqual => "<=",
        }
    }

    /// Applies the comparison.
    #[must_use]
    pub fn holds<T: PartialOrd>(self, left: T, right: T) -> bool {
        match self {
            CompareOp::Equal => left == right,
            CompareOp::NotEqual => left != right,
            CompareOp::Greater => left > right,
            CompareOp::GreaterOrEqual => left >= right,
            CompareOp::Less => left < right,
            CompareOp::LessOrEqual => left <= right,
        }
    }
}

impl DropKeepTarget {
    /// The label that it is about.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            DropKeepTarget::Name(name) => name,
            DropKeepTarget::Matcher(matcher) => matcher.name(),
        }
    }
}
