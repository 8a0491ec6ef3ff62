//! The values that templates work on.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

mod convert;
mod object;

pub use object::{Kind, Object};

use crate::time::{Duration, Time};

/// A value. Strings, and objects by reference, may belong to what the template is executed on, for `'a`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Value<'a> {
    /// No value: a missing field, or an untyped nil. Printed as `<no value>` by itself and as `<nil>` in other values.
    Nil,
    /// `bool`.
    Bool(bool),
    /// `int`, the type of integers in templates.
    Int(i64),
    /// `int64`, which only functions make.
    Int64(i64),
    /// `uint64`.
    Uint(u64),
    /// `float64`.
    Float(f64),
    /// `string`.
    Str(Cow<'a, str>),
    /// A string that is safe in some place of an HTML document.
    Safe(Safe, Cow<'a, str>),
    /// `[]byte`.
    Bytes(Rc<[u8]>),
    /// A slice.
    List(Rc<List<'a>>),
    /// A map with strings as keys.
    Map(Rc<Map<'a>>),
    /// A struct without methods.
    Record(Rc<Record<'a>>),
    /// `time.Time`.
    Time(Rc<Time>),
    /// `time.Duration`.
    Duration(Duration),
    /// A type of its own, with fields and methods.
    Object(Rc<dyn Object<'a> + 'a>),
    /// The same by reference.
    Ref(&'a (dyn Object<'a> + 'a)),
}

/// Where a string is safe, as `html/template` types it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Safe {
    /// `template.HTML`: a fragment of a document.
    Html,
    /// `template.HTMLAttr`: an attribute with its value.
    Attr,
    /// `template.URL`: a URL, of any scheme.
    Url,
    /// `template.CSS`.
    Css,
    /// `template.JS`.
    Js,
}

/// A slice: values and the name of their type.
#[derive(Clone, Debug)]
pub struct List<'a> {
    /// The name of the slice's own type, if it has one.
    type_name: Option<&'static str>,
    element: &'static str,
    items: Vec<Value<'a>>,
    depth: u32,
}

/// A map with strings as keys, and what the elements are.
#[derive(Clone, Debug)]
pub struct Map<'a> {
    element: Element,
    entries: BTreeMap<Cow<'a, str>, Value<'a>>,
    depth: u32,
}

/// The type of a map's elements, which says what a missing key gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// `interface {}`: nothing.
    Any,
    /// `string`: the empty string.
    Str,
    /// `float64`: zero.
    Float,
}

/// A struct: the name of its type, and its fields in their order.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    type_name: &'static str,
    fields: Vec<(&'static str, Value<'a>)>,
    depth: u32,
}

impl Element {
    /// The type's name.
    #[must_use]
    pub fn type_name(self) -> &'static str {
        match self {
            Element::Any => "interface {}",
            Element::Str => "string",
            Element::Float => "float64",
        }
    }

    fn zero<'a>(self) -> Value<'a> {
        match self {
            Element::Any => Value::Nil,
            Element::Str => Value::Str(Cow::Borrowed("")),
            Element::Float => Value::Float(0.0),
        }
    }
}

impl<'a> List<'a> {
    /// A slice of elements whose type has a name: `interface {}`, `string`.
    #[must_use]
    pub fn new(element: &'static str, items: Vec<Value<'a>>) -> List<'a> {
        let depth = 1 + items.iter().map(Value::depth).max().unwrap_or(0);
        List { type_name: None, element, items, depth }
    }

    /// A slice of a type with a name, such as `template.queryResult`.
    #[must_use]
    pub fn named(type_name: &'static str, element: &'static str, items: Vec<Value<'a>>) -> List<'a> {
        List { type_name: Some(type_name), ..List::new(element, items) }
    }

    /// The name of the elements' type.
    #[must_use]
    pub fn element(&self) -> &'static str {
        self.element
    }

    /// The elements.
    #[must_use]
    pub fn items(&self) -> &[Value<'a>] {
        &self.items
    }
}

impl<'a> Map<'a> {
    /// A map of elements of one type.
    #[must_use]
    pub fn new(element: Element, entries: BTreeMap<Cow<'a, str>, Value<'a>>) -> Map<'a> {
        let depth = 1 + entries.values().map(Value::depth).max().unwrap_or(0);
        Map { element, entries, depth }
    }

    /// What the elements are.
    #[must_use]
    pub fn element(&self) -> Element {
        self.element
    }

    /// The entries, by key.
    #[must_use]
    pub fn entries(&self) -> &BTreeMap<Cow<'a, str>, Value<'a>> {
        &self.entries
    }

    /// What a key that is not there gives: the zero value of the elements' type.
    #[must_use]
    pub fn zero(&self) -> Value<'a> {
        self.element.zero()
    }
}

impl<'a> Record<'a> {
    /// A struct of a type with a name, such as `template.sample`.
    #[must_use]
    pub fn new(type_name: &'static str, fields: Vec<(&'static str, Value<'a>)>) -> Record<'a> {
        let depth = 1 + fields.iter().map(|(_, value)| value.depth()).max().unwrap_or(0);
        Record { type_name, fields, depth }
    }

    /// The fields in their order.
    #[must_use]
    pub fn fields(&self) -> &[(&'static str, Value<'a>)] {
        &self.fields
    }

    /// One field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Value<'a>> {
        self.fields.iter().find(|(field, _)| *field == name).map(|(_, value)| value)
    }
}

