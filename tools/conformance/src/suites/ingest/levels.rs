//! The level of lines.

use model::Labels;
use serde_json::Value;

use super::{expect, text};

/// A line with its labels and metadata.
pub(super) fn of_entry(case: &Value) -> Result<(), String> {
    let (labels, metadata) = (labels_of(&case["labels"]), labels_of(&case["structured_metadata"]));
    let level = intake::detect_level(labels.as_bytes(), metadata.as_bytes(), text(case, "line").as_bytes());
    expect("level", &level, &text(case, "expect_level"))
}

/// A line without fields.
pub(super) fn of_text(case: &Value) -> Result<(), String> {
    let level = intake::detect_level_in_text(text(case, "line").as_bytes());
    expect("level", &level.as_str(), &text(case, "expect_level"))
}

/// The labels of an object; none for what is no object.
pub(super) fn labels_of(object: &Value) -> Labels {
    let pairs = object.as_object().into_iter().flatten();
    Labels::from_pairs(pairs.map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default())))
}
