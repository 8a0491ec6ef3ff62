//! The stages that read JSON: `json` and `unpack`.

use logql_syntax::ast::{JsonExpression, JsonKey};

use super::line_labels::{Category, LineLabels};
use super::stage::{Outcome, Words};
use crate::scan::json::{JsonError, Kind, Members, Step, Value, find, is_json_start};
use crate::scan::text::push_label_name;

/// The error of a line that is not JSON.
const JSON_ERROR: &str = "JSONParserErr";
/// What `unpack` says of a line that is not an object.
const NOT_AN_OBJECT: &str = "expecting json object(6), but it is not";
/// The key under which `unpack` finds the line.
const PACKED_LINE: &[u8] = b"_entry";
/// Objects within objects are read to this depth; what lies deeper makes no labels.
const MAX_DEPTH: usize = 128;

/// `| json`: every field becomes a label, fields of objects with the names on the way joined by `_`; arrays and null do not.
#[derive(Debug)]
pub(super) struct AllFields;

/// Why the reading of a line ends early.
enum Stop {
    Error(JsonError),
    /// All labels that are wanted are there.
    Done,
}

impl From<JsonError> for Stop {
    fn from(error: JsonError) -> Stop {
        Stop::Error(error)
    }
}

impl AllFields {
    pub(super) fn run(&self, line: &[u8], labels: &mut LineLabels, words: &mut Words) {
        if line.is_empty() || labels.wants_none() {
            return;
        }
        words.name.clear();
        if let Err(Stop::Error(error)) = object(line, 0, labels, words) {
            labels.fail_to_parse(JSON_ERROR, Some(error.to_string()));
        }
    }
}

/// Reads an object; `words.name` holds the name so far.
fn object(text: &[u8], depth: usize, labels: &mut LineLabels, words: &mut Words) -> Result<(), Stop> {
    let mut members = Members::of(text)?;
    while let Some((key, value)) = members.next()? {
        let length = words.name.len();
        match value.kind {
            Kind::Object if depth < MAX_DEPTH => {
                push_key(&key, depth, words);
                object(value.raw, depth + 1, labels, words)?;
            }
            Kind::String { .. } | Kind::Number | Kind::Boolean => {
                push_key(&key, depth, words);
                if depth > 0 || !words.name.is_empty() {
                    labels.extract(&words.name, value.text(&mut words.value));
                }
                if labels.has_all_wanted() {
                    return Err(Stop::Done);
                }
            }
            Kind::Null | Kind::Array | Kind::Object => {}
        }
        words.name.truncate(length);
    }
    Ok(())
}

/// Appends a key to the name so far. Keys that are only space add nothing.
fn push_key(key: &Value<'_>, depth: usize, words: &mut Words) {
    let key = String::from_utf8_lossy(key.text(&mut words.value));
    if key.trim().is_empty() {
        return;
    }
    let is_first = words.name.is_empty();
    if !is_first {
        words.name.push('_');
    }
    push_label_name(&key, is_first && depth == 0, &mut words.name);
}

/// `| json a="b.c"`: chosen fields.
#[derive(Debug)]
pub(super) struct Paths(Vec<(String, Vec<JsonKey>)>);

impl Paths {
    pub(super) fn new(expressions: &[JsonExpression]) -> Paths {
        Paths(expressions.iter().map(|one| (one.label.clone(), one.path.clone())).collect())
    }

    pub(super) fn run(&self, line: &[u8], labels: &mut LineLabels, words: &mut Words) {
        if line.is_empty() || labels.wants_none() {
            return;
        }
        if !is_json_start(line) {
            labels.fail_to_parse(JSON_ERROR, None);
            return;
        }
        let mut is_any_missing = false;
        for (label, path) in &self.0 {
            match find(line, path.iter().map(step)) {
                Some(Value { kind: Kind::Null, .. }) => labels.extract(label, b""),
                Some(value) => labels.extract(label, value.text(&mut words.value)),
                None => is_any_missing = true,
            }
        }
        if is_any_missing {
            for (label, _) in &self.0 {
                if labels.get(label).is_none() {
                    labels.set(Category::Parsed, label, "");
                }
            }
        }
    }
}

fn step(key: &JsonKey) -> Step<'_> {
    match key {
        JsonKey::Key(key) => Step::Key(key),
        JsonKey::Index(index) => Step::Index(*index),
    }
}

/// `| unpack`: the texts of a packed line become labels, and the line what was packed.
#[derive(Debug)]
pub(super) struct Unpack;

impl Unpack {
    pub(super) fn run(&self, line: &[u8], labels: &mut LineLabels, words: &mut Words) -> Outcome {
        if line.is_empty() || labels.wants_none() {
            return Outcome::Keep;
        }
        if line.trim_ascii_start().first() != Some(&b'{') {
            labels.fail_to_parse(JSON_ERROR, Some(NOT_AN_OBJECT.to_owned()));
            return Outcome::Keep;
        }
        match packed_line(line, &mut words.line) {
            Ok(true) => {
                set_packed_labels(line, labels, words);
                Outcome::Replace
            }
            Ok(false) => Outcome::Keep,
            Err(error) => {
                labels.fail_to_parse(JSON_ERROR, Some(error.to_string()));
                Outcome::Keep
            }
        }
    }
}

/// Finds the line within a packed one; false when there is none, and then nothing is unpacked.
fn packed_line(line: &[u8], out: &mut Vec<u8>) -> Result<bool, JsonError> {
    let mut members = Members::of(line)?;
    let mut is_packed = false;
    let mut buffer = Vec::new();
    while let Some((key, value)) = members.next()? {
        if matches!(value.kind, Kind::String { .. }) && key.text(&mut buffer) == PACKED_LINE {
            out.clear();
            out.extend_from_slice(value.text(&mut buffer));
            is_packed = true;
        }
    }
    Ok(is_packed)
}

fn set_packed_labels(line: &[u8], labels: &mut LineLabels, words: &mut Words) {
    let Ok(mut members) = Members::of(line) else { return };
    while let Ok(Some((key, value))) = members.next() {
        if !matches!(value.kind, Kind::String { .. }) || key.text(&mut words.value) == PACKED_LINE {
            continue;
        }
        words.name.clear();
        push_label_name(&String::from_utf8_lossy(key.text(&mut words.value)), true, &mut words.name);
        labels.extract(&words.name, value.text(&mut words.value));
    }
}
