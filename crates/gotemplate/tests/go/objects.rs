//! Types of the caller's own: fields, methods, printing, hosts.

use std::borrow::Cow;
use std::sync::Arc;

use gotemplate::{Args, Functions, Host, Kind, Object, Signature, Templates, Type, Value};

/// A list of names that prints itself.
#[derive(Debug)]
struct Names(Vec<&'static str>);

impl<'a> Object<'a> for Names {
    fn type_name(&self) -> &'static str {
        "test.Names"
    }

    fn kind(&self) -> Kind {
        Kind::List
    }

    fn is_assignable_to(&self, type_name: &str) -> bool {
        matches!(type_name, "test.Names" | "[]string")
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn at(&self, index: usize) -> Option<Value<'a>> {
        self.0.get(index).map(|name| Value::from(*name))
    }

    fn method(&self, name: &str) -> Option<&'static Signature> {
        const NONE: Signature = Signature::of(&[]);
        const INT: Signature = Signature::of(&[Type::Int]);
        match name {
            "First" => Some(&NONE),
            "Nth" => Some(&INT),
            _ => None,
        }
    }

    fn call(&self, name: &str, args: &mut Args<'_, 'a>) -> Result<Value<'a>, String> {
        let index = if name == "First" { 0 } else { args.int(0) };
        let name = usize::try_from(index).ok().and_then(|index| self.0.get(index));
        name.map(|name| Value::from(*name)).ok_or_else(|| format!("no name {index}"))
    }

    fn string(&self) -> Option<String> {
        Some(self.0.join("+"))
    }
}

/// A struct with a field that is an object.
#[derive(Debug)]
struct Team;

impl<'a> Object<'a> for Team {
    fn type_name(&self) -> &'static str {
        "test.Team"
    }

    fn kind(&self) -> Kind {
        Kind::Struct
    }

    fn field(&self, name: &str) -> Option<Value<'a>> {
        self.entries().into_iter().find(|(field, _)| field == name).map(|(_, value)| value)
    }

    fn entries(&self) -> Vec<(Cow<'a, str>, Value<'a>)> {
        vec![("Name".into(), "blue".into()), ("Members".into(), Value::object(Names(vec!["ann", "bob"])))]
    }
}

/// Answers with the line at hand.
struct Line<'a>(&'a str);

impl<'a> Host<'a> for Line<'a> {
    fn call(&self, name: &str, _args: &mut Args<'_, 'a>) -> Result<Value<'a>, String> {
        if name == "line" { Ok(self.0.into()) } else { Err(format!("no {name}")) }
    }
}

fn run(text: &str) -> Result<String, String> {
    let mut functions = Functions::new();
    functions.add_hosted("line", Signature::of(&[])).add_hosted("other", Signature::of(&[]));
    functions.add("count", Signature::of(&[Type::Named("[]string")]), |args| {
        Ok(Value::Int(args.get(0).length().unwrap_or(0) as i64))
    });
    let mut templates = Templates::new(Arc::new(functions));
    templates.parse("x", text).map_err(|error| error.to_string())?;
    let mut out = String::new();
    let team = Team;
    templates.execute_with("x", Value::Ref(&team), &Line("a line"), &mut out).map_err(|error| error.to_string())?;
    Ok(out)
}

#[test]
fn objects_are_values() {
    for (text, expected) in [
        ("{{.Name}} {{.Members}} {{.}}", "blue ann+bob {blue ann+bob}"),
        (r#"{{printf "%+v %q %x" . .Members .Members}}"#, r#"{Name:blue Members:ann+bob} "ann+bob" 616e6e2b626f62"#),
        ("{{range $i, $x := .Members}}{{$i}}{{$x}};{{end}}", "0ann;1bob;"),
        ("{{len .Members}} {{index .Members 1}} {{slice .Members 1}}", "2 bob [bob]"),
        ("{{.Members.First}} {{.Members.Nth 1}} {{1 | .Members.Nth}} {{(.Members.First | len)}}", "ann bob bob 3"),
        ("{{count .Members}} {{if .Members}}some{{end}} {{if .}}team{{end}}", "2 some team"),
        ("{{line}} {{line | len}} {{(line)}}", "a line 6 a line"),
    ] {
        assert_eq!(run(text).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn objects_fail() {
    for (text, expected) in [
        ("{{.Nope}}", r#"template: x:1:2: executing "x" at <.Nope>: can't evaluate field Nope in type test.Team"#),
        ("{{.Members.Nth 9}}", r#"template: x:1:10: executing "x" at <.Members.Nth>: error calling Nth: no name 9"#),
        (
            "{{.Members.First 9}}",
            r#"template: x:1:10: executing "x" at <.Members.First>: wrong number of args for First: want 0 got 1"#,
        ),
        ("{{.Members.Nth \"a\"}}", r#"template: x:1:15: executing "x" at <"a">: expected integer; found "a""#),
        (
            "{{count .}}",
            r#"template: x:1:8: executing "x" at <.>: wrong type for value; expected []string; got test.Team"#,
        ),
        ("{{other}}", r#"template: x:1:2: executing "x" at <other>: error calling other: no other"#),
        ("{{range .}}{{end}}", r#"template: x:1:8: executing "x" at <.>: range can't iterate over {blue ann+bob}"#),
        (
            "{{.Name 1}}",
            r#"template: x:1:2: executing "x" at <.Name>: Name has arguments but cannot be invoked as function"#,
        ),
    ] {
        assert_eq!(run(text).as_deref(), Err(&expected.to_owned()), "{text}");
    }
}