impl<'a> Value<'a> {
    /// A slice of anything: `[]interface {}`.
    #[must_use]
    pub fn list(items: Vec<Value<'a>>) -> Value<'a> {
        Value::List(Rc::new(List::new("interface {}", items)))
    }

    /// `[]string`.
    pub fn strings<S: Into<Cow<'a, str>>>(items: impl IntoIterator<Item = S>) -> Value<'a> {
        Value::List(Rc::new(List::new("string", items.into_iter().map(Value::str).collect())))
    }

    /// `map[string]interface {}`.
    #[must_use]
    pub fn map(entries: BTreeMap<Cow<'a, str>, Value<'a>>) -> Value<'a> {
        Value::Map(Rc::new(Map::new(Element::Any, entries)))
    }

    /// `map[string]string`.
    pub fn string_map<K, V>(entries: impl IntoIterator<Item = (K, V)>) -> Value<'a>
    where
        K: Into<Cow<'a, str>>,
        V: Into<Cow<'a, str>>,
    {
        let entries = entries.into_iter().map(|(key, value)| (key.into(), Value::str(value))).collect();
        Value::Map(Rc::new(Map::new(Element::Str, entries)))
    }

    /// A struct without methods, of a type with a name.
    #[must_use]
    pub fn record(type_name: &'static str, fields: Vec<(&'static str, Value<'a>)>) -> Value<'a> {
        Value::Record(Rc::new(Record::new(type_name, fields)))
    }

    /// A string.
    pub fn str(text: impl Into<Cow<'a, str>>) -> Value<'a> {
        Value::Str(text.into())
    }

    /// An object of its own type.
    pub fn object(object: impl Object<'a> + 'a) -> Value<'a> {
        Value::Object(Rc::new(object))
    }

    /// The object, if it is one.
    #[must_use]
    pub fn as_object(&self) -> Option<&(dyn Object<'a> + 'a)> {
        match self {
            Value::Object(object) => Some(&**object),
            Value::Ref(object) => Some(*object),
            _ => None,
        }
    }

    /// The text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(text) | Value::Safe(_, text) => Some(text),
            _ => None,
        }
    }

    /// The name of its type, as Go's reflection gives it.
    #[must_use]
    pub fn type_name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Value::Nil => "<nil>",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Int64(_) => "int64",
            Value::Uint(_) => "uint64",
            Value::Float(_) => "float64",
            Value::Str(_) => "string",
            Value::Safe(safe, _) => safe.type_name(),
            Value::Bytes(_) => "[]uint8",
            Value::List(list) => match list.type_name {
                Some(name) => name,
                None => return Cow::Owned(format!("[]{}", list.element)),
            },
            Value::Map(map) => return Cow::Owned(format!("map[string]{}", map.element.type_name())),
            Value::Record(record) => record.type_name,
            Value::Time(_) => "time.Time",
            Value::Duration(_) => "time.Duration",
            Value::Object(object) => object.type_name(),
            Value::Ref(object) => object.type_name(),
        })
    }

    /// Whether conditions take it as true: not the zero value of its type, and not empty.
    #[must_use]
    pub fn is_true(&self) -> bool {
        match self {
            Value::Nil => false,
            Value::Bool(value) => *value,
            Value::Int(value) | Value::Int64(value) => *value != 0,
            Value::Duration(value) => value.nanoseconds() != 0,
            Value::Uint(value) => *value != 0,
            Value::Float(value) => *value != 0.0,
            Value::Record(_) | Value::Time(_) => true,
            other => other.length().is_none_or(|len| len > 0),
        }
    }

    /// How many elements or bytes it has; `None` if it has no length.
    #[must_use]
    pub fn length(&self) -> Option<usize> {
        match self {
            Value::Str(text) | Value::Safe(_, text) => Some(text.len()),
            Value::Bytes(bytes) => Some(bytes.len()),
            Value::List(list) => Some(list.items.len()),
            Value::Map(map) => Some(map.entries.len()),
            Value::Object(_) | Value::Ref(_) => {
                let object = self.as_object()?;
                matches!(object.kind(), Kind::List | Kind::Map).then(|| object.len())
            }
            _ => None,
        }
    }

    /// How many levels of lists, maps and structs it has.
    pub(crate) fn depth(&self) -> u32 {
        match self {
            Value::List(list) => list.depth,
            Value::Map(map) => map.depth,
            Value::Record(record) => record.depth,
            Value::Object(_) | Value::Ref(_) => 1,
            _ => 0,
        }
    }
}

impl Safe {
    fn type_name(self) -> &'static str {
        match self {
            Safe::Html => "template.HTML",
            Safe::Attr => "template.HTMLAttr",
            Safe::Url => "template.URL",
            Safe::Css => "template.CSS",
            Safe::Js => "template.JS",
        }
    }
}
