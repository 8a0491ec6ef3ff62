//! Path patterns with `*`, `?`, `[a-z]`, `{a,b}` and, as a whole segment, `**` for any number of directories.

use std::fs;
use std::path::{Path, PathBuf};

/// Alternatives that the braces of one pattern may make.
const MAX_ALTERNATIVES: usize = 256;
/// Directories that one walk goes down.
const MAX_DEPTH: usize = 32;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Glob {
    text: String,
    alternatives: Vec<Vec<Segment>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    /// `**`
    Deep,
    Literal(String),
    Wild(Vec<Piece>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Char(char),
    /// `?`
    One,
    /// `*`
    Many,
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Glob {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// With a text, when a bracket or brace is not closed, a class is empty, or the braces make too many alternatives.
    pub fn new(pattern: &str) -> Result<Glob, String> {
        let invalid = || format!("syntax error in pattern: {pattern}");
        let expanded = expand_braces(pattern).ok_or_else(invalid)?;
        let alternatives = expanded.iter().map(|text| segments(text).ok_or_else(invalid)).collect::<Result<_, _>>()?;
        Ok(Glob { text: pattern.to_owned(), alternatives })
    }

    /// The pattern as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a path matches as a whole.
    #[must_use]
    pub fn matches(&self, path: &Path) -> bool {
        let path = path.to_string_lossy();
        let parts: Vec<&str> = path.split('/').collect();
        self.alternatives.iter().any(|segments| matches(segments, &parts))
    }

    /// Finds what matches, following symbolic links except to directories below `**`. `visit` gets every path that is not a
    /// directory; `seen` gets every directory that was listed, and `failed` those that could not be.
    pub(crate) fn walk(
        &self,
        visit: &mut dyn FnMut(PathBuf),
        seen: &mut dyn FnMut(&Path),
        failed: &mut dyn FnMut(&Path, std::io::Error),
    ) {
        for segments in &self.alternatives {
            let (root, rest) = match segments.split_first() {
                // An absolute pattern begins with an empty segment.
                Some((Segment::Literal(first), rest)) if first.is_empty() => (PathBuf::from("/"), rest),
                _ => (PathBuf::new(), segments.as_slice()),
            };
            Walk { visit, seen, failed }.descend(&root, rest, 0);
        }
    }
}

struct Walk<'a> {
    visit: &'a mut dyn FnMut(PathBuf),
    seen: &'a mut dyn FnMut(&Path),
    failed: &'a mut dyn FnMut(&Path, std::io::Error),
}

impl Walk<'_> {
    fn descend(&mut self, dir: &Path, segments: &[Segment], depth: usize) {
        let Some((first, rest)) = segments.split_first() else { return };
        if depth > MAX_DEPTH {
            return;
        }
        if let Segment::Literal(name) = first {
            let path = dir.join(name);
            if !rest.is_empty() {
                return self.descend(&path, rest, depth + 1);
            }
            // Watched for the file to appear.
            (self.seen)(if dir.as_os_str().is_empty() { Path::new(".") } else { dir });
            return match fs::metadata(&path) {
                Ok(meta) if !meta.is_dir() => (self.visit)(path),
                Ok(_) => {}
                Err(error) if is_absent(&error) => {}
                Err(error) => (self.failed)(&path, error),
            };
        }
        if *first == Segment::Deep {
            // Zero directories; `**` alone stands for every file below.
            let files = [Segment::Wild(vec![Piece::Many])];
            self.descend(dir, if rest.is_empty() { &files } else { rest }, depth + 1);
        }
        let listed = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
        (self.seen)(listed);
        let entries = match fs::read_dir(listed) {
            Ok(entries) => entries,
            Err(error) if is_absent(&error) => return,
            Err(error) => return (self.failed)(listed, error),
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let Ok(kind) = entry.file_type() else { continue };
            let path = dir.join(&name);
            match first {
                Segment::Deep if kind.is_dir() => self.descend(&path, segments, depth + 1),
                Segment::Wild(pieces) if matches_name(pieces, &name.to_string_lossy()) => {
                    let is_dir = kind.is_dir() || (kind.is_symlink() && path.is_dir());
                    match (is_dir, rest.is_empty()) {
                        (true, false) => self.descend(&path, rest, depth + 1),
                        (false, true) => (self.visit)(path),
                        _ => {}
                    }
                }
                _ => {}
            }
        }
    }
}

fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
}

fn segments(pattern: &str) -> Option<Vec<Segment>> {
    pattern.split('/').map(segment).collect()
}

