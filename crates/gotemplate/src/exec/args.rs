//! Arguments, as the type of their parameter wants them.

use super::call::{Callee, Invocation};
use super::{At, Executed, State};
use crate::ast::Word;
use crate::function::Type;
use crate::value::Value;

impl<'a> State<'_, 'a> {
    pub(super) fn argument(&mut self, dot: &Value<'a>, wanted: Type, word: &'a Word) -> Executed<Value<'a>> {
        self.at = At::Word(word);
        self.step()?;
        match word {
            Word::Dot(_) => self.validated(dot.clone(), wanted),
            Word::Nil(_) if wanted.can_be_nil() => Ok(Value::Nil),
            Word::Nil(_) => Err(self.error(format!("cannot assign nil to {wanted}"))),
            Word::Field(_) | Word::Variable(_) | Word::Chain(_) => {
                let value = self.member_word(dot, word, &[], None)?;
                self.validated(value, wanted)
            }
            Word::Pipe(pipe) => {
                let value = self.nested_pipeline(dot, pipe)?;
                self.validated(value, wanted)
            }
            Word::Function(ident) => {
                let invocation = Invocation { at: At::Word(word), args: &[], last: None };
                let value = self.call(dot, Callee::Function(&ident.function), invocation)?;
                self.validated(value, wanted)
            }
            Word::Bool(..) | Word::Number(_) | Word::Str(_) => self.literal(dot, wanted, word),
        }
    }

    /// A constant, whose type its parameter says.
    fn literal(&mut self, dot: &Value<'a>, wanted: Type, word: &'a Word) -> Executed<Value<'a>> {
        let kind = match (wanted, word) {
            (Type::Reflected | Type::Any, _) => return self.constant(dot, word),
            (Type::Bool, Word::Bool(_, value)) => return Ok(Value::Bool(*value)),
            (Type::Str, Word::Str(text)) => return Ok(Value::from(&*text.text)),
            (Type::Int | Type::Int64 | Type::Duration, Word::Number(number)) if number.int.is_some() => {
                let int = number.int.unwrap_or(0);
                return Ok(match wanted {
                    Type::Int => Value::Int(int),
                    Type::Int64 => Value::Int64(int),
                    _ => Value::Duration(crate::time::Duration::from_nanoseconds(int)),
                });
            }
            (Type::Uint, Word::Number(number)) if number.uint.is_some() => {
                return Ok(Value::Uint(number.uint.unwrap_or(0)));
            }
            (Type::Float, Word::Number(number)) if number.float.is_some() => {
                return Ok(Value::Float(number.float.unwrap_or(0.0)));
            }
            (Type::Bool, _) => "bool",
            (Type::Str, _) => "string",
            (Type::Int | Type::Int64 | Type::Duration, _) => "integer",
            (Type::Uint, _) => "unsigned integer",
            (Type::Float, _) => "float",
            (Type::Time | Type::Named(_), _) => {
                return Err(self.error(format!("can't handle {word} for arg of type {wanted}")));
            }
        };
        Err(self.error(format!("expected {kind}; found {word}")))
    }

    /// A value, if it is of the type.
    pub(super) fn validated(&self, value: Value<'a>, wanted: Type) -> Executed<Value<'a>> {
        if wanted.takes(&value) {
            return Ok(value);
        }
        if matches!(value, Value::Nil) {
            if wanted.can_be_nil() {
                return Ok(value);
            }
            return Err(self.error(format!("invalid value; expected {wanted}")));
        }
        Err(self.error(format!("wrong type for value; expected {wanted}; got {}", value.type_name())))
    }
}
