//! A compiled pattern and the questions it answers.

use std::fmt;
use std::sync::Arc;

use regex_automata::{Input, meta};
use regex_syntax::hir::{Hir, Look};

use crate::captures::Captures;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind};
use crate::expand;
use crate::optimise::{self, Shape};
use crate::parse::{self, Flags, Parsed};

#[cfg(test)]
mod tests;

/// The most texts that [`Regex::literals`] gives.
const MAX_LITERALS: usize = 256;

/// A compiled regular expression of Go's syntax. Clones share the program.
#[derive(Clone)]
pub struct Regex(Arc<Inner>);

struct Inner {
    pattern: String,
    group_names: Vec<Option<String>>,
    /// A test that needs no engine, where the pattern allows one.
    shape: Option<Shape>,
    prefix: String,
    matches_empty: Option<bool>,
    engine: Engine,
}

impl Regex {
    /// Compiles `pattern` for searches that may match anywhere in a text, as Go's
    /// `regexp.Compile` does.
    ///
    /// # Errors
    /// Whatever Go refuses, in Go's words; see the crate's documentation for the
    /// narrower size limit.
    pub fn new(pattern: &str) -> Result<Regex, Error> {
        let parsed = parse::parse(pattern, Flags::default())?;
        let matches_empty = optimise::matches_empty(&parsed.hir);
        let too_large = || Error::new(ErrorKind::Large, pattern);
        let engine = Engine::new(parsed.hir, parsed.size, parsed.height, false).ok_or_else(too_large)?;
        Ok(Regex(Arc::new(Inner {
            pattern: pattern.to_owned(),
            group_names: parsed.group_names,
            shape: None,
            prefix: String::new(),
            matches_empty,
            engine,
        })))
    }

    /// Compiles `pattern` to match whole texts only, with `.` matching newlines as
    /// well: what Prometheus and Loki write as `^(?s:pattern)$` for label
    /// matchers. Patterns that come down to a set of strings, or to literals with
    /// `.*` or `.+` between, are tested without an automaton.
    ///
    /// # Errors
    /// As [`Regex::new`]. They are about `pattern` itself, without what is put
    /// around it.
    pub fn full_match(pattern: &str) -> Result<Regex, Error> {
        let Parsed { hir, group_names, size, height } =
            parse::parse(pattern, Flags { dot_newline: true, ..Flags::default() })?;
        let shape = optimise::shape(&hir);
        let prefix = optimise::prefix(&hir);
        let matches_empty = optimise::matches_empty(&hir);
        let whole = Hir::concat(vec![Hir::look(Look::Start), hir, Hir::look(Look::End)]);
        let too_large = || Error::new(ErrorKind::Large, pattern);
        let engine = Engine::new(whole, size, height, shape.is_some()).ok_or_else(too_large)?;
        Ok(Regex(Arc::new(Inner { pattern: pattern.to_owned(), group_names, shape, prefix, matches_empty, engine })))
    }

    /// The pattern as it was given.
    pub fn as_str(&self) -> &str {
        &self.0.pattern
    }

    /// Whether the pattern matches `text`: somewhere in it, or all of it for a
    /// [`full_match`](Regex::full_match) pattern.
    pub fn is_match(&self, text: &str) -> bool {
        match &self.0.shape {
            Some(shape) => shape.is_match(text),
            None => self.may_match(text) && self.program().is_some_and(|program| program.is_match(text)),
        }
    }

    /// The leftmost match and its groups.
    pub fn captures<'t>(&'t self, text: &'t str) -> Option<Captures<'t>> {
        self.captures_from(self.program()?, text, 0).map(|(captures, _)| captures)
    }

    /// `template` with its references (`$1`, `${1}`, `$name`, `${name}`, `$$`)
    /// replaced by the groups of the first match, by the rules of Go's
    /// `Regexp.ExpandString`. `None` if nothing matches.
    pub fn expand(&self, text: &str, template: &str) -> Option<String> {
        let captures = self.captures(text)?;
        let mut out = String::new();
        expand::expand(template, &captures, &mut out);
        Some(out)
    }

    /// `text` with every match replaced by `template`, as Go's
    /// `Regexp.ReplaceAllString` does it. An empty match directly after another
    /// match is not replaced.
    pub fn replace_all(&self, text: &str, template: &str) -> String {
        let Some(program) = self.program() else { return text.to_owned() };
        let mut out = String::new();
        let mut copied = 0;
        let mut from = 0;
        while let Some((captures, span)) = self.captures_from(program, text, from) {
            out.push_str(text.get(copied..span.start).unwrap_or(""));
            if span.end > copied || span.start == 0 {
                expand::expand(template, &captures, &mut out);
            }
            copied = span.end;
            from = match text.get(from..).and_then(|rest| rest.chars().next()) {
                // The next search begins at least one character further on.
                Some(c) => span.end.max(from + c.len_utf8()),
                None => break,
            };
        }
        out.push_str(text.get(copied..).unwrap_or(""));
        out
    }

    /// The names of the groups by index; the whole match comes first and, like
    /// other groups without a name, is `None`.
    pub fn group_names(&self) -> &[Option<String>] {
        &self.0.group_names
    }

    /// The texts that a [`full_match`](Regex::full_match) pattern matches, sorted,
    /// if there are at most 256 of them. `None` for other patterns.
    pub fn literals(&self) -> Option<&[String]> {
        match &self.0.shape {
            Some(Shape::Set(set)) if set.len() <= MAX_LITERALS => Some(set),
            _ => None,
        }
    }

    /// What every text that a [`full_match`](Regex::full_match) pattern matches
    /// begins with; empty if there is no such beginning, and for other patterns.
    pub fn prefix(&self) -> &str {
        &self.0.prefix
    }

    /// Whether the pattern matches the empty text.
    pub fn matches_empty(&self) -> bool {
        self.0.matches_empty.unwrap_or_else(|| self.is_match(""))
    }

    /// Whether `text` begins as every match does.
    fn may_match(&self, text: &str) -> bool {
        self.0.prefix.is_empty() || text.starts_with(self.0.prefix.as_str())
    }

    fn program(&self) -> Option<&meta::Regex> {
        self.0.engine.program()
    }

    /// The leftmost match that begins at the byte offset `from` or later, and its
    /// place in `text`.
    fn captures_from<'t>(
        &'t self,
        program: &meta::Regex,
        text: &'t str,
        from: usize,
    ) -> Option<(Captures<'t>, std::ops::Range<usize>)> {
        let mut spans = program.create_captures();
        program.search_captures(&Input::new(text).range(from..), &mut spans);
        let span = spans.get_match()?.range();
        Some((Captures::new(text, spans, &self.0.group_names), span))
    }
}

impl fmt::Debug for Regex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Regex").field(&self.as_str()).finish()
    }
}

impl fmt::Display for Regex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
