//! The HTML that Telegram takes: made valid, measured and cut.
//!
//! A message is limited after its markup is taken out, in UTF-16 units. Whatever a template wrote comes out as markup that Telegram
//! accepts: what it knows as a tag stays, what it does not know is shown as text, what was not closed is closed.

/// Tags that take no attributes that matter.
const PLAIN: &[&str] = &[
    "b",
    "strong",
    "i",
    "em",
    "u",
    "ins",
    "s",
    "strike",
    "del",
    "tg-spoiler",
    "code",
    "pre",
    "blockquote",
    "span",
    "a",
    "tg-emoji",
    "tg-time",
];
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
    let length =
        pieces(markup).iter().map(|piece| if let Piece::Char(c) = piece { c.len_utf16() } else { 0 }).sum::<usize>();
    let is_cut = length > max_units;
    let mut left = if is_cut { max_units.saturating_sub(1) } else { max_units };
    let mut out = String::with_capacity(markup.len());
    let mut open: Vec<String> = Vec::new();
    for piece in pieces(markup) {
        match piece {
            Piece::Char(c) if c.len_utf16() > left => break,
            Piece::Char(c) => {
                left -= c.len_utf16();
                push_escaped(&mut out, c);
            }
            Piece::Open(name, tag) => {
                out.push_str(tag);
                open.push(name);
            }
            Piece::Close(name) => close(&mut out, &mut open, &name),
        }
    }
    if is_cut {
        out.push(ELLIPSIS);
    }
    while let Some(name) = open.pop() {
        push_close(&mut out, &name);
    }
    out
}

/// The text without its markup, of at most so many units.
pub(crate) fn plain(markup: &str, max_units: usize) -> String {
    let text: String =
        pieces(markup).iter().filter_map(|piece| if let Piece::Char(c) = piece { Some(*c) } else { None }).collect();
    cut(&text, max_units)
}

/// Closes a tag, and what was opened in it and not closed; one that is not open is left away.
fn close(out: &mut String, open: &mut Vec<String>, name: &str) {
    let Some(depth) = open.iter().rposition(|other| other == name) else { return };
    for inner in open.drain(depth..).rev() {
        push_close(out, &inner);
    }
}

fn push_close(out: &mut String, name: &str) {
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}

/// A part of markup.
enum Piece<'a> {
    /// A character of the text.
    Char(char),
    /// The name of a tag that opens, and the tag as it was written.
    Open(String, &'a str),
    Close(String),
}

fn pieces(markup: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = markup;
    while let Some(first) = rest.chars().next() {
        let (piece, len) = match first {
            '<' => tag(rest),
            '&' => entity(rest),
            _ => None,
        }
        .unwrap_or((Piece::Char(first), first.len_utf8()));
        pieces.push(piece);
        rest = rest.get(len..).unwrap_or("");
    }
    pieces
}

/// A tag that Telegram knows at the beginning of a text, and its length.
fn tag(text: &str) -> Option<(Piece<'_>, usize)> {
    let end = text.find('>')?;
    let inner = text.get(1..end)?;
    if let Some(name) = inner.strip_prefix('/') {
        let name = name.trim_end().to_ascii_lowercase();
        return PLAIN.contains(&name.as_str()).then_some((Piece::Close(name), end + 1));
    }
    let name = inner.split_ascii_whitespace().next()?.to_ascii_lowercase();
    let attributes = inner.get(name.len()..)?.trim();
    let is_known = inner.starts_with(|c: char| c.is_ascii_alphabetic()) && PLAIN.contains(&name.as_str());
    (is_known && allows(&name, attributes)).then(|| (Piece::Open(name, text.get(..=end).unwrap_or("")), end + 1))
}

/// Whether a tag may have these attributes.
fn allows(name: &str, attributes: &str) -> bool {
    let value = |attribute: &str| {
        let value = attributes.strip_prefix(attribute)?.strip_prefix("=\"")?.strip_suffix('"')?;
        (!value.contains(['"', '<'])).then_some(value)
    };
    match name {
        "a" => value("href").is_some_and(|url| !url.is_empty()),
        "span" => value("class") == Some("tg-spoiler"),
        "tg-emoji" => value("emoji-id").is_some_and(is_number),
        "tg-time" => attributes.strip_prefix("unix=\"").is_some_and(|rest| {
            let (time, rest) = rest.split_once('"').unwrap_or(("", ""));
            let rest = rest.trim();
            let format = rest.strip_prefix("format=\"").and_then(|rest| rest.strip_suffix('"'));
            is_number(time) && (rest.is_empty() || format.is_some_and(|format| !format.contains(['"', '<'])))
        }),
        "code" => attributes.is_empty() || value("class").is_some_and(|class| class.starts_with("language-")),
        "blockquote" => attributes.is_empty() || attributes == "expandable",
        _ => attributes.is_empty(),
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// A character written as an entity that Telegram knows at the beginning of a text, and its length.
fn entity(text: &str) -> Option<(Piece<'_>, usize)> {
    // The longest is a numeric one of the last code point.
    const MAX_BYTES: usize = 12;
    let end = text.bytes().take(MAX_BYTES).position(|b| b == b';')?;
    let c = match text.get(1..end)? {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        name => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(code).filter(|c| *c != '\0')?
        }
    };
    Some((Piece::Char(c), end + 1))
}

#[cfg(test)]
mod tests;
