//! Both kinds of Markdown.

/// What must have a backslash before it in MarkdownV2.
const RESERVED: &str = "_*[]()~`>#+-=|{}.!";

/// The older one: bold, italic, code, pre and links, none within another.
pub(super) fn read_v1(text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut at = 0;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(at..).unwrap_or_default();
        if let ('\\', Some(next @ ('_' | '*' | '`' | '['))) = (c, rest.chars().nth(1)) {
            out.push(next);
            at += 2;
            continue;
        }
        if !matches!(c, '_' | '*' | '`' | '[') {
            out.push(c);
            at += c.len_utf8();
            continue;
        }
        let mark = if rest.starts_with("```") { "```" } else { rest.get(..1).unwrap_or_default() };
        let inner = rest.get(mark.len()..).unwrap_or_default();
        let end = if mark == "[" { "]" } else { mark };
        let Some((inner, after)) = inner.split_once(end) else {
            return Err(format!("Can't find end of the entity starting at byte offset {at}"));
        };
        out.push_str(inner);
        let is_link = mark == "[" && after.starts_with('(');
        let after = if is_link { after.split_once(')').map_or("", |(_, after)| after) } else { after };
        at = text.len() - after.len();
    }
    Ok(out)
}

/// The newer one: bold, italic, underline, strikethrough, spoiler, code, pre and links; quotes and custom emoji are refused.
pub(super) fn read_v2(text: &str) -> Result<String, String> {
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
