//! Actions that begin with a keyword.

use std::sync::Arc;

use super::{Ending, Item, Parsed, Parser, ROOT_VARIABLE};
use crate::ast::{Action, Arm, Branch, Call, List, Node};
use crate::fmt::quote::unquote;
use crate::lex::{Keyword, Kind, Token};

impl<'t> Parser<'t> {
    pub(super) fn action(&mut self) -> Parsed<Item> {
        let token = self.take_word();
        let node = match token.kind {
            Kind::Keyword(Keyword::Block) => self.block()?,
            Kind::Keyword(Keyword::Break) => {
                self.loop_control("break")?;
                Node::Break(token.pos as u32)
            }
            Kind::Keyword(Keyword::Continue) => {
                self.loop_control("continue")?;
                Node::Continue(token.pos as u32)
            }
            Kind::Keyword(Keyword::Else) => return self.else_control().map(|()| Item::Ending(Ending::Else)),
            Kind::Keyword(Keyword::End) => {
                self.expect(&Kind::RightDelimiter, "end")?;
                return Ok(Item::Ending(Ending::End));
            }
            Kind::Keyword(Keyword::If) => Node::If(self.branch("if", Some(Keyword::If))?),
            Kind::Keyword(Keyword::With) => Node::With(self.branch("with", Some(Keyword::With))?),
            Kind::Keyword(Keyword::Range) => Node::Range(self.branch("range", None)?),
            Kind::Keyword(Keyword::Template) => self.template()?,
            _ => {
                self.back();
                let pipe = self.pipeline("command", &Kind::RightDelimiter)?;
                Node::Action(Action { pipe, escapes: Vec::new() })
            }
        };
        Ok(Item::Node(node))
    }

    fn loop_control(&mut self, keyword: &str) -> Parsed<()> {
        let action = format!("{{{{{keyword}}}}}");
        self.expect(&Kind::RightDelimiter, &action)?;
        if self.range_depth == 0 {
            return Err(self.error(format!("{action} outside {{{{range}}}}")));
        }
        Ok(())
    }

    /// After `else`, an `if` or `with` stays to be read.
    fn else_control(&mut self) -> Parsed<()> {
        if matches!(self.peek_word().kind, Kind::Keyword(Keyword::If | Keyword::With)) {
            return Ok(());
        }
        self.expect(&Kind::RightDelimiter, "else").map(|_| ())
    }

    /// `if`, `with` or `range`; the keyword that may follow an `else` continues it.
    fn branch(&mut self, context: &str, continuation: Option<Keyword>) -> Parsed<Branch> {
        let declared = self.variables.len();
        let mut arms = Vec::new();
        let otherwise = loop {
            let pipe = self.pipeline(context, &Kind::RightDelimiter)?;
            let is_range = context == "range";
            self.range_depth += usize::from(is_range);
            let (body, ending) = self.item_list()?;
            self.range_depth -= usize::from(is_range);
            arms.push(Arm { pipe, body });
            if matches!(ending, Ending::End) {
                break None;
            }
            if continuation.is_some_and(|keyword| self.peek().kind == Kind::Keyword(keyword)) {
                self.take();
                continue;
            }
            let (list, ending) = self.item_list()?;
            if !matches!(ending, Ending::End) {
                return Err(self.error(format!("expected end; found {}", ending.shown())));
            }
            break Some(list);
        };
        self.variables.truncate(declared);
        Ok(Branch { arms, otherwise })
    }

    /// `{{define "name"}}`, of which the keyword is passed already.
    pub(super) fn definition(&mut self) -> Parsed<()> {
        const CONTEXT: &str = "define clause";
        let token = self.take_word();
        let name = self.template_name(token, CONTEXT)?;
        self.expect(&Kind::RightDelimiter, CONTEXT)?;
        let root = self.separate_body(CONTEXT)?;
        self.add(name, root)
    }

    /// `{{block "name" pipeline}}`: a definition, and its execution.
    fn block(&mut self) -> Parsed<Node> {
        const CONTEXT: &str = "block clause";
        let token = self.take_word();
        let name = self.template_name(token, CONTEXT)?;
        let pipe = self.pipeline(CONTEXT, &Kind::RightDelimiter)?;
        let root = self.separate_body(CONTEXT)?;
        self.add(Arc::clone(&name), root)?;
        Ok(Node::Template(Call { pos: token.pos as u32, target: Arc::clone(&name), name, pipe: Some(pipe) }))
    }

    /// The body of a template, which sees no variables from outside.
    fn separate_body(&mut self, context: &str) -> Parsed<List> {
        let variables = std::mem::replace(&mut self.variables, vec![ROOT_VARIABLE.into()]);
        let range_depth = std::mem::take(&mut self.range_depth);
        let action_line = std::mem::take(&mut self.action_line);
        let (root, ending) = self.item_list()?;
        if !matches!(ending, Ending::End) {
            return Err(self.error(format!("unexpected {} in {context}", ending.shown())));
        }
        (self.variables, self.range_depth, self.action_line) = (variables, range_depth, action_line);
        Ok(root)
    }

    fn template(&mut self) -> Parsed<Node> {
        const CONTEXT: &str = "template clause";
        let token = self.take_word();
        let name = self.template_name(token, CONTEXT)?;
        let pipe = if self.take_word().kind == Kind::RightDelimiter {
            None
        } else {
            self.back();
            Some(self.pipeline(CONTEXT, &Kind::RightDelimiter)?)
        };
        Ok(Node::Template(Call { pos: token.pos as u32, target: Arc::clone(&name), name, pipe }))
    }

    fn template_name(&mut self, token: &Token<'t>, context: &str) -> Parsed<Arc<str>> {
        if !matches!(token.kind, Kind::String | Kind::RawString) {
            return Err(self.unexpected(token, context));
        }
        unquote(token.text).map(Arc::from).ok_or_else(|| self.error("invalid syntax"))
    }
}
