//! The data of cases as values of templates.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

use config::{Node, Scalar, ScalarTag, Value as Yaml};
use gotemplate::functions::sample;
use gotemplate::time::{Time, Zone};
use gotemplate::{Args, Kind, List, Object, Signature, Type, Value};

use super::entry;
use super::host::NOW;

/// The data of a case; nil if it has none.
pub(super) fn of_node(node: Option<&Node>) -> Result<Value<'_>, String> {
    let Some(node) = node else { return Ok(Value::Nil) };
    if let Yaml::Map(entries) = node.value()
        && let [only] = &**entries
    {
        let numbers = |element: &'static str, convert: fn(&str) -> Option<Value<'_>>| {
            let items = only.value.items("list").map_err(|error| error.to_string())?;
            let values = items.iter().map(|item| {
                let text = item.text().map_err(|error| error.to_string())?;
                convert(text).ok_or_else(|| format!("{text} is no {element}"))
            });
            Ok(Value::List(Rc::new(List::new(element, values.collect::<Result<_, String>>()?))))
        };
        match only.key.trim_start_matches('$') {
            "floats" => return numbers("float64", |text| text.parse().ok().map(Value::Float)),
            "ints" => return numbers("int", |text| text.parse().ok().map(Value::Int)),
            "uints" => return numbers("uint64", |text| text.parse().ok().map(Value::Uint)),
            "strings" => return Ok(strings(&only.value)),
            "time" => return parse_time(only.value.text().unwrap_or("")).map(Value::from),
            "now_plus_s" => {
                let seconds: i64 = only.value.text().ok().and_then(|text| text.parse().ok()).unwrap_or(0);
                return Ok(Value::from(Time::from_unix(NOW as i64 + seconds, 0)));
            }
            "Data" => return notification(&only.value),
            _ => {}
        }
    }
    Ok(plain(node))
}

fn parse_time(text: &str) -> Result<Time, String> {
    Time::parse("2006-01-02T15:04:05Z07:00", text, &Zone::Utc)
}

fn strings(node: &Node) -> Value<'_> {
    Value::strings(node.items("list").unwrap_or_default().iter().filter_map(|item| item.text().ok()))
}

/// A value of YAML as Go would have it.
fn plain(node: &Node) -> Value<'_> {
    match node.value() {
        Yaml::Null => Value::Nil,
        Yaml::List(_) => strings(node),
        Yaml::Map(entries) => {
            Value::map(entries.iter().map(|entry| (Cow::Borrowed(&*entry.key), plain(&entry.value))).collect())
        }
        Yaml::Scalar(Scalar { text, tag }) => match tag {
            ScalarTag::Text => Value::from(&**text),
            ScalarTag::Boolean(value) => Value::Bool(*value),
            ScalarTag::Integer => text.parse().map_or(Value::Nil, Value::Int),
            ScalarTag::Float => text.parse().map_or(Value::Nil, Value::Float),
        },
    }
}

/// What a query gives: a list of labels and values.
pub(super) fn samples(node: Option<&Node>) -> Result<Vec<Value<'_>>, String> {
    let items = node.map_or(Ok(&[][..]), |node| node.items("list")).map_err(|error| error.to_string())?;
    let samples = items.iter().map(|item| {
        let entries = item.entries("map").map_err(|error| error.to_string())?;
        let labels = entry(entries, "labels").map_or(Value::string_map::<&str, &str>([]), string_map);
        let value = entry(entries, "value").and_then(|node| node.text().ok()).and_then(|text| text.parse().ok());
        Ok(sample(labels, value.ok_or("a sample without a value")?))
    });
    samples.collect()
}

fn string_map(node: &Node) -> Value<'_> {
    let entries = node.entries("map").unwrap_or_default();
    Value::string_map(entries.iter().map(|entry| (&*entry.key, entry.value.text().unwrap_or(""))))
}

/// Key and value of labels, as notifications have them.
#[derive(Debug)]
struct Pairs<'a>(BTreeMap<&'a str, &'a str>);

/// The data of a notification.
fn notification(node: &Node) -> Result<Value<'_>, String> {
    let entries = node.entries("map").map_err(|error| error.to_string())?;
    let labels = |key: &str| Value::object(Pairs(pairs(entry(entries, key))));
    let alerts = entry(entries, "Alerts").map_or(Ok(&[][..]), |node| node.items("list"));
    let alerts = alerts.map_err(|error| error.to_string())?.iter().map(alert).collect();
    Ok(Value::record(
        "*template.Data",
        vec![
            ("Receiver", Value::from("")),
            ("Status", entry(entries, "Status").and_then(|node| node.text().ok()).unwrap_or("").into()),
            ("Alerts", Value::List(Rc::new(List::named("template.Alerts", "template.Alert", alerts)))),
            ("GroupLabels", labels("GroupLabels")),
            ("CommonLabels", labels("CommonLabels")),
            ("RouteLabels", labels("RouteLabels")),
        ],
    ))
}

