//! Functions on text.

use std::cell::RefCell;
use std::collections::BTreeMap;

use goregex::Regex;
use gotemplate::{Args, Value};

type Outcome<'a> = Result<Value<'a>, String>;

/// Patterns that a thread keeps compiled: templates name the same few for every line.
const MAX_PATTERNS: usize = 16;

thread_local! {
    static PATTERNS: RefCell<Vec<Regex>> = const { RefCell::new(Vec::new()) };
}

/// Calls with a compiled pattern.
fn with_pattern<T>(pattern: &str, call: impl FnOnce(&Regex) -> T) -> Result<T, String> {
    PATTERNS.with_borrow_mut(|patterns| {
        let at = match patterns.iter().position(|known| known.as_str() == pattern) {
            Some(at) => at,
            None => {
                let compiled = Regex::new(pattern).map_err(|error| error.to_string())?;
                if patterns.len() == MAX_PATTERNS {
                    patterns.remove(0);
                }
                patterns.push(compiled);
                patterns.len() - 1
            }
        };
        Ok(call(&patterns[at]))
    })
}

pub(super) fn upper<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    let text = args.str(0);
    Ok(if text.is_ascii() { text.to_ascii_uppercase() } else { text.to_uppercase() }.into())
}

pub(super) fn lower<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    let text = args.str(0);
    Ok(if text.is_ascii() { text.to_ascii_lowercase() } else { text.to_lowercase() }.into())
}

pub(super) fn trim_space<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    Ok(args.str(0).trim().to_owned().into())
}

/// A text without any of some characters at its ends.
pub(super) fn trimmed(text: &str, characters: &str, at_start: bool, at_end: bool) -> String {
    let mut text = text;
    if at_start {
        text = text.trim_start_matches(|c| characters.contains(c));
    }
    if at_end {
        text = text.trim_end_matches(|c| characters.contains(c));
    }
    text.to_owned()
}

pub(super) fn without_prefix(text: &str, prefix: &str) -> String {
    text.strip_prefix(prefix).unwrap_or(text).to_owned()
}

pub(super) fn without_suffix(text: &str, suffix: &str) -> String {
    text.strip_suffix(suffix).unwrap_or(text).to_owned()
}

/// The same, but its arguments are text, old, new and how many; a number below zero means all.
pub(super) fn replace_some<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    let (text, old, new) = (args.str(0), args.str(1), args.str(2));
    let count = usize::try_from(args.int(3)).unwrap_or(usize::MAX);
    check_growth(args, text, old, new)?;
    Ok(text.replacen(old, new, count).into())
}

/// Old, new and text.
pub(super) fn replace<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    let (old, new, text) = (args.str(0), args.str(1), args.str(2));
    check_growth(args, text, old, new)?;
    Ok(text.replace(old, new).into())
}

/// Refuses a replacement that would be too long.
fn check_growth(args: &Args<'_, '_>, text: &str, old: &str, new: &str) -> Result<(), String> {
    let places = if old.is_empty() { text.len() + 1 } else { text.len() / old.len() };
    let is_long = places.saturating_mul(new.len()).saturating_add(text.len()) > 2 * args.max_value_bytes();
    if is_long && text.matches(old).count().saturating_mul(new.len()) > args.max_value_bytes() {
        return Err(too_long(args));
    }
    Ok(())
}

fn too_long(args: &Args<'_, '_>) -> String {
    format!("the result has more than {} bytes", args.max_value_bytes())
}

/// Pattern, text and replacement.
pub(super) fn replace_all<'a>(args: &mut Args<'_, 'a>, is_literal: bool) -> Outcome<'a> {
    let (text, replacement) = (args.str(1), args.str(2));
    let replacement = if is_literal { replacement.replace('$', "$$") } else { replacement.to_owned() };
    if (text.len() + 1).saturating_mul(replacement.len()) > 64 * args.max_value_bytes() {
        return Err(too_long(args));
    }
    with_pattern(args.str(0), |pattern| Value::from(pattern.replace_all(text, &replacement)))
}

/// How often a pattern matches.
pub(super) fn count<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    let text = args.str(1);
    // Each match becomes longer by one byte.
    with_pattern(args.str(0), |pattern| {
        let longer = pattern.replace_all(text, "${0}.").len() - text.len();
        Value::Int(i64::try_from(longer).unwrap_or(i64::MAX))
    })
}

