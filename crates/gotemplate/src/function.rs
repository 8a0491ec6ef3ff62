//! Functions that templates may call.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::builtins::{self, Builtin};
use crate::limits::Limits;
use crate::time::{Duration, Time, Zone};
use crate::value::Value;

/// The type of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Type {
    /// Anything, as Go's reflection has it: the built-in functions'.
    Reflected,
    /// `interface {}`: anything.
    Any,
    /// `bool`.
    Bool,
    /// `int`.
    Int,
    /// `int64`.
    Int64,
    /// `uint64`.
    Uint,
    /// `float64`.
    Float,
    /// `string`.
    Str,
    /// `time.Time`.
    Time,
    /// `time.Duration`.
    Duration,
    /// A slice, map or type of the caller's own, by its name: `[]string`, `template.queryResult`.
    Named(&'static str),
}

/// What a function or method takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The types of the parameters that must be given.
    pub(crate) fixed: &'static [Type],
    /// The type of any number of parameters after these.
    pub(crate) variadic: Option<Type>,
}

impl Signature {
    /// So many parameters and no more.
    #[must_use]
    pub const fn of(fixed: &'static [Type]) -> Signature {
        Signature { fixed, variadic: None }
    }

    /// These parameters, and any number of a type after them.
    #[must_use]
    pub const fn variadic(fixed: &'static [Type], rest: Type) -> Signature {
        Signature { fixed, variadic: Some(rest) }
    }

    /// The type of a parameter.
    pub(crate) fn parameter(&self, index: usize) -> Option<Type> {
        self.fixed.get(index).copied().or(self.variadic)
    }
}

/// The arguments of a call, which are as the signature has them.
#[derive(Debug)]
pub struct Args<'c, 'a> {
    pub(crate) values: &'c mut [Value<'a>],
    pub(crate) limits: &'c Limits,
    pub(crate) local: &'c Zone,
}

impl<'a> Args<'_, 'a> {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// All of them.
    #[must_use]
    pub fn values(&self) -> &[Value<'a>] {
        self.values
    }

    /// One of them; nil if it is not there.
    #[must_use]
    pub fn get(&self, index: usize) -> &Value<'a> {
        self.values.get(index).unwrap_or(&Value::Nil)
    }

    /// Takes one of them out.
    #[must_use]
    pub fn take(&mut self, index: usize) -> Value<'a> {
        self.values.get_mut(index).map_or(Value::Nil, |value| std::mem::replace(value, Value::Nil))
    }

    /// The text of a string; empty if it is none.
    #[must_use]
    pub fn str(&self, index: usize) -> &str {
        self.get(index).as_str().unwrap_or("")
    }

    /// Takes the text of a string out.
    #[must_use]
    pub fn take_str(&mut self, index: usize) -> Cow<'a, str> {
        match self.take(index) {
            Value::Str(text) | Value::Safe(_, text) => text,
            _ => Cow::Borrowed(""),
        }
    }

    /// A whole number; 0 if it is none.
    #[must_use]
    pub fn int(&self, index: usize) -> i64 {
        match self.get(index) {
            Value::Int(value) | Value::Int64(value) => *value,
            Value::Duration(value) => value.nanoseconds(),
            _ => 0,
        }
    }

    /// A float; 0 if it is none.
    #[must_use]
    pub fn float(&self, index: usize) -> f64 {
        match self.get(index) {
            Value::Float(value) => *value,
            _ => 0.0,
        }
    }

    /// A time; the zero time if it is none.
    #[must_use]
    pub fn time(&self, index: usize) -> Time {
        match self.get(index) {
            Value::Time(value) => Time::clone(value),
            _ => Time::zero(),
        }
    }

    /// A duration; 0 if it is none.
    #[must_use]
    pub fn duration(&self, index: usize) -> Duration {
        match self.get(index) {
            Value::Duration(value) => *value,
            _ => Duration::from_nanoseconds(0),
        }
    }

    /// The zone that local times are in.
    #[must_use]
    pub fn local(&self) -> &Zone {
        self.local
    }

    /// The longest string that a function may make, in bytes.
    #[must_use]
    pub fn max_value_bytes(&self) -> usize {
        self.limits.value_bytes
    }
}

/// What a function does.
type Call = dyn for<'c, 'a> Fn(&mut Args<'c, 'a>) -> Result<Value<'a>, String> + Send + Sync;

