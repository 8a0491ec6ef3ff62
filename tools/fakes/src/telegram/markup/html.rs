//! HTML.

/// The tags of HTML mode.
const TAGS: &[&str] = &[
    "a",
    "b",
    "blockquote",
    "code",
    "del",
    "em",
    "i",
    "ins",
    "pre",
    "s",
    "span",
    "strike",
    "strong",
    "tg-emoji",
    "tg-spoiler",
    "tg-time",
    "u",
];
/// Longer numbers are no characters.
const MAX_NUMBER_BYTES: usize = 7;

/// Reads a text.
pub(super) fn read(text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut open: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(at..).unwrap_or_default();
        match c {
            '&' => {
                let (c, len) = entity(rest).unwrap_or(('&', 1));
                out.push(c);
                at += len;
            }
            '<' if rest.starts_with("</") => at += end_tag(rest, at, &mut open)?,
            '<' => at += start_tag(rest, at, &mut open)?,
            c => {
                out.push(c);
                at += c.len_utf8();
            }
        }
    }
    match open.last() {
        Some(name) => Err(format!("Can't find end tag corresponding to start tag \"{name}\"")),
        None => Ok(out),
    }
}

fn end_tag(rest: &str, at: usize, open: &mut Vec<String>) -> Result<usize, String> {
    let Some(expected) = open.pop() else { return Err(format!("Unexpected end tag at byte offset {at}")) };
    let mut tag = Cursor { text: rest, at: 2 };
    let name = tag.take_while(|c| !c.is_ascii_whitespace() && c != '>').to_ascii_lowercase();
    tag.skip_spaces();
    if !tag.take('>') {
        return Err(format!("Unclosed end tag at byte offset {at}"));
    }
    if !name.is_empty() && name != expected {
        return Err(format!("Unmatched end tag at byte offset {at}, expected \"</{expected}>\", found \"</{name}>\""));
    }
    Ok(tag.at)
}

fn start_tag(rest: &str, at: usize, open: &mut Vec<String>) -> Result<usize, String> {
    let mut tag = Cursor { text: rest, at: 1 };
    let name = tag.take_while(|c| !c.is_ascii_whitespace() && c != '>').to_ascii_lowercase();
    if tag.rest().is_empty() {
        return Err(format!("Unclosed start tag at byte offset {at}"));
    }
    if !TAGS.contains(&name.as_str()) {
        return Err(format!("Unsupported start tag \"{name}\" at byte offset {at}"));
    }
    let attributes = tag.attributes().map_err(|why| match why {
        Bad::Unclosed => format!("Unclosed start tag at byte offset {at}"),
        Bad::NoName => format!("Empty attribute name in the tag \"{name}\" at byte offset {at}"),
        Bad::Word => format!("Unexpected end of name token at byte offset {at}"),
    })?;
    let value =
        |attribute: &str| attributes.iter().rfind(|(name, _)| name == attribute).map(|(_, value)| value.as_str());
    let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<i64>().is_ok();
    let is_right = match name.as_str() {
        "span" => value("class") == Some("tg-spoiler"),
        "tg-emoji" => value("emoji-id").is_some_and(is_number),
        "tg-time" => value("unix").is_some_and(is_number) && value("format").is_none_or(is_time_format),
        _ => true,
    };
    if !is_right {
        return Err(format!("Tag \"{name}\" must have right attributes at byte offset {at}"));
    }
    open.push(name);
    Ok(tag.at)
}

/// `r`, or `w?[dD]?[tT]?`.
fn is_time_format(format: &str) -> bool {
    let (date, time) = match format.find(['t', 'T']) {
        Some(at) => format.split_at(at),
        None => (format, ""),
    };
    format == "r" || (matches!(date, "" | "w" | "d" | "D" | "wd" | "wD") && matches!(time, "" | "t" | "T"))
}

/// What is wrong within a tag.
enum Bad {
    Unclosed,
    NoName,
    Word,
}

/// Reads a tag from its beginning.
struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn take(&mut self, c: char) -> bool {
        let is_there = self.rest().starts_with(c);
        self.at += if is_there { c.len_utf8() } else { 0 };
        is_there
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let len = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += len;
        rest.get(..len).unwrap_or_default()
    }

    fn skip_spaces(&mut self) {
        self.take_while(|c| c.is_ascii_whitespace());
    }

    /// The attributes, and the end of the tag.
    fn attributes(&mut self) -> Result<Vec<(String, String)>, Bad> {
        let mut found = Vec::new();
        loop {
            self.skip_spaces();
            if self.take('>') {
                return Ok(found);
            }
            let name = self.take_while(|c| !c.is_ascii_whitespace() && !"=>/\"'".contains(c)).to_ascii_lowercase();
            if self.rest().is_empty() {
                return Err(Bad::Unclosed);
            }
            if name.is_empty() {
                return Err(Bad::NoName);
            }
            self.skip_spaces();
            let value = if self.take('=') { self.value()? } else { String::new() };
            found.push((name, value));
        }
    }

    fn value(&mut self) -> Result<String, Bad> {
        self.skip_spaces();
        let Some(quote) = self.rest().chars().next().filter(|c| matches!(c, '"' | '\'')) else {
            let word = self.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-')).to_ascii_lowercase();
            return match self.rest().chars().next() {
                Some(c) if c.is_ascii_whitespace() || c == '>' => Ok(word),
                Some(_) => Err(Bad::Word),
                None => Err(Bad::Unclosed),
            };
        };
        self.take(quote);
        let mut value = String::new();
        loop {
            match self.rest().chars().next() {
                Some(c) if c == quote => {
                    self.take(quote);
                    return Ok(value);
                }
                Some(c) => {
                    let (c, len) = entity(self.rest()).unwrap_or((c, c.len_utf8()));
                    value.push(c);
                    self.at += len;
                }
                None => return Err(Bad::Unclosed),
            }
        }
    }
}

fn entity(text: &str) -> Option<(char, usize)> {
    for (name, c) in [("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&'), ("&quot;", '"')] {
        if text.starts_with(name) {
            return Some((c, name.len()));
        }
    }
    let (number, _) = text.strip_prefix("&#")?.split_once(';')?;
    let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |digits| (digits, 16));
    if number.len() > MAX_NUMBER_BYTES || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let code = u32::from_str_radix(digits, radix).ok()?;
    Some((char::from_u32(code).filter(|c| *c != '\0')?, number.len() + 3))
}
