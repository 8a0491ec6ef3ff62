//! A checked rule and what it does to a label set.

use goregex::Regex;
use md5::{Digest, Md5};
use model::LabelsBuilder;
use model::labels::{Labels, QuotedString, is_legacy_label_name};

use crate::action::Action;
use crate::case;
use crate::error::InvalidRule;

/// Runs rules over a label set, one after the other. `None` when one of them drops the set.
#[must_use]
pub fn apply(rules: &[Rule], labels: &Labels) -> Option<Labels> {
    let mut builder = labels.to_builder();
    rules.iter().all(|rule| rule.apply(&mut builder)).then(|| builder.build())
}

/// Which label names are valid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NameScheme {
    /// Any text that is not empty: Prometheus since 3.0.
    #[default]
    Utf8,
    /// `[a-zA-Z_][a-zA-Z0-9_]*`: Prometheus before, Loki and Promtail.
    Legacy,
}

impl NameScheme {
    fn is_valid(self, name: &str) -> bool {
        match self {
            NameScheme::Utf8 => !name.is_empty(),
            NameScheme::Legacy => is_legacy_label_name(name),
        }
    }

    /// Whether a template may give a valid name once its references are filled in.
    fn may_be_valid(self, template: &str) -> bool {
        match self {
            NameScheme::Utf8 => !template.is_empty(),
            NameScheme::Legacy => is_legacy_template(template),
        }
    }
}

/// Letters, digits and underscores with references (`$1`, `${name}`) between, not beginning with a digit.
fn is_legacy_template(template: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut rest = template;
    if rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    while let Some(c) = rest.chars().next() {
        if is_word(c) {
            rest = rest.trim_start_matches(is_word);
            continue;
        }
        let Some(after) = rest.strip_prefix('$') else { return false };
        let (name, after) = match after.strip_prefix('{') {
            Some(after) => match after.split_once('}') {
                Some(parts) => parts,
                None => return false,
            },
            None => after.split_at(after.find(|c| !is_word(c)).unwrap_or(after.len())),
        };
        if name.is_empty() || !name.chars().all(is_word) {
            return false;
        }
        rest = after;
    }
    true
}

/// A rule as it is written, before it is checked. Absent parts have Prometheus' defaults.
#[derive(Clone, Debug, Default)]
pub struct RuleParts {
    /// Labels whose values, joined by the separator, are the source. `None` differs from empty only in a rule that must not have any.
    pub source_labels: Option<Vec<String>>,
    /// Stands between the values; `;` when absent.
    pub separator: Option<String>,
    /// Must match the whole source; `(.*)` when absent.
    pub regex: Option<String>,
    /// For `hashmod`.
    pub modulus: u64,
    /// The label to write; may hold references for `replace`.
    pub target_label: String,
    /// What to write, with references to groups; `$1` when absent.
    pub replacement: Option<String>,
    /// What to do.
    pub action: Action,
}

/// A rule that makes sense.
#[derive(Clone, Debug)]
pub struct Rule {
    source_labels: Vec<String>,
    separator: String,
    regex: Regex,
    modulus: u64,
    target_label: String,
    replacement: String,
    action: Action,
    scheme: NameScheme,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Rule) -> bool {
        let parts = |rule: &'_ Rule| (rule.modulus, rule.action, rule.scheme);
        parts(self) == parts(other)
            && self.source_labels == other.source_labels
            && self.separator == other.separator
            && self.regex.as_str() == other.regex.as_str()
            && self.target_label == other.target_label
            && self.replacement == other.replacement
    }
}

impl Eq for Rule {}

const DEFAULT_SEPARATOR: &str = ";";
const DEFAULT_REGEX: &str = "(.*)";
const DEFAULT_REPLACEMENT: &str = "$1";

impl Rule {
    /// Checks a rule as Prometheus does.
    ///
    /// # Errors
    /// In Prometheus' words.
    pub fn new(parts: RuleParts, scheme: NameScheme) -> Result<Rule, InvalidRule> {
        let has_sources = parts.source_labels.is_some();
        let regex = parts.regex.as_deref().unwrap_or(DEFAULT_REGEX);
        let rule = Rule {
            source_labels: parts.source_labels.unwrap_or_default(),
            separator: parts.separator.unwrap_or_else(|| DEFAULT_SEPARATOR.to_owned()),
            regex: Regex::full_match(regex).map_err(InvalidRule::Regex)?,
            modulus: parts.modulus,
            target_label: parts.target_label,
            replacement: parts.replacement.unwrap_or_else(|| DEFAULT_REPLACEMENT.to_owned()),
            action: parts.action,
            scheme,
        };
        rule.check(has_sources)?;
        Ok(rule)
    }