fn alert(node: &Node) -> Value<'_> {
    let entries = node.entries("map").unwrap_or_default();
    let text = |key: &str| entry(entries, key).and_then(|node| node.text().ok()).unwrap_or("");
    let labels = |key: &str| entry(entries, key).map_or(Value::Nil, |node| Value::object(Pairs(pairs(Some(node)))));
    Value::object(Alert(vec![
        ("Status", "status", text("Status").into()),
        ("Labels", "labels", labels("Labels")),
        ("Annotations", "annotations", labels("Annotations")),
        ("StartsAt", "startsAt", Time::zero().into()),
        ("EndsAt", "endsAt", Time::zero().into()),
        ("GeneratorURL", "generatorURL", text("GeneratorURL").into()),
        ("Fingerprint", "fingerprint", text("Fingerprint").into()),
    ]))
}

/// The texts of route labels.
pub(super) fn route_labels(node: Option<&Node>) -> BTreeMap<&str, &str> {
    let data = node.and_then(|node| node.entries("map").ok()).and_then(|entries| entry(entries, "$Data"));
    pairs(data.and_then(|data| data.entries("map").ok()).and_then(|entries| entry(entries, "RouteLabels")))
}

fn pairs(node: Option<&Node>) -> BTreeMap<&str, &str> {
    let entries = node.and_then(|node| node.entries("map").ok()).unwrap_or_default();
    entries.iter().map(|entry| (&*entry.key, entry.value.text().unwrap_or(""))).collect()
}

impl<'a> Object<'a> for Pairs<'a> {
    fn type_name(&self) -> &'static str {
        "template.KV"
    }

    fn kind(&self) -> Kind {
        Kind::Map
    }

    fn field(&self, name: &str) -> Option<Value<'a>> {
        self.0.get(name).map(|value| Value::from(*value))
    }

    fn zero(&self) -> Value<'a> {
        Value::from("")
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn entries(&self) -> Vec<(Cow<'a, str>, Value<'a>)> {
        self.0.iter().map(|(key, value)| (Cow::Borrowed(*key), Value::from(*value))).collect()
    }

    fn method(&self, name: &str) -> Option<&'static Signature> {
        const NONE: Signature = Signature::of(&[]);
        const STRINGS: Signature = Signature::of(&[Type::Named("[]string")]);
        match name {
            "Names" | "Values" => Some(&NONE),
            "Remove" => Some(&STRINGS),
            _ => None,
        }
    }

    fn call(&self, name: &str, args: &mut Args<'_, 'a>) -> Result<Value<'a>, String> {
        match (name, args.get(0)) {
            ("Names", _) => Ok(Value::strings(self.0.keys().copied())),
            ("Values", _) => Ok(Value::strings(self.0.values().copied())),
            (_, Value::List(names)) => {
                let is_named = |key: &str| names.items().iter().any(|name| name.as_str() == Some(key));
                let kept = self.0.iter().filter(|(key, _)| !is_named(key)).map(|(key, value)| (*key, *value));
                Ok(Value::object(Pairs(kept.collect())))
            }
            _ => Err(format!("no method {name}")),
        }
    }
}

/// An alert: the names of its fields in templates and in JSON, and their values.
#[derive(Debug)]
struct Alert<'a>(Vec<(&'static str, &'static str, Value<'a>)>);

impl<'a> Object<'a> for Alert<'a> {
    fn type_name(&self) -> &'static str {
        "template.Alert"
    }

    fn kind(&self) -> Kind {
        Kind::Struct
    }

    fn field(&self, name: &str) -> Option<Value<'a>> {
        self.0.iter().find(|(field, _, _)| *field == name).map(|(_, _, value)| value.clone())
    }

    fn entries(&self) -> Vec<(Cow<'a, str>, Value<'a>)> {
        self.0.iter().map(|(name, _, value)| (Cow::Borrowed(*name), value.clone())).collect()
    }

    fn json_entries(&self) -> Vec<(Cow<'a, str>, Value<'a>)> {
        self.0.iter().map(|(_, name, value)| (Cow::Borrowed(*name), value.clone())).collect()
    }
}
