//! The labels of the line that is being processed.

use std::borrow::Cow;
use std::ops::Range;

use model::Labels;

use crate::labels::LabelSet;
use crate::scan::text::field_value;

/// The label that says which kind of stage failed on a line.
pub(crate) const ERROR: &str = "__error__";
/// The label that says why.
pub(crate) const ERROR_DETAILS: &str = "__error_details__";
/// Set beside the error of a line that a metric is to be made of in spite of it.
pub(crate) const PRESERVE_ERROR: &str = "__preserve_error__";
/// What is appended to the name of a label when a label of more weight has that name already.
const LOSER: &str = "_extracted";

/// Where a label comes from. On a clash of names the stream's label stays what it is, then structured metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Category {
    Stream,
    Metadata,
    Parsed,
}

/// Labels of one line at a time. Nothing is allocated for a line once the buffers have grown.
#[derive(Debug, Default)]
pub(crate) struct LineLabels {
    /// Names and values; the stream's own come first.
    text: String,
    /// At most one per name. Those removed stay, so that what was extracted once is known.
    slots: Vec<Slot>,
    /// How much of `text` belongs to the stream.
    stream_text: usize,
    /// The slots as they are before the first stage.
    stream_slots: Vec<Slot>,
    error: Option<Cow<'static, str>>,
    details: Option<String>,
    wanted: Option<Vec<String>>,
    /// How many of the wanted labels parsers have found on this line.
    found: usize,
    preserve_errors: bool,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    name: Span,
    value: Span,
    category: Category,
    is_live: bool,
    /// A parser has set it on this line; another parser does not set it again.
    is_extracted: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    start: u32,
    end: u32,
}

impl Span {
    fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl LineLabels {
    /// Restricts parsers to labels that somebody asks for; `None` lifts the restriction.
    pub(crate) fn want(&mut self, wanted: Option<Vec<String>>) {
        self.wanted = wanted;
    }

    /// Marks lines on which a parser fails, so that a metric may be made of them.
    pub(crate) fn preserve_errors(&mut self) {
        self.preserve_errors = true;
    }

    /// Whether a metric may be made of the line although a stage failed on it: a parser did, and the query asks for errors.
    pub(crate) fn has_preserved_error(&self) -> bool {
        self.get(PRESERVE_ERROR).is_some()
    }

    /// Whether no label is wanted that is not there from the beginning.
    pub(crate) fn wants_none(&self) -> bool {
        self.wanted.as_ref().is_some_and(Vec::is_empty)
    }

    /// Whether a parser is to set a label.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.wanted.as_ref().is_none_or(|wanted| wanted.iter().any(|one| one == name))
    }

    /// Whether parsers have found all that is wanted on this line.
    pub(crate) fn has_all_wanted(&self) -> bool {
        self.wanted.as_ref().is_some_and(|wanted| self.found >= wanted.len())
    }

    /// Goes on to another stream.
    pub(crate) fn set_stream(&mut self, labels: &Labels) {
        self.text.clear();
        self.stream_slots.clear();
        for (name, value) in labels {
            let (name, value) = (self.push(name), self.push(value));
            let category = Category::Stream;
            self.stream_slots.push(Slot { name, value, category, is_live: true, is_extracted: false });
        }
        self.stream_text = self.text.len();
    }

    /// Goes on to another line of the stream, with structured metadata in the encoding of [`Labels`].
    pub(crate) fn set_line(&mut self, metadata: &[u8]) {
        self.text.truncate(self.stream_text);
        self.slots.clear();
        self.slots.extend_from_slice(&self.stream_slots);
        self.error = None;
        self.details = None;
        self.found = 0;
        for (name, value) in model::labels::pairs(metadata) {
            if self.is_stream_label(name) {
                let loser = self.push_loser(name);
                self.set_span(Category::Metadata, loser, value);
            } else {
                self.set(Category::Metadata, name, value);
            }
        }
    }

