//! `index`, `slice` and `len`.

use std::rc::Rc;

use crate::function::Args;
use crate::value::{Kind, List, Value};

/// `index x 1 "a"`: an element of an element.
pub(super) fn index<'a>(args: &mut Args<'_, 'a>) -> Result<Value<'a>, String> {
    let mut item = args.take(0);
    if matches!(item, Value::Nil) {
        return Err("index of untyped nil".to_owned());
    }
    for at in args.values().get(1..).unwrap_or_default() {
        item = element(&item, at)?;
    }
    Ok(item)
}

fn element<'a>(item: &Value<'a>, at: &Value<'_>) -> Result<Value<'a>, String> {
    let list_object = item.as_object().filter(|object| object.kind() == Kind::List);
    let map_object = item.as_object().filter(|object| object.kind() == Kind::Map);
    let found = match item {
        Value::Nil => return Err("index of nil pointer".to_owned()),
        Value::Str(text) | Value::Safe(_, text) => {
            let at = position(at, text.len())?;
            text.as_bytes().get(at).map(|byte| Value::Uint(u64::from(*byte))).ok_or(at)
        }
        Value::Bytes(bytes) => {
            let at = position(at, bytes.len())?;
            bytes.get(at).map(|byte| Value::Uint(u64::from(*byte))).ok_or(at)
        }
        Value::List(list) => {
            let at = position(at, list.items().len())?;
            list.items().get(at).cloned().ok_or(at)
        }
        Value::Map(map) => Ok(map.entries().get(key(at)?).cloned().unwrap_or_else(|| map.zero())),
        _ => match (list_object, map_object) {
            (Some(object), _) => {
                let at = position(at, object.len())?;
                object.at(at).ok_or(at)
            }
            (_, Some(object)) => Ok(object.field(key(at)?).unwrap_or_else(|| object.zero())),
            _ => return Err(format!("can't index item of type {}", item.type_name())),
        },
    };
    // One past the end is caught by Go's own check.
    found.map_err(|_| match item {
        Value::Str(_) | Value::Safe(..) => "reflect: string index out of range".to_owned(),
        _ => "reflect: slice index out of range".to_owned(),
    })
}

fn key<'v>(at: &'v Value<'_>) -> Result<&'v str, String> {
    match at {
        Value::Str(text) => Ok(text),
        Value::Nil => Err("value is nil; should be of type string".to_owned()),
        other => Err(format!("value has type {}; should be string", other.type_name())),
    }
}

/// A position up to the end.
fn position(at: &Value<'_>, len: usize) -> Result<usize, String> {
    let (position, shown) = match at {
        Value::Int(at) | Value::Int64(at) => (usize::try_from(*at).ok(), at.to_string()),
        Value::Duration(at) => (usize::try_from(at.nanoseconds()).ok(), at.nanoseconds().to_string()),
        Value::Uint(at) => (usize::try_from(*at).ok(), at.to_string()),
        Value::Nil => return Err("cannot index slice/array with nil".to_owned()),
        other => return Err(format!("cannot index slice/array with type {}", other.type_name())),
    };
    position.filter(|position| *position <= len).ok_or_else(|| format!("index out of range: {shown}"))
}

/// `slice x 1 2`: what `x[1:2]` is.
pub(super) fn slice<'a>(args: &mut Args<'_, 'a>) -> Result<Value<'a>, String> {
    let item = args.take(0);
    let indexes = args.values().get(1..).unwrap_or_default();
    if matches!(item, Value::Nil) {
        return Err("slice of untyped nil".to_owned());
    }
    if indexes.len() > 3 {
        return Err(format!("too many slice indexes: {}", indexes.len()));
    }
    let is_text = matches!(item, Value::Str(_) | Value::Safe(..));
    if is_text && indexes.len() == 3 {
        return Err("cannot 3-index slice a string".to_owned());
    }
    let is_map = matches!(item, Value::Map(_)) || item.as_object().is_some_and(|object| object.kind() == Kind::Map);
    let len =
        item.length().filter(|_| !is_map).ok_or_else(|| format!("can't slice item of type {}", item.type_name()))?;
    let mut bounds = [0, len, len];
    for (bound, index) in bounds.iter_mut().zip(indexes) {
        *bound = position(index, len)?;
    }
    let [from, to, capacity] = bounds;
    if from > to {
        return Err(format!("invalid slice index: {from} > {to}"));
    }
    if to > capacity {
        return Err(format!("invalid slice index: {to} > {capacity}"));
    }
    Ok(part(&item, from, to))
}

fn part<'a>(item: &Value<'a>, from: usize, to: usize) -> Value<'a> {
    match item {
        Value::Str(text) => Value::from(cut(text, from, to)),
        Value::Safe(safe, text) => Value::Safe(*safe, cut(text, from, to).into()),
        Value::Bytes(bytes) => Value::Bytes(Rc::from(bytes.get(from..to).unwrap_or_default())),
        Value::List(list) => {
            let items = list.items().get(from..to).unwrap_or_default().to_vec();
            Value::List(Rc::new(List::new(list.element(), items)))
        }
        item => Value::list((from..to).filter_map(|i| item.as_object()?.at(i)).collect()),
    }
}

/// Bytes of a text; what is left of a character that was cut becomes U+FFFD.
fn cut(text: &str, from: usize, to: usize) -> String {
    String::from_utf8_lossy(text.as_bytes().get(from..to).unwrap_or_default()).into_owned()
}

/// `len x`.
pub(super) fn length<'a>(item: &Value<'a>) -> Result<Value<'a>, String> {
    match (item.length(), item) {
        (Some(len), _) => Ok(Value::Int(len as i64)),
        (None, Value::Nil) => Err("reflect: call of reflect.Value.Type on zero Value".to_owned()),
        (None, item) => Err(format!("len of type {}", item.type_name())),
    }
}
