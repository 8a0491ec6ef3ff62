//! Types of the caller's own.

use std::borrow::Cow;
use std::fmt::Debug;

use super::Value;
use crate::function::{Args, Signature};

/// What a type of the caller's own is to Go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Fields in an order; always true.
    Struct,
    /// Elements by number.
    List,
    /// Elements by name.
    Map,
}

/// A value with fields and methods. What its kind does not call for need not be answered.
pub trait Object<'a>: Debug {
    /// The name of its type as errors give it: `template.Alert`.
    fn type_name(&self) -> &'static str;

    /// What it is.
    fn kind(&self) -> Kind;

    /// Whether it may be given where a type is wanted that has another name, as `template.KV` for `map[string]string`.
    fn is_assignable_to(&self, type_name: &str) -> bool {
        type_name == self.type_name()
    }

    /// A field of a struct or an element of a map; `None` if there is none.
    fn field(&self, name: &str) -> Option<Value<'a>> {
        let _ = name;
        None
    }

    /// What a key that is not there gives when missing keys give zero values.
    fn zero(&self) -> Value<'a> {
        Value::Nil
    }

    /// What a method takes; `None` if there is no such method.
    fn method(&self, name: &str) -> Option<&'static Signature> {
        let _ = name;
        None
    }

    /// Calls a method, with arguments as its signature has them.
    ///
    /// # Errors
    /// The method's own error.
    fn call(&self, name: &str, args: &mut Args<'_, 'a>) -> Result<Value<'a>, String> {
        let _ = args;
        Err(format!("no method {name}"))
    }

    /// How many elements a list or map has.
    fn len(&self) -> usize {
        0
    }

    /// Whether a list or map has none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// An element of a list, counted from 0.
    fn at(&self, index: usize) -> Option<Value<'a>> {
        let _ = index;
        None
    }

    /// The fields of a struct in their order, or the elements of a map by key.
    fn entries(&self) -> Vec<(Cow<'a, str>, Value<'a>)> {
        Vec::new()
    }

    /// The same as JSON names them.
    fn json_entries(&self) -> Vec<(Cow<'a, str>, Value<'a>)> {
        self.entries()
    }

    /// How it prints, if it says so itself.
    fn string(&self) -> Option<String> {
        None
    }
}
