//! Expositions as text, read back.

use std::collections::BTreeMap;

use super::Families;

/// One family of an exposition.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Family {
    help: String,
    kind: String,
    samples: BTreeMap<Labels, f64>,
}

/// Labels by name, without those that have no value.
type Labels = BTreeMap<String, String>;

impl Family {
    /// Fails with all differences, one a line.
    pub(super) fn compare(&self, shown: &Family) -> Result<(), String> {
        let mut differences = Vec::new();
        for (what, expected, shown) in [("help", &self.help, &shown.help), ("type", &self.kind, &shown.kind)] {
            if expected != shown {
                differences.push(format!("{what}: got {shown:?}, expected {expected:?}"));
            }
        }
        for (labels, expected) in &self.samples {
            match shown.samples.get(labels) {
                None => differences.push(format!("missing: {labels:?} {expected}")),
                Some(value) if value != expected && !(value.is_nan() && expected.is_nan()) => {
                    differences.push(format!("{labels:?}: got {value}, expected {expected}"));
                }
                Some(_) => {}
            }
        }
        for (labels, value) in shown.samples.iter().filter(|(labels, _)| !self.samples.contains_key(*labels)) {
            differences.push(format!("not expected: {labels:?} {value}"));
        }
        if differences.is_empty() { Ok(()) } else { Err(differences.join("\n")) }
    }
}

/// Reads the text format 0.0.4, of families whose samples are named as they are.
pub(super) fn parse(text: &str) -> Result<Families, String> {
    let mut families = Families::new();
    for (i, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        parse_line(line, &mut families).map_err(|error| format!("line {}: {error}", i + 1))?;
    }
    Ok(families)
}

fn parse_line(line: &str, families: &mut Families) -> Result<(), String> {
    if let Some(comment) = line.strip_prefix("# ") {
        let mut words = comment.splitn(3, ' ');
        let (keyword, name, rest) = (words.next(), words.next(), words.next().unwrap_or_default());
        match (keyword, name) {
            (Some("HELP"), Some(name)) => families.entry(name.to_owned()).or_default().help = unescape(rest),
            (Some("TYPE"), Some(name)) => families.entry(name.to_owned()).or_default().kind = rest.to_owned(),
            _ => {}
        }
        return Ok(());
    }
    let name_end = line.find(['{', ' ']).ok_or("no value")?;
    let (name, rest) = line.split_at(name_end);
    let (labels, rest) = match rest.strip_prefix('{') {
        Some(rest) => parse_labels(rest)?,
        None => (Labels::new(), rest),
    };
    let value = rest.split_whitespace().next().ok_or("no value")?;
    let value = model::float::parse(value).ok_or_else(|| format!("no number: {value}"))?;
    let family = families.get_mut(name).ok_or_else(|| format!("{name} has neither help nor type"))?;
    if family.samples.insert(labels, value).is_some() {
        return Err("the sample stands twice".to_owned());
    }
    Ok(())
}

/// Labels up to the closing brace, and what is behind it.
fn parse_labels(mut rest: &str) -> Result<(Labels, &str), String> {
    let mut labels = Labels::new();
    loop {
        rest = rest.trim_start_matches([',', ' ']);
        if let Some(behind) = rest.strip_prefix('}') {
            return Ok((labels, behind));
        }
        let (name, quoted) = rest.split_once("=\"").ok_or("expected a label")?;
        let end = closing_quote(quoted).ok_or("a label's value does not end")?;
        let value = unescape(&quoted[..end]);
        rest = &quoted[end + 1..];
        if !value.is_empty() && labels.insert(name.to_owned(), value).is_some() {
            return Err(format!("the label {name} stands twice"));
        }
    }
}

fn closing_quote(quoted: &str) -> Option<usize> {
    let mut is_escaped = false;
    quoted.bytes().position(|byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    })
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => plain.extend(chars.next().map(|c| if c == 'n' { '\n' } else { c })),
            c => plain.push(c),
        }
    }
    plain
}
