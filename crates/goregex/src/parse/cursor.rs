//! A place in the pattern.

/// Steps through a pattern by characters; the position is always between two of
/// them.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'p> {
    pattern: &'p str,
    pos: usize,
}

impl<'p> Cursor<'p> {
    pub(super) fn new(pattern: &'p str) -> Cursor<'p> {
        Cursor { pattern, pos: 0 }
    }

    /// The position, a byte offset from the beginning of the pattern.
    pub(super) fn pos(&self) -> usize {
        self.pos
    }

    /// What is still unread.
    pub(super) fn rest(&self) -> &'p str {
        self.from(self.pos)
    }

    /// The pattern from the byte offset `start` on.
    pub(super) fn from(&self, start: usize) -> &'p str {
        self.pattern.get(start..).unwrap_or("")
    }

    /// What was read since the byte offset `start`.
    pub(super) fn since(&self, start: usize) -> &'p str {
        self.pattern.get(start..self.pos).unwrap_or("")
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.pos += c.len_utf8();
        Some(c)
    }

    /// Steps over `text` if it comes next.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.pos += text.len();
        }
        found
    }

    /// Steps over the unread text up to and including `mark`, and gives what is
    /// before `mark`. `None`, and no step, if it does not occur.
    pub(super) fn take_until(&mut self, mark: &str) -> Option<&'p str> {
        let (before, _) = self.rest().split_once(mark)?;
        self.pos += before.len() + mark.len();
        Some(before)
    }

    /// Steps over everything, and gives it.
    pub(super) fn take_rest(&mut self) -> &'p str {
        let rest = self.rest();
        self.pos = self.pattern.len();
        rest
    }
}
