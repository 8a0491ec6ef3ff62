//! The finite sets of texts, and the beginnings, that a pattern allows.

use regex_syntax::hir::{Class, Hir, HirKind, Look, Repetition};

use super::{MAX_DEPTH, holds_at_end, holds_at_start};

/// The most texts in a set: more than dashboards put into one alternation.
const MAX_TEXTS: usize = 1 << 14;

/// The most texts that come of multiplying sets, as in `[a-f][a-f]`. There it is
/// the automaton that takes little room.
const MAX_PRODUCT: usize = 256;

/// The most bytes in all texts of a set together, so that `(?:a{900}|b)…` does not
/// grow without bound.
const MAX_BYTES: usize = 1 << 20;

/// The most texts that are formed on the way, which bounds the time it takes.
const MAX_FORMED: usize = 1 << 18;

/// The texts that one of `alternatives` matches when it must span a whole text,
/// sorted. `None` if there are more than [`MAX_TEXTS`] or the set cannot be told.
pub(super) fn literals<'h>(alternatives: impl IntoIterator<Item = &'h Hir>) -> Option<Vec<String>> {
    let place = Place { at_start: true, at_end: true };
    Expansion { left: MAX_FORMED }.union(alternatives, place, MAX_DEPTH)
}

/// What every match of `hir` begins with.
pub(crate) fn prefix(hir: &Hir) -> String {
    let mut out = Vec::new();
    append_prefix(hir, MAX_DEPTH, &mut out);
    // Common beginnings of two literals may end within a character.
    let whole = match std::str::from_utf8(&out) {
        Ok(_) => out.len(),
        Err(error) => error.valid_up_to(),
    };
    out.truncate(whole);
    String::from_utf8(out).unwrap_or_default()
}

/// Whether a part of the tree is certain to begin and to end where the text does.
#[derive(Clone, Copy)]
struct Place {
    at_start: bool,
    at_end: bool,
}

/// A walk that writes out the texts of trees. All sets are sorted, without
/// duplicates and within the limits.
struct Expansion {
    /// How many more texts may be formed.
    left: usize,
}

impl Expansion {
    fn union<'h>(
        &mut self,
        alternatives: impl IntoIterator<Item = &'h Hir>,
        place: Place,
        depth: usize,
    ) -> Option<Vec<String>> {
        let mut set = Vec::new();
        for alternative in alternatives {
            set.append(&mut self.expand(alternative, place, depth)?);
            if set.len() > 2 * MAX_TEXTS {
                set = within_limits(set)?;
            }
        }
        within_limits(set)
    }

    fn expand(&mut self, hir: &Hir, place: Place, depth: usize) -> Option<Vec<String>> {
        let depth = depth.checked_sub(1)?;
        self.left = self.left.checked_sub(1)?;
        match hir.kind() {
            HirKind::Empty => Some(vec![String::new()]),
            HirKind::Literal(literal) => within_limits(vec![std::str::from_utf8(&literal.0).ok()?.to_owned()]),
            HirKind::Class(class) => self.class_members(class),
            HirKind::Look(look) => holds(*look, place).then(|| vec![String::new()]),
            HirKind::Repetition(repetition) => self.repeated(repetition, depth),
            HirKind::Capture(capture) => self.expand(&capture.sub, place, depth),
            HirKind::Concat(items) => self.concatenated(items, place, depth),
            HirKind::Alternation(alternatives) => self.union(alternatives, place, depth),
        }
    }

    fn class_members(&mut self, class: &Class) -> Option<Vec<String>> {
        let class = match class {
            Class::Unicode(class) => class.clone(),
            Class::Bytes(class) => class.to_unicode_class()?,
        };
        let members = class.iter().flat_map(|range| range.start()..=range.end());
        let members: Vec<String> = members.take(MAX_PRODUCT + 1).map(String::from).collect();
        self.left = self.left.checked_sub(members.len())?;
        (members.len() <= MAX_PRODUCT).then_some(members)
    }

    fn concatenated(&mut self, items: &[Hir], place: Place, depth: usize) -> Option<Vec<String>> {
        let widthless = |hir: &Hir| hir.properties().maximum_len() == Some(0);
        let mut set = vec![String::new()];
        // From the last item with a width on, every item ends where the whole does.
        let tail = items.iter().rposition(|item| !widthless(item)).unwrap_or(0);
        let mut at_start = place.at_start;
        for (index, item) in items.iter().enumerate() {
            let at_end = place.at_end && index >= tail;
            let next = self.expand(item, Place { at_start, at_end }, depth)?;
            set = self.product(&set, &next)?;
            at_start &= widthless(item);
        }
        Some(set)
    }

    fn repeated(&mut self, repetition: &Repetition, depth: usize) -> Option<Vec<String>> {
        let max = repetition.max?;
        let nowhere = Place { at_start: false, at_end: false };
        let once = self.expand(&repetition.sub, nowhere, depth)?;
        let mut power = vec![String::new()];
        let mut set = Vec::new();
        for count in 0..=max {
            if count >= repetition.min {
                set.extend_from_slice(&power);
            }
            if count < max {
                power = self.product(&power, &once)?;
            }
        }
        within_limits(set).filter(|set| set.len() <= MAX_PRODUCT)
    }

    /// Every text of `first` followed by every text of `second`.
    fn product(&mut self, first: &[String], second: &[String]) -> Option<Vec<String>> {
        self.left = self.left.checked_sub(first.len().saturating_mul(second.len()))?;
        let bytes = |set: &[String]| set.iter().map(String::len).sum::<usize>();
        let total = bytes(first).saturating_mul(second.len()).saturating_add(bytes(second).saturating_mul(first.len()));
        if total > MAX_BYTES {
            return None;
        }
        let pairs = first.iter().flat_map(|start| second.iter().map(move |end| format!("{start}{end}")));
        let multiplied = first.len() > 1 && second.len() > 1;
        within_limits(pairs.collect()).filter(|set| !multiplied || set.len() <= MAX_PRODUCT)
    }
}

