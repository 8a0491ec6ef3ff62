//! Pipelines, commands and their words.

use std::sync::Arc;

use super::number::number;
use super::{Parsed, Parser};
use crate::ast::{Chain, Command, Field, Ident, Pipe, Str, Variable, Word};
use crate::fmt::quote::{quote, unquote};
use crate::lex::{Kind, Token};

impl<'t> Parser<'t> {
    /// Declarations, and commands up to an end.
    pub(super) fn pipeline(&mut self, context: &str, end: &Kind) -> Parsed<Pipe> {
        self.enter()?;
        let pos = self.peek_word().pos as u32;
        let mut pipe = Pipe { pos, is_assignment: false, variables: Vec::new(), commands: Vec::new() };
        self.declarations(&mut pipe, context)?;
        loop {
            let token = self.take_word();
            match token.kind {
                ref kind if kind == end => {
                    self.check_pipeline(&pipe, context)?;
                    self.leave();
                    return Ok(pipe);
                }
                Kind::Bool
                | Kind::CharConstant
                | Kind::Complex
                | Kind::Dot
                | Kind::Field
                | Kind::Identifier
                | Kind::Number
                | Kind::Nil
                | Kind::RawString
                | Kind::String
                | Kind::Variable
                | Kind::LeftParen => {
                    self.back();
                    pipe.commands.push(self.command()?);
                }
                _ => return Err(self.unexpected(token, context)),
            }
        }
    }

    /// `$x :=`, `$x =` or, in a range, `$i, $x :=`.
    fn declarations(&mut self, pipe: &mut Pipe, context: &str) -> Parsed<()> {
        while self.peek_word().kind == Kind::Variable {
            let before = self.next;
            let token = self.take();
            let following = self.peek_word();
            let variable = Variable { pos: token.pos as u32, name: token.text.into(), fields: Vec::new() };
            match following.kind {
                Kind::Assign | Kind::Declare => {
                    pipe.is_assignment = following.kind == Kind::Assign;
                    self.take_word();
                    self.declare(pipe, variable);
                    return Ok(());
                }
                Kind::Char if following.text == "," => {
                    self.take_word();
                    self.declare(pipe, variable);
                    if context != "range" || pipe.variables.len() >= 2 {
                        return Err(self.error(format!("too many declarations in {context}")));
                    }
                    if !matches!(self.peek_word().kind, Kind::Variable | Kind::RightDelimiter | Kind::RightParen) {
                        return Err(self.error("range can only initialize variables"));
                    }
                }
                _ => {
                    self.next = before;
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn declare(&mut self, pipe: &mut Pipe, variable: Variable) {
        self.variables.push(Arc::clone(&variable.name));
        pipe.variables.push(variable);
    }

    fn check_pipeline(&self, pipe: &Pipe, context: &str) -> Parsed<()> {
        if pipe.commands.is_empty() {
            return Err(self.error(format!("missing value for {context}")));
        }
        for (i, command) in pipe.commands.iter().enumerate().skip(1) {
            let first = command.words.first();
            if matches!(first, Some(Word::Bool(..) | Word::Dot(_) | Word::Nil(_) | Word::Number(_) | Word::Str(_))) {
                return Err(self.error(format!("non executable command in pipeline stage {}", i + 1)));
            }
        }
        Ok(())
    }

    fn command(&mut self) -> Parsed<Command> {
        let pos = self.peek_word().pos as u32;
        let mut words = Vec::new();
        loop {
            self.peek_word();
            if let Some(word) = self.operand()? {
                words.push(word);
            }
            let token = self.take();
            match token.kind {
                Kind::Space => continue,
                Kind::RightDelimiter | Kind::RightParen => self.back(),
                Kind::Pipe => {}
                _ => return Err(self.unexpected(token, "operand")),
            }
            break;
        }
        if words.is_empty() {
            return Err(self.error("empty command"));
        }
        Ok(Command { pos, words })
    }

    /// A term and fields of it; none if what follows is not a term.
    fn operand(&mut self) -> Parsed<Option<Word>> {
        let Some(word) = self.term()? else { return Ok(None) };
        if self.peek().kind != Kind::Field {
            return Ok(Some(word));
        }
        let pos = self.peek().pos as u32;
        let mut fields = Vec::new();
        while self.peek().kind == Kind::Field {
            fields.push(field_name(self.take()));
        }
        Ok(Some(match word {
            Word::Field(mut field) => {
                field.names.append(&mut fields);
                Word::Field(Field { pos, names: field.names })
            }
            Word::Variable(variable) => Word::Variable(Variable { pos, fields, ..variable }),
            Word::Bool(..) | Word::Str(_) | Word::Number(_) | Word::Nil(_) | Word::Dot(_) => {
                return Err(self.error(format!("unexpected . after term {}", quote(&word.to_string()))));
            }
            head => Word::Chain(Box::new(Chain { pos, head, fields })),
        }))
    }

    fn term(&mut self) -> Parsed<Option<Word>> {
        let token = self.take_word();
        let pos = token.pos as u32;
        Ok(Some(match token.kind {
            Kind::Identifier => {
                let function = self.functions.get(token.text);
                let undefined = || self.error(format!("function {} not defined", quote(token.text)));
                Word::Function(Ident { pos, function: Arc::clone(function.ok_or_else(undefined)?) })
            }
            Kind::Dot => Word::Dot(pos),
            Kind::Nil => Word::Nil(pos),
            Kind::Variable => self.used_variable(token)?,
            Kind::Field => Word::Field(Field { pos, names: vec![field_name(token)] }),
            Kind::Bool => Word::Bool(pos, token.text == "true"),
            Kind::CharConstant | Kind::Number | Kind::Complex => {
                Word::Number(number(pos, token).map_err(|message| self.error(message))?)
            }
            Kind::LeftParen => Word::Pipe(self.pipeline("parenthesized pipeline", &Kind::RightParen)?),
            Kind::String | Kind::RawString => {
                let text = unquote(token.text).ok_or_else(|| self.error("invalid syntax"))?;
                Word::Str(Str { pos, quoted: token.text.into(), text: text.into() })
            }
            _ => {
                self.back();
                return Ok(None);
            }
        }))
    }

    fn used_variable(&mut self, token: &Token<'_>) -> Parsed<Word> {
        if !self.variables.iter().any(|name| **name == *token.text) {
            return Err(self.error(format!("undefined variable {}", quote(token.text))));
        }
        Ok(Word::Variable(Variable { pos: token.pos as u32, name: token.text.into(), fields: Vec::new() }))
    }
}

/// The name after the dot.
fn field_name(token: &Token<'_>) -> Arc<str> {
    token.text.strip_prefix('.').unwrap_or(token.text).into()
}
