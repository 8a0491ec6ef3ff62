//! Checks types, and what else can only be seen once the whole tree stands. Order and texts of errors are upstream's.

use model::labels::{METRIC_NAME, Quoted};

use crate::ast::{
    Aggregate, AggregateOp, Binary, Call, Expr, ExprKind, MatchCardinality, Span, ValueType, VectorSelector,
};
use crate::error::{ErrorList, ParseErrors};
use crate::functions::Variadic;
use crate::lexer::cursor::is_space;

/// Checks a tree and settles how its operators pair series.
///
/// # Errors
/// Whatever does not fit together.
pub(crate) fn check(query: &str, expr: &mut Expr) -> Result<(), ParseErrors> {
    let mut checker = Checker { query, errors: ErrorList::new(query) };
    checker.expr(expr);
    checker.errors.into_errors().map_or(Ok(()), Err)
}

struct Checker<'q> {
    query: &'q str,
    errors: ErrorList<'q>,
}

impl Checker<'_> {
    fn error(&mut self, span: Span, message: String) {
        self.errors.push(span, message);
    }

    /// Checks an expression and gives its type.
    fn expr(&mut self, expr: &mut Expr) -> ValueType {
        let span = expr.span;
        match &mut expr.kind {
            ExprKind::Number(_) => ValueType::Scalar,
            ExprKind::String(_) => ValueType::String,
            ExprKind::Selector(selector) => {
                self.selector(selector, span, false);
                ValueType::InstantVector
            }
            ExprKind::Range(range) => {
                self.selector(&range.selector, range.selector_span, false);
                ValueType::RangeVector
            }
            ExprKind::Subquery(subquery) => {
                let inner = self.expr(&mut subquery.expr);
                if inner != ValueType::InstantVector {
                    let message =
                        format!("subquery is only allowed on instant vector, got {} instead", raw_name(inner));
                    self.error(span, message);
                }
                ValueType::RangeVector
            }
            ExprKind::Call(call) => self.call(call, span),
            ExprKind::Aggregate(aggregate) => self.aggregate(aggregate),
            ExprKind::Binary(binary) => self.binary(binary, span),
            ExprKind::Unary { expr, .. } => self.unary(expr, span),
            ExprKind::Paren(inner) => self.expr(inner),
        }
    }

    fn unary(&mut self, operand: &mut Expr, span: Span) -> ValueType {
        let inner = self.expr(operand);
        if !is_number_like(inner) {
            let message = format!(
                "unary expression only allowed on expressions of type scalar or instant vector, got {}",
                Quoted(inner.as_str())
            );
            self.error(span, message);
        }
        inner
    }

    /// Checks an expression that must be of a type.
    fn expect(&mut self, expr: &mut Expr, wanted: ValueType, context: &str) {
        let found = self.expr(expr);
        if found != wanted {
            self.mismatch(expr.span, wanted, context, found);
        }
    }

    fn mismatch(&mut self, span: Span, wanted: ValueType, context: &str, found: ValueType) {
        self.error(span, format!("expected type {} in {context}, got {}", wanted.as_str(), found.as_str()));
    }

    fn aggregate(&mut self, aggregate: &mut Aggregate) -> ValueType {
        self.expect(&mut aggregate.expr, ValueType::InstantVector, "aggregation expression");
        if let Some(param) = &mut aggregate.param {
            let wanted = match aggregate.op {
                AggregateOp::CountValues => ValueType::String,
                _ => ValueType::Scalar,
            };
            self.expect(param, wanted, "aggregation parameter");
        }
        ValueType::InstantVector
    }

    fn call(&mut self, call: &mut Call, span: Span) -> ValueType {
        let function = call.function;
        let (least, most) = match function.variadic {
            Variadic::None => (function.args.len(), Some(function.args.len())),
            Variadic::Optional(optional) => (function.args.len().saturating_sub(optional), Some(function.args.len())),
            Variadic::Any => (function.args.len().saturating_sub(1), None),
        };
        let (found, name) = (call.args.len(), Quoted(function.name));
        if function.variadic == Variadic::None {
            if found != least {
                self.error(span, format!("expected {least} argument(s) in call to {name}, got {found}"));
            }
        } else if found < least {
            self.error(span, format!("expected at least {least} argument(s) in call to {name}, got {found}"));
        } else if let Some(most) = most.filter(|most| found > *most) {
            self.error(span, format!("expected at most {most} argument(s) in call to {name}, got {found}"));
        }
        if function.name == "info" {
            self.info_selector(call);
        }
        self.arguments(call);
        function.returns
    }

    fn arguments(&mut self, call: &mut Call) {
        let function = call.function;
        let context = format!("call to function {}", Quoted(function.name));
        for (i, arg) in call.args.iter_mut().enumerate() {
            let wanted = match function.args.get(i) {
                Some(wanted) => *wanted,
                None if function.variadic == Variadic::None => break,
                None => match function.args.last() {
                    Some(last) => *last,
                    None => break,
                },
            };
            // The second argument of info() selects labels, not series, and may match everything.
            let found = match &arg.kind {
                ExprKind::Selector(selector) if function.name == "info" && i == 1 => {
                    self.selector(selector, arg.span, true);
                    ValueType::InstantVector
                }
                _ => self.expr(arg),
            };
            if found != wanted {
                self.mismatch(arg.span, wanted, &context, found);
            }
        }
    }

    /// `info` takes nothing but matchers in braces as its second argument.
    fn info_selector(&mut self, call: &Call) {
        let Some(arg) = call.args.get(1) else { return };
        let found = arg.value_type();
        if found != ValueType::InstantVector {
            self.mismatch(arg.span, ValueType::InstantVector, "call to function \"info\"", found);
        }
        match &arg.kind {
            ExprKind::Selector(selector) if selector.name.is_some() && !selector.name_is_quoted => {
                self.error(arg.span, "expected label selectors only, got vector selector instead".to_owned());
            }
            ExprKind::Selector(_) => {}
            _ => self.error(arg.span, "expected label selectors only".to_owned()),
        }
    }

    fn selector(&mut self, selector: &VectorSelector, span: Span, may_match_all: bool) {
        if let (Some(name), false) = (&selector.name, selector.name_is_quoted) {
            // The first matcher is the one that was made of the name.
            for matcher in selector.matchers.iter().skip(1).filter(|m| m.name() == METRIC_NAME) {
                let (first, second) = (Quoted(name), Quoted(matcher.value()));
                self.error(span, format!("metric name must not be set twice: {first} or {second}"));
            }
        } else if !may_match_all && selector.matchers.iter().all(model::Matcher::matches_empty) {
            self.error(span, "vector selector must contain at least one non-empty matcher".to_owned());
        }
    }

    fn binary(&mut self, binary: &mut Binary, span: Span) -> ValueType {
        let lhs = self.expr(&mut binary.lhs);
        let rhs = self.expr(&mut binary.rhs);
        let op = binary.op;
        let both_scalar = lhs == ValueType::Scalar && rhs == ValueType::Scalar;
        if binary.return_bool && !op.is_comparison() {
            let message = "bool modifier can only be used on comparison operators".to_owned();
            self.error(self.operator_span(binary), message);
        }
        if op.is_comparison() && !binary.return_bool && both_scalar {
            let message = "comparisons between scalars must use BOOL modifier".to_owned();
            self.error(self.operator_span(binary), message);
        }
        self.label_overlap(binary);
        for (side, found) in [(&binary.lhs, lhs), (&binary.rhs, rhs)] {
            if !is_number_like(found) {
                let message = "binary expression must contain only scalar and instant vector types".to_owned();
                self.error(side.span, message);
            }
        }
        if lhs == ValueType::InstantVector && rhs == ValueType::InstantVector {
            self.set_operation(binary, span);
        } else {
            self.without_matching(binary, span);
        }
        if op.is_set() && (lhs == ValueType::Scalar || rhs == ValueType::Scalar) {
            let message = format!("set operator {} not allowed in binary scalar expression", Quoted(op.as_str()));
            self.error(span, message);
        }
        if both_scalar { ValueType::Scalar } else { ValueType::InstantVector }
    }

    fn label_overlap(&mut self, binary: &Binary) {
        let Some(matching) = binary.matching.as_ref().filter(|matching| matching.on) else { return };
        for label in &matching.labels {
            for _ in matching.include.iter().filter(|included| *included == label) {
                let message = format!("label {} must not occur in ON and GROUP clause at once", Quoted(label));
                self.error(self.operator_span(binary), message);
            }
        }
    }

    /// Both sides are vectors.
    fn set_operation(&mut self, binary: &mut Binary, span: Span) {
        let Some(matching) = binary.matching.as_mut().filter(|_| binary.op.is_set()) else { return };
        if matching.cardinality == MatchCardinality::OneToOne {
            matching.cardinality = MatchCardinality::ManyToMany;
        }
        let is_grouped = matching.cardinality != MatchCardinality::ManyToMany;
        let is_filled = matching.fill_left.is_some() || matching.fill_right.is_some();
        if is_grouped {
            self.error(span, format!("no grouping allowed for {} operation", Quoted(binary.op.as_str())));
            self.error(span, "set operations must always be many-to-many".to_owned());
        }
        if is_filled {
            self.error(span, "filling in missing series not allowed for set operators".to_owned());
        }
    }

    /// At least one side is no vector, so there is nothing to pair.
    fn without_matching(&mut self, binary: &mut Binary, span: Span) {
        let Some(matching) = binary.matching.take() else { return };
        if !matching.labels.is_empty() {
            self.error(span, "vector matching only allowed between instant vectors".to_owned());
        }
        if matching.fill_left.is_some() || matching.fill_right.is_some() {
            self.error(span, "filling in missing series only allowed between instant vectors".to_owned());
        }
    }

    /// The operator with its modifiers: what stands between the two sides, without the space around.
    fn operator_span(&self, binary: &Binary) -> Span {
        let (from, to) = (binary.lhs.span.end, binary.rhs.span.start);
        let between = self.query.get(from..to).unwrap_or_default();
        let leading = between.len() - between.trim_start_matches(is_space).len();
        Span { start: from + leading, end: from + between.trim_end_matches(is_space).len() }
    }
}

fn is_number_like(value: ValueType) -> bool {
    matches!(value, ValueType::Scalar | ValueType::InstantVector)
}

/// The name by which APIs call a type.
fn raw_name(value: ValueType) -> &'static str {
    match value {
        ValueType::Scalar => "scalar",
        ValueType::String => "string",
        ValueType::InstantVector => "vector",
        ValueType::RangeVector => "matrix",
    }
}
