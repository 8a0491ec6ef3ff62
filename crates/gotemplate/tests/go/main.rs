//! Templates as Go executes them: what stands in the tables was written by Go itself.

mod errors;
mod html;
mod limits;
mod newer;
mod objects;
mod printf;
mod renders;

use std::sync::Arc;

use gotemplate::time::{Duration, Time, Zone};
use gotemplate::{Functions, Safe, Signature, Templates, Type, Value};

const STR: Signature = Signature::of(&[Type::Str]);

/// Functions of all types.
fn functions() -> Arc<Functions> {
    let mut functions = Functions::new();
    functions
        .add("upper", STR, |args| Ok(args.str(0).to_uppercase().into()))
        .add("add", Signature::of(&[Type::Int, Type::Int]), |args| Ok(Value::Int(args.int(0) + args.int(1))))
        .add("echo", Signature::of(&[Type::Any]), |args| Ok(args.take(0)))
        .add("half", Signature::of(&[Type::Float]), |args| Ok(Value::Float(args.float(0) / 2.0)))
        .add("cat", Signature::variadic(&[Type::Str], Type::Str), |args| {
            Ok((0..args.len()).map(|i| args.str(i)).collect::<String>().into())
        })
        .add("list", Signature::variadic(&[], Type::Any), |args| {
            Ok(Value::list((0..args.len()).map(|i| args.take(i)).collect()))
        })
        .add("uns", Signature::of(&[Type::Uint]), |args| Ok(args.take(0)))
        .add("yes", Signature::of(&[Type::Bool]), |args| Ok(args.take(0)))
        .add("safe", STR, |args| Ok(Value::Safe(Safe::Html, args.take_str(0))))
        .add("pd", STR, |args| Duration::parse(args.str(0)).map(Value::Duration))
        .add("pt", Signature::of(&[Type::Str, Type::Str]), |args| {
            Time::parse(args.str(0), args.str(1), &Zone::Utc).map(Value::from)
        });
    Arc::new(functions)
}

/// Values of all types, by their names.
fn data<'a>() -> Value<'a> {
    let list = vec![Value::Int(1), "a".into(), Value::Nil, Value::Float(2.5)];
    let entries: Vec<(&str, Value<'a>)> = vec![
        ("i", Value::Int(1)),
        ("n", Value::Int(-7)),
        ("f", Value::Float(1.5)),
        ("big", Value::Float(1_234_567.0)),
        ("s", "hello".into()),
        ("e", "".into()),
        ("u", Value::Uint(5)),
        ("b", true.into()),
        ("l", Value::list(list)),
        ("ss", Value::strings(["x", "y"])),
        ("m", Value::map([("a".into(), Value::Int(1)), ("b".into(), "two".into())].into())),
        ("sm", Value::string_map([("k", "v")])),
        ("t", Time::from_unix(1_700_000_000, 123_456_789).into()),
        ("d", Duration::from_nanoseconds(90_000_000_000).into()),
        ("z", Value::Nil),
        ("st", Value::record("main.S", vec![("A", Value::Int(3)), ("B", "bee".into())])),
        ("h", "<a href=\"x?y=1&z='2'\">+é</a>".into()),
        ("url", "javascript:alert(1)".into()),
        ("ok", "http://x/y?q=a b&c=ü".into()),
    ];
    Value::map(entries.into_iter().map(|(name, value)| (name.into(), value)).collect())
}

fn execute(templates: &Templates) -> Result<String, String> {
    let mut out = String::new();
    templates.execute("x", data(), &mut out).map(|()| out).map_err(|error| error.to_string())
}

fn run(text: &str) -> Result<String, String> {
    let mut templates = Templates::new(functions());
    templates.parse("x", text).map_err(|error| error.to_string())?;
    execute(&templates)
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(run(text).as_deref(), Ok(expected), "{text}");
}

#[track_caller]
fn check_error(text: &str, expected: &str) {
    assert_eq!(run(text).as_deref(), Err(&expected.to_owned()), "{text}");
}

#[track_caller]
fn check_html(text: &str, expected: &str) {
    assert_eq!(run_html(text).as_deref(), Ok(expected), "{text}");
}

fn run_html(text: &str) -> Result<String, String> {
    let mut templates = Templates::new(functions());
    templates.parse("x", text).map_err(|error| error.to_string())?;
    execute(&templates.to_html("x").map_err(|error| error.to_string())?)
}
