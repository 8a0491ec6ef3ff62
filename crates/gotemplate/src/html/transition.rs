//! How a text leads from one place of a document to another.

use super::context::{Attribute, Context, Delimiter, Element, State, UrlPart};
use crate::fmt::quote::quote;

const COMMENT_START: &str = "<!--";
const COMMENT_END: &str = "-->";
const DOCTYPE: &str = "<!DOCTYPE";

/// A place, and how much of the text leads there.
type Step = (Context, usize);

/// A text of a template as it is written: stray `<` escaped and comments left out. Also the place after it.
///
/// # Errors
/// When the text is no HTML that can be followed.
pub(super) fn pass(mut context: Context, text: &str) -> Result<(Context, String), String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // A step that reads nothing changes the state; it cannot do so for ever.
    let mut idle = 0;
    while !rest.is_empty() && idle < 3 {
        let (next, read) = after(context, rest)?;
        let (passed, remaining) = rest.split_at_checked(read).unwrap_or((rest, ""));
        write_passed(&mut out, context, next, passed, rest);
        idle = if read == 0 { idle + 1 } else { 0 };
        (context, rest) = (next, remaining);
    }
    Ok((context, out))
}

fn write_passed(out: &mut String, context: Context, next: Context, passed: &str, rest: &str) {
    let is_left = |context: Context| context.state == State::Comment;
    if is_left(context) {
        return;
    }
    let mut shown = passed;
    if is_left(next) && context.state != next.state {
        shown = passed.strip_suffix(COMMENT_START).unwrap_or(passed);
    }
    if !matches!(context.state, State::Text | State::RcData) {
        return out.push_str(shown);
    }
    // The `<` that began what comes next is not stray.
    let end = if context.state == next.state || is_left(next) {
        shown.len()
    } else {
        shown.rfind('<').unwrap_or(shown.len())
    };
    for (at, c) in shown.char_indices() {
        let is_doctype = || rest.get(at..at + DOCTYPE.len()).is_some_and(|text| text.eq_ignore_ascii_case(DOCTYPE));
        if c == '<' && at < end && !is_doctype() {
            out.push_str("&lt;");
        } else {
            out.push(c);
        }
    }
}

/// One step through a text.
fn after(context: Context, text: &str) -> Result<Step, String> {
    if context.delimiter == Delimiter::None {
        // Elements of text end at their end tag, whatever is in them.
        let end =
            if matches!(context.state, State::RcData | State::Raw) { end_tag(context.element, text) } else { None };
        return match end {
            Some(0) => Ok((Context::default(), 0)),
            Some(at) => Ok((context, at)),
            None => step(context, text),
        };
    }
    let end = match context.delimiter {
        Delimiter::Double => text.find('"'),
        Delimiter::Single => text.find('\''),
        _ => text.find([' ', '\t', '\n', '\u{c}', '\r', '>']),
    };
    let value = text.get(..end.unwrap_or(text.len())).unwrap_or("");
    let Some(end) = end else {
        return Ok((url_part(context, value), text.len()));
    };
    let quote = usize::from(context.delimiter != Delimiter::Unquoted);
    Ok((Context { state: State::Tag, element: context.element, ..Context::default() }, end + quote))
}

fn step(context: Context, text: &str) -> Result<Step, String> {
    match context.state {
        State::Text => Ok(in_text(context, text)),
        State::Tag => in_tag(context, text),
        State::AttributeName => {
            let end = attribute_name(text)?;
            let state = if end == text.len() { State::AttributeName } else { State::AfterName };
            Ok((Context { state, ..context }, end))
        }
        State::AfterName => {
            let rest = text.trim_start_matches(is_space);
            let at = text.len() - rest.len();
            match rest.chars().next() {
                None => Ok((context, text.len())),
                Some('=') => Ok((Context { state: State::BeforeValue, ..context }, at + 1)),
                Some(_) => Ok((Context { state: State::Tag, attribute: Attribute::Plain, ..context }, at)),
            }
        }
        State::BeforeValue => {
            let rest = text.trim_start_matches(is_space);
            let at = text.len() - rest.len();
            let (delimiter, quote) = match rest.chars().next() {
                None => return Ok((context, text.len())),
                Some('"') => (Delimiter::Double, 1),
                Some('\'') => (Delimiter::Single, 1),
                Some(_) => (Delimiter::Unquoted, 0),
            };
            Ok((Context { state: State::Value, delimiter, ..context }, at + quote))
        }
        State::Comment => Ok(match text.find(COMMENT_END) {
            Some(at) => (Context::default(), at + COMMENT_END.len()),
            None => (context, text.len()),
        }),
        State::RcData | State::Raw | State::Value => Ok((context, text.len())),
    }
}

