//! The functions of notifications.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::base64::{base64_decode, base64_encode};
use super::humanize::{humanize_duration, to_float};
use super::json::to_json;
use super::text::{add_patterns, query_unescape, title};
use super::{Patterns, Zones};
use crate::function::{Args, Functions, Signature, Type};
use crate::time::{Time, Zone};
use crate::value::{Safe, Value};

const STR: Signature = Signature::of(&[Type::Str]);
const TWO_STRS: Signature = Signature::of(&[Type::Str, Type::Str]);
const ANY: Signature = Signature::of(&[Type::Any]);
const ANYTHING: Signature = Signature::variadic(&[], Type::Any);
const LIST_TYPE: &str = "[]interface {}";

/// What a function makes of its arguments.
type Call = for<'a> fn(&mut Args<'_, 'a>) -> Result<Value<'a>, String>;

const TABLE: &[(&str, Signature, Call)] = &[
    ("append", Signature::variadic(&[Type::Named(LIST_TYPE)], Type::Any), append),
    ("base64decode", STR, |args| base64_decode(args.str(0), true).map(Value::from)),
    ("base64encode", STR, |args| Ok(base64_encode(args.str(0).as_bytes(), true).into())),
    ("date", Signature::of(&[Type::Str, Type::Time]), |args| Ok(args.time(1).format(args.str(0)).into())),
    ("dict", ANYTHING, dict),
    ("humanizeDuration", ANY, |args| Ok(humanize_duration(to_float(args.get(0))?).into())),
    ("join", Signature::of(&[Type::Str, Type::Named("[]string")]), join),
    ("list", ANYTHING, |args| Ok(Value::list((0..args.len()).map(|i| args.take(i)).collect()))),
    ("mustToDate", TWO_STRS, |args| Time::parse(args.str(0), args.str(1), &Zone::Utc).map(Value::from)),
    ("safeHtml", STR, |args| Ok(Value::Safe(Safe::Html, args.take_str(0)))),
    ("safeUrl", STR, |args| Ok(Value::Safe(Safe::Url, args.take_str(0)))),
    ("stringSlice", Signature::variadic(&[], Type::Str), string_slice),
    ("title", STR, |args| Ok(title(args.str(0), true).into())),
    ("toDate", TWO_STRS, to_date),
    ("toJson", ANY, |args| Ok(to_json(args.get(0), args.max_value_bytes())?.into())),
    ("toLower", STR, |args| Ok(args.str(0).to_lowercase().into())),
    ("toUpper", STR, |args| Ok(args.str(0).to_uppercase().into())),
    ("trimSpace", STR, |args| Ok(args.str(0).trim().to_owned().into())),
    ("urlUnescape", STR, |args| query_unescape(args.str(0)).map(Value::from)),
];

/// The functions that the host answers: `now` gives a time, `since` a duration.
const HOSTED: &[(&str, Signature)] =
    &[("now", Signature::of(&[])), ("routeLabels", STR), ("since", Signature::of(&[Type::Time]))];

/// Adds the functions of notifications. `now`, `since` and `routeLabels` are the host's.
pub fn alertmanager(functions: &mut Functions, patterns: &Arc<dyn Patterns>, zones: Arc<dyn Zones>) {
    for (name, signature, call) in TABLE {
        functions.add(name, *signature, *call);
    }
    for (name, signature) in HOSTED {
        functions.add_hosted(name, *signature);
    }
    add_patterns(functions, patterns);
    functions.add("tz", Signature::of(&[Type::Str, Type::Time]), move |args| {
        let zone = zones.zone(args.str(0)).ok_or_else(|| format!("unknown time zone {}", args.str(0)))?;
        Ok(args.time(1).in_zone(zone).into())
    });
}

fn append<'a>(args: &mut Args<'_, 'a>) -> Result<Value<'a>, String> {
    let mut items = match args.get(0) {
        Value::List(list) => list.items().to_vec(),
        _ => Vec::new(),
    };
    items.extend((1..args.len()).map(|i| args.take(i)));
    Ok(Value::list(items))
}

fn dict<'a>(args: &mut Args<'_, 'a>) -> Result<Value<'a>, String> {
    if !args.len().is_multiple_of(2) {
        return Err("dict expects an even number of arguments".to_owned());
    }
    let mut entries = BTreeMap::new();
    for i in (0..args.len()).step_by(2) {
        match args.take(i) {
            Value::Str(key) => entries.insert(key, args.take(i + 1)),
            other => return Err(format!("dict keys must be strings, got {}", other.type_name())),
        };
    }
    Ok(Value::map(entries))
}

fn join<'a>(args: &mut Args<'_, 'a>) -> Result<Value<'a>, String> {
    let value = args.get(1);
    let items: Vec<Value<'a>> = match value {
        Value::List(list) => list.items().to_vec(),
        value => value.as_object().map_or_else(Vec::new, |list| (0..list.len()).filter_map(|i| list.at(i)).collect()),
    };
    let texts: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
    Ok(texts.join(args.str(0)).into())
}

fn string_slice<'a>(args: &mut Args<'_, 'a>) -> Result<Value<'a>, String> {
    let texts: Vec<Cow<'a, str>> = (0..args.len()).map(|i| args.take_str(i)).collect();
    Ok(Value::strings(texts))
}

fn to_date<'a>(args: &mut Args<'_, 'a>) -> Result<Value<'a>, String> {
    Ok(Time::parse(args.str(0), args.str(1), &Zone::Utc).unwrap_or_else(|_| Time::zero()).into())
}
