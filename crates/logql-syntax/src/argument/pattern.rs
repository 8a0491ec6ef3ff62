//! Templates such as `<ip> - <_>`.

use crate::ast::{PatternPart, PatternTemplate};

/// Cuts a template into literals and captures. A capture is a name of letters, digits and underscores in angle brackets;
/// other angle brackets are text. The empty template has no parts.
#[must_use]
pub fn parse_pattern(text: &str) -> PatternTemplate {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some((name, behind)) = capture(rest) {
            if !literal.is_empty() {
                parts.push(PatternPart::Literal(std::mem::take(&mut literal)));
            }
            parts.push(PatternPart::Capture((name != "_").then(|| name.to_owned())));
            rest = behind;
        } else {
            literal.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    if !literal.is_empty() {
        parts.push(PatternPart::Literal(literal));
    }
    PatternTemplate { text: text.to_owned(), parts }
}

/// The name of the capture at the start of a text, and what is behind it.
fn capture(text: &str) -> Option<(&str, &str)> {
    let (name, behind) = text.strip_prefix('<')?.split_once('>')?;
    model::labels::is_legacy_label_name(name).then_some((name, behind))
}

/// The argument of the `pattern` stage: at least one capture has a name, and each name is there once.
pub(crate) fn stage(text: &str) -> Result<PatternTemplate, String> {
    let template = parse_pattern(text);
    let named = |part: &PatternPart| matches!(part, PatternPart::Capture(Some(_)));
    if !template.parts.iter().any(named) {
        return Err("at least one capture is required".to_owned());
    }
    let template = without_neighbours(template)?;
    for (i, part) in template.parts.iter().enumerate() {
        if let PatternPart::Capture(Some(name)) = part
            && template.parts[..i].contains(part)
        {
            return Err(format!("duplicate capture name ({name}): invalid expression"));
        }
    }
    Ok(template)
}

/// The argument of a line filter: no capture has a name.
pub(crate) fn line_filter(text: &str) -> Result<PatternTemplate, String> {
    let template = parse_pattern(text);
    if template.parts.iter().any(|part| matches!(part, PatternPart::Capture(Some(_)))) {
        return Err("named captures are not allowed in a pattern line filter".to_owned());
    }
    without_neighbours(template)
}

/// Where two captures stand side by side, nothing says where the first one ends.
fn without_neighbours(template: PatternTemplate) -> Result<PatternTemplate, String> {
    let name = |part: &PatternPart| match part {
        PatternPart::Capture(name) => Some(name.clone().unwrap_or_else(|| "_".to_owned())),
        PatternPart::Literal(_) => None,
    };
    for pair in template.parts.windows(2) {
        if let (Some(first), Some(second)) = (name(&pair[0]), name(&pair[1])) {
            return Err(format!("found consecutive capture '<{first}><{second}>': invalid expression"));
        }
    }
    Ok(template)
}
