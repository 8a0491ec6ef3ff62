//! What stages are given as strings: paths, patterns, addresses.

pub(crate) mod field_path;
pub(crate) mod ip;
pub(crate) mod pattern;

use crate::ast::Pattern;

/// Compiles an expression that may match anywhere.
pub(crate) fn regex(text: &str) -> Result<Pattern, String> {
    let regex = goregex::Regex::new(text).map_err(|error| error.to_string())?;
    Ok(Pattern { text: text.to_owned(), regex })
}

/// Compiles an expression that must match a whole value.
pub(crate) fn anchored_regex(text: &str) -> Result<Pattern, String> {
    let regex = goregex::Regex::new(&format!("^(?:{text})$")).map_err(|error| error.to_string())?;
    Ok(Pattern { text: text.to_owned(), regex })
}

/// Compiles the argument of the `regexp` stage, whose named groups become labels.
pub(crate) fn regexp_stage(text: &str) -> Result<Pattern, String> {
    let pattern = regex(text)?;
    let mut names: Vec<&str> = pattern.regex.group_names().iter().flatten().map(String::as_str).collect();
    if names.is_empty() {
        return Err("at least one named capture must be supplied".to_owned());
    }
    names.retain(|name| !name.is_empty());
    for (i, name) in names.iter().enumerate() {
        if !model::labels::is_legacy_label_name(name) {
            return Err(format!("invalid extracted label name '{name}'"));
        }
        if names[..i].contains(name) {
            return Err(format!("duplicate extracted label name '{name}'"));
        }
    }
    Ok(pattern)
}
