//! Names and values as templates see them: `KV`, and its `Pairs`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

use gotemplate::{Args, Kind, Object, Signature, Type, Value};
use model::alert::ALERT_NAME;

const NONE: Signature = Signature::of(&[]);
const STRINGS: Signature = Signature::of(&[Type::Named("[]string")]);

/// Texts by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Labels<'a>(pub(super) Rc<BTreeMap<Cow<'a, str>, Cow<'a, str>>>);

/// The same in an order.
#[derive(Clone, Debug)]
struct Pairs<'a>(Rc<Vec<(Cow<'a, str>, Cow<'a, str>)>>);

/// One of them.
#[derive(Clone, Debug)]
struct Pair<'a>(Cow<'a, str>, Cow<'a, str>);

impl<'a> Labels<'a> {
    pub(super) fn of(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Labels<'a> {
        Labels(Rc::new(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect()))
    }

    /// By name, the alert's name first.
    fn sorted(&self) -> Pairs<'a> {
        let mut pairs: Vec<_> = self.0.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        pairs.sort_by_key(|(name, _)| name != ALERT_NAME);
        Pairs(Rc::new(pairs))
    }

    fn without(&self, names: &[Value<'a>]) -> Labels<'a> {
        let is_named = |name: &str| names.iter().any(|other| other.as_str() == Some(name));
        let kept = self.0.iter().filter(|(name, _)| !is_named(name));
        Labels(Rc::new(kept.map(|(name, value)| (name.clone(), value.clone())).collect()))
    }
}

impl<'a> Object<'a> for Labels<'a> {
    fn type_name(&self) -> &'static str {
        "template.KV"
    }

    fn kind(&self) -> Kind {
        Kind::Map
    }

    fn is_assignable_to(&self, type_name: &str) -> bool {
        type_name == "template.KV" || type_name == "map[string]string"
    }

    fn field(&self, name: &str) -> Option<Value<'a>> {
        self.0.get(name).map(|value| Value::Str(value.clone()))
    }

    fn zero(&self) -> Value<'a> {
        Value::from("")
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn entries(&self) -> Vec<(Cow<'a, str>, Value<'a>)> {
        self.0.iter().map(|(name, value)| (name.clone(), Value::Str(value.clone()))).collect()
    }

    fn method(&self, name: &str) -> Option<&'static Signature> {
        match name {
            "SortedPairs" | "Names" | "Values" | "String" => Some(&NONE),
            "Remove" => Some(&STRINGS),
            _ => None,
        }
    }

    fn call(&self, name: &str, args: &mut Args<'_, 'a>) -> Result<Value<'a>, String> {
        match (name, args.get(0)) {
            ("Remove", Value::List(names)) => Ok(Value::object(self.without(names.items()))),
            ("SortedPairs", _) => Ok(Value::object(self.sorted())),
            (_, _) => self.sorted().call(name, args),
        }
    }

    fn string(&self) -> Option<String> {
        self.sorted().string()
    }
}

impl<'a> Object<'a> for Pairs<'a> {
    fn type_name(&self) -> &'static str {
        "template.Pairs"
    }

    fn kind(&self) -> Kind {
        Kind::List
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn at(&self, index: usize) -> Option<Value<'a>> {
        self.0.get(index).map(|(name, value)| Value::object(Pair(name.clone(), value.clone())))
    }

    fn method(&self, name: &str) -> Option<&'static Signature> {
        matches!(name, "Names" | "Values" | "String").then_some(&NONE)
    }

    fn call(&self, name: &str, _args: &mut Args<'_, 'a>) -> Result<Value<'a>, String> {
        match name {
            "Names" => Ok(Value::strings(self.0.iter().map(|(name, _)| name.clone()))),
            "Values" => Ok(Value::strings(self.0.iter().map(|(_, value)| value.clone()))),
            "String" => Ok(self.string().unwrap_or_default().into()),
            _ => Err(format!("no method {name}")),
        }
    }

    fn string(&self) -> Option<String> {
        let shown: Vec<String> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        Some(shown.join(", "))
    }
}

impl<'a> Object<'a> for Pair<'a> {
    fn type_name(&self) -> &'static str {
        "template.Pair"
    }

    fn kind(&self) -> Kind {
        Kind::Struct
    }

    fn field(&self, name: &str) -> Option<Value<'a>> {
        match name {
            "Name" => Some(Value::Str(self.0.clone())),
            "Value" => Some(Value::Str(self.1.clone())),
            _ => None,
        }
    }

    fn entries(&self) -> Vec<(Cow<'a, str>, Value<'a>)> {
        vec![("Name".into(), Value::Str(self.0.clone())), ("Value".into(), Value::Str(self.1.clone()))]
    }
}
