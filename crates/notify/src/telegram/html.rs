//! The HTML that Telegram takes: made valid, measured and cut.
//!
//! A message is limited after its markup is taken out, in UTF-16 units. Whatever a template wrote comes out as markup that Telegram
//! accepts: what it knows as a tag stays, what it does not know is shown as text, what was not closed is closed.

mod tag;

use tag::{Tag, tag};

/// What stands at the end of a text that was cut.
const ELLIPSIS: char = '…';

/// How long a text is to Telegram.
pub(crate) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// A text as it stands in markup.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| push_escaped(&mut out, c));
    out
}

fn push_escaped(out: &mut String, c: char) {
    match c {
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '&' => out.push_str("&amp;"),
        c => out.push(c),
    }
}

/// A plain text of at most so many units; one that is longer ends in an ellipsis.
pub(crate) fn cut(text: &str, max_units: usize) -> String {
    if units(text) <= max_units {
        return text.to_owned();
    }
    let mut left = max_units.saturating_sub(1);
    let mut kept: String = text
        .chars()
        .take_while(|c| {
            let fits = c.len_utf16() <= left;
            left = left.saturating_sub(c.len_utf16());
            fits
        })
        .collect();
    kept.push(ELLIPSIS);
    kept
}

/// Valid markup of at most so many units of text.
pub(crate) fn tidy(markup: &str, max_units: usize) -> String {
    let length = Pieces(markup).map(|piece| if let Piece::Char(c) = piece { c.len_utf16() } else { 0 }).sum::<usize>();
    let is_cut = length > max_units;
    let mut left = if is_cut { max_units.saturating_sub(1) } else { max_units };
    let mut out = String::with_capacity(markup.len());
    let mut open: Vec<&'static str> = Vec::new();
    for piece in Pieces(markup) {
        match piece {
            Piece::Char(c) if c.len_utf16() > left => break,
            Piece::Char(c) => {
                left -= c.len_utf16();
                push_escaped(&mut out, c);
            }
            Piece::Tag(Tag::Open { name, attributes }) => {
                out.push_str(&format!("<{name}{attributes}>"));
                open.push(name);
            }
            Piece::Tag(Tag::Close(name)) => close(&mut out, &mut open, name),
            Piece::Tag(Tag::CloseLast) => {
                if let Some(name) = open.pop() {
                    push_close(&mut out, name);
                }
            }
        }
    }
    if is_cut {
        out.push(ELLIPSIS);
    }
    while let Some(name) = open.pop() {
        push_close(&mut out, name);
    }
    out
}

/// The text without its markup, of at most so many units.
pub(crate) fn plain(markup: &str, max_units: usize) -> String {
    let text: String =
        Pieces(markup).filter_map(|piece| if let Piece::Char(c) = piece { Some(c) } else { None }).collect();
    cut(&text, max_units)
}

/// Closes a tag, and what was opened in it and not closed; one that is not open is left away.
fn close(out: &mut String, open: &mut Vec<&'static str>, name: &str) {
    let Some(depth) = open.iter().rposition(|other| *other == name) else { return };
    for inner in open.drain(depth..).rev() {
        push_close(out, inner);
    }
}

fn push_close(out: &mut String, name: &str) {
    out.push_str(&format!("</{name}>"));
}

/// A part of markup.
enum Piece {
    /// A character of the text.
    Char(char),
    Tag(Tag),
}

/// The parts of markup, one after the other.
struct Pieces<'a>(&'a str);

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        let first = self.0.chars().next()?;
        let piece = match first {
            '<' => tag(self.0).map(|(tag, len)| (Piece::Tag(tag), len)),
            '&' => entity(self.0).map(|(c, len)| (Piece::Char(c), len)),
            _ => None,
        };
        let (piece, len) = piece.unwrap_or((Piece::Char(first), first.len_utf8()));
        self.0 = self.0.get(len..).unwrap_or("");
        Some(piece)
    }
}

/// A character written as an entity that Telegram knows at the beginning of a text, and its length.
fn entity(text: &str) -> Option<(char, usize)> {
    // Longer numbers are no characters to Telegram.
    const MAX_BYTES: usize = 10;
    let end = text.bytes().take(MAX_BYTES).position(|b| b == b';')?;
    let c = match text.get(1..end)? {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        name => {
            let digits = name.strip_prefix('#')?;
            let (digits, radix) = digits.strip_prefix('x').map_or((digits, 10), |digits| (digits, 16));
            // A sign is no digit.
            let code =
                digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, radix))?.ok()?;
            char::from_u32(code).filter(|c| *c != '\0')?
        }
    };
    Some((c, end + 1))
}

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod tests;
