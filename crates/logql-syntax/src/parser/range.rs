//! Ranges: `{…} | json | unwrap x [5m] offset 1h`, and the other orders in which that may be written.

use super::{Parsed, Parser, ns_of, text_of};
use crate::ast::{LogExpr, LogRange, Span, Unwrap, UnwrapConversion};
use crate::token::TokenKind;

/// What may begin a range.
pub(super) const STARTS: [TokenKind; 2] = [TokenKind::OpenBrace, TokenKind::OpenParen];

/// The lines of a range with what is unwrapped from them.
struct Source {
    log: LogExpr,
    unwrap: Option<Unwrap>,
}

/// The window of a range.
struct Window {
    range_ns: i64,
    offset_ns: i64,
}

impl Parser<'_> {
    /// A range, in any number of parentheses.
    pub(super) fn log_range(&mut self) -> Parsed<LogRange> {
        let start = self.token.span.start;
        if self.token.kind == TokenKind::OpenBrace {
            return self.bare_range(start, false);
        }
        if self.token.kind != TokenKind::OpenParen {
            return self.unexpected(&STARTS);
        }
        self.take()?;
        match self.token.kind {
            TokenKind::OpenBrace => self.bare_range(start, true),
            TokenKind::OpenParen => {
                self.descend()?;
                let range = self.log_range()?;
                self.depth -= 1;
                self.expect(TokenKind::CloseParen)?;
                Ok(LogRange { span: self.since(start), ..range })
            }
            _ => self.unexpected(&STARTS),
        }
    }

    /// A range from its selector on; `in_parens` if a parenthesis was just opened, which may close in front of the window or
    /// behind it.
    fn bare_range(&mut self, start: usize, in_parens: bool) -> Parsed<LogRange> {
        let mut source = Source { log: self.selector()?, unwrap: None };
        self.height = 1;
        if self.token.kind == TokenKind::Range {
            let window = self.window()?;
            self.stages(&mut source)?;
            if in_parens {
                self.expect(TokenKind::CloseParen)?;
            }
            return Ok(self.range(start, source, &window));
        }
        self.stages(&mut source)?;
        match self.token.kind {
            TokenKind::Range => {
                let window = self.window()?;
                if in_parens {
                    self.expect(TokenKind::CloseParen)?;
                }
                Ok(self.range(start, source, &window))
            }
            TokenKind::CloseParen if in_parens => {
                self.take()?;
                if self.token.kind != TokenKind::Range {
                    return self.unexpected(&[TokenKind::Range]);
                }
                let window = self.window()?;
                self.trailing_unwrap(&mut source)?;
                Ok(self.range(start, source, &window))
            }
            _ if source.unwrap.is_none() => self.unexpected(&[]),
            _ if in_parens => self.unexpected(&[TokenKind::Range, TokenKind::CloseParen, TokenKind::Pipe]),
            _ => self.unexpected(&[TokenKind::Range, TokenKind::Pipe]),
        }
    }

    fn range(&self, start: usize, source: Source, window: &Window) -> LogRange {
        let Source { log, unwrap } = source;
        LogRange { log, range_ns: window.range_ns, offset_ns: window.offset_ns, unwrap, span: self.since(start) }
    }

    fn window(&mut self) -> Parsed<Window> {
        let range_ns = ns_of(&self.take()?);
        let offset_ns = if self.take_if(TokenKind::Offset)? { ns_of(&self.expect(TokenKind::Duration)?) } else { 0 };
        Ok(Window { range_ns, offset_ns })
    }

    /// The stages behind a selector, and what is unwrapped.
    fn stages(&mut self, source: &mut Source) -> Parsed<()> {
        let pipe = self.pipeline(&mut source.log, true)?;
        if let Some(stage) = source.log.stages.last() {
            source.log.span.end = stage.span.end;
        }
        if let Some(pipe) = pipe {
            source.unwrap = Some(self.unwrap(pipe.span.start)?);
        }
        Ok(())
    }

    /// Behind a parenthesised selector with its window nothing but `| unwrap` may follow, and that only once.
    fn trailing_unwrap(&mut self, source: &mut Source) -> Parsed<()> {
        let may_follow = source.log.stages.is_empty() && source.unwrap.is_none();
        if may_follow && self.token.kind == TokenKind::Pipe {
            let pipe = self.take()?;
            if self.token.kind != TokenKind::Unwrap {
                return self.unexpected(&[TokenKind::Unwrap]);
            }
            source.unwrap = Some(self.unwrap(pipe.span.start)?);
        }
        Ok(())
    }

    /// `unwrap` and what follows, its `|` having been taken.
    fn unwrap(&mut self, start: usize) -> Parsed<Unwrap> {
        self.expect(TokenKind::Unwrap)?;
        let (conversion, label) = match self.token.kind {
            TokenKind::Identifier => (None, text_of(self.take()?)),
            TokenKind::Conversion(conversion) => {
                self.take()?;
                self.expect(TokenKind::OpenParen)?;
                let label = self.expect_text(TokenKind::Identifier)?;
                self.expect(TokenKind::CloseParen)?;
                (Some(conversion), label)
            }
            _ => {
                return self.unexpected(&[
                    TokenKind::Identifier,
                    TokenKind::Conversion(UnwrapConversion::Bytes),
                    TokenKind::Conversion(UnwrapConversion::Duration),
                    TokenKind::Conversion(UnwrapConversion::DurationSeconds),
                ]);
            }
        };
        let mut filters = Vec::new();
        let mut highest = self.height;
        while self.take_if(TokenKind::Pipe)? {
            filters.push(self.label_filter()?);
            highest = highest.max(self.height + 1);
        }
        self.height = highest;
        let span = Span { start, end: self.last_end };
        Ok(Unwrap { label, conversion, filters, span })
    }
}
