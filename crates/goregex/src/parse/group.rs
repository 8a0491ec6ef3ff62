//! Groups: `(…)`, `(?:…)`, `(?P<name>…)`, `(?<name>…)`, `(?i)`, `(?i-s:…)`.

use super::node::Node;
use super::{Flags, Parser};
use crate::error::{Error, ErrorKind};

/// A group that is still open.
pub(super) struct Frame {
    kind: Kind,
    /// The flags to go back to when the group ends.
    flags: Flags,
    /// The alternatives that are complete.
    pub(super) alternatives: Vec<Node>,
    /// The items of the alternative that is being read.
    pub(super) items: Vec<Node>,
}

enum Kind {
    Plain,
    Capture(u32),
}

impl Frame {
    /// The pattern itself, taken as a group.
    pub(super) fn root(flags: Flags) -> Frame {
        Frame::new(Kind::Plain, flags)
    }

    fn new(kind: Kind, flags: Flags) -> Frame {
        Frame { kind, flags, alternatives: Vec::new(), items: Vec::new() }
    }
}

impl Parser<'_> {
    /// Reads what begins with `(`.
    pub(super) fn open_group(&mut self) -> Result<(), Error> {
        let start = self.cursor.pos();
        self.cursor.next();
        if !self.cursor.eat("?") {
            return self.open_capture(None);
        }
        // Go wants something after the `<`; without it, this is a bad flag.
        let rest = self.cursor.rest();
        let after_mark = rest.strip_prefix("P<").or_else(|| rest.strip_prefix("<"));
        if after_mark.is_some_and(|name| !name.is_empty()) {
            return self.open_named(start);
        }
        self.flags_or_group(start)
    }

    /// Reads `)`.
    pub(super) fn close_group(&mut self) -> Result<(), Error> {
        self.cursor.next();
        let inner = self.close_alternation()?;
        let Some(outer) = self.outer.pop() else {
            return Err(self.error_whole(ErrorKind::UnexpectedParen));
        };
        let closed = std::mem::replace(&mut self.frame, outer);
        self.flags = closed.flags;
        self.push(match closed.kind {
            Kind::Plain => inner.sealed(),
            Kind::Capture(index) => inner.capture(index),
        })
    }

    fn open_named(&mut self, start: usize) -> Result<(), Error> {
        self.cursor.eat("P");
        self.cursor.eat("<");
        let Some(name) = self.cursor.take_until(">") else {
            return Err(self.error_from(ErrorKind::InvalidNamedCapture, start));
        };
        if name.is_empty() || !name.bytes().all(|b| b == b'_' || b.is_ascii_alphanumeric()) {
            return Err(self.error_since(ErrorKind::InvalidNamedCapture, start));
        }
        self.open_capture(Some(name.to_owned()))
    }

    fn open_capture(&mut self, name: Option<String>) -> Result<(), Error> {
        // The count of parts bounds the number of groups well below u32::MAX.
        let index = u32::try_from(self.group_names.len()).unwrap_or(u32::MAX);
        self.group_names.push(name);
        self.open(Kind::Capture(index), self.flags)
    }

    /// Reads `i-s)` or `i-s:`, after `(?`.
    fn flags_or_group(&mut self, start: usize) -> Result<(), Error> {
        let mut flags = self.flags;
        let mut value = true;
        let mut named_since_sign = false;
        while let Some(c) = self.cursor.next() {
            match c {
                'i' => flags.fold_case = value,
                'm' => flags.multi_line = value,
                's' => flags.dot_newline = value,
                'U' => flags.swap_greed = value,
                '-' if value => {
                    value = false;
                    named_since_sign = false;
                    continue;
                }
                ':' | ')' if value || named_since_sign => {
                    if c == ':' {
                        return self.open(Kind::Plain, flags);
                    }
                    self.flags = flags;
                    return Ok(());
                }
                _ => break,
            }
            named_since_sign = true;
        }
        Err(self.error_since(ErrorKind::InvalidPerlOp, start))
    }

    fn open(&mut self, kind: Kind, inner_flags: Flags) -> Result<(), Error> {
        self.count_parts(1)?;
        let frame = Frame::new(kind, self.flags);
        self.outer.push(std::mem::replace(&mut self.frame, frame));
        self.flags = inner_flags;
        Ok(())
    }
}
