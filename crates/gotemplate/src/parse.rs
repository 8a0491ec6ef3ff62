//! The parser: tokens become trees, one for each template that a text defines.

mod control;
mod number;
mod pipeline;

use std::sync::Arc;

use crate::ast::{self, List, Node, Tree};
use crate::error::Error;
use crate::fmt::quote::quote;
use crate::function::Functions;
use crate::lex::{Keyword, Kind, Token, lex};
use crate::limits::MAX_NESTING;

type Parsed<T> = Result<T, Error>;

/// Parses a text under a name, which is also the name of the template outside of all definitions.
///
/// # Errors
/// What is wrong with it, and on which line.
pub(crate) fn parse(name: &str, text: &str, functions: &Functions) -> Parsed<Vec<Tree>> {
    if u32::try_from(text.len()).is_err() {
        return Err(Error::new(format!("template: {name}: the text is longer than 4 GiB")));
    }
    let tokens = lex(text);
    let mut parser = Parser {
        tokens: &tokens,
        next: 0,
        furthest: 0,
        functions,
        source: name.into(),
        text: text.into(),
        variables: vec![ROOT_VARIABLE.into()],
        range_depth: 0,
        nesting: 0,
        action_line: 0,
        trees: Vec::new(),
    };
    let root = parser.top()?;
    parser.add(name.into(), root)?;
    Ok(parser.trees)
}

/// The variable that holds what a template is executed on.
pub(crate) const ROOT_VARIABLE: &str = "$";

struct Parser<'t> {
    /// The last one is the end or an error.
    tokens: &'t [Token<'t>],
    next: usize,
    /// The last token looked at, which says the line of an error.
    furthest: usize,
    functions: &'t Functions,
    source: Arc<str>,
    text: Arc<str>,
    /// The variables that are declared here.
    variables: Vec<Arc<str>>,
    range_depth: usize,
    nesting: usize,
    /// The line on which the action began that is being parsed; 0 if there is none.
    action_line: usize,
    trees: Vec<Tree>,
}

/// What an item list ended with.
enum Ending {
    End,
    /// Holds the position after the `else`.
    Else,
}

impl Ending {
    fn shown(&self) -> &'static str {
        match self {
            Ending::End => "{{end}}",
            Ending::Else => "{{else}}",
        }
    }
}

/// One item of a list.
enum Item {
    Node(Node),
    Ending(Ending),
}

impl<'t> Parser<'t> {
    fn take(&mut self) -> &'t Token<'t> {
        let token = self.token(self.next);
        self.next += 1;
        token
    }

    fn peek(&mut self) -> &'t Token<'t> {
        self.token(self.next)
    }

    /// A token, or the last one if there are fewer.
    fn token(&mut self, index: usize) -> &'t Token<'t> {
        let index = index.min(self.tokens.len().saturating_sub(1));
        self.furthest = self.furthest.max(index);
        &self.tokens[index]
    }

    fn back(&mut self) {
        self.next = self.next.saturating_sub(1);
    }

    fn take_word(&mut self) -> &'t Token<'t> {
        loop {
            let token = self.take();
            if token.kind != Kind::Space {
                return token;
            }
        }
    }

    /// Looks at what comes after space, and passes the space.
    fn peek_word(&mut self) -> &'t Token<'t> {
        while self.peek().kind == Kind::Space {
            self.next += 1;
        }
        self.peek()
    }

    fn expect(&mut self, kind: &Kind, context: &str) -> Parsed<&'t Token<'t>> {
        let token = self.take_word();
        if token.kind == *kind { Ok(token) } else { Err(self.unexpected(token, context)) }
    }

    fn error(&self, message: impl AsRef<str>) -> Error {
        let line = self.tokens.get(self.furthest).map_or(0, |token| token.line);
        Error::new(format!("template: {}:{line}: {}", self.source, message.as_ref()))
    }

    fn unexpected(&self, token: &Token<'_>, context: &str) -> Error {
        let Kind::Error(message) = &token.kind else {
            return self.error(format!("unexpected {} in {context}", token.shown()));
        };
        if self.action_line == 0 || self.action_line == token.line {
            return self.error(message);
        }
        let action = if message.ends_with(" action") { "" } else { " in action" };
        self.error(format!("{message}{action} started at {}:{}", self.source, self.action_line))
    }

    fn enter(&mut self) -> Parsed<()> {
        if self.nesting >= MAX_NESTING {
            return Err(self.error(format!("nested more than {MAX_NESTING} levels deep")));
        }
        self.nesting += 1;
        Ok(())
    }

    fn leave(&mut self) {
        self.nesting = self.nesting.saturating_sub(1);
    }

    /// The text outside of definitions, to its end.
    fn top(&mut self) -> Parsed<List> {
        let mut root = Vec::new();
        while self.peek().kind != Kind::End {
            if self.peek().kind == Kind::LeftDelimiter {
                let before = self.next;
                self.next += 1;
                if self.take_word().kind == Kind::Keyword(Keyword::Define) {
                    self.definition()?;
                    continue;
                }
                self.next = before;
            }
            match self.text_or_action()? {
                Item::Node(node) => root.push(node),
                Item::Ending(ending) => return Err(self.error(format!("unexpected {}", ending.shown()))),
            }
        }
        Ok(root)
    }

    /// Items up to `end` or `else`.
    fn item_list(&mut self) -> Parsed<(List, Ending)> {
        self.enter()?;
        let mut list = Vec::new();
        while self.peek_word().kind != Kind::End {
            match self.text_or_action()? {
                Item::Node(node) => list.push(node),
                Item::Ending(ending) => {
                    self.leave();
                    return Ok((list, ending));
                }
            }
        }
        Err(self.error("unexpected EOF"))
    }

    fn text_or_action(&mut self) -> Parsed<Item> {
        let token = self.take_word();
        match token.kind {
            Kind::Text => Ok(Item::Node(Node::Text(ast::Text { pos: token.pos as u32, text: token.text.into() }))),
            Kind::LeftDelimiter => {
                self.action_line = token.line;
                let item = self.action();
                if item.is_ok() {
                    self.action_line = 0;
                }
                item
            }
            _ => Err(self.unexpected(token, "input")),
        }
    }

    /// Keeps a template that was defined. Of two by one name, one must be empty.
    fn add(&mut self, name: Arc<str>, root: List) -> Parsed<()> {
        let new = Tree { name, source: Arc::clone(&self.source), text: Arc::clone(&self.text), root };
        let Some(at) = self.trees.iter().position(|tree| tree.name == new.name) else {
            self.trees.push(new);
            return Ok(());
        };
        let is_empty = ast::is_empty(&new.root);
        if ast::is_empty(&self.trees[at].root) {
            self.trees[at] = new;
        } else if !is_empty {
            return Err(self.error(format!("template: multiple definition of template {}", quote(&new.name))));
        }
        Ok(())
    }
}
