//! The file of cases.

use std::fmt;
use std::path::Path;

use logql::LabelSet;
use model::labels::SortedLabels;
use serde_json::{Map, Value};

/// A case: its fields by name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Case(Map<String, Value>);

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let input =
            ["query", "input", "pipeline", "pattern", "expression", "line"].iter().find_map(|name| self.get(name));
        write!(f, "{}", input.unwrap_or(&Value::Null))
    }
}

/// Reads the cases of a file with the lines on which they stand; none if the file is absent.
pub(super) fn read(file: &Path) -> std::io::Result<Vec<(usize, Result<Case, String>)>> {
    let text = match std::fs::read_to_string(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        text => text?,
    };
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    Ok(lines.map(|(i, line)| (i + 1, Case::parse(line))).collect())
}

impl Case {
    pub(super) fn parse(line: &str) -> Result<Case, String> {
        serde_json::from_str(line).map(Case).map_err(|error| error.to_string())
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A field that is a text.
    pub(super) fn text(&self, name: &str) -> Result<String, String> {
        let value = self.get(name).and_then(Value::as_str);
        value.map(ToOwned::to_owned).ok_or_else(|| format!("the case has no text {name}"))
    }

    /// A field that is true or false; `None` if it is absent.
    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        self.get(name).and_then(Value::as_bool)
    }

    /// A field whose bytes are given as text or, where they are not UTF-8, in base 64.
    pub(super) fn bytes(&self, name: &str) -> Result<Vec<u8>, String> {
        match self.get(&format!("{name}_b64")).and_then(Value::as_str) {
            Some(encoded) => decode_base64(encoded).ok_or_else(|| format!("{name} is not in base 64")),
            None => self.text(name).map(String::into_bytes),
        }
    }
}

/// Labels given as an object; none where there is none. Empty values count.
pub(super) fn label_set(value: Option<&Value>) -> Result<LabelSet, String> {
    let pairs = value.and_then(Value::as_object).into_iter().flatten();
    let texts = pairs.map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    let pairs: Option<Vec<(String, String)>> = texts.collect();
    pairs.map(LabelSet::from_pairs).ok_or_else(|| "a label that is not a text".to_owned())
}

/// Structured metadata in the encoding of the store, values that are empty included.
pub(super) fn metadata(value: Option<&Value>) -> Result<Vec<u8>, String> {
    let mut sorted = SortedLabels::default();
    for (name, value) in label_set(value)?.iter() {
        sorted.push(name, value);
    }
    Ok(sorted.finish().as_bytes().to_vec())
}

fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0u32, 0);
    for c in text.trim_end_matches('=').bytes() {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    Some(bytes)
}

/// Compares what is and what should be.
pub(super) fn expect_eq<T: PartialEq + fmt::Debug>(what: &str, is: &T, should: &T) -> Result<(), String> {
    if is == should { Ok(()) } else { Err(format!("{what}\n     is: {is:?}\n should: {should:?}")) }
}
