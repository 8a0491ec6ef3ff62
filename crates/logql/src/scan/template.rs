//! Patterns such as `<ip> - <_>`: captures between literal texts.

use logql_syntax::ast::{PatternPart, PatternTemplate};
use memchr::memmem::Finder;

/// A pattern, ready to be searched.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    Literal(Box<Finder<'static>>),
    Capture(Option<String>),
}

impl Template {
    /// Prepares a pattern.
    pub(crate) fn new(template: &PatternTemplate) -> Template {
        let part = |part: &PatternPart| match part {
            PatternPart::Literal(text) => Part::Literal(Box::new(Finder::new(text.as_bytes()).into_owned())),
            PatternPart::Capture(name) => Part::Capture(name.clone()),
        };
        Template { parts: template.parts.iter().map(part).collect() }
    }

    /// Hands over what the named captures hold, in their order. A line that begins differently has none; where a later literal is
    /// missing, the capture in front of it holds the rest of the line and is the last one.
    pub(crate) fn captures<'l>(&self, line: &'l [u8], mut take: impl FnMut(&str, &'l [u8])) {
        let mut parts = self.parts.as_slice();
        let mut rest = line;
        if rest.is_empty() {
            return;
        }
        if let Some((Part::Literal(literal), others)) = parts.split_first() {
            match rest.strip_prefix(literal.needle()) {
                Some(after) => rest = after,
                None => return,
            }
            parts = others;
        }
        while let Some((Part::Capture(name), others)) = parts.split_first() {
            let found = match others.first() {
                Some(Part::Literal(literal)) => literal.find(rest).map(|at| (at, literal.needle().len())),
                _ => None,
            };
            let (captured, after) =
                found.map_or((rest, None), |(at, length)| (&rest[..at], Some(&rest[at + length..])));
            if let Some(name) = name {
                take(name, captured);
            }
            let Some(after) = after else { return };
            rest = after;
            parts = &others[1..];
        }
    }

    /// Whether the whole line is of this form, with something in every capture.
    pub(crate) fn matches(&self, line: &[u8]) -> bool {
        let mut rest = line;
        for (place, part) in self.parts.iter().enumerate() {
            let Part::Literal(literal) = part else { continue };
            match literal.find(rest) {
                Some(at) if (at == 0) == (place == 0) => rest = &rest[at + literal.needle().len()..],
                _ => return false,
            }
        }
        match self.parts.last() {
            Some(Part::Capture(_)) => !rest.is_empty(),
            _ => rest.is_empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Literals are written as they are, captures as `<name>`.
    fn template(text: &str) -> Template {
        let mut parts = Vec::new();
        for (i, piece) in text.split(['<', '>']).enumerate().filter(|(_, piece)| !piece.is_empty()) {
            parts.push(match i % 2 {
                0 => PatternPart::Literal(piece.to_owned()),
                _ => PatternPart::Capture((piece != "_").then(|| piece.to_owned())),
            });
        }
        Template::new(&PatternTemplate { text: text.to_owned(), parts })
    }

    fn check(pattern: &str, line: &str, captures: &[&str], matches: bool) {
        let template = template(pattern);
        let mut found = Vec::new();
        template.captures(line.as_bytes(), |_, value| found.push(String::from_utf8_lossy(value).into_owned()));
        assert_eq!(found, captures, "{pattern} on {line:?}");
        assert_eq!(template.matches(line.as_bytes()), matches, "{pattern} on {line:?}");
    }

    #[test]
    fn captures_and_matches() {
        check("<a> <_> <b>", "x y z z", &["x", "z z"], true);
        check("<a> <b>", "POST", &["POST"], false);
        check("at <a>", "to x", &[], false);
        check("at <a>", "at ", &[""], false);
        check("<a>bar<b>", " bar ", &[" ", " "], true);
        check("<a> bar<b>", " bar ", &["", " "], false);
        check("[<a>]", "[x] y", &["x"], false);
        check("[<a>]", "[x]", &["x"], true);
        check("<a>", "", &[], false);
        check("x", "x", &[], true);
        check("", "", &[], true);
        check("", "x", &[], false);
    }
}