/// A function.
pub(crate) struct Function {
    name: Box<str>,
    pub(crate) signature: Signature,
    pub(crate) body: Body,
}

/// Who answers a call.
pub(crate) enum Body {
    Builtin(Builtin),
    Plain(Box<Call>),
    Host,
}

impl Function {
    pub(crate) fn builtin(name: &str, signature: Signature, builtin: Builtin) -> Function {
        Function { name: name.into(), signature, body: Body::Builtin(builtin) }
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Function").field("name", &self.name).field("signature", &self.signature).finish_non_exhaustive()
    }
}

/// Answers calls of functions that depend on what a template is executed for: the line at hand, a query.
pub trait Host<'a> {
    /// Calls a function by its name.
    ///
    /// # Errors
    /// The function's own error.
    fn call(&self, name: &str, args: &mut Args<'_, 'a>) -> Result<Value<'a>, String>;
}

/// A host without functions.
#[derive(Clone, Copy, Debug)]
pub struct NoHost;

impl<'a> Host<'a> for NoHost {
    fn call(&self, name: &str, _args: &mut Args<'_, 'a>) -> Result<Value<'a>, String> {
        Err(format!("function {name} is not available here"))
    }
}

/// The functions that a template may call, by name: the built-in ones and the caller's.
#[derive(Clone, Debug)]
pub struct Functions {
    by_name: HashMap<Box<str>, Arc<Function>>,
}

impl Default for Functions {
    fn default() -> Functions {
        Functions::new()
    }
}

impl Functions {
    /// The built-in functions.
    #[must_use]
    pub fn new() -> Functions {
        let mut functions = Functions { by_name: HashMap::new() };
        for (name, signature, builtin) in builtins::TABLE {
            functions.insert(Function::builtin(name, *signature, *builtin));
        }
        functions
    }

    /// Adds a function, or replaces one.
    pub fn add<F>(&mut self, name: &str, signature: Signature, call: F) -> &mut Functions
    where
        F: for<'c, 'a> Fn(&mut Args<'c, 'a>) -> Result<Value<'a>, String> + Send + Sync + 'static,
    {
        self.insert(Function { name: name.into(), signature, body: Body::Plain(Box::new(call)) });
        self
    }

    /// Adds a function that the host of each execution answers.
    pub fn add_hosted(&mut self, name: &str, signature: Signature) -> &mut Functions {
        self.insert(Function { name: name.into(), signature, body: Body::Host });
        self
    }

    fn insert(&mut self, function: Function) {
        self.by_name.insert(function.name.clone(), Arc::new(function));
    }

    /// A function by its name.
    pub(crate) fn get(&self, name: &str) -> Option<&Arc<Function>> {
        self.by_name.get(name)
    }

    /// The names of all functions, in no particular order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(|name| &**name)
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Type::Reflected => "reflect.Value",
            Type::Any => "interface {}",
            Type::Bool => "bool",
            Type::Int => "int",
            Type::Int64 => "int64",
            Type::Uint => "uint64",
            Type::Float => "float64",
            Type::Str => "string",
            Type::Time => "time.Time",
            Type::Duration => "time.Duration",
            Type::Named(name) => name,
        })
    }
}

impl Type {
    /// Whether nil may be given.
    pub(crate) fn can_be_nil(self) -> bool {
        match self {
            Type::Reflected | Type::Any => true,
            Type::Named(name) => name.starts_with('*') || name.starts_with("[]") || name.starts_with("map["),
            _ => false,
        }
    }

    /// Whether a value may be given as it is.
    pub(crate) fn takes(self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Type::Reflected | Type::Any, _) => true,
            (Type::Bool, Value::Bool(_))
            | (Type::Int, Value::Int(_))
            | (Type::Int64, Value::Int64(_))
            | (Type::Uint, Value::Uint(_))
            | (Type::Float, Value::Float(_))
            | (Type::Str, Value::Str(_))
            | (Type::Time, Value::Time(_))
            | (Type::Duration, Value::Duration(_)) => true,
            (Type::Named(name), Value::Object(object)) => object.is_assignable_to(name),
            (Type::Named(name), Value::Ref(object)) => object.is_assignable_to(name),
            (Type::Named(name), value) => value.type_name() == name,
            (wanted, Value::Object(object)) => object.is_assignable_to(&wanted.to_string()),
            _ => false,
        }
    }
}
