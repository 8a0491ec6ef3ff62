//! Filters on texts, searched for in many lines at once.

use std::ops::Range;

use memchr::memmem::Finder;
use storage::LineFilter;

/// Filters made ready. A line must pass all of them.
#[derive(Debug)]
pub(crate) struct Filters {
    /// Some filter lets nothing through.
    nothing: bool,
    /// Searched for in whole frames, so that lines without it are never looked at.
    needle: Option<Finder<'static>>,
    /// What else a line must pass, cheap tests first.
    rest: Vec<Test>,
}

#[derive(Debug)]
enum Test {
    Contains(Finder<'static>),
    NotContains(Finder<'static>),
    ContainsAny(Vec<Finder<'static>>),
    Matches(goregex::Regex),
    NotMatches(goregex::Regex),
}

/// Lines that stand one behind the other in a text.
pub(crate) trait Ends {
    /// Where a line ends.
    fn end(&self, row: usize) -> usize;

    /// Where a line begins.
    fn start(&self, row: usize) -> usize {
        if row == 0 { 0 } else { self.end(row - 1) }
    }
}

impl Ends for [u32] {
    fn end(&self, row: usize) -> usize {
        self[row] as usize
    }
}

impl Filters {
    pub(crate) fn new(filters: &[LineFilter]) -> Filters {
        let mut made = Filters { nothing: false, needle: None, rest: Vec::new() };
        for filter in filters {
            made.add(filter);
        }
        let needles = made.rest.iter().enumerate().filter_map(|(i, test)| match test {
            Test::Contains(finder) => Some((finder.needle().len(), i)),
            _ => None,
        });
        // The longest needle is found by the largest steps, and usually the rarest.
        if let Some((_, i)) = needles.max()
            && let Test::Contains(finder) = made.rest.remove(i)
        {
            made.needle = Some(finder);
        }
        made.rest.sort_by_key(|test| matches!(test, Test::Matches(_) | Test::NotMatches(_)));
        made
    }

    fn add(&mut self, filter: &LineFilter) {
        let finder = |needle: &[u8]| Finder::new(needle).into_owned();
        match filter {
            LineFilter::Contains(needle) if needle.is_empty() => {}
            LineFilter::Contains(needle) => self.rest.push(Test::Contains(finder(needle))),
            LineFilter::NotContains(needle) if needle.is_empty() => self.nothing = true,
            LineFilter::NotContains(needle) => self.rest.push(Test::NotContains(finder(needle))),
            LineFilter::ContainsAny(needles) if needles.iter().any(Vec::is_empty) => {}
            LineFilter::ContainsAny(needles) => match &needles[..] {
                [] => self.nothing = true,
                [needle] => self.rest.push(Test::Contains(finder(needle))),
                needles => self.rest.push(Test::ContainsAny(needles.iter().map(|needle| finder(needle)).collect())),
            },
            LineFilter::Matches(regex) => self.rest.push(Test::Matches(regex.clone())),
            LineFilter::NotMatches(regex) => self.rest.push(Test::NotMatches(regex.clone())),
        }
    }

    /// Whether every line passes.
    pub(crate) fn pass_all(&self) -> bool {
        !self.nothing && self.needle.is_none() && self.rest.is_empty()
    }

    /// Calls `hit` for each of the rows that `wanted` names and that passes, in order.
    pub(crate) fn select(
        &self,
        text: &[u8],
        lines: &(impl Ends + ?Sized),
        rows: Range<usize>,
        wanted: impl Fn(usize) -> bool,
        mut hit: impl FnMut(usize),
    ) {
        if self.nothing || rows.is_empty() {
            return;
        }
        let line = |row: usize| &text[lines.start(row)..lines.end(row)];
        let Some(needle) = &self.needle else {
            return rows.filter(|&row| wanted(row) && self.pass_rest(line(row))).for_each(hit);
        };
        let end = lines.end(rows.end - 1);
        let (mut from, mut row) = (lines.start(rows.start), rows.start);
        while let Some(distance) = needle.find(&text[from..end]) {
            let at = from + distance;
            row = row_at(lines, row..rows.end, at);
            if at + needle.needle().len() > lines.end(row) {
                // It reaches into the next line.
                from = at + 1;
                continue;
            }
            if wanted(row) && self.pass_rest(line(row)) {
                hit(row);
            }
            from = lines.end(row);
            row += 1;
        }
    }

    fn pass_rest(&self, line: &[u8]) -> bool {
        self.rest.iter().all(|test| test.passes(line))
    }
}

impl Test {
    fn passes(&self, line: &[u8]) -> bool {
        match self {
            Test::Contains(finder) => finder.find(line).is_some(),
            Test::NotContains(finder) => finder.find(line).is_none(),
            Test::ContainsAny(finders) => finders.iter().any(|finder| finder.find(line).is_some()),
            Test::Matches(regex) => regex.is_match(&String::from_utf8_lossy(line)),
            Test::NotMatches(regex) => !regex.is_match(&String::from_utf8_lossy(line)),
        }
    }
}

/// The row that holds a byte of the text, which lies in one of these rows. Looks near the first of them first.
fn row_at(lines: &(impl Ends + ?Sized), rows: Range<usize>, at: usize) -> usize {
    let mut step = 1;
    let mut low = rows.start;
    while low + step < rows.end && lines.end(low + step) <= at {
        low += step;
        step *= 2;
    }
    let mut high = (low + step).min(rows.end - 1);
    while low < high {
        let middle = low.midpoint(high);
        if lines.end(middle) > at { high = middle } else { low = middle + 1 }
    }
    low
}