fn segment(text: &str) -> Option<Segment> {
    if text == "**" {
        return Some(Segment::Deep);
    }
    let mut pieces = Vec::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        pieces.push(match c {
            '?' => Piece::One,
            '*' => Piece::Many,
            '[' => class(&mut chars)?,
            '\\' => Piece::Char(chars.next()?),
            c => Piece::Char(c),
        });
    }
    let literal: Option<String> = pieces.iter().map(|p| if let Piece::Char(c) = p { Some(*c) } else { None }).collect();
    Some(literal.map_or(Segment::Wild(pieces), Segment::Literal))
}

/// Reads a class behind its opening bracket.
fn class(chars: &mut std::str::Chars<'_>) -> Option<Piece> {
    let mut ranges = Vec::new();
    let mut negated = false;
    let mut first = true;
    loop {
        let mut c = chars.next()?;
        if first && (c == '^' || c == '!') && !negated {
            negated = true;
            continue;
        }
        if c == ']' {
            return if first { None } else { Some(Piece::Class { negated, ranges }) };
        }
        first = false;
        if c == '\\' {
            c = chars.next()?;
        }
        let mut ahead = chars.clone();
        if ahead.next() == Some('-') && ahead.clone().next().is_some_and(|next| next != ']') {
            let mut end = ahead.next()?;
            if end == '\\' {
                end = ahead.next()?;
            }
            *chars = ahead;
            ranges.push((c, end));
        } else {
            ranges.push((c, c));
        }
    }
}

fn matches(segments: &[Segment], parts: &[&str]) -> bool {
    match (segments.split_first(), parts.split_first()) {
        (None, None) => true,
        (Some((Segment::Deep, rest)), _) => {
            (0..=parts.len()).any(|skip| parts.get(skip..).is_some_and(|parts| matches(rest, parts)))
        }
        (Some((first, rest)), Some((part, parts))) => {
            let fits = match first {
                Segment::Literal(name) => name == part,
                Segment::Wild(pieces) => matches_name(pieces, part),
                Segment::Deep => false,
            };
            fits && matches(rest, parts)
        }
        _ => false,
    }
}

/// Matches one segment; a `*` that fails is tried one character further on, the last one only.
fn matches_name(pieces: &[Piece], name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    let (mut p, mut n) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    loop {
        match pieces.get(p) {
            Some(Piece::Many) => {
                retry = Some((p, n));
                p += 1;
                continue;
            }
            Some(piece) if name.get(n).is_some_and(|c| piece_matches(piece, *c)) => {
                p += 1;
                n += 1;
                continue;
            }
            None if n == name.len() => return true,
            _ => {}
        }
        match retry {
            Some((star, from)) if from < name.len() => {
                retry = Some((star, from + 1));
                p = star + 1;
                n = from + 1;
            }
            _ => return false,
        }
    }
}

fn piece_matches(piece: &Piece, c: char) -> bool {
    match piece {
        Piece::Char(own) => *own == c,
        Piece::One | Piece::Many => true,
        Piece::Class { negated, ranges } => ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *negated,
    }
}

/// Every way to choose one alternative of each brace.
fn expand_braces(pattern: &str) -> Option<Vec<String>> {
    let mut done = Vec::new();
    let mut open = vec![pattern.to_owned()];
    while let Some(text) = open.pop() {
        match brace(&text).ok()? {
            None => done.push(text),
            Some(Brace { before, alternatives, after }) => {
                open.extend(alternatives.iter().rev().map(|inner| format!("{before}{inner}{after}")));
            }
        }
        if done.len() + open.len() > MAX_ALTERNATIVES {
            return None;
        }
    }
    Some(done)
}

/// A brace, and what stands around it.
struct Brace<'p> {
    before: &'p str,
    alternatives: Vec<&'p str>,
    after: &'p str,
}

/// A brace is not closed.
struct Unclosed;

/// The first brace of a pattern, if it has one. It is cut beside ASCII characters alone.
fn brace(pattern: &str) -> Result<Option<Brace<'_>>, Unclosed> {
    let mut depth = 0;
    let mut start = 0;
    let mut from = 0;
    let mut alternatives = Vec::new();
    let mut in_class = false;
    let mut chars = pattern.char_indices();
    while let Some((i, c)) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '[' if depth == 0 => in_class = true,
            ']' => in_class = false,
            _ if in_class => {}
            '{' => {
                depth += 1;
                if depth == 1 {
                    start = i;
                    from = i + 1;
                }
            }
            ',' if depth == 1 => {
                alternatives.push(&pattern[from..i]);
                from = i + 1;
            }
            '}' if depth == 1 => {
                alternatives.push(&pattern[from..i]);
                return Ok(Some(Brace { before: &pattern[..start], alternatives, after: &pattern[i + 1..] }));
            }
            '}' if depth > 1 => depth -= 1,
            _ => {}
        }
    }
    if depth == 0 { Ok(None) } else { Err(Unclosed) }
}