fn holds(look: Look, place: Place) -> bool {
    (place.at_start && holds_at_start(look)) || (place.at_end && holds_at_end(look))
}

fn within_limits(mut set: Vec<String>) -> Option<Vec<String>> {
    set.sort_unstable();
    set.dedup();
    let bytes: usize = set.iter().map(String::len).sum();
    (set.len() <= MAX_TEXTS && bytes <= MAX_BYTES).then_some(set)
}

/// Appends what every match of `hir` begins with. True if a match is exactly that,
/// so that what follows in the pattern may be appended too. Assertions take no
/// room and only forbid matches: they are passed over.
fn append_prefix(hir: &Hir, depth: usize, out: &mut Vec<u8>) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => {
            out.extend_from_slice(&literal.0);
            true
        }
        HirKind::Class(_) => false,
        HirKind::Capture(capture) => append_prefix(&capture.sub, depth, out),
        HirKind::Concat(items) => items.iter().all(|item| append_prefix(item, depth, out)),
        HirKind::Repetition(repetition) => repetition.min > 0 && append_repeated(repetition, depth, out),
        HirKind::Alternation(alternatives) => append_common(alternatives, depth, out),
    }
}

fn append_repeated(repetition: &Repetition, depth: usize, out: &mut Vec<u8>) -> bool {
    let mut once = Vec::new();
    let exact = append_prefix(&repetition.sub, depth, &mut once);
    // One copy is enough of a beginning; more would let nested counts grow large.
    out.extend_from_slice(&once);
    exact && repetition.min == 1 && repetition.max == Some(1)
}

fn append_common(alternatives: &[Hir], depth: usize, out: &mut Vec<u8>) -> bool {
    let mut common: Option<Vec<u8>> = None;
    for alternative in alternatives {
        let mut own = Vec::new();
        append_prefix(alternative, depth, &mut own);
        if let Some(common) = &common {
            let same = common.iter().zip(&own).take_while(|(a, b)| a == b).count();
            own.truncate(same);
        }
        common = Some(own);
    }
    out.extend_from_slice(&common.unwrap_or_default());
    false
}
