//! `eq`, `ne`, `lt` and their like: values of one basic kind can be compared, and whole numbers whatever their sign.

use std::cmp::Ordering;

use crate::fmt::shown;
use crate::value::{Kind, Value};

const BAD_TYPE: &str = "invalid type for comparison";
const BAD_TYPES: &str = "incompatible types for comparison";

/// The kinds that can be compared by order.
#[derive(Clone, Copy, Debug)]
enum Basic<'v> {
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Str(&'v str),
}

fn basic<'v>(value: &'v Value<'_>) -> Option<Basic<'v>> {
    Some(match value {
        Value::Bool(value) => Basic::Bool(*value),
        Value::Int(value) | Value::Int64(value) => Basic::Int(*value),
        Value::Duration(value) => Basic::Int(value.nanoseconds()),
        Value::Uint(value) => Basic::Uint(*value),
        Value::Float(value) => Basic::Float(*value),
        Value::Str(text) | Value::Safe(_, text) => Basic::Str(text),
        _ => return None,
    })
}

/// Whether a value equals one of others.
pub(super) fn equals_any(value: &Value<'_>, others: &[Value<'_>]) -> Result<bool, String> {
    if others.is_empty() {
        return Err("missing argument for comparison".to_owned());
    }
    for other in others {
        if equals(value, other)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether two values are equal.
pub(super) fn equals(a: &Value<'_>, b: &Value<'_>) -> Result<bool, String> {
    match (basic(a), basic(b)) {
        (Some(Basic::Bool(a)), Some(Basic::Bool(b))) => Ok(a == b),
        (Some(Basic::Int(a)), Some(Basic::Int(b))) => Ok(a == b),
        (Some(Basic::Uint(a)), Some(Basic::Uint(b))) => Ok(a == b),
        (Some(Basic::Int(int)), Some(Basic::Uint(uint))) | (Some(Basic::Uint(uint)), Some(Basic::Int(int))) => {
            Ok(u64::try_from(int) == Ok(uint))
        }
        (Some(Basic::Float(a)), Some(Basic::Float(b))) => Ok(a == b),
        (Some(Basic::Str(a)), Some(Basic::Str(b))) => Ok(a == b),
        (None, None) => equals_other(a, b),
        _ if matches!(a, Value::Nil) || matches!(b, Value::Nil) => Ok(false),
        _ => Err(BAD_TYPES.to_owned()),
    }
}

/// Equality of what is of no basic kind.
fn equals_other(a: &Value<'_>, b: &Value<'_>) -> Result<bool, String> {
    match (a, b) {
        (Value::Nil, Value::Nil) => Ok(true),
        (Value::Nil, _) | (_, Value::Nil) => Ok(false),
        (Value::Time(a), Value::Time(b)) => Ok(a.compare(b) == Ordering::Equal),
        (a, b) if !is_same_kind(a, b) => Err(format!(
            "non-comparable types {}: {}, {}: {}",
            shown(a, 's'),
            a.type_name(),
            b.type_name(),
            shown(b, 'v')
        )),
        (a, b) if is_comparable(b) => Ok(a.type_name() == b.type_name() && shown(a, 'v') == shown(b, 'v')),
        (_, b) => Err(format!("non-comparable type {}: {}", shown(b, 's'), b.type_name())),
    }
}

fn is_same_kind(a: &Value<'_>, b: &Value<'_>) -> bool {
    kind(a) == kind(b)
}

fn kind(value: &Value<'_>) -> Option<Kind> {
    match value {
        Value::List(_) | Value::Bytes(_) => Some(Kind::List),
        Value::Map(_) => Some(Kind::Map),
        Value::Record(_) | Value::Time(_) => Some(Kind::Struct),
        value => value.as_object().map(super::super::value::Object::kind),
    }
}

fn is_comparable(value: &Value<'_>) -> bool {
    match value {
        Value::Record(record) => {
            record.fields().iter().all(|(_, field)| basic(field).is_some() || is_comparable(field))
        }
        value => kind(value) == Some(Kind::Struct) || matches!(value, Value::Nil),
    }
}

/// Whether a value comes before another.
pub(super) fn less(a: &Value<'_>, b: &Value<'_>) -> Result<bool, String> {
    let (a, b) = (basic(a).ok_or(BAD_TYPE)?, basic(b).ok_or(BAD_TYPE)?);
    match (a, b) {
        (Basic::Bool(_), Basic::Bool(_)) => Err(BAD_TYPE.to_owned()),
        (Basic::Int(a), Basic::Int(b)) => Ok(a < b),
        (Basic::Uint(a), Basic::Uint(b)) => Ok(a < b),
        (Basic::Int(a), Basic::Uint(b)) => Ok(u64::try_from(a).map_or(true, |a| a < b)),
        (Basic::Uint(a), Basic::Int(b)) => Ok(u64::try_from(b).is_ok_and(|b| a < b)),
        (Basic::Float(a), Basic::Float(b)) => Ok(a < b),
        (Basic::Str(a), Basic::Str(b)) => Ok(a < b),
        _ => Err(BAD_TYPES.to_owned()),
    }
}

/// Whether a value comes before another or equals it.
pub(super) fn less_or_equal(a: &Value<'_>, b: &Value<'_>) -> Result<bool, String> {
    Ok(less(a, b)? || equals(a, b)?)
}
