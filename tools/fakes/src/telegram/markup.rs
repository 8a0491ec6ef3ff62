//! How Telegram reads a marked up text: as strictly, and with its words where it refuses.

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
/// What must have a backslash before it in MarkdownV2.
const RESERVED: &str = "_*[]()~`>#+-=|{}.!";

/// Reads a text, and returns it without its markup.
///
/// # Errors
/// In Telegram's words, which begin with `can't parse entities`.
pub(super) fn parse(text: &str, mode: &str) -> Result<String, String> {
    let parsed = match mode.to_ascii_lowercase().as_str() {
        "" => Ok(text.to_owned()),
        "html" => html(text),
        "markdownv2" => markdown_v2(text),
        "markdown" => Err("not built yet: the older Markdown".to_owned()),
        _ => return Err("unsupported parse_mode".to_owned()),
    };
    parsed.map_err(|why| format!("can't parse entities: {why}"))
}

fn html(text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut open: Vec<(String, usize)> = Vec::new();
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
        Some((name, _)) => Err(format!("Can't find end tag corresponding to start tag \"{name}\"")),
        None => Ok(out),
    }
}

fn end_tag(rest: &str, at: usize, open: &mut Vec<(String, usize)>) -> Result<usize, String> {
    let Some((expected, _)) = open.pop() else { return Err(format!("Unexpected end tag at byte offset {at}")) };
    let Some(end) = rest.find('>') else { return Err(format!("Unclosed end tag at byte offset {at}")) };
    let name = rest.get(2..end).unwrap_or_default().trim().to_ascii_lowercase();
    if !name.is_empty() && name != expected {
        return Err(format!("Unmatched end tag at byte offset {at}, expected \"</{expected}>\", found \"</{name}>\""));
    }
    Ok(end + 1)
}

fn start_tag(rest: &str, at: usize, open: &mut Vec<(String, usize)>) -> Result<usize, String> {
    let name_end = rest.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(rest.len());
    let name = rest.get(1..name_end).unwrap_or_default().to_ascii_lowercase();
    let Some(end) = rest.find('>') else { return Err(format!("Unclosed start tag at byte offset {at}")) };
    if !TAGS.contains(&name.as_str()) {
        return Err(format!("Unsupported start tag \"{name}\" at byte offset {at}"));
    }
    let attributes = attributes(rest.get(name_end..end).unwrap_or_default())
        .map_err(|why| format!("{why} in the tag \"{name}\" at byte offset {at}"))?;
    let value =
        |attribute: &str| attributes.iter().find(|(name, _)| name == attribute).map(|(_, value)| value.as_str());
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_right = match name.as_str() {
        "span" => value("class") == Some("tg-spoiler"),
        "tg-emoji" => value("emoji-id").is_some_and(is_number),
        "tg-time" => value("unix").is_some_and(is_number) && value("format").is_none_or(is_time_format),
        _ => true,
    };
    if !is_right {
        return Err(format!("Tag \"{name}\" must have right attributes at byte offset {at}"));
    }
    open.push((name, at));
    Ok(end + 1)
}

/// `r`, or `w?[dD]?[tT]?`.
fn is_time_format(format: &str) -> bool {
    if format == "r" {
        return true;
    }
    let rest = format.strip_prefix('w').unwrap_or(format);
    let rest = rest.strip_prefix(['d', 'D']).unwrap_or(rest);
    rest.strip_prefix(['t', 'T']).unwrap_or(rest).is_empty()
}

fn attributes(text: &str) -> Result<Vec<(String, String)>, String> {
    let mut found = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '=').unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        if name.is_empty() {
            return Err("Empty attribute name".to_owned());
        }
        let Some(value) = after.strip_prefix('=') else {
            found.push((name.to_ascii_lowercase(), String::new()));
            rest = after.trim_start();
            continue;
        };
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, after) = match quote {
            Some(quote) => {
                value.get(1..).and_then(|value| value.split_once(quote)).ok_or("Unclosed attribute value")?
            }
            None => value.split_at(value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len())),
        };
        found.push((name.to_ascii_lowercase(), value.to_owned()));
        rest = after.trim_start();
    }
    Ok(found)
}

