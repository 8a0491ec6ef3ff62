//! Vector selectors.

use model::{MatchOp, Matcher};

use super::{Expectation, Parsed, Parser, boxed};
use crate::ast::{BinaryOp, Expr, ExprKind, SelectorModifiers, Span, VectorSelector};
use crate::lexer::string;
use crate::token::{Token, TokenKind};

const AT_MATCHER: Expectation = Expectation { context: "label matching", expected: "identifier or \"}\"" };
const AFTER_LABEL: Expectation = Expectation { context: "label matching", expected: "label matching operator" };
const AFTER_OPERATOR: Expectation = Expectation { context: "label matching", expected: "string" };
const AFTER_MATCHER: Expectation = Expectation { context: "label matching", expected: "\",\" or \"}\"" };

/// What the braces of a selector hold.
#[derive(Default)]
struct Braces {
    matchers: Vec<Matcher>,
    /// The first name that was written as a bare string.
    quoted_name: Option<String>,
}

impl Parser<'_> {
    /// A selector as an expression; its name or brace is next.
    pub(super) fn selector_expression(&mut self) -> Parsed<Box<Expr>> {
        let (selector, span) = self.vector_selector()?;
        Ok(boxed(ExprKind::Selector(selector), span))
    }

    /// A selector as an expression; its name has been taken.
    pub(super) fn selector_after_name(&mut self, name: Token) -> Parsed<Box<Expr>> {
        let (selector, span) = self.selector_named(name)?;
        Ok(boxed(ExprKind::Selector(selector), span))
    }

    pub(super) fn vector_selector(&mut self) -> Parsed<(VectorSelector, Span)> {
        if self.peek()?.kind.is_metric_name() {
            let name = self.take()?;
            return self.selector_named(name);
        }
        let open = self.expect(TokenKind::LeftBrace)?;
        let Braces { matchers, quoted_name } = self.braces()?;
        self.height = 1;
        let name_is_quoted = quoted_name.is_some();
        let modifiers = SelectorModifiers::default();
        let selector = VectorSelector { name: quoted_name, name_is_quoted, matchers, modifiers };
        Ok((selector, self.span_from(open.span.start)))
    }

    fn selector_named(&mut self, name: Token) -> Parsed<(VectorSelector, Span)> {
        let text = self.text(name);
        let mut matchers = vec![Matcher::metric_name(text)];
        if self.take_if(TokenKind::LeftBrace)? {
            matchers.append(&mut self.braces()?.matchers);
        }
        self.height = 1;
        let modifiers = SelectorModifiers::default();
        let selector = VectorSelector { name: Some(text.to_owned()), name_is_quoted: false, matchers, modifiers };
        Ok((selector, self.span_from(name.span.start)))
    }

    /// Matchers up to and with the closing brace; the opening one has been taken.
    fn braces(&mut self) -> Parsed<Braces> {
        let mut braces = Braces::default();
        while !self.take_if(TokenKind::RightBrace)? {
            self.matcher(&mut braces)?;
            match self.peek()?.kind {
                TokenKind::Comma => {
                    self.take()?;
                }
                TokenKind::RightBrace => {}
                _ => return self.unexpected_in(Some(AFTER_MATCHER)),
            }
        }
        Ok(braces)
    }

    /// `label="value"`, `"quoted label"=~"pattern"`, or the name of the metric as a string.
    fn matcher(&mut self, braces: &mut Braces) -> Parsed<()> {
        let label = self.peek()?;
        let name = match label.kind {
            TokenKind::Identifier => self.text(label).to_owned(),
            TokenKind::String => string::unquote(self.text(label)),
            _ => return self.unexpected_in(Some(AT_MATCHER)),
        };
        self.take()?;
        let op = match self.peek()?.kind {
            TokenKind::Assign => MatchOp::Equal,
            TokenKind::Operator(BinaryOp::Ne) => MatchOp::NotEqual,
            TokenKind::RegexMatch => MatchOp::Regex,
            TokenKind::RegexNoMatch => MatchOp::NotRegex,
            _ if label.kind == TokenKind::String => {
                braces.matchers.push(Matcher::metric_name(&name));
                braces.quoted_name.get_or_insert(name);
                return Ok(());
            }
            _ => return self.unexpected_in(Some(AFTER_LABEL)),
        };
        self.take()?;
        let value = self.peek()?;
        if value.kind != TokenKind::String {
            return self.unexpected_in(Some(AFTER_OPERATOR));
        }
        self.take()?;
        match Matcher::new(op, &name, &string::unquote(self.text(value))) {
            Ok(matcher) => braces.matchers.push(matcher),
            Err(error) => self.error(self.span_from(label.span.start), error.to_string()),
        }
        Ok(())
    }
}
