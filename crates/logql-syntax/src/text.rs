//! Small rules about text that evaluation shares with what checks it.

/// Makes a label name of a key: white space at the ends goes away, what may not stand in a label name becomes `_`, and a
/// digit at the start gets a `_` in front. A key of white space alone gives the empty text.
#[must_use]
pub fn sanitize_label_name(key: &str) -> String {
    let key = key.trim();
    let mut name = String::with_capacity(key.len() + 1);
    if key.starts_with(|c: char| c.is_ascii_digit()) {
        name.push('_');
    }
    name.extend(key.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }));
    name
}

/// Whether a line holds a text that is given in lower case, whatever case the line has it in. A line that is not UTF-8 is
/// compared up to where it stops being so, and behind.
#[must_use]
pub fn contains_ignoring_case(line: &[u8], lower: &str) -> bool {
    if lower.is_ascii() && line.is_ascii() {
        let lower = lower.as_bytes();
        return lower.is_empty() || line.windows(lower.len()).any(|window| window.eq_ignore_ascii_case(lower));
    }
    line.utf8_chunks().any(|chunk| {
        let text = chunk.valid();
        text.char_indices().any(|(at, _)| starts_ignoring_case(&text[at..], lower)) || lower.is_empty()
    })
}

fn starts_ignoring_case(text: &str, lower: &str) -> bool {
    let mut chars = text.chars().map(lower_case);
    lower.chars().all(|wanted| chars.next() == Some(wanted))
}

/// The lower case of a character where that is one character.
fn lower_case(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(lower), None) => lower,
        _ => c,
    }
}
