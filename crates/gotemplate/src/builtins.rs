//! The functions that every template has.

mod compare;
pub(crate) mod escape;
mod index;

use std::borrow::Cow;
use std::sync::Arc;

use crate::fmt::Printer;
use crate::function::{Args, Function, Signature, Type};
use crate::value::Value;

/// A built-in function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Builtin {
    And,
    Call,
    Eq,
    Ge,
    Gt,
    Html,
    Index,
    Js,
    Le,
    Len,
    Lt,
    Ne,
    Not,
    Or,
    Print,
    Printf,
    Println,
    Slice,
    UrlQuery,
}

const ANY: Signature = Signature::variadic(&[], Type::Any);
const VALUES: Signature = Signature::variadic(&[Type::Reflected], Type::Reflected);
const VALUE: Signature = Signature::of(&[Type::Reflected]);
const TWO_VALUES: Signature = Signature::of(&[Type::Reflected, Type::Reflected]);

/// The functions by name.
pub(crate) const TABLE: &[(&str, Signature, Builtin)] = &[
    ("and", VALUES, Builtin::And),
    ("call", VALUES, Builtin::Call),
    ("eq", VALUES, Builtin::Eq),
    ("ge", TWO_VALUES, Builtin::Ge),
    ("gt", TWO_VALUES, Builtin::Gt),
    ("html", ANY, Builtin::Html),
    ("index", VALUES, Builtin::Index),
    ("js", ANY, Builtin::Js),
    ("le", TWO_VALUES, Builtin::Le),
    ("len", VALUE, Builtin::Len),
    ("lt", TWO_VALUES, Builtin::Lt),
    ("ne", TWO_VALUES, Builtin::Ne),
    ("not", VALUE, Builtin::Not),
    ("or", VALUES, Builtin::Or),
    ("print", ANY, Builtin::Print),
    ("printf", Signature::variadic(&[Type::Str], Type::Any), Builtin::Printf),
    ("println", ANY, Builtin::Println),
    ("slice", VALUES, Builtin::Slice),
    ("urlquery", ANY, Builtin::UrlQuery),
];

/// The function `print`.
pub(crate) fn print() -> Arc<Function> {
    Arc::new(Function::builtin("print", ANY, Builtin::Print))
}

impl Builtin {
    /// Calls it. `and` and `or` are not called, since they do not evaluate all arguments.
    pub(crate) fn call<'a>(self, args: &mut Args<'_, 'a>) -> Result<Value<'a>, String> {
        match self {
            Builtin::And | Builtin::Or => Ok(args.take(0)),
            Builtin::Call => match args.get(0) {
                Value::Nil => Err("call of nil".to_owned()),
                value => Err(format!("non-function of type {}", value.type_name())),
            },
            Builtin::Eq => {
                compare::equals_any(args.get(0), args.values().get(1..).unwrap_or_default()).map(Value::Bool)
            }
            Builtin::Ne => compare::equals(args.get(0), args.get(1)).map(|equal| Value::Bool(!equal)),
            Builtin::Lt => compare::less(args.get(0), args.get(1)).map(Value::Bool),
            Builtin::Le => compare::less_or_equal(args.get(0), args.get(1)).map(Value::Bool),
            Builtin::Gt => compare::less_or_equal(args.get(0), args.get(1)).map(|is_le| Value::Bool(!is_le)),
            Builtin::Ge => compare::less(args.get(0), args.get(1)).map(|is_less| Value::Bool(!is_less)),
            Builtin::Html => escaped(args, escape::html),
            Builtin::Js => escaped(args, escape::js),
            Builtin::UrlQuery => escaped(args, escape::url_query),
            Builtin::Index => index::index(args),
            Builtin::Slice => index::slice(args),
            Builtin::Len => index::length(args.get(0)),
            Builtin::Not => Ok(Value::Bool(!args.get(0).is_true())),
            Builtin::Print => printed(args, |printer, values| printer.print(values)),
            Builtin::Println => printed(args, |printer, values| printer.println(values)),
            Builtin::Printf => printed(args, |printer, values| {
                let format = values.first().and_then(Value::as_str).unwrap_or("");
                printer.printf(format, values.get(1..).unwrap_or_default());
            }),
        }
    }
}

fn printed<'a>(args: &Args<'_, 'a>, print: impl FnOnce(&mut Printer<'_>, &[Value<'a>])) -> Result<Value<'a>, String> {
    let mut out = String::new();
    let mut printer = Printer::new(&mut out, args.max_value_bytes());
    print(&mut printer, args.values());
    let too_long = format!("the result has more than {} bytes", args.max_value_bytes());
    printer.finish().map(|()| Value::from(out)).map_err(|_| too_long)
}

/// The arguments as text, escaped.
fn escaped<'a>(args: &mut Args<'_, 'a>, escape: impl Fn(&str) -> Cow<'_, str>) -> Result<Value<'a>, String> {
    if let [Value::Str(text)] = args.values() {
        return Ok(Value::from(escape(text).into_owned()));
    }
    // By itself, what is missing prints as in a template.
    for value in args.values.iter_mut().filter(|value| matches!(value, Value::Nil)) {
        *value = Value::from("<no value>");
    }
    let text = printed(args, |printer, values| printer.print(values))?;
    Ok(Value::from(escape(text.as_str().unwrap_or("")).into_owned()))
}
