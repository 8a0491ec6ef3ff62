//! Characters as Go's `%q` and `%#U` print them in error messages.

use model::labels::Quoted;

/// A character in single quotes, as Go's `%q` prints a rune.
pub(crate) fn quote_char(c: char) -> String {
    match c {
        '\'' => "'\\''".to_owned(),
        '\\' => "'\\\\'".to_owned(),
        '\u{7}' => "'\\a'".to_owned(),
        '\u{8}' => "'\\b'".to_owned(),
        '\u{c}' => "'\\f'".to_owned(),
        '\n' => "'\\n'".to_owned(),
        '\r' => "'\\r'".to_owned(),
        '\t' => "'\\t'".to_owned(),
        '\u{b}' => "'\\v'".to_owned(),
        c if is_printable(c) => format!("'{c}'"),
        c => {
            let code = u32::from(c);
            match code {
                0..0x80 => format!("'\\x{code:02x}'"),
                0x80..0x1_0000 => format!("'\\u{code:04x}'"),
                _ => format!("'\\U{code:08x}'"),
            }
        }
    }
}

/// A code point with its character, as Go's `%#U` prints it: `U+0063 'c'`.
pub(crate) fn describe_code_point(c: char) -> String {
    let code = u32::from(c);
    if is_printable(c) { format!("U+{code:04X} '{c}'") } else { format!("U+{code:04X}") }
}

/// A text in double quotes, cut after ten characters if it is longer than ten bytes.
pub(crate) fn quote_short(text: &str) -> String {
    if text.len() <= 10 {
        return Quoted(text).to_string();
    }
    let cut = text.char_indices().nth(10).map_or(text.len(), |(i, _)| i);
    format!("{}...", Quoted(&text[..cut]))
}

/// Whether Go counts a character as printable; approximated by leaving out controls, spaces other than the ASCII one,
/// invisible marks and private use.
fn is_printable(c: char) -> bool {
    let invisible = matches!(c,
        '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
        | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}');
    c == ' ' || !(c.is_control() || c.is_whitespace() || invisible)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_characters_as_go_does() {
        for (c, text) in [
            ('a', "'a'"),
            ('\'', "'\\''"),
            ('"', "'\"'"),
            ('\\', "'\\\\'"),
            ('\n', "'\\n'"),
            ('\0', "'\\x00'"),
            ('\u{7f}', "'\\x7f'"),
            ('\u{85}', "'\\u0085'"),
            ('\u{a0}', "'\\u00a0'"),
            ('é', "'é'"),
            ('\u{fffd}', "'\u{fffd}'"),
            ('\u{10ffff}', "'\\U0010ffff'"),
        ] {
            assert_eq!(quote_char(c), text);
        }
        assert_eq!(describe_code_point('c'), "U+0063 'c'");
        assert_eq!(describe_code_point('\n'), "U+000A");
        assert_eq!(describe_code_point('☺'), "U+263A '☺'");
    }

    #[test]
    fn shortens_long_texts() {
        assert_eq!(quote_short("0123456789"), "\"0123456789\"");
        assert_eq!(quote_short("0123456789a"), "\"0123456789\"...");
        assert_eq!(quote_short("äöüäöü"), "\"äöüäöü\"...");
    }
}
