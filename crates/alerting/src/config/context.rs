//! What all readers of the file share.

use std::cell::RefCell;
use std::collections::BTreeSet;

use ::config::{Node, Position};

use crate::matcher::Syntax;

/// Where the reading stands.
#[derive(Debug)]
pub(crate) struct Context {
    /// How matchers and label names are read.
    pub(crate) syntax: Syntax,
    secrets: RefCell<BTreeSet<Position>>,
    warnings: RefCell<Vec<String>>,
}

impl Context {
    pub(crate) fn new(syntax: Syntax) -> Context {
        Context { syntax, secrets: RefCell::default(), warnings: RefCell::default() }
    }

    /// Notes that what stands at a place must not be shown.
    pub(crate) fn hide(&self, position: Position) {
        self.secrets.borrow_mut().insert(position);
    }

    /// Notes something that is taken, but that people should know of.
    pub(crate) fn warn(&self, node: &Node, what: &str) {
        self.warnings.borrow_mut().push(node.error(what).to_string());
    }

    /// The places of all secrets, and the warnings.
    pub(crate) fn into_parts(self) -> (BTreeSet<Position>, Vec<String>) {
        (self.secrets.into_inner(), self.warnings.into_inner())
    }
}