    /// The value of a label that the line has now. Errors are not among these labels.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let slot = self.slots.iter().find(|slot| self.is_named(slot, name)).filter(|slot| slot.is_live)?;
        Some(&self.text[slot.value.range()])
    }

    /// What a condition sees: the error as well, and nothing where there is no such label.
    pub(crate) fn seen(&self, name: &str) -> &str {
        match name {
            ERROR => self.error.as_deref().unwrap_or(""),
            ERROR_DETAILS => self.details.as_deref().unwrap_or(""),
            _ => self.get(name).unwrap_or(""),
        }
    }

    /// Sets a label, whatever it was before.
    pub(crate) fn set(&mut self, category: Category, name: &str, value: &str) {
        match self.position(name) {
            Some(at) => self.replace(at, category, value),
            None => {
                let name = self.push(name);
                self.add(category, name, value);
            }
        }
    }

    /// Sets a label that a parser found, under another name if the stream or the metadata has it. What was found twice, or
    /// nobody wants, is left out.
    pub(crate) fn extract(&mut self, name: &str, value: &[u8]) {
        self.extract_with(name, |out| out.push_str(&field_value(value)));
    }

    /// As `extract`, with bytes that are not UTF-8 kept as U+FFFD.
    pub(crate) fn extract_lossy(&mut self, name: &str, value: &[u8]) {
        self.extract_with(name, |out| out.push_str(&String::from_utf8_lossy(value)));
    }

    /// As `extract`, but what was found before is replaced.
    pub(crate) fn extract_again(&mut self, name: &str, value: &[u8]) {
        let at = if self.clashes(name) { self.loser_position(name) } else { self.position(name) };
        if let Some(at) = at
            && self.slots[at].is_extracted
        {
            self.slots[at].is_extracted = false;
            self.found = self.found.saturating_sub(1);
        }
        self.extract(name, value);
    }

    fn extract_with(&mut self, name: &str, write: impl FnOnce(&mut String)) {
        let mark = self.text.len();
        let span = if self.clashes(name) { self.push_loser(name) } else { self.push(name) };
        let known = self.position(&self.text[span.range()]);
        let is_repeat = known.is_some_and(|at| self.slots[at].is_extracted);
        if is_repeat || !self.wants(&self.text[span.range()]) {
            self.text.truncate(mark);
            return;
        }
        let start = self.text.len() as u32;
        write(&mut self.text);
        let value = Span { start, end: self.text.len() as u32 };
        let name = known.map_or(span, |at| self.slots[at].name);
        let slot = Slot { name, value, category: Category::Parsed, is_live: true, is_extracted: true };
        match known {
            Some(at) => self.slots[at] = slot,
            None => self.slots.push(slot),
        }
        self.found += 1;
    }

    /// Renames a label, if the line has it; it stays what it is otherwise.
    pub(crate) fn rename(&mut self, from: &str, to: &str) {
        let Some(at) = self.position(from).filter(|at| self.slots[*at].is_live) else { return };
        let moved = self.slots[at];
        match self.position(to) {
            Some(target) => {
                let slot = &mut self.slots[target];
                (slot.value, slot.category, slot.is_live) = (moved.value, moved.category, true);
            }
            None => {
                let name = self.push(to);
                self.slots.push(Slot { name, is_extracted: false, ..moved });
            }
        }
        self.slots[at].is_live = false;
    }

    /// Takes a label away.
    pub(crate) fn remove(&mut self, name: &str) {
        if let Some(at) = self.position(name) {
            self.slots[at].is_live = false;
        }
    }

    /// Takes away the labels that `keep` refuses, given name and value.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&str, &str) -> bool) {
        let text = &self.text;
        for slot in self.slots.iter_mut().filter(|slot| slot.is_live) {
            let name = &text[slot.name.range()];
            slot.is_live = name == PRESERVE_ERROR || keep(name, &text[slot.value.range()]);
        }
    }

    /// Whether a parser must find another name for a label.
    pub(crate) fn clashes(&self, name: &str) -> bool {
        let is_metadata =
            |slot: &Slot| slot.is_live && slot.category == Category::Metadata && self.is_named(slot, name);
        self.is_stream_label(name) || self.slots.iter().any(is_metadata)
    }

    /// Notes that a stage failed.
    pub(crate) fn fail(&mut self, error: impl Into<Cow<'static, str>>, details: Option<String>) {
        self.error = Some(error.into());
        if details.is_some() {
            self.details = details;
        }
    }

    /// Notes that a parser failed.
    pub(crate) fn fail_to_parse(&mut self, error: &'static str, details: Option<String>) {
        self.fail(error, details);
        if self.preserve_errors {
            self.set(Category::Parsed, PRESERVE_ERROR, "true");
        }
    }

    /// Whether a stage failed.
    pub(crate) fn has_error(&self) -> bool {
        self.error.is_some()
    }

    /// Forgets what failed.
    pub(crate) fn clear_error(&mut self) {
        self.error = None;
    }

    /// Forgets why.
    pub(crate) fn clear_error_details(&mut self) {
        self.details = None;
    }

    /// Hands over all labels with where they come from, in no particular order; the error's labels count as parsed.
    pub(crate) fn for_each<'s>(&'s self, mut take: impl FnMut(&'s str, &'s str, Category)) {
        for slot in self.slots.iter().filter(|slot| slot.is_live) {
            take(self.name(slot), &self.text[slot.value.range()], slot.category);
        }
        if let Some(error) = &self.error {
            take(ERROR, error, Category::Parsed);
        }
        if let Some(details) = &self.details {
            take(ERROR_DETAILS, details, Category::Parsed);
        }
    }

    /// The labels of one category, or all of them.
    pub(crate) fn to_set(&self, wanted: Option<Category>) -> LabelSet {
        let mut pairs = Vec::with_capacity(self.slots.len());
        self.for_each(|name, value, category| {
            if wanted.is_none_or(|wanted| wanted == category) {
                pairs.push((name.to_owned(), value.to_owned()));
            }
        });
        LabelSet::from_pairs(pairs)
    }

    fn is_stream_label(&self, name: &str) -> bool {
        self.stream_slots.iter().any(|slot| self.is_named(slot, name))
    }

    /// Compares bytes: where names begin and end in the text is known to be right.
    fn is_named(&self, slot: &Slot, name: &str) -> bool {
        slot.name.range().len() == name.len() && &self.text.as_bytes()[slot.name.range()] == name.as_bytes()
    }

    fn name(&self, slot: &Slot) -> &str {
        &self.text[slot.name.range()]
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.slots.iter().position(|slot| self.is_named(slot, name))
    }

    fn loser_position(&self, name: &str) -> Option<usize> {
        self.slots.iter().position(|slot| self.name(slot).strip_suffix(LOSER) == Some(name))
    }

    fn set_span(&mut self, category: Category, name: Span, value: &str) {
        match self.position(&self.text[name.range()]) {
            Some(at) => self.replace(at, category, value),
            None => self.add(category, name, value),
        }
    }

    fn replace(&mut self, at: usize, category: Category, value: &str) {
        let value = self.push(value);
        let slot = &mut self.slots[at];
        (slot.value, slot.category, slot.is_live) = (value, category, true);
    }

    fn add(&mut self, category: Category, name: Span, value: &str) {
        let value = self.push(value);
        self.slots.push(Slot { name, value, category, is_live: true, is_extracted: false });
    }

    fn push(&mut self, text: &str) -> Span {
        let start = self.text.len() as u32;
        self.text.push_str(text);
        Span { start, end: self.text.len() as u32 }
    }

    fn push_loser(&mut self, name: &str) -> Span {
        let span = self.push(name);
        Span { end: self.push(LOSER).end, ..span }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(labels: &LineLabels) -> String {
        labels.to_set(None).to_string()
    }

    fn with_stream(pairs: &[(&str, &str)]) -> LineLabels {
        let mut labels = LineLabels::default();
        labels.set_stream(&Labels::from_pairs(pairs.iter().copied()));
        labels
    }

    #[test]
    fn settles_clashes_by_weight() {
        let mut labels = with_stream(&[("app", "s"), ("tri", "s")]);
        labels.set_line(Labels::from_pairs([("tri", "m"), ("meta", "m")]).as_bytes());
        assert_eq!(shown(&labels), r#"{app="s", meta="m", tri="s", tri_extracted="m"}"#);
        for name in ["app", "tri", "meta", "own"] {
            labels.extract(name, b"p");
        }
        let expected =
            r#"{app="s", app_extracted="p", meta="m", meta_extracted="p", own="p", tri="s", tri_extracted="p"}"#;
        assert_eq!(shown(&labels), expected);
        labels.extract("own", b"again");
        labels.extract("app", b"again");
        assert_eq!(shown(&labels), expected);
        labels.extract_again("own", b"again");
        assert_eq!(labels.get("own"), Some("again"));
        labels.set_line(&[]);
        assert_eq!(shown(&labels), r#"{app="s", tri="s"}"#);
    }

    #[test]
    fn a_removed_stream_label_still_has_its_weight() {
        let mut labels = with_stream(&[("app", "s")]);
        labels.set_line(&[]);
        labels.remove("app");
        labels.extract("app", b"p");
        assert_eq!(shown(&labels), r#"{app_extracted="p"}"#);
    }

    #[test]
    fn renames_and_retains() {
        let mut labels = with_stream(&[("a", "1"), ("b", "2")]);
        labels.set_line(&[]);
        labels.rename("a", "c");
        labels.rename("missing", "b");
        assert_eq!(labels.to_set(Some(Category::Stream)).to_string(), r#"{b="2", c="1"}"#);
        labels.rename("c", "b");
        assert_eq!(shown(&labels), r#"{b="1"}"#);
        labels.fail("JSONParserErr", Some("why".to_owned()));
        labels.retain(|_, _| false);
        assert_eq!(shown(&labels), r#"{__error__="JSONParserErr", __error_details__="why"}"#);
        assert_eq!((labels.seen(ERROR), labels.seen("b")), ("JSONParserErr", ""));
    }

    #[test]
    fn extracts_only_what_is_wanted() {
        let mut labels = with_stream(&[("app", "s")]);
        labels.want(Some(vec!["x".to_owned(), "app_extracted".to_owned()]));
        labels.set_line(&[]);
        labels.extract("y", b"1");
        labels.extract("x", b"1");
        assert!(!labels.has_all_wanted() && !labels.wants_none());
        labels.extract("app", b"1");
        assert!(labels.has_all_wanted());
        assert_eq!(shown(&labels), r#"{app="s", app_extracted="1", x="1"}"#);
    }
}
