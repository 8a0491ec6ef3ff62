//! Letter case as Go maps it: one character becomes one character.

/// In lower case.
pub(crate) fn to_lower(text: &str) -> String {
    text.chars().map(lower).collect()
}

/// In upper case.
pub(crate) fn to_upper(text: &str) -> String {
    text.chars().map(upper).collect()
}

fn lower(c: char) -> char {
    // The one character whose full mapping is longer than its simple one.
    if c == '\u{130}' {
        return 'i';
    }
    single(c.to_lowercase()).unwrap_or(c)
}

fn upper(c: char) -> char {
    match c {
        // Greek letters with iota below: the full mapping writes the iota beside them, the simple one is the title case.
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => {
            char::from_u32(u32::from(c) + 8).unwrap_or(c)
        }
        '\u{1fb3}' => '\u{1fbc}',
        '\u{1fc3}' => '\u{1fcc}',
        '\u{1ff3}' => '\u{1ffc}',
        _ => single(c.to_uppercase()).unwrap_or(c),
    }
}

fn single(mut mapped: impl Iterator<Item = char>) -> Option<char> {
    let first = mapped.next();
    if mapped.next().is_some() { None } else { first }
}
