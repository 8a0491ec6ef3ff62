//! The groups of one match.

use regex_automata::util::captures;

/// What the groups of a pattern matched in a text.
#[derive(Debug)]
pub struct Captures<'t> {
    text: &'t str,
    spans: captures::Captures,
    group_names: &'t [Option<String>],
}

impl<'t> Captures<'t> {
    /// The text of group `index`; 0 is the whole match. `None` if there is no such
    /// group or it took no part in the match.
    pub fn get(&self, index: usize) -> Option<&'t str> {
        self.text.get(self.spans.get_group(index)?.range())
    }

    /// The text of the group called `name`. Where several groups have that name,
    /// it is the first of them that took part in the match, as in Go's templates.
    pub fn name(&self, name: &str) -> Option<&'t str> {
        let named = |(_, own): &(usize, &Option<String>)| own.as_deref() == Some(name);
        self.group_names.iter().enumerate().filter(named).find_map(|(index, _)| self.get(index))
    }

    pub(crate) fn new(text: &'t str, spans: captures::Captures, group_names: &'t [Option<String>]) -> Captures<'t> {
        Captures { text, spans, group_names }
    }
}
