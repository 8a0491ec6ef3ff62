//! Literals with gaps between.

use regex_automata::MatchKind;
use regex_automata::util::prefilter::Prefilter;
use regex_syntax::hir::{Hir, HirKind, Look, Repetition};

use super::{MAX_DEPTH, holds_at_end, holds_at_start, is_any_char, uncaptured};

/// A pattern such as `.*`, `a.*`, `.+b`, `.*c.*` or `a.*b.+c`, where the dots match
/// any character.
#[derive(Clone, Debug, Default)]
pub(crate) struct Glob {
    prefix: String,
    /// What comes between the prefix and the last gap: gaps and literals in turn.
    middle: Vec<(Gap, Needle)>,
    last_gap: Gap,
    suffix: String,
}

/// Any text of at least this many characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Gap {
    min_chars: u32,
}

/// A literal to be found within a text.
#[derive(Clone, Debug)]
struct Needle {
    text: String,
    /// A search that was made ready for `text`, where there is a fast one.
    finder: Option<Prefilter>,
}

impl Glob {
    /// The glob that `hir` comes down to. `None` if it is no glob, or has no gap.
    pub(super) fn of(hir: &Hir) -> Option<Glob> {
        let mut pieces = Vec::new();
        flatten(uncaptured(hir), MAX_DEPTH, &mut pieces)?;
        let mut glob = Glob::default();
        let mut gap = None;
        for piece in pieces {
            match (piece, &mut gap) {
                (Piece::Text(text), None) => glob.prefix.push_str(&text),
                (Piece::Text(text), Some(_)) => glob.suffix.push_str(&text),
                (Piece::Gap(new), gap @ None) => *gap = Some(new),
                (Piece::Gap(new), Some(gap)) if glob.suffix.is_empty() => {
                    gap.min_chars = gap.min_chars.saturating_add(new.min_chars);
                }
                (Piece::Gap(new), Some(gap)) => {
                    glob.middle.push((*gap, Needle::new(std::mem::take(&mut glob.suffix))));
                    *gap = new;
                }
            }
        }
        glob.last_gap = gap?;
        Some(glob)
    }

    pub(super) fn is_match(&self, text: &str) -> bool {
        let mut rest = text;
        // Comparing with an empty text takes time as well, and is the usual case.
        if !self.prefix.is_empty() {
            let Some(after) = rest.strip_prefix(self.prefix.as_str()) else { return false };
            rest = after;
        }
        if !self.suffix.is_empty() {
            let Some(before) = rest.strip_suffix(self.suffix.as_str()) else { return false };
            rest = before;
        }
        // Taking each literal where it comes first leaves the most for the others.
        for (gap, literal) in &self.middle {
            let found = gap.skip(rest).and_then(|rest| literal.find(rest));
            let Some(after) = found else { return false };
            rest = after;
        }
        self.last_gap.skip(rest).is_some()
    }
}

impl Gap {
    /// `text` without the characters that the gap must take. `None` if it has not
    /// that many.
    fn skip(self, text: &str) -> Option<&str> {
        let mut chars = text.chars();
        for _ in 0..self.min_chars {
            chars.next()?;
        }
        Some(chars.as_str())
    }
}

impl Needle {
    fn new(text: String) -> Needle {
        let finder = Prefilter::new(MatchKind::LeftmostFirst, &[&text]);
        Needle { text, finder }
    }

    /// What comes after the first occurrence in `text`.
    fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        match &self.finder {
            Some(finder) => text.get(finder.find(text.as_bytes(), (0..text.len()).into())?.end..),
            None => text.split_once(self.text.as_str()).map(|(_, after)| after),
        }
    }
}

enum Piece {
    Text(String),
    Gap(Gap),
}

/// Appends the pieces of `hir`. `None` if it has something that is no piece.
fn flatten(hir: &Hir, depth: usize, pieces: &mut Vec<Piece>) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    match hir.kind() {
        HirKind::Empty => {}
        HirKind::Literal(literal) => pieces.push(Piece::Text(std::str::from_utf8(&literal.0).ok()?.to_owned())),
        HirKind::Repetition(repetition) => pieces.push(Piece::Gap(gap(repetition)?)),
        HirKind::Capture(capture) => flatten(&capture.sub, depth, pieces)?,
        HirKind::Concat(items) => {
            let (start, items, end) = split_anchors(items);
            // Anchors in the middle of other pieces are left to the engine.
            if (start && !pieces.is_empty()) || (end && depth + 1 != MAX_DEPTH) {
                return None;
            }
            for item in items {
                flatten(item, depth, pieces)?;
            }
        }
        HirKind::Class(_) | HirKind::Look(_) | HirKind::Alternation(_) => return None,
    }
    Some(())
}

/// Splits the anchors off that hold where a whole text begins and ends.
fn split_anchors(items: &[Hir]) -> (bool, &[Hir], bool) {
    let look = |hir: &Hir, holds: fn(Look) -> bool| matches!(hir.kind(), HirKind::Look(look) if holds(*look));
    let (start, items) = match items {
        [first, rest @ ..] if look(first, holds_at_start) => (true, rest),
        _ => (false, items),
    };
    match items {
        [rest @ .., last] if look(last, holds_at_end) => (start, rest, true),
        _ => (start, items, false),
    }
}

fn gap(repetition: &Repetition) -> Option<Gap> {
    let endless = repetition.max.is_none() && is_any_char(&repetition.sub);
    endless.then_some(Gap { min_chars: repetition.min })
}