    fn check(&self, has_sources: bool) -> Result<(), InvalidRule> {
        let action = self.action;
        if let Some(name) = self.source_labels.iter().find(|name| !self.scheme.is_valid(name)) {
            return Err(InvalidRule::SourceLabel(QuotedString(name.clone())));
        }
        if action == Action::HashMod && self.modulus == 0 {
            return Err(InvalidRule::NoModulus);
        }
        if action.needs_target() {
            self.check_target()?;
        }
        let no_replacement =
            matches!(action, Action::Lowercase | Action::Uppercase | Action::KeepEqual | Action::DropEqual);
        let default_replacement = self.replacement == DEFAULT_REPLACEMENT;
        if no_replacement && !default_replacement {
            return Err(InvalidRule::NeedlessReplacement(action));
        }
        if action == Action::LabelMap && !self.scheme.may_be_valid(&self.replacement) {
            return Err(InvalidRule::Replacement(QuotedString(self.replacement.clone()), action));
        }
        let plain = self.modulus == 0 && self.separator == DEFAULT_SEPARATOR && default_replacement;
        match action {
            Action::KeepEqual | Action::DropEqual if !plain || !self.has_default_regex() => {
                Err(InvalidRule::OnlyLabels(action))
            }
            Action::LabelDrop | Action::LabelKeep if !plain || has_sources || !self.target_label.is_empty() => {
                Err(InvalidRule::OnlyRegex(action))
            }
            _ => Ok(()),
        }
    }

    fn check_target(&self) -> Result<(), InvalidRule> {
        let target = &self.target_label;
        if target.is_empty() {
            return Err(InvalidRule::NoTarget(self.action));
        }
        let valid = if self.action == Action::Replace && has_reference(target) {
            self.scheme.may_be_valid(target)
        } else {
            self.scheme.is_valid(target)
        };
        if valid { Ok(()) } else { Err(InvalidRule::Target(QuotedString(target.clone()), self.action)) }
    }

    fn has_default_regex(&self) -> bool {
        self.regex.as_str() == DEFAULT_REGEX
    }

    /// Whether the set is kept.
    fn apply(&self, labels: &mut LabelsBuilder) -> bool {
        let source = self.source(labels);
        match self.action {
            Action::Keep => return self.regex.is_match(&source),
            Action::Drop => return !self.regex.is_match(&source),
            Action::KeepEqual => return labels.get(&self.target_label) == source,
            Action::DropEqual => return labels.get(&self.target_label) != source,
            Action::Replace => self.replace(&source, labels),
            Action::Lowercase => self.write(&case::to_lower(&source), labels),
            Action::Uppercase => self.write(&case::to_upper(&source), labels),
            Action::HashMod => self.write(&(hash(&source) % self.modulus).to_string(), labels),
            Action::LabelMap => self.map_names(labels),
            Action::LabelDrop => remove_where(labels, |name| self.regex.is_match(name)),
            Action::LabelKeep => remove_where(labels, |name| !self.regex.is_match(name)),
        }
        true
    }

    fn source(&self, labels: &LabelsBuilder) -> String {
        let values: Vec<&str> = self.source_labels.iter().map(|name| labels.get(name)).collect();
        values.join(&self.separator)
    }

    fn write(&self, value: &str, labels: &mut LabelsBuilder) {
        labels.set(&self.target_label, value);
    }

    fn replace(&self, source: &str, labels: &mut LabelsBuilder) {
        let Some(target) = self.regex.expand(source, &self.target_label) else { return };
        if self.scheme.is_valid(&target) {
            let value = self.regex.expand(source, &self.replacement).unwrap_or_default();
            labels.set(&target, &value);
        }
    }

    fn map_names(&self, labels: &mut LabelsBuilder) {
        // All pairs as they were before the first copy.
        let before = labels.build();
        for (name, value) in before.iter().filter(|(name, _)| self.regex.is_match(name)) {
            let copy = self.regex.replace_all(name, &self.replacement);
            if !copy.is_empty() {
                labels.set(&copy, value);
            }
        }
    }
}

fn remove_where(labels: &mut LabelsBuilder, remove: impl Fn(&str) -> bool) {
    for (name, _) in labels.build().iter().filter(|(name, _)| remove(name)) {
        labels.remove(name);
    }
}

/// The last eight bytes of the MD5 sum as a big-endian number.
fn hash(text: &str) -> u64 {
    let sum: [u8; 16] = Md5::digest(text.as_bytes()).into();
    let [.., a, b, c, d, e, f, g, h] = sum;
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

fn has_reference(template: &str) -> bool {
    template.contains('$')
}
