//! Integers and floats under the verbs for them.

use super::Printer;
use super::float::push_float;
use super::quote::{is_printable, quote_char};

impl Printer<'_> {
    /// An integer, given as the bits of its 64; whether the verb is one for integers.
    pub(super) fn print_integer(&mut self, bits: u64, is_signed: bool, verb: char) -> bool {
        match verb {
            'v' if self.flags.sharp_v && !is_signed => {
                let sharp = std::mem::replace(&mut self.flags.sharp, true);
                self.print_radix(bits, is_signed, verb, 16);
                self.flags.sharp = sharp;
            }
            'v' | 'd' => self.print_radix(bits, is_signed, verb, 10),
            'b' => self.print_radix(bits, is_signed, verb, 2),
            'o' | 'O' => self.print_radix(bits, is_signed, verb, 8),
            'x' | 'X' => self.print_radix(bits, is_signed, verb, 16),
            'c' => self.pad(character(bits).encode_utf8(&mut [0; 4])),
            'q' => self.pad(&quote_char(character(bits), self.flags.plus)),
            'U' => self.print_code_point(bits),
            _ => return false,
        }
        true
    }

    fn print_radix(&mut self, bits: u64, is_signed: bool, verb: char, radix: u32) {
        let is_negative = is_signed && (bits as i64) < 0;
        let magnitude = if is_negative { bits.wrapping_neg() } else { bits };
        if self.flags.precision == Some(0) && magnitude == 0 {
            return self.padding(self.flags.width.unwrap_or(0), ' ');
        }
        let mut digits = match radix {
            2 => format!("{magnitude:b}"),
            8 => format!("{magnitude:o}"),
            16 if verb == 'X' => format!("{magnitude:X}"),
            16 => format!("{magnitude:x}"),
            _ => magnitude.to_string(),
        };
        let flags = self.flags;
        let has_sign = is_negative || flags.plus || flags.space;
        let wanted = match (flags.precision, flags.width) {
            (Some(precision), _) => precision,
            (None, Some(width)) if flags.zero => width.saturating_sub(usize::from(has_sign)),
            _ => 0,
        };
        if wanted > digits.len() {
            digits.insert_str(0, &"0".repeat(wanted - digits.len()));
        }
        let sign = if is_negative {
            "-"
        } else if flags.plus {
            "+"
        } else if flags.space {
            " "
        } else {
            ""
        };
        let prefix = match (flags.sharp, radix) {
            (true, 2) => "0b",
            (true, 8) if !digits.starts_with('0') => "0",
            (true, 16) if verb == 'X' => "0X",
            (true, 16) => "0x",
            _ => "",
        };
        let octal = if verb == 'O' { "0o" } else { "" };
        self.pad_with_space(&format!("{sign}{octal}{prefix}{digits}"));
    }

    /// `U+0041`, and with `#` the character.
    fn print_code_point(&mut self, bits: u64) {
        let digits = self.flags.precision.unwrap_or(0).max(4);
        let mut text = format!("U+{bits:0digits$X}");
        let c = u32::try_from(bits).ok().and_then(char::from_u32);
        if let Some(c) = c.filter(|c| self.flags.sharp && is_printable(*c)) {
            text.push_str(&format!(" '{c}'"));
        }
        self.pad_with_space(&text);
    }

    /// A float; whether the verb is one for floats.
    pub(super) fn print_float(&mut self, value: f64, verb: char) -> bool {
        let (form, precision) = match verb {
            'v' => ('g', None),
            'b' | 'g' | 'G' | 'x' | 'X' => (verb, None),
            'f' | 'e' | 'E' => (verb, Some(6)),
            'F' => ('f', Some(6)),
            _ => return false,
        };
        let precision = self.flags.precision.or(precision);
        let mut digits = String::new();
        push_float(&mut digits, value, form, precision);
        let (mut sign, mut digits) = match digits.strip_prefix(['-', '+']) {
            Some(rest) if digits.starts_with('-') => ('-', rest.to_owned()),
            Some(rest) => ('+', rest.to_owned()),
            None => ('+', digits),
        };
        let flags = self.flags;
        if flags.space && sign == '+' && !flags.plus {
            sign = ' ';
        }
        if !value.is_finite() {
            let shows_sign = if value.is_nan() { flags.space || flags.plus } else { flags.plus || sign != '+' };
            // The sign of an infinity is always shown.
            let is_shown = shows_sign || value.is_infinite();
            self.pad_with_space(&if is_shown { format!("{sign}{digits}") } else { digits });
            return true;
        }
        if flags.sharp && verb != 'b' {
            digits = with_point(&digits, verb, precision);
        }
        if !flags.plus && sign == '+' {
            self.pad(&digits);
            return true;
        }
        match flags.width {
            Some(width) if flags.zero && width > digits.len() + 1 => {
                self.push_char(sign);
                self.padding(width - digits.len() - 1, '0');
                self.push(&digits);
            }
            _ => self.pad(&format!("{sign}{digits}")),
        }
        true
    }
}

/// Under `#` a float has a point, and keeps the zeros that `g` would drop.
fn with_point(text: &str, verb: char, precision: Option<usize>) -> String {
    let tail_from = match verb {
        'x' | 'X' => text.find(['p', 'P']),
        _ => text.find(['e', 'E', 'p', 'P']),
    };
    let (number, tail) = text.split_at(tail_from.unwrap_or(text.len()));
    let mut wanted = match verb {
        'v' | 'g' | 'G' | 'x' | 'X' => precision.unwrap_or(6),
        _ => 0,
    };
    let significant = number.chars().filter(char::is_ascii_alphanumeric).skip_while(|c| *c == '0').count();
    wanted = wanted.saturating_sub(significant);
    let mut out = number.to_owned();
    if !number.contains('.') {
        if number == "0" {
            wanted = wanted.saturating_sub(1);
        }
        out.push('.');
    }
    out.push_str(&"0".repeat(wanted));
    out.push_str(tail);
    out
}

fn character(bits: u64) -> char {
    u32::try_from(bits).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}
