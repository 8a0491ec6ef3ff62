//! Function calls.

use model::labels::Quoted;

use super::{Parsed, Parser, boxed};
use crate::ast::{Call, Expr, ExprKind, NumberLiteral};
use crate::functions;
use crate::token::{Token, TokenKind};

impl Parser<'_> {
    /// A name that is a function if a parenthesis follows, and a metric otherwise.
    pub(super) fn call_or_selector(&mut self) -> Parsed<Box<Expr>> {
        let name = self.take()?;
        if self.peek()?.kind != TokenKind::LeftParen {
            return self.selector_after_name(name);
        }
        let args = self.arguments()?;
        Ok(self.call(name, args))
    }

    #[inline(never)]
    fn call(&mut self, name: Token, args: Vec<Expr>) -> Box<Expr> {
        let span = self.span_from(name.span.start);
        let text = self.text(name);
        let kind = match functions::lookup(text) {
            Some(function) => ExprKind::Call(Call { function, args }),
            None => {
                self.error(name.span, format!("unknown function with name {}", Quoted(text)));
                // Stands in until the error is reported; the tree is not handed out.
                ExprKind::Number(NumberLiteral { value: 0.0, is_duration: false })
            }
        };
        boxed(kind, span)
    }

    /// `(expr, expr, …)`. The height is set for the node that holds them.
    pub(super) fn arguments(&mut self) -> Parsed<Vec<Expr>> {
        let open = self.expect(TokenKind::LeftParen)?;
        let mut args = Vec::new();
        let mut highest = 0;
        if !self.take_if(TokenKind::RightParen)? {
            loop {
                let arg = self.expression()?;
                push_unboxed(&mut args, arg);
                highest = highest.max(self.height);
                if !self.another_argument()? {
                    break;
                }
            }
        }
        self.grow(self.span_from(open.span.start), highest)?;
        Ok(args)
    }

    /// Reads on behind an argument; whether another one follows.
    fn another_argument(&mut self) -> Parsed<bool> {
        loop {
            match self.peek()?.kind {
                TokenKind::RightParen => {
                    self.take()?;
                    return Ok(false);
                }
                TokenKind::Comma => {
                    let comma = self.take()?;
                    if self.peek()?.kind.starts_expression() {
                        return Ok(true);
                    }
                    self.error(comma.span, "trailing commas not allowed in function call args".to_owned());
                }
                _ => return self.unexpected(),
            }
        }
    }
}

#[inline(never)]
#[expect(clippy::boxed_local, reason = "a box keeps the stack frame of the caller small")]
fn push_unboxed(args: &mut Vec<Expr>, arg: Box<Expr>) {
    args.push(*arg);
}
