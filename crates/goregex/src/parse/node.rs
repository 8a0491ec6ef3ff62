//! A piece of the tree under construction, with the measures that limits need.

use regex_syntax::hir::{Capture, Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Repetition};

use crate::unicode;

/// A subtree and its measures.
pub(super) struct Node {
    content: Content,
    op: Op,
    height: u32,
    size: u64,
    repeats: u32,
}

/// Bounds of a repetition; `max` is `None` where there is none.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    pub(super) min: u32,
    pub(super) max: Option<u32>,
    /// Written with braces: only such counts are multiplied up.
    pub(super) counted: bool,
}

enum Content {
    /// A run of characters, kept as text until no operator can split it any more.
    Text {
        text: String,
        fold: bool,
    },
    Tree(Hir),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Op {
    Concat,
    Alternation,
    Other,
}

impl Node {
    /// A tree of one level: a class, an assertion or nothing.
    pub(super) fn atom(hir: Hir) -> Node {
        let size = match hir.kind() {
            // A range is up to seven sequences of up to four bytes, which share states.
            HirKind::Class(Class::Unicode(class)) => 16 * class.ranges().len() as u64,
            _ => 1,
        };
        Node { content: Content::Tree(hir), op: Op::Other, height: 1, size, repeats: 1 }
    }

    /// The character `c`, in either case if `fold`.
    pub(super) fn text(c: char, fold: bool) -> Node {
        let mut node = Node {
            content: Content::Text { text: String::new(), fold },
            op: Op::Other,
            height: 1,
            size: 0,
            repeats: 1,
        };
        node.append_char(c, fold);
        node
    }

    /// Adds `c` to a run of the same kind; false if this is no such run.
    pub(super) fn append_char(&mut self, c: char, fold: bool) -> bool {
        match &mut self.content {
            Content::Text { text, fold: mine } if *mine == fold => {
                text.push(c);
                self.size += char_size(c, fold);
                true
            }
            _ => false,
        }
    }

    /// Takes the last character off a run of several, since an operator applies
    /// to one character only.
    pub(super) fn split_last(&mut self) -> Option<Node> {
        let Content::Text { text, fold } = &mut self.content else { return None };
        let last = text.pop()?;
        if text.is_empty() {
            text.push(last);
            return None;
        }
        self.size -= char_size(last, *fold);
        Some(Node::text(last, *fold))
    }

    /// The node as one operand: an operator after it applies to all of it.
    pub(super) fn sealed(self) -> Node {
        Node {
            op: self.op,
            height: self.height,
            size: self.size,
            repeats: self.repeats,
            content: Content::Tree(self.into_hir()),
        }
    }

    pub(super) fn concat(mut items: Vec<Node>) -> Node {
        if items.len() == 1
            && let Some(only) = items.pop()
        {
            return only;
        }
        let size = items.iter().map(|item| item.size).fold(1, u64::saturating_add);
        Node {
            op: Op::Concat,
            height: height_above(&items, Op::Concat),
            size,
            repeats: most_repeats(&items),
            content: Content::Tree(Hir::concat(items.into_iter().map(Node::into_hir).collect())),
        }
    }

    pub(super) fn alternation(items: Vec<Node>) -> Node {
        let mut items = merge_characters(items);
        if items.len() == 1
            && let Some(only) = items.pop()
        {
            return only;
        }
        let size = items.iter().map(|item| item.size).fold(items.len() as u64, u64::saturating_add);
        Node {
            op: Op::Alternation,
            height: height_above(&items, Op::Alternation),
            size,
            repeats: most_repeats(&items),
            content: Content::Tree(Hir::alternation(items.into_iter().map(Node::into_hir).collect())),
        }
    }

    pub(super) fn capture(self, index: u32) -> Node {
        Node {
            op: Op::Other,
            height: self.height.saturating_add(1),
            size: self.size.saturating_add(2),
            repeats: self.repeats,
            // Names are kept apart: Go lets two groups share one, the engine does not.
            content: Content::Tree(Hir::capture(Capture { index, name: None, sub: Box::new(self.into_hir()) })),
        }
    }

