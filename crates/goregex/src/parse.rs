//! Go's regular expression syntax, read into [`Hir`].
//!
//! The parser keeps its own stack of open groups, so that no depth of nesting can
//! overflow the thread's stack. Which mistake is reported, and with which part of
//! the pattern, follows the order in which Go's parser meets them.

mod class;
mod cursor;
mod escape;
mod group;
mod node;
mod repeat;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use regex_syntax::hir::{ClassUnicode, Dot, Hir, Look};

use crate::engine::PROGRAM_LIMIT_BYTES;
use crate::error::{Error, ErrorKind};
use cursor::Cursor;
use group::Frame;
use node::Node;

/// Reads `pattern`, with `flags` in force at its beginning.
///
/// # Errors
/// Whatever Go's `syntax.Parse` refuses, in Go's words; and a pattern with so many
/// parts that it could not be compiled within [`PROGRAM_LIMIT_BYTES`].
pub(crate) fn parse(pattern: &str, flags: Flags) -> Result<Parsed, Error> {
    let parser = Parser {
        cursor: Cursor::new(pattern),
        flags,
        frame: Frame::root(flags),
        outer: Vec::new(),
        group_names: vec![None],
        named_classes: HashMap::new(),
        parts: 0,
        folded_span: 0,
        posix_end_missing: false,
    };
    parser.run()
}

/// A pattern that was understood.
#[derive(Debug)]
pub(crate) struct Parsed {
    /// What it matches; the whole-match group is not part of it.
    pub(crate) hir: Hir,
    /// One entry a group, the whole match first.
    pub(crate) group_names: Vec<Option<String>>,
    /// A rough count of the states the program needs, repeats multiplied out.
    pub(crate) size: u64,
    /// The height of the syntax tree.
    pub(crate) height: u32,
}

/// The flags that a pattern can switch with `(?imsU-imsU)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flags {
    /// `i`: letters match either case.
    pub(crate) fold_case: bool,
    /// `m`: `^` and `$` match at line ends.
    pub(crate) multi_line: bool,
    /// `s`: `.` matches a newline.
    pub(crate) dot_newline: bool,
    /// `U`: repeats are non-greedy, and `?` after one makes it greedy.
    pub(crate) swap_greed: bool,
}

/// Every part of a tree costs at least one state of the program, and a state is
/// 24 bytes: more parts than this cannot be compiled within the limit.
const MAX_PARTS: usize = PROGRAM_LIMIT_BYTES / 24;

/// Go's `maxHeight`.
const MAX_HEIGHT: u32 = 1000;

struct Parser<'p> {
    cursor: Cursor<'p>,
    flags: Flags,
    /// The innermost open group.
    frame: Frame,
    /// The groups around it, outermost first.
    outer: Vec<Frame>,
    group_names: Vec<Option<String>>,
    /// The `\p{…}` classes met so far, by name and whether case-folded.
    named_classes: HashMap<(&'p str, bool), ClassUnicode>,
    /// How many parts (nodes, class ranges, groups) were made.
    parts: usize,
    /// How many code points of class ranges were case-folded.
    folded_span: u32,
    /// Whether no `:]` comes after the place where one was last looked for.
    posix_end_missing: bool,
}

