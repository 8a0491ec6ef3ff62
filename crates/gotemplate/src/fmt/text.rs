//! Strings and bytes under the verbs for them, and padding.

use super::Printer;
use super::quote::{can_back_quote, quote, quote_ascii};

impl Printer<'_> {
    /// A string under a verb; whether the verb is one for strings.
    pub(super) fn print_text(&mut self, text: &str, verb: char) -> bool {
        match verb {
            'v' if self.flags.sharp_v => self.print_quoted(text),
            'v' | 's' => self.pad(truncated(text, self.flags.precision)),
            'x' => self.print_hex(text.as_bytes(), false),
            'X' => self.print_hex(text.as_bytes(), true),
            'q' => self.print_quoted(text),
            _ => return false,
        }
        true
    }

    /// Bytes under a verb; whether the verb is one for bytes.
    pub(super) fn print_bytes(&mut self, bytes: &[u8], verb: char) -> bool {
        match verb {
            'v' | 'd' => {
                self.push("[");
                for (i, byte) in bytes.iter().enumerate() {
                    if i > 0 {
                        self.push(" ");
                    }
                    self.print_integer(u64::from(*byte), false, verb);
                }
                self.push("]");
            }
            'x' => self.print_hex(bytes, false),
            'X' => self.print_hex(bytes, true),
            's' | 'q' => return self.print_text(&String::from_utf8_lossy(bytes), verb),
            _ => return false,
        }
        true
    }

    fn print_quoted(&mut self, text: &str) {
        let text = truncated(text, self.flags.precision);
        let quoted = if self.flags.sharp && can_back_quote(text) {
            format!("`{text}`")
        } else if self.flags.plus {
            quote_ascii(text)
        } else {
            quote(text)
        };
        self.pad(&quoted);
    }

    fn print_hex(&mut self, bytes: &[u8], is_upper: bool) {
        let bytes = bytes.get(..self.flags.precision.unwrap_or(bytes.len())).unwrap_or(bytes);
        let prefix = match (self.flags.sharp, is_upper) {
            (false, _) => "",
            (true, false) => "0x",
            (true, true) => "0X",
        };
        let mut text = String::with_capacity(bytes.len() * 2);
        for (i, byte) in bytes.iter().enumerate() {
            if i > 0 && self.flags.space {
                text.push(' ');
            }
            if i == 0 || self.flags.space {
                text.push_str(prefix);
            }
            text.push_str(&if is_upper { format!("{byte:02X}") } else { format!("{byte:02x}") });
        }
        self.pad(&text);
    }

    /// Writes a text with space, or zeros, to the width.
    pub(super) fn pad(&mut self, text: &str) {
        let Some(width) = self.flags.width.filter(|width| *width > 0) else {
            return self.push(text);
        };
        let missing = width.saturating_sub(text.chars().count());
        if self.flags.minus {
            self.push(text);
            self.padding(missing, ' ');
        } else {
            self.padding(missing, if self.flags.zero { '0' } else { ' ' });
            self.push(text);
        }
    }

    /// As `pad`, but never with zeros.
    pub(super) fn pad_with_space(&mut self, text: &str) {
        let zero = std::mem::replace(&mut self.flags.zero, false);
        self.pad(text);
        self.flags.zero = zero;
    }

    pub(super) fn padding(&mut self, count: usize, with: char) {
        if self.out.len() + count > self.end {
            self.is_full = true;
        } else {
            self.out.extend(std::iter::repeat_n(with, count));
        }
    }
}

/// So many characters of a text.
fn truncated(text: &str, characters: Option<usize>) -> &str {
    let end = characters.and_then(|count| text.char_indices().nth(count)).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or(text)
}