    pub(super) fn repeat(self, bounds: Bounds, greedy: bool) -> Node {
        let copies = bounds.max.unwrap_or(bounds.min);
        let repeats = match bounds.max {
            _ if !bounds.counted => self.repeats,
            Some(0) => 1,
            _ => self.repeats.saturating_mul(copies.max(1)),
        };
        let size = self.size.saturating_mul(u64::from(copies.max(1))).saturating_add(2 + u64::from(copies));
        Node {
            op: Op::Other,
            height: self.height.saturating_add(1),
            size,
            repeats,
            content: Content::Tree(Hir::repetition(Repetition {
                min: bounds.min,
                max: bounds.max,
                greedy,
                sub: Box::new(self.into_hir()),
            })),
        }
    }

    /// The height of the tree as Go counts it: a concatenation within a
    /// concatenation, or an alternation within an alternation, adds no level.
    pub(super) fn height(&self) -> u32 {
        self.height
    }

    /// A rough count of the program's states, repeats multiplied out.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// The largest product of nested repeat counts.
    pub(super) fn repeats(&self) -> u32 {
        self.repeats
    }

    /// The characters that the node matches, if it matches just one character.
    fn character_ranges(&self) -> Option<Vec<ClassUnicodeRange>> {
        let only = |text: &str| {
            let mut chars = text.chars();
            chars.next().filter(|_| chars.next().is_none())
        };
        match &self.content {
            Content::Text { text, fold: true } => Some(unicode::both_cases(only(text)?).ranges().to_vec()),
            Content::Text { text, fold: false } => only(text).map(|c| vec![ClassUnicodeRange::new(c, c)]),
            Content::Tree(hir) => match hir.kind() {
                HirKind::Class(Class::Unicode(class)) => Some(class.ranges().to_vec()),
                HirKind::Literal(literal) => {
                    let c = only(std::str::from_utf8(&literal.0).ok()?)?;
                    Some(vec![ClassUnicodeRange::new(c, c)])
                }
                _ => None,
            },
        }
    }

    pub(super) fn into_hir(self) -> Hir {
        match self.content {
            Content::Tree(hir) => hir,
            Content::Text { text, fold: false } => Hir::literal(text.into_bytes()),
            Content::Text { text, fold: true } => {
                Hir::concat(text.chars().map(|c| Hir::class(Class::Unicode(unicode::both_cases(c)))).collect())
            }
        }
    }
}

/// Makes one class of neighbouring alternatives that match one character each, as
/// Go does: `a|[bc]|d` is `[a-d]`. Left to the tree's own constructor, many of them
/// would take quadratic time.
fn merge_characters(items: Vec<Node>) -> Vec<Node> {
    let mut merged = Vec::new();
    let mut run: Vec<Node> = Vec::new();
    let mut ranges = Vec::new();
    let end_run = |run: &mut Vec<Node>, ranges: &mut Vec<ClassUnicodeRange>, merged: &mut Vec<Node>| {
        if run.len() < 2 {
            merged.append(run);
        } else {
            run.clear();
            let class = ClassUnicode::new(ranges.iter().copied());
            merged.push(Node::atom(Hir::class(Class::Unicode(class))));
        }
        ranges.clear();
    };
    for item in items {
        if let Some(mut more) = item.character_ranges() {
            ranges.append(&mut more);
            run.push(item);
        } else {
            end_run(&mut run, &mut ranges, &mut merged);
            merged.push(item);
        }
    }
    end_run(&mut run, &mut ranges, &mut merged);
    merged
}

fn char_size(c: char, fold: bool) -> u64 {
    c.len_utf8() as u64 * if fold { 3 } else { 1 }
}

fn height_above(items: &[Node], op: Op) -> u32 {
    let below = items.iter().map(|item| if item.op == op { item.height - 1 } else { item.height }).max();
    below.map_or(1, |height| height.saturating_add(1))
}

fn most_repeats(items: &[Node]) -> u32 {
    items.iter().map(|item| item.repeats).max().unwrap_or(1)
}