/// A text cut or filled up with spaces behind.
pub(super) fn align_left<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    let (text, Ok(width)) = (args.str(1), usize::try_from(args.int(0))) else { return Ok(args.take(1)) };
    check_width(args, width)?;
    let missing = width.saturating_sub(text.chars().count());
    let cut: String = text.chars().take(width).collect();
    Ok((cut + &" ".repeat(missing)).into())
}

/// A text cut or filled up with spaces in front.
pub(super) fn align_right<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    let (text, Ok(width)) = (args.str(1), usize::try_from(args.int(0))) else { return Ok(args.take(1)) };
    check_width(args, width)?;
    let length = text.chars().count();
    let cut: String = text.chars().skip(length.saturating_sub(width)).collect();
    Ok((" ".repeat(width.saturating_sub(length)) + &cut).into())
}

fn check_width(args: &Args<'_, '_>, width: usize) -> Result<(), String> {
    if width > args.max_value_bytes() { Err(too_long(args)) } else { Ok(()) }
}

/// Every line with spaces in front.
pub(super) fn indent<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    let width = usize::try_from(args.int(0)).map_err(|_| NEGATIVE_REPEAT.to_owned())?;
    let text = args.str(1);
    let lines = 1 + text.matches('\n').count();
    check_width(args, lines.saturating_mul(width))?;
    let space = " ".repeat(width);
    Ok(format!("{space}{}", text.replace('\n', &format!("\n{space}"))).into())
}

/// The same after a line break.
pub(super) fn nindent<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    let text = indent(args)?;
    Ok(format!("\n{}", text.as_str().unwrap_or("")).into())
}

const NEGATIVE_REPEAT: &str = "strings: negative Repeat count";

pub(super) fn repeat<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    let count = usize::try_from(args.int(0)).map_err(|_| NEGATIVE_REPEAT.to_owned())?;
    check_width(args, args.str(1).len().saturating_mul(count))?;
    Ok(args.str(1).repeat(count).into())
}

/// Characters from one to before another; a first one below zero is the beginning, a last one below zero the end.
pub(super) fn substring<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    let (from, to) = (args.int(0), args.int(1));
    if from < 0 && to < 0 {
        return Ok("".into());
    }
    let from = usize::try_from(from).unwrap_or(0);
    let to = usize::try_from(to).unwrap_or(usize::MAX);
    Ok(args.str(2).chars().skip(from).take(to.saturating_sub(from)).collect::<String>().into())
}

/// So many characters from the beginning, or from the end for a number below zero.
pub(super) fn truncate<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    let (count, text) = (args.int(0), args.str(1));
    let wanted = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    if count >= 0 {
        return Ok(text.chars().take(wanted).collect::<String>().into());
    }
    let length = text.chars().count();
    Ok(text.chars().skip(length.saturating_sub(wanted)).collect::<String>().into())
}

/// Each word with a capital; the rest stays.
pub(super) fn title<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    let mut out = String::new();
    let mut before = ' ';
    for c in args.str(0).chars() {
        let separates =
            if before.is_ascii() { !(before.is_ascii_alphanumeric() || before == '_') } else { before.is_whitespace() };
        if separates {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
        before = c;
    }
    Ok(out.into())
}

pub(super) fn url_encode<'a>(args: &mut Args<'_, 'a>) -> Outcome<'a> {
    let mut out = String::new();
    for byte in args.str(0).bytes() {
        match byte {
            b' ' => out.push('+'),
            b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    Ok(out.into())
}

/// What a text holds as JSON; nothing if it holds none.
pub(super) fn from_json<'a>(text: &str) -> Value<'a> {
    serde_json::from_str(text).map_or(Value::Nil, converted)
}

fn converted<'a>(json: serde_json::Value) -> Value<'a> {
    match json {
        serde_json::Value::Null => Value::Nil,
        serde_json::Value::Bool(value) => Value::Bool(value),
        serde_json::Value::Number(number) => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
        serde_json::Value::String(text) => Value::from(text),
        serde_json::Value::Array(items) => Value::list(items.into_iter().map(converted).collect()),
        serde_json::Value::Object(members) => {
            let entries: BTreeMap<_, _> =
                members.into_iter().map(|(name, value)| (name.into(), converted(value))).collect();
            Value::map(entries)
        }
    }
}
