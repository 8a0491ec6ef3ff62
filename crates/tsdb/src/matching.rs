//! Finding series by matchers: the same way in the head and in a block.
//!
//! A matcher is turned into a set of *value numbers* once per dictionary; then it is a scan over one column of
//! numbers per schema. No lists of series are kept per label value, so none have to be united for a regular expression.

use model::matcher::{MatchOp, Matcher};

/// Series arranged in schemas: what matchers need to see of the head's table or of a block's index.
pub(crate) trait LabelIndex {
    fn n_schemas(&self) -> usize;

    /// The number of series in a schema.
    fn schema_len(&self, schema: usize) -> usize;

    /// The number of a label name, if any series has it.
    fn name_number(&self, name: &str) -> Option<u32>;

    /// The position of a label name in a schema.
    fn position(&self, schema: usize, name: u32) -> Option<usize>;

    /// The value number of a series at a label position.
    fn value_number(&self, schema: usize, position: usize, row: usize) -> u32;

    /// How many values a label name has.
    fn n_values(&self, name: u32) -> usize;

    /// The number of one value of a label name.
    fn find_value(&self, name: u32, value: &str) -> Option<u32>;

    /// All values of a label name with their numbers.
    fn for_each_value(&self, name: u32, visit: &mut dyn FnMut(u32, &str));
}

/// A series as matching finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) schema: u32,
    pub(crate) row: u32,
}

/// The series for which all matchers hold, schema by schema in the order of their rows.
pub(crate) fn find_series(index: &dyn LabelIndex, matchers: &[Matcher]) -> Vec<Hit> {
    let resolved: Vec<Resolved<'_>> = matchers.iter().map(|m| Resolved::new(index, m)).collect();
    let mut hits = Vec::new();
    for schema in 0..index.n_schemas() {
        let Some(filters) = filters_of_schema(index, schema, &resolved) else { continue };
        let mut rows: Vec<u32> = (0..index.schema_len(schema) as u32).collect();
        for (position, numbers) in filters {
            rows.retain(|&row| numbers.contains(index.value_number(schema, position, row as usize)));
        }
        hits.extend(rows.into_iter().map(|row| Hit { schema: schema as u32, row }));
    }
    hits
}

/// The column filters that decide in one schema, the cheapest first; `None` when no series of it can match.
fn filters_of_schema<'r>(
    index: &dyn LabelIndex,
    schema: usize,
    resolved: &'r [Resolved<'_>],
) -> Option<Vec<(usize, &'r Numbers)>> {
    let mut filters = Vec::new();
    for matcher in resolved {
        match matcher.name.and_then(|name| index.position(schema, name)) {
            Some(position) => match &matcher.numbers {
                Numbers::None => return None,
                Numbers::All => {}
                numbers => filters.push((position, numbers)),
            },
            None if matcher.matcher.matches_empty() => {}
            None => return None,
        }
    }
    filters.sort_by_key(|(_, numbers)| !matches!(numbers, Numbers::One(_)));
    Some(filters)
}

/// A matcher against one dictionary.
#[derive(Debug)]
struct Resolved<'m> {
    matcher: &'m Matcher,
    name: Option<u32>,
    /// The values that pass, for series that have the label.
    numbers: Numbers,
}

#[derive(Debug)]
enum Numbers {
    None,
    One(u32),
    AllBut(u32),
    Set(Vec<u64>),
    All,
}

impl<'m> Resolved<'m> {
    fn new(index: &dyn LabelIndex, matcher: &'m Matcher) -> Resolved<'m> {
        let name = index.name_number(matcher.name());
        let numbers = name.map_or(Numbers::All, |name| Numbers::of(index, name, matcher));
        Resolved { matcher, name, numbers }
    }
}

impl Numbers {
    fn of(index: &dyn LabelIndex, name: u32, matcher: &Matcher) -> Numbers {
        let find = |value: &str| index.find_value(name, value);
        match (matcher.op(), matcher.regex()) {
            (MatchOp::Equal, _) => find(matcher.value()).map_or(Numbers::None, Numbers::One),
            (MatchOp::NotEqual, _) => find(matcher.value()).map_or(Numbers::All, Numbers::AllBut),
            (MatchOp::Regex, Some(regex)) if regex.literals().is_some() => {
                let literals = regex.literals().unwrap_or_default();
                Numbers::set(index.n_values(name), literals.iter().filter_map(|value| find(value)))
            }
            _ => {
                let mut passing = Vec::new();
                index.for_each_value(name, &mut |number, value| {
                    if matcher.matches(value) {
                        passing.push(number);
                    }
                });
                Numbers::set(index.n_values(name), passing.into_iter())
            }
        }
    }

    fn set(n_values: usize, numbers: impl Iterator<Item = u32>) -> Numbers {
        let mut bits = vec![0u64; n_values.div_ceil(64)];
        let mut n_set = 0;
        let mut last = 0;
        for number in numbers {
            bits[number as usize / 64] |= 1 << (number % 64);
            n_set += 1;
            last = number;
        }
        match n_set {
            0 => Numbers::None,
            1 => Numbers::One(last),
            n if n == n_values => Numbers::All,
            _ => Numbers::Set(bits),
        }
    }

    fn contains(&self, number: u32) -> bool {
        match self {
            Numbers::None => false,
            Numbers::One(one) => *one == number,
            Numbers::AllBut(one) => *one != number,
            Numbers::Set(bits) => bits.get(number as usize / 64).is_some_and(|word| word >> (number % 64) & 1 == 1),
            Numbers::All => true,
        }
    }
}
