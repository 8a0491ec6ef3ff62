//! A place in a text that moves forward character by character.

/// Reads a text from front to back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'t> {
    text: &'t str,
    offset: usize,
}

impl<'t> Cursor<'t> {
    /// Stands at a byte offset, which must be a character boundary; one that is not counts as the end.
    pub(crate) fn at(text: &'t str, offset: usize) -> Cursor<'t> {
        let offset = if text.is_char_boundary(offset) { offset } else { text.len() };
        Cursor { text, offset }
    }

    /// The byte offset.
    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    /// Goes back to an offset where it has stood before.
    pub(crate) fn back_to(&mut self, offset: usize) {
        self.offset = offset.min(self.offset);
    }

    /// What has not been read yet.
    pub(crate) fn rest(&self) -> &'t str {
        &self.text[self.offset..]
    }

    /// The text from an earlier offset up to here.
    pub(crate) fn since(&self, start: usize) -> &'t str {
        &self.text[start..self.offset]
    }

    /// The next character.
    pub(crate) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Reads a character.
    pub(crate) fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.offset += c.len_utf8();
        Some(c)
    }

    /// Reads a character if it is of a kind.
    pub(crate) fn eat_if(&mut self, wanted: impl Fn(char) -> bool) -> bool {
        let found = self.peek().is_some_and(wanted);
        if found {
            self.bump();
        }
        found
    }

    /// Reads a certain character if it is next.
    pub(crate) fn eat(&mut self, wanted: char) -> bool {
        self.eat_if(|c| c == wanted)
    }

    /// Reads characters as long as they are of a kind.
    pub(crate) fn eat_while(&mut self, wanted: impl Fn(char) -> bool + Copy) {
        while self.eat_if(wanted) {}
    }
}

/// Whether a character is white space in queries.
pub(crate) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// Whether a name may begin with a character.
pub(crate) fn is_alpha(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

/// Whether a name may go on with a character.
pub(crate) fn is_alphanumeric(c: char) -> bool {
    is_alpha(c) || c.is_ascii_digit()
}
