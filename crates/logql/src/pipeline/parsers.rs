//! The stages that read logfmt, and those that take captures of a regular expression.

use logql_syntax::ast::{LogfmtExpression, Pattern};

use super::line_labels::{Category, LineLabels};
use super::stage::Words;
use crate::scan::logfmt::{LogfmtError, Pairs};
use crate::scan::text::push_label_name;

/// The error of a line that is not logfmt; only strict stages set it.
const LOGFMT_ERROR: &str = "LogfmtParserErr";

/// `| logfmt`: every pair becomes a label.
#[derive(Debug)]
pub(super) struct Logfmt {
    pub(super) strict: bool,
    pub(super) keep_empty: bool,
}

impl Logfmt {
    pub(super) fn run(&self, line: &[u8], labels: &mut LineLabels, words: &mut Words) {
        if labels.wants_none() {
            return;
        }
        for pair in Pairs::of(line) {
            match pair {
                Ok(pair) if pair.value.is_empty() && !self.keep_empty => {}
                Ok(pair) => {
                    set_name(pair.key, words);
                    if !words.name.is_empty() {
                        labels.extract(&words.name, &pair.value);
                    }
                    if labels.has_all_wanted() {
                        return;
                    }
                }
                Err(error) if self.strict => return fail(labels, error),
                Err(_) => {}
            }
        }
    }
}

/// `| logfmt a="b"`: chosen pairs. Labels whose key is not there are empty.
#[derive(Debug)]
pub(super) struct LogfmtKeys {
    strict: bool,
    /// Label and key.
    wanted: Vec<(String, String)>,
}

impl LogfmtKeys {
    pub(super) fn new(strict: bool, expressions: &[LogfmtExpression]) -> LogfmtKeys {
        LogfmtKeys { strict, wanted: expressions.iter().map(|one| (one.label.clone(), one.key.clone())).collect() }
    }

    pub(super) fn run(&self, line: &[u8], labels: &mut LineLabels, words: &mut Words) {
        if labels.wants_none() {
            return;
        }
        for (label, _) in &self.wanted {
            if !labels.clashes(label) {
                labels.set(Category::Parsed, label, "");
            }
        }
        for pair in Pairs::of(line) {
            match pair {
                Ok(pair) => {
                    set_name(pair.key, words);
                    for (label, _) in self.wanted.iter().filter(|(_, key)| *key == words.name) {
                        labels.extract_again(label, &pair.value);
                    }
                }
                Err(error) if self.strict => return fail(labels, error),
                Err(_) => {}
            }
        }
    }
}

fn set_name(key: &[u8], words: &mut Words) {
    words.name.clear();
    push_label_name(&String::from_utf8_lossy(key), true, &mut words.name);
}

fn fail(labels: &mut LineLabels, error: LogfmtError) {
    labels.fail_to_parse(LOGFMT_ERROR, Some(error.to_string()));
}

/// `| regexp "(?P<name>…)"`: named groups of the first match; a line without one gets no labels.
#[derive(Debug)]
pub(super) struct Regexp {
    regex: goregex::Regex,
    /// Numbers and names of the named groups.
    groups: Vec<(usize, String)>,
}

impl Regexp {
    pub(super) fn new(pattern: &Pattern) -> Regexp {
        let name = |(number, name): (usize, &Option<String>)| {
            let mut label = String::new();
            push_label_name(name.as_ref()?, true, &mut label);
            (!label.is_empty()).then_some((number, label))
        };
        let groups = pattern.regex.group_names().iter().enumerate().filter_map(name).collect();
        Regexp { regex: pattern.regex.clone(), groups }
    }

    pub(super) fn run(&self, line: &[u8], labels: &mut LineLabels) {
        if labels.wants_none() {
            return;
        }
        let text = String::from_utf8_lossy(line);
        let Some(captures) = self.regex.captures(&text) else { return };
        for (number, label) in &self.groups {
            labels.extract_lossy(label, captures.get(*number).unwrap_or("").as_bytes());
        }
    }
}