fn entity(text: &str) -> Option<(char, usize)> {
    for (name, c) in [("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&'), ("&quot;", '"')] {
        if text.starts_with(name) {
            return Some((c, name.len()));
        }
    }
    let (digits, _) = text.strip_prefix("&#")?.split_once(';')?;
    let code = match digits.strip_prefix('x') {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    Some((char::from_u32(code).filter(|c| *c != '\0')?, digits.len() + 3))
}

/// Bold, italic, underline, strikethrough, spoiler, code, pre and links; quotes and custom emoji are refused.
fn markdown_v2(text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut open: Vec<&str> = Vec::new();
    let mut at = 0;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(at..).unwrap_or_default();
        if let ('\\', Some(next)) = (c, rest.chars().nth(1).filter(char::is_ascii)) {
            out.push(next);
            at += 2;
            continue;
        }
        let in_code = open.last().is_some_and(|mark| mark.starts_with('`'));
        let marks: &[&str] = if in_code { &["```", "`"] } else { &["```", "`", "__", "||", "*", "_", "~", "["] };
        if let Some(mark) = marks.iter().find(|mark| rest.starts_with(**mark)) {
            if open.last() == Some(mark) {
                open.pop();
            } else if open.contains(mark) || in_code {
                return Err(format!("Can't find end of the entity starting at byte offset {at}"));
            } else {
                open.push(mark);
            }
            at += mark.len();
        } else if !in_code && c == ']' && open.last() == Some(&"[") {
            let Some((_, after)) = rest.strip_prefix("](").and_then(|link| link.split_once(')')) else {
                return Err(format!("Character ']' is reserved at byte offset {at}"));
            };
            open.pop();
            at = text.len() - after.len();
        } else if !in_code && RESERVED.contains(c) {
            return Err(format!("Character '{c}' is reserved and must be escaped with the preceding '\\'"));
        } else {
            out.push(c);
            at += c.len_utf8();
        }
    }
    match open.last() {
        Some(mark) => Err(format!("Can't find end of the entity that \"{mark}\" starts")),
        None => Ok(out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_telegram_reads() {
        for (mode, text, expected) in [
            ("HTML", "<b>a &lt; b</b> &amp; <a href=\"http://x/?a&amp;b\">c</a> &nbsp;", Ok("a < b & c &nbsp;")),
            ("html", "<pre><code class=\"language-x\">&#60;&#x3e;</code></pre>", Ok("<>")),
            ("HTML", "<tg-time unix=\"1\" format=\"wDT\">then</tg-time>", Ok("then")),
            (
                "HTML",
                "<tg-time unix=\"1\" format=\"td\">then</tg-time>",
                Err("Tag \"tg-time\" must have right attributes at byte offset 0"),
            ),
            ("HTML", "a <h1>", Err("Unsupported start tag \"h1\" at byte offset 2")),
            ("HTML", "1 < 2", Err("Unclosed start tag at byte offset 2")),
            ("HTML", "1 < 2 >", Err("Unsupported start tag \"\" at byte offset 2")),
            ("HTML", "<b>a", Err("Can't find end tag corresponding to start tag \"b\"")),
            ("HTML", "a</b>", Err("Unexpected end tag at byte offset 1")),
            ("HTML", "<b><i>a</b></i>", Err("Unmatched end tag at byte offset 7, expected \"</i>\", found \"</b>\"")),
            ("HTML", "<span>a</span>", Err("Tag \"span\" must have right attributes at byte offset 0")),
            ("", "<b>*a", Ok("<b>*a")),
            ("MarkdownV2", "*a* _b_ __c__ `d.e` [f](http://x.y/) \\.", Ok("a b c d.e f .")),
            ("MarkdownV2", "a.b", Err("Character '.' is reserved and must be escaped with the preceding '\\'")),
            ("MarkdownV2", "*a", Err("Can't find end of the entity that \"*\" starts")),
        ] {
            let expected = expected.map(ToOwned::to_owned).map_err(|why| format!("can't parse entities: {why}"));
            assert_eq!(parse(text, mode), expected, "{mode}: {text}");
        }
        assert_eq!(parse("a", "RTF"), Err("unsupported parse_mode".to_owned()));
    }
}
