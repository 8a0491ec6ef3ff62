//! Terminal colours.

const ESCAPE: u8 = 0x1b;

/// Appends a line without its terminal escape sequences; false, with nothing appended, when it has none.
pub(crate) fn strip(line: &[u8], out: &mut Vec<u8>) -> bool {
    let start = out.len();
    let mut kept = 0;
    let mut at = 0;
    while let Some(next) = find_introducer(line, at) {
        match sequence_end(line, next) {
            Some(end) => {
                out.extend_from_slice(&line[kept..next]);
                kept = end;
                at = end;
            }
            None => at = next + 1,
        }
    }
    if kept == 0 {
        out.truncate(start);
        return false;
    }
    out.extend_from_slice(&line[kept..]);
    true
}

/// A sequence begins with ESC, or with U+009B, which is the two bytes `c2 9b`.
fn find_introducer(line: &[u8], from: usize) -> Option<usize> {
    let is_introducer = |at: &usize| line[*at] == ESCAPE || line[*at..].starts_with(&[0xc2, 0x9b]);
    let mut candidates = memchr::memchr2_iter(ESCAPE, 0xc2, &line[from..]).map(|at| from + at);
    candidates.find(is_introducer)
}

/// Where the sequence that begins here ends: brackets and the like, then either letters, digits and semicolons up to a bell, or
/// numbers and one final byte. `None` when it is none.
fn sequence_end(line: &[u8], at: usize) -> Option<usize> {
    let mut body = at + if line[at] == ESCAPE { 1 } else { 2 };
    body += run(&line[body..], |byte| b"[]()#;?".contains(&byte));
    let named = body + run(&line[body..], |byte| byte.is_ascii_alphanumeric() || byte == b';');
    if line.get(named) == Some(&0x07) {
        return Some(named + 1);
    }
    // A final byte may be a digit, so that a sequence that breaks off behind a number ends with it.
    let numbers = body + run(&line[body..], |byte| byte.is_ascii_digit() || byte == b';');
    if line.get(numbers).is_some_and(|byte| is_final(*byte)) {
        return Some(numbers + 1);
    }
    let last_digit = line[body..numbers].iter().rposition(u8::is_ascii_digit)?;
    Some(body + last_digit + 1)
}

fn is_final(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'A'..=b'P' | b'R' | b'Z' | b'c' | b'f'..=b'n' | b'q' | b'r' | b't' | b'y' | b'=' | b'>' | b'<' | b'~')
}

fn run(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|byte| !belongs(*byte)).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strips_sequences() {
        for (line, expected) in [
            ("\x1b[0;32mgreen\x1b[0m \x1b[31mred\x1b[0m", Some("green red")),
            ("\x1b[2J\u{9b}1mx\x1b]0;title\x07y", Some("xy")),
            ("ends \x1b[1", Some("ends ")),
            ("ends \x1b[", None),
            ("\x1b", None),
            ("plain é", None),
        ] {
            let mut out = Vec::new();
            let changed = strip(line.as_bytes(), &mut out);
            assert_eq!(changed.then(|| String::from_utf8_lossy(&out).into_owned()).as_deref(), expected, "{line:?}");
        }
    }
}
