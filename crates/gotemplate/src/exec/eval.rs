//! Pipelines, commands, fields and methods.

use super::call::{Callee, Invocation};
use super::{At, Executed, MissingKey, State};
use crate::ast::{Command, Number, Pipe, Word};
use crate::fmt::quote::quote;
use crate::time::methods;
use crate::value::{Element, Kind, Value};

/// What is walked along a chain of names.
struct Link<'r, 'a> {
    value: &'r Value<'a>,
    /// It came out of a map of anything, as whose type Go knows no more than that.
    is_interface: bool,
}

/// What a name means to a value.
enum Member<'a> {
    Value(Value<'a>),
    /// There is no such key.
    MissingKey(Value<'a>),
    Unknown,
}

impl<'a> State<'_, 'a> {
    pub(super) fn pipeline(&mut self, dot: &Value<'a>, pipe: &'a Pipe) -> Executed<Value<'a>> {
        self.at = At::Pipe(pipe);
        let mut value = None;
        for command in &pipe.commands {
            value = Some(self.command(dot, command, value)?);
        }
        let value = value.unwrap_or(Value::Nil);
        for variable in &pipe.variables {
            if pipe.is_assignment {
                self.assign(&variable.name, value.clone())?;
            } else {
                self.variables.push((&variable.name, value.clone()));
            }
        }
        Ok(value)
    }

    /// A command, given the value of the command before.
    fn command(&mut self, dot: &Value<'a>, command: &'a Command, last: Option<Value<'a>>) -> Executed<Value<'a>> {
        let Some((first, args)) = command.words.split_first() else { return Ok(Value::Nil) };
        match first {
            Word::Field(_) | Word::Chain(_) | Word::Variable(_) => self.member_word(dot, first, args, last),
            Word::Function(ident) => {
                self.at = At::Word(first);
                let at = At::Command(command);
                self.call(dot, Callee::Function(&ident.function), Invocation { at, args, last })
            }
            Word::Pipe(pipe) => {
                self.refuse_arguments(first, args, last.as_ref())?;
                self.nested_pipeline(dot, pipe)
            }
            Word::Bool(..) | Word::Dot(_) | Word::Nil(_) | Word::Number(_) | Word::Str(_) => {
                self.at = At::Word(first);
                self.refuse_arguments(first, args, last.as_ref())?;
                if matches!(first, Word::Nil(_)) {
                    return Err(self.error("nil is not a command"));
                }
                self.constant(dot, first)
            }
        }
    }

    /// A pipeline in parentheses.
    pub(super) fn nested_pipeline(&mut self, dot: &Value<'a>, pipe: &'a Pipe) -> Executed<Value<'a>> {
        self.enter()?;
        let value = self.pipeline(dot, pipe)?;
        self.depth -= 1;
        Ok(value)
    }

    /// A word that is neither function nor member, as it is.
    pub(super) fn constant(&mut self, dot: &Value<'a>, word: &'a Word) -> Executed<Value<'a>> {
        Ok(match word {
            Word::Dot(_) => dot.clone(),
            Word::Bool(_, value) => Value::Bool(*value),
            Word::Str(text) => Value::from(&*text.text),
            Word::Number(number) => {
                self.at = At::Word(word);
                self.ideal(number)?
            }
            _ => Value::Nil,
        })
    }

    /// A number where no type is wanted: its form says its type.
    fn ideal(&self, number: &Number) -> Executed<Value<'a>> {
        let text = &*number.text;
        let is_hex = (text.starts_with("0x") || text.starts_with("0X")) && !text.contains(['p', 'P']);
        let looks_float = !is_hex && !text.starts_with('\'') && text.contains(['.', 'e', 'E', 'p', 'P']);
        match (number.float, number.int) {
            (Some(float), _) if looks_float => Ok(Value::Float(float)),
            (_, Some(int)) => Ok(Value::Int(int)),
            _ => Err(self.error(format!("{text} overflows int"))),
        }
    }

    fn refuse_arguments(&self, first: &Word, args: &[Word], last: Option<&Value<'a>>) -> Executed<()> {
        if args.is_empty() && last.is_none() {
            return Ok(());
        }
        Err(self.error(format!("can't give argument to non-function {first}")))
    }

    /// A field of the dot, of a variable, or of what stands in parentheses.
    pub(super) fn member_word(
        &mut self,
        dot: &Value<'a>,
        word: &'a Word,
        args: &'a [Word],
        last: Option<Value<'a>>,
    ) -> Executed<Value<'a>> {
        self.at = At::Word(word);
        if args.is_empty()
            && last.is_none()
            && let Some(value) = plain_field(dot, word)
        {
            return Ok(value);
        }
        let (receiver, names) = match word {
            Word::Field(field) => {
                // The common case of one field needs no copy of the dot.
                if let [name] = &*field.names {
                    let link = Link { value: dot, is_interface: false };
                    return self.member(dot, &link, name, Invocation { at: At::Word(word), args, last });
                }
                (dot.clone(), &field.names)
            }
            Word::Variable(variable) => {
                let value = self.variable(&variable.name)?.clone();
                if variable.fields.is_empty() {
                    self.refuse_arguments(word, args, last.as_ref())?;
                    return Ok(value);
                }
                (value, &variable.fields)
            }
            Word::Chain(chain) => {
                if matches!(chain.head, Word::Nil(_)) {
                    return Err(self.error(format!("indirection through explicit nil in {word}")));
                }
                (self.chain_head(dot, &chain.head)?, &chain.fields)
            }
            _ => return Ok(Value::Nil),
        };
        let (mut receiver, mut args, mut last) = (receiver, Some(args), last);
        let count = names.len();
        let mut is_interface = false;
        for (i, name) in names.iter().enumerate() {
            let is_last = i + 1 == count;
            let invocation = Invocation {
                at: At::Word(word),
                args: if is_last { args.take().unwrap_or(&[]) } else { &[] },
                last: if is_last { last.take() } else { None },
            };
            let value = self.member(dot, &Link { value: &receiver, is_interface }, name, invocation)?;
            is_interface = match &receiver {
                Value::Map(map) if map.element() == Element::Any => {
                    self.settings.missing_key == MissingKey::Zero || map.entries().contains_key(&**name)
                }
                _ => false,
            };
            receiver = value;
        }
        Ok(receiver)
    }

    fn chain_head(&mut self, dot: &Value<'a>, head: &'a Word) -> Executed<Value<'a>> {
        self.at = At::Word(head);
        match head {
            Word::Pipe(pipe) => self.nested_pipeline(dot, pipe),
            Word::Function(ident) => {
                let at = At::Word(head);
                self.call(dot, Callee::Function(&ident.function), Invocation { at, args: &[], last: None })
            }
            head => self.constant(dot, head),
        }
    }

    /// A method, a field or a key of a value.
    fn member(
        &mut self,
        dot: &Value<'a>,
        link: &Link<'_, 'a>,
        name: &'a str,
        invocation: Invocation<'a>,
    ) -> Executed<Value<'a>> {
        let receiver = link.value;
        if matches!(receiver, Value::Nil) && link.is_interface {
            return Err(self.error(format!("nil pointer evaluating interface {{}}.{name}")));
        }
        if matches!(receiver, Value::Nil) {
            if self.settings.missing_key == MissingKey::Error {
                return Err(self.error(format!("nil data; no entry for key {}", quote(name))));
            }
            return Ok(Value::Nil);
        }
        let callee = match receiver {
            Value::Time(time) => methods::of_time(name).map(|method| Callee::Time(name, method, time)),
            Value::Duration(span) => methods::of_duration(name).map(|method| Callee::Duration(name, method, *span)),
            receiver => match receiver.as_object() {
                Some(object) => object.method(name).map(|signature| Callee::Method(name, signature, object)),
                None => None,
            },
        };
        if let Some(callee) = callee {
            return self.call(dot, callee, invocation);
        }
        let has_args = !invocation.args.is_empty() || invocation.last.is_some();
        let is_map = match receiver {
            Value::Map(_) => true,
            receiver => receiver.as_object().is_some_and(|object| object.kind() == Kind::Map),
        };
        if is_map && has_args {
            return Err(self.error(format!("{name} is not a method but has arguments")));
        }
        match find(receiver, name) {
            Member::Value(_) if has_args => {
                Err(self.error(format!("{name} has arguments but cannot be invoked as function")))
            }
            Member::Value(value) => Ok(value),
            Member::MissingKey(zero) => match self.settings.missing_key {
                MissingKey::NoValue => Ok(Value::Nil),
                MissingKey::Zero => Ok(zero),
                MissingKey::Error => Err(self.error(format!("map has no entry for key {}", quote(name)))),
            },
            Member::Unknown => {
                let type_name = if link.is_interface { ANYTHING.into() } else { receiver.type_name() };
                Err(self.error(format!("can't evaluate field {name} in type {type_name}")))
            }
        }
    }
}

/// One field of the dot that is there and no method: what templates ask for most.
fn plain_field<'a>(dot: &Value<'a>, word: &Word) -> Option<Value<'a>> {
    let Word::Field(field) = word else { return None };
    let [name] = &*field.names else { return None };
    match dot {
        Value::Ref(object) if object.method(name).is_none() => object.field(name),
        Value::Map(map) => map.entries().get(&**name).cloned(),
        _ => None,
    }
}

/// The type of what may be anything.
const ANYTHING: &str = "interface {}";

fn find<'a>(receiver: &Value<'a>, name: &str) -> Member<'a> {
    match receiver {
        Value::Map(map) => match map.entries().get(name) {
            Some(value) => Member::Value(value.clone()),
            None => Member::MissingKey(map.zero()),
        },
        Value::Record(record) => record.field(name).cloned().map_or(Member::Unknown, Member::Value),
        receiver => match receiver.as_object() {
            Some(object) => match (object.field(name), object.kind()) {
                (Some(value), _) => Member::Value(value),
                (None, Kind::Map) => Member::MissingKey(object.zero()),
                (None, _) => Member::Unknown,
            },
            None => Member::Unknown,
        },
    }
}
