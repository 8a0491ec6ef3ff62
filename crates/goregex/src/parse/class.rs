//! Character classes: `[…]`, `\d`, `\pL`, `\p{Greek}`, `[:alpha:]`.

use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir};

use super::Parser;
use super::node::Node;
use crate::error::{Error, ErrorKind};
use crate::unicode;

/// Case folding walks over a range one code point at a time: this bounds the work
/// one pattern can ask for (about a tenth of a second).
const MAX_FOLDED_SPAN: u32 = 1 << 23;

/// `\d \s \w`. Both cases are in each that has letters.
const PERL_CLASSES: [(&str, &[(char, char)]); 3] = [
    ("d", &[('0', '9')]),
    ("s", &[('\t', '\n'), ('\u{0C}', '\r'), (' ', ' ')]),
    ("w", &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]),
];

/// The POSIX classes, and `word` which is Perl's.
const POSIX_CLASSES: [(&str, &[(char, char)]); 14] = [
    ("alnum", &[('0', '9'), ('A', 'Z'), ('a', 'z')]),
    ("alpha", &[('A', 'Z'), ('a', 'z')]),
    ("ascii", &[('\0', '\u{7F}')]),
    ("blank", &[('\t', '\t'), (' ', ' ')]),
    ("cntrl", &[('\0', '\u{1F}'), ('\u{7F}', '\u{7F}')]),
    ("digit", &[('0', '9')]),
    ("graph", &[('!', '~')]),
    ("lower", &[('a', 'z')]),
    ("print", &[(' ', '~')]),
    ("punct", &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')]),
    ("space", &[('\t', '\r'), (' ', ' ')]),
    ("upper", &[('A', 'Z')]),
    ("word", &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')]),
    ("xdigit", &[('0', '9'), ('A', 'F'), ('a', 'f')]),
];

impl<'p> Parser<'p> {
    /// Reads `[…]`.
    pub(super) fn bracket_class(&mut self) -> Result<(), Error> {
        let start = self.cursor.pos();
        self.cursor.next();
        let negated = self.cursor.eat("^");
        let mut ranges = Vec::new();
        let mut first = true;
        // A bracket that comes first is an ordinary character.
        while first || self.cursor.peek() != Some(']') {
            first = false;
            let before = ranges.len();
            self.class_item(start, &mut ranges)?;
            self.count_parts(ranges.len() - before)?;
        }
        self.cursor.next();
        let mut class = ClassUnicode::new(ranges);
        if negated {
            unicode::negate(&mut class);
        }
        self.push(Node::atom(Hir::class(Class::Unicode(class))))
    }

    /// Reads `\pL`, `\p{Greek}`, `\P{^Greek}`; `None`, and nothing read, if none
    /// stands here.
    pub(super) fn unicode_class(&mut self) -> Result<Option<ClassUnicode>, Error> {
        let start = self.cursor.pos();
        let mut negated = match self.cursor.rest() {
            rest if rest.starts_with("\\p") => false,
            rest if rest.starts_with("\\P") => true,
            _ => return Ok(None),
        };
        self.cursor.next();
        self.cursor.next();
        let mut name = if self.cursor.eat("{") {
            let name = self.cursor.take_until("}");
            name.ok_or_else(|| self.error_from(ErrorKind::InvalidCharRange, start))?
        } else {
            let letter = self.cursor.pos();
            self.cursor.next();
            self.cursor.since(letter)
        };
        if let Some(rest) = name.strip_prefix('^') {
            negated = !negated;
            name = rest;
        }
        let class = self.named_class(name);
        let mut class = class.ok_or_else(|| self.error_since(ErrorKind::InvalidCharRange, start))?;
        if negated {
            unicode::negate(&mut class);
        }
        self.count_parts(class.ranges().len())?;
        Ok(Some(class))
    }

    /// Reads `\d`, `\W` and the like; `None`, and nothing read, if none stands here.
    pub(super) fn perl_class(&mut self) -> Option<ClassUnicode> {
        for (name, ranges) in PERL_CLASSES {
            for (letter, negated) in [(name.to_owned(), false), (name.to_ascii_uppercase(), true)] {
                if self.cursor.eat(&format!("\\{letter}")) {
                    return Some(self.ascii_class(ranges, negated));
                }
            }
        }
        None
    }

    /// Reads one item of a bracket class that began at `class_start`.
    fn class_item(&mut self, class_start: usize, ranges: &mut Vec<ClassUnicodeRange>) -> Result<(), Error> {
        let class = match self.posix_class()? {
            Some(class) => Some(class),
            None => self.unicode_class()?,
        };
        if let Some(class) = class.or_else(|| self.perl_class()) {
            ranges.extend_from_slice(class.ranges());
            return Ok(());
        }
        let start = self.cursor.pos();
        let low = self.class_code_point(class_start)?;
        let mut high = low;
        // A hyphen right before the closing bracket is an ordinary character.
        let rest = self.cursor.rest();
        if rest.len() >= 2 && rest.starts_with('-') && !rest.starts_with("-]") {
            self.cursor.next();
            high = self.class_code_point(class_start)?;
        }
        if high < low {
            return Err(self.error_since(ErrorKind::InvalidCharRange, start));
        }
        self.add_range(low, high, ranges)
    }

    fn class_code_point(&mut self, class_start: usize) -> Result<u32, Error> {
        if self.cursor.peek() == Some('\\') {
            return self.escaped_code_point();
        }
        let c = self.cursor.next();
        c.map(u32::from).ok_or_else(|| self.error_from(ErrorKind::MissingBracket, class_start))
    }

    /// Reads `[:alpha:]` or `[:^alpha:]`; `None`, and nothing read, if there is no
    /// such bracket.
    fn posix_class(&mut self) -> Result<Option<ClassUnicode>, Error> {
        let start = self.cursor.pos();
        let before = self.cursor;
        if !self.cursor.eat("[:") {
            return Ok(None);
        }
        // One fruitless look to the end of the pattern is enough.
        let name = if self.posix_end_missing { None } else { self.cursor.take_until(":]") };
        let Some(name) = name else {
            self.posix_end_missing = true;
            self.cursor = before;
            return Ok(None);
        };
        let (name, negated) = name.strip_prefix('^').map_or((name, false), |name| (name, true));
        let found = POSIX_CLASSES.iter().find(|(known, _)| *known == name);
        let (_, ranges) = found.ok_or_else(|| self.error_since(ErrorKind::InvalidCharRange, start))?;
        Ok(Some(self.ascii_class(ranges, negated)))
    }

    fn ascii_class(&self, ranges: &[(char, char)], negated: bool) -> ClassUnicode {
        let ranges = ranges.iter().map(|&(low, high)| ClassUnicodeRange::new(low, high));
        let mut class = ClassUnicode::new(ranges);
        if self.flags.fold_case {
            class.case_fold_simple();
        }
        if negated {
            unicode::negate(&mut class);
        }
        class
    }

    fn named_class(&mut self, name: &'p str) -> Option<ClassUnicode> {
        let key = (name, self.flags.fold_case);
        if let Some(class) = self.named_classes.get(&key) {
            return Some(class.clone());
        }
        let mut class = unicode::named_class(name)?;
        if self.flags.fold_case {
            class.case_fold_simple();
        }
        self.named_classes.insert(key, class.clone());
        Some(class)
    }

    /// Adds the code points from `low` to `high`, without the surrogates, which
    /// occur in no text.
    fn add_range(&mut self, low: u32, high: u32, ranges: &mut Vec<ClassUnicodeRange>) -> Result<(), Error> {
        let mut class = ClassUnicode::empty();
        for (low, high) in [(low, high.min(0xD7FF)), (low.max(0xE000), high)] {
            if low <= high
                && let (Some(low), Some(high)) = (char::from_u32(low), char::from_u32(high))
            {
                class.push(ClassUnicodeRange::new(low, high));
            }
        }
        if self.flags.fold_case && !unicode::closed_under_folding(low, high) {
            self.folded_span = self.folded_span.saturating_add(high - low);
            if self.folded_span > MAX_FOLDED_SPAN {
                return Err(self.error_whole(ErrorKind::Large));
            }
            class.case_fold_simple();
        }
        ranges.extend_from_slice(class.ranges());
        Ok(())
    }
}