fn in_text(context: Context, text: &str) -> Step {
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find('<')).map(|at| from + at) {
        let rest = text.get(at..).unwrap_or("");
        if rest.starts_with(COMMENT_START) {
            return (Context { state: State::Comment, ..Context::default() }, at + COMMENT_START.len());
        }
        let is_end = rest.starts_with("</");
        let name_at = at + if is_end { 2 } else { 1 };
        let name = tag_name(text.get(name_at..).unwrap_or(""));
        if !name.is_empty() {
            let element = if is_end { Element::None } else { Element::of_name(name) };
            return (Context { state: State::Tag, element, ..Context::default() }, name_at + name.len());
        }
        from = name_at.min(text.len());
    }
    (context, text.len())
}

fn in_tag(context: Context, text: &str) -> Result<Step, String> {
    let rest = text.trim_start_matches(is_space);
    let at = text.len() - rest.len();
    if rest.is_empty() {
        return Ok((context, text.len()));
    }
    if rest.starts_with('>') {
        let state = context.element.content();
        return Ok((Context { state, element: context.element, ..Context::default() }, at + 1));
    }
    let end = attribute_name(rest)?;
    if end == 0 {
        return Err(format!("expected space, attr name, or end of tag, but got {}", quote(rest)));
    }
    let attribute = attribute_of(rest.get(..end).unwrap_or(""));
    let state = if end == rest.len() { State::AttributeName } else { State::AfterName };
    Ok((Context { state, attribute, ..context }, at + end))
}

/// How long the name of an attribute is.
fn attribute_name(text: &str) -> Result<usize, String> {
    for (at, c) in text.char_indices() {
        match c {
            ' ' | '\t' | '\n' | '\u{c}' | '\r' | '=' | '>' => return Ok(at),
            '\'' | '"' | '<' => {
                let shown: String = text.chars().take(32).collect();
                return Err(format!("{} in attribute name: {}", quote(&c.to_string()), quote(&shown)));
            }
            _ => {}
        }
    }
    Ok(text.len())
}

/// The name of a tag: letters first, then also digits, and single `:` or `-` between them.
fn tag_name(text: &str) -> &str {
    if !text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return "";
    }
    let mut end = 0;
    let bytes = text.as_bytes();
    while let Some(byte) = bytes.get(end) {
        let joins = matches!(byte, b':' | b'-') && bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric);
        if !byte.is_ascii_alphanumeric() && !joins {
            break;
        }
        end += 1;
    }
    text.get(..end).unwrap_or("")
}

/// Where the end tag of an element begins.
fn end_tag(element: Element, text: &str) -> Option<usize> {
    let name = element.name();
    text.match_indices("</").map(|(at, _)| at).find(|at| {
        let rest = text.get(at + 2..).unwrap_or("");
        let ends = |c: u8| matches!(c, b' ' | b'\t' | b'\n' | b'\x0c' | b'/' | b'>');
        rest.get(..name.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(name))
            && rest.as_bytes().get(name.len()).is_some_and(|c| ends(*c))
    })
}

/// What an attribute holds, by its name.
fn attribute_of(name: &str) -> Attribute {
    const URLS: &[&str] = &[
        "action",
        "archive",
        "background",
        "cite",
        "classid",
        "codebase",
        "data",
        "formaction",
        "href",
        "icon",
        "longdesc",
        "manifest",
        "poster",
        "profile",
        "src",
        "usemap",
        "xmlns",
    ];
    const OTHERS: &[&str] = &["srcdoc", "srcset", "style", "imagesrcset"];
    let lower = name.to_ascii_lowercase();
    let mut name = lower.as_str();
    if let Some(rest) = name.strip_prefix("data-") {
        name = rest;
    } else if let Some((space, rest)) = name.split_once(':') {
        if space == "xmlns" {
            return Attribute::Url;
        }
        name = rest;
    }
    if URLS.contains(&name) {
        Attribute::Url
    } else if OTHERS.contains(&name) || name.starts_with("on") {
        Attribute::Other
    } else if ["src", "uri", "url"].iter().any(|part| name.contains(part)) {
        Attribute::Url
    } else {
        Attribute::Plain
    }
}

fn url_part(context: Context, value: &str) -> Context {
    if context.attribute != Attribute::Url {
        return context;
    }
    let part = match context.url_part {
        _ if value.contains(['#', '?']) => UrlPart::QueryOrFragment,
        UrlPart::None if !value.trim_matches(is_space).is_empty() => UrlPart::PreQuery,
        part => part,
    };
    Context { url_part: part, ..context }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\u{c}' | '\r')
}