impl Parser<'_> {
    fn run(mut self) -> Result<Parsed, Error> {
        let mut last_repeat = None;
        while let Some(c) = self.cursor.peek() {
            let start = self.cursor.pos();
            let repeated = self.item(c, last_repeat)?;
            last_repeat = repeated.then_some(start);
        }
        let node = self.close_alternation()?;
        if !self.outer.is_empty() {
            return Err(self.error_whole(ErrorKind::MissingParen));
        }
        let (size, height) = (node.size(), node.height());
        Ok(Parsed { hir: node.into_hir(), group_names: self.group_names, size, height })
    }

    /// Reads the item that begins with `c`. True if it was a repetition operator.
    fn item(&mut self, c: char, last_repeat: Option<usize>) -> Result<bool, Error> {
        match c {
            '(' => self.open_group()?,
            ')' => self.close_group()?,
            '|' => {
                self.cursor.next();
                self.close_concat()?;
            }
            '[' => self.bracket_class()?,
            '\\' => self.backslash()?,
            '*' | '+' | '?' => return self.repetition(last_repeat),
            // A brace that is no repeat is an ordinary character.
            '{' => {
                if self.repetition(last_repeat)? {
                    return Ok(true);
                }
                self.literal()?;
            }
            '^' => {
                self.cursor.next();
                self.push_look(if self.flags.multi_line { Look::StartLF } else { Look::Start })?;
            }
            '$' => {
                self.cursor.next();
                self.push_look(if self.flags.multi_line { Look::EndLF } else { Look::End })?;
            }
            '.' => {
                self.cursor.next();
                let dot = if self.flags.dot_newline { Dot::AnyChar } else { Dot::AnyCharExceptLF };
                self.push(Node::atom(Hir::dot(dot)))?;
            }
            _ => self.literal()?,
        }
        Ok(false)
    }

    /// An ordinary character.
    fn literal(&mut self) -> Result<(), Error> {
        match self.cursor.next() {
            Some(c) => self.push_code_point(u32::from(c)),
            None => Ok(()),
        }
    }

    /// Adds one character to what is matched, in both cases where the flag says so.
    fn push_code_point(&mut self, code_point: u32) -> Result<(), Error> {
        // A surrogate is a legal operand in Go, but no text contains one.
        let Some(c) = char::from_u32(code_point) else { return self.push(Node::atom(Hir::fail())) };
        let fold = self.flags.fold_case;
        if fold {
            self.count_parts(2)?;
        }
        let appended = self.frame.items.last_mut().is_some_and(|last| last.append_char(c, fold));
        if appended { Ok(()) } else { self.push(Node::text(c, fold)) }
    }

    fn push_look(&mut self, look: Look) -> Result<(), Error> {
        self.push(Node::atom(Hir::look(look)))
    }

    fn push(&mut self, node: Node) -> Result<(), Error> {
        self.count_parts(1)?;
        if node.height() > MAX_HEIGHT {
            return Err(self.error_whole(ErrorKind::NestingDepth));
        }
        self.frame.items.push(node);
        Ok(())
    }

    /// Ends the alternative that is being read.
    fn close_concat(&mut self) -> Result<(), Error> {
        self.count_parts(1)?;
        let node = Node::concat(std::mem::take(&mut self.frame.items));
        if node.height() > MAX_HEIGHT {
            return Err(self.error_whole(ErrorKind::NestingDepth));
        }
        self.frame.alternatives.push(node);
        Ok(())
    }

    /// Ends the group that is being read, and gives what is in it.
    fn close_alternation(&mut self) -> Result<Node, Error> {
        self.close_concat()?;
        let node = Node::alternation(std::mem::take(&mut self.frame.alternatives));
        if node.height() > MAX_HEIGHT {
            return Err(self.error_whole(ErrorKind::NestingDepth));
        }
        Ok(node)
    }

    fn count_parts(&mut self, parts: usize) -> Result<(), Error> {
        self.parts = self.parts.saturating_add(parts);
        if self.parts > MAX_PARTS {
            return Err(self.error_whole(ErrorKind::Large));
        }
        Ok(())
    }

    /// An error about what was read since `start`.
    fn error_since(&self, kind: ErrorKind, start: usize) -> Error {
        Error::new(kind, self.cursor.since(start))
    }

    /// An error about everything from `start` to the end of the pattern.
    fn error_from(&self, kind: ErrorKind, start: usize) -> Error {
        Error::new(kind, self.cursor.from(start))
    }

    /// An error about the whole pattern.
    fn error_whole(&self, kind: ErrorKind) -> Error {
        self.error_from(kind, 0)
    }
}
