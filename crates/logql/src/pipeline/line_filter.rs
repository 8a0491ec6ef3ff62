//! Filters on the text of a line.

use logql_syntax::ast::{IpRange, LineFilter as Filter, LineMatch};
use memchr::memmem::Finder;
use storage::LineFilter;

use super::stage::Stage;
use crate::scan::ip;
use crate::scan::template::Template;

/// A filter: a line passes when one of the alternatives is met, or, negated, when none is.
#[derive(Debug)]
pub(super) struct LineTest {
    negated: bool,
    alternatives: Vec<Alternative>,
}

#[derive(Debug)]
enum Alternative {
    Text(Box<Finder<'static>>),
    Regex(goregex::Regex),
    Template(Template),
    /// `None` when the query's text is no address; nothing meets it.
    Ip(Option<IpRange>),
}

impl LineTest {
    pub(super) fn new(filter: &Filter) -> LineTest {
        let alternatives = filter.alternatives.iter().map(Alternative::new).collect();
        LineTest { negated: filter.op.is_negated(), alternatives }
    }

    pub(super) fn passes(&self, line: &[u8]) -> bool {
        self.alternatives.iter().any(|alternative| alternative.is_met(line)) != self.negated
    }

    /// The same as filters of a store, all of which must pass; `None` when a store has no such filter.
    fn pushed(&self) -> Option<Vec<LineFilter>> {
        let texts: Option<Vec<Vec<u8>>> = self.alternatives.iter().map(Alternative::text).collect();
        match (texts, self.negated) {
            (Some(texts), true) => Some(texts.into_iter().map(LineFilter::NotContains).collect()),
            (Some(mut texts), false) => Some(vec![match texts.len() {
                1 => LineFilter::Contains(texts.pop()?),
                _ => LineFilter::ContainsAny(texts),
            }]),
            (None, negated) => {
                let regexes: Option<Vec<&goregex::Regex>> = self.alternatives.iter().map(Alternative::regex).collect();
                match (regexes?.as_slice(), negated) {
                    (regexes, true) => Some(regexes.iter().map(|r| LineFilter::NotMatches((*r).clone())).collect()),
                    ([regex], false) => Some(vec![LineFilter::Matches((*regex).clone())]),
                    _ => None,
                }
            }
        }
    }
}

impl Alternative {
    fn new(what: &LineMatch) -> Alternative {
        match what {
            LineMatch::Text(text) => Alternative::Text(Box::new(Finder::new(text.as_bytes()).into_owned())),
            LineMatch::Regex(pattern) => Alternative::Regex(pattern.regex.clone()),
            LineMatch::Pattern(template) => Alternative::Template(Template::new(template)),
            LineMatch::Ip(pattern) => Alternative::Ip(pattern.range),
        }
    }

    fn is_met(&self, line: &[u8]) -> bool {
        match self {
            Alternative::Text(finder) => finder.find(line).is_some(),
            Alternative::Regex(regex) => regex.is_match(&String::from_utf8_lossy(line)),
            Alternative::Template(template) => template.matches(line),
            Alternative::Ip(range) => range.is_some_and(|range| ip::contains(line, &range)),
        }
    }

    fn text(&self) -> Option<Vec<u8>> {
        match self {
            Alternative::Text(finder) => Some(finder.needle().to_vec()),
            _ => None,
        }
    }

    fn regex(&self) -> Option<&goregex::Regex> {
        match self {
            Alternative::Regex(regex) => Some(regex),
            _ => None,
        }
    }
}

/// Takes filters out of the stages for the store to apply: those in front of the first stage that changes the text, as far as
/// stores know them. Stages between them only make labels, which a filter on the text does not see; what they say about a line that
/// does not pass is not asked for.
pub(super) fn pushed_filters(stages: &mut Vec<Stage>) -> Vec<LineFilter> {
    let unchanged = stages.iter().position(Stage::changes_line).unwrap_or(stages.len());
    let mut filters = Vec::new();
    let mut place = 0;
    stages.retain(|stage| {
        let is_reached = place < unchanged;
        place += 1;
        let Stage::Lines(test) = stage else { return true };
        match test.pushed().filter(|_| is_reached) {
            Some(pushed) => {
                filters.extend(pushed);
                false
            }
            None => true,
        }
    });
    filters
}
