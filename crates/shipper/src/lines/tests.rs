use super::*;

fn check(text: &str, finished: bool, lines: &[&str], consumed: usize) {
    let split = split(text.as_bytes(), finished);
    let got: Vec<&str> = split.lines.iter().map(|range| &text[range.clone()]).collect();
    assert_eq!((got.as_slice(), split.consumed), (lines, consumed), "{text:?}");
}

#[test]
fn cuts_at_line_ends() {
    check("", false, &[], 0);
    check("a", false, &[], 0);
    check("a", true, &["a"], 1);
    check("a\nb", false, &["a"], 2);
    check("a\r\n\nb\n", false, &["a", "", "b"], 6);
    check("a\rb\n", false, &["a\rb"], 4);
    check("a\r", false, &[], 0);
    check("\0\0a\n\0b", false, &["a"], 5);
    check("\0\0", false, &[], 2);
}

#[test]
fn long_lines_come_in_parts_that_hold_everything() {
    for len in [MAX_LINE_BYTES - 1, MAX_LINE_BYTES, MAX_LINE_BYTES + 1, MAX_LINE_BYTES + 2, 3 * MAX_LINE_BYTES + 5] {
        for end in ["\n", "\r\n"] {
            for fill in ["x", "é", "😀"] {
                let body = fill.repeat(len / fill.len()) + &"y".repeat(len % fill.len());
                let text = format!("{body}{end}z\n");
                let split = split(text.as_bytes(), false);
                let parts: Vec<&str> = split.lines.iter().map(|range| &text[range.clone()]).collect();
                let (last, parts) = parts.split_last().expect("the line behind");
                assert_eq!((*last, parts.concat().len(), split.consumed), ("z", body.len(), text.len()));
                assert!(parts.iter().all(|part| !part.is_empty() && part.len() <= MAX_LINE_BYTES));
                assert_eq!(split.parts > 0, len > MAX_LINE_BYTES);
            }
        }
    }
}
