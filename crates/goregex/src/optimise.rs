//! What can be known of a whole-text pattern without running an automaton.
//!
//! All of this reads the tree of the pattern alone, before it is anchored. Walks
//! stop at [`MAX_DEPTH`] and then know nothing.

mod glob;
mod literals;
#[cfg(test)]
mod tests;

use regex_syntax::hir::{Class, Hir, HirKind, Look};

use glob::Glob;
use literals::literals;
pub(crate) use literals::prefix;

/// A test for whole texts that is equivalent to the pattern.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    /// One of a sorted set of texts. At the top, this is all that [`literals`] found.
    Set(Vec<String>),
    /// Literals with gaps between, such as `a.*b.+`.
    Glob(Glob),
    /// Any of these.
    Any(Vec<Shape>),
}

impl Shape {
    pub(crate) fn is_match(&self, text: &str) -> bool {
        match self {
            Shape::Set(set) => set.binary_search_by(|known| known.as_str().cmp(text)).is_ok(),
            Shape::Glob(glob) => glob.is_match(text),
            Shape::Any(shapes) => shapes.iter().any(|shape| shape.is_match(text)),
        }
    }
}

/// The shape of `hir`, if it has one.
pub(crate) fn shape(hir: &Hir) -> Option<Shape> {
    if let Some(set) = literals([hir]) {
        return Some(Shape::Set(set));
    }
    if let Some(glob) = Glob::of(hir) {
        return Some(Shape::Glob(glob));
    }
    let HirKind::Alternation(alternatives) = uncaptured(hir).kind() else { return None };
    let mut others = Vec::new();
    let mut shapes = Vec::new();
    for alternative in alternatives {
        match Glob::of(alternative) {
            Some(glob) => shapes.push(Shape::Glob(glob)),
            None => others.push(alternative),
        }
        // With many alternatives an automaton, which tries all at once, is faster.
        if shapes.len() > MAX_GLOBS {
            return None;
        }
    }
    if !others.is_empty() {
        shapes.push(Shape::Set(literals(others)?));
    }
    Some(Shape::Any(shapes))
}

/// Whether `hir`, taken to span a whole text, matches the empty text, as far as
/// the tree tells.
pub(crate) fn matches_empty(hir: &Hir) -> Option<bool> {
    let properties = hir.properties();
    match properties.minimum_len() {
        Some(0) if properties.look_set().is_empty() => Some(true),
        // A part that matches nothing at all makes the length unknown.
        Some(0) | None => None,
        Some(_) => Some(false),
    }
}

/// How far down a tree is looked at.
const MAX_DEPTH: usize = 64;

/// The most globs in one shape.
const MAX_GLOBS: usize = 8;

/// `hir` without the groups around it.
fn uncaptured(hir: &Hir) -> &Hir {
    let mut inner = hir;
    while let HirKind::Capture(capture) = inner.kind() {
        inner = &capture.sub;
    }
    inner
}

/// Whether `hir` matches any one character, newlines included.
fn is_any_char(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Class(Class::Unicode(class)) => {
            matches!(class.ranges(), [range] if range.start() == '\0' && range.end() == char::MAX)
        }
        _ => false,
    }
}

/// Whether `look` holds at the beginning of every text.
fn holds_at_start(look: Look) -> bool {
    matches!(look, Look::Start | Look::StartLF)
}

/// Whether `look` holds at the end of every text.
fn holds_at_end(look: Look) -> bool {
    matches!(look, Look::End | Look::EndLF)
}
