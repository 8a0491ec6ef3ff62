//! The syntax tree. Every node knows where it begins in the text, and prints as the original prints it in errors.

use std::fmt::{self, Display, Write as _};
use std::sync::Arc;

use crate::fmt::quote::quote;
use crate::function::Function;
use crate::html::context::Escape;

/// One template: the text between `define` and its `end`, or all that stands outside of definitions.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    /// The template's name.
    pub(crate) name: Arc<str>,
    /// The name of the text that it was parsed from, as errors give it.
    pub(crate) source: Arc<str>,
    /// That text.
    pub(crate) text: Arc<str>,
    pub(crate) root: List,
}

/// What follows one after the other.
pub(crate) type List = Vec<Node>;

/// What makes up a template.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Text(Text),
    Action(Action),
    If(Branch),
    With(Branch),
    Range(Branch),
    Template(Call),
    Break(u32),
    Continue(u32),
}

/// Text that comes out as it is.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) pos: u32,
    pub(crate) text: Arc<str>,
}

/// `{{pipeline}}`.
#[derive(Clone, Debug)]
pub(crate) struct Action {
    pub(crate) pipe: Pipe,
    /// What its value goes through before it is written; nothing in a text template.
    pub(crate) escapes: Vec<Escape>,
}

/// `if`, `with` and `range`: the first arm whose pipeline says yes, else the rest. `range` has one arm.
#[derive(Clone, Debug)]
pub(crate) struct Branch {
    pub(crate) arms: Vec<Arm>,
    pub(crate) otherwise: Option<List>,
}

/// A pipeline and what follows from it.
#[derive(Clone, Debug)]
pub(crate) struct Arm {
    pub(crate) pipe: Pipe,
    pub(crate) body: List,
}

/// `{{template "name" pipeline}}`.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) pos: u32,
    pub(crate) name: Arc<str>,
    /// The template to run: another than `name` when escaping made a variant of it.
    pub(crate) target: Arc<str>,
    pub(crate) pipe: Option<Pipe>,
}

/// Commands that hand on their value, and the variables that it is kept in.
#[derive(Clone, Debug)]
pub(crate) struct Pipe {
    pub(crate) pos: u32,
    pub(crate) is_assignment: bool,
    pub(crate) variables: Vec<Variable>,
    pub(crate) commands: Vec<Command>,
}

/// A function, method, field or constant, and its arguments.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    pub(crate) pos: u32,
    /// At least one.
    pub(crate) words: Vec<Word>,
}

/// A word of a command.
#[derive(Clone, Debug)]
pub(crate) enum Word {
    Dot(u32),
    Nil(u32),
    Bool(u32, bool),
    Number(Number),
    Str(Str),
    Field(Field),
    Variable(Variable),
    Function(Ident),
    Pipe(Pipe),
    Chain(Box<Chain>),
}

/// A number, under all types that can represent it.
#[derive(Clone, Debug)]
pub(crate) struct Number {
    pub(crate) pos: u32,
    pub(crate) text: Arc<str>,
    pub(crate) int: Option<i64>,
    pub(crate) uint: Option<u64>,
    pub(crate) float: Option<f64>,
}

/// A string constant.
#[derive(Clone, Debug)]
pub(crate) struct Str {
    pub(crate) pos: u32,
    /// As it was written, with quotes.
    pub(crate) quoted: Arc<str>,
    pub(crate) text: Arc<str>,
}

/// `.A.B`: fields, without their dots.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) pos: u32,
    pub(crate) names: Vec<Arc<str>>,
}

/// `$x.A.B`: a variable with its dollar sign, and fields of it.
#[derive(Clone, Debug)]
pub(crate) struct Variable {
    pub(crate) pos: u32,
    pub(crate) name: Arc<str>,
    pub(crate) fields: Vec<Arc<str>>,
}

/// The name of a function.
#[derive(Clone, Debug)]
pub(crate) struct Ident {
    pub(crate) pos: u32,
    pub(crate) function: Arc<Function>,
}

/// `(pipeline).A.B`, or fields of a function's result.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    pub(crate) pos: u32,
    pub(crate) head: Word,
    pub(crate) fields: Vec<Arc<str>>,
}

impl Word {
    /// Where it begins.
    pub(crate) fn pos(&self) -> u32 {
        match self {
            Word::Dot(pos) | Word::Nil(pos) | Word::Bool(pos, _) => *pos,
            Word::Number(node) => node.pos,
            Word::Str(node) => node.pos,
            Word::Field(node) => node.pos,
            Word::Variable(node) => node.pos,
            Word::Function(node) => node.pos,
            Word::Pipe(node) => node.pos,
            Word::Chain(node) => node.pos,
        }
    }
}

impl Node {
    /// Where it begins; for an action or a branch, where its pipeline does.
    pub(crate) fn pos(&self) -> u32 {
        match self {
            Node::Text(node) => node.pos,
            Node::Action(node) => node.pipe.pos,
            Node::If(node) | Node::With(node) | Node::Range(node) => node.arms.first().map_or(0, |arm| arm.pipe.pos),
            Node::Template(node) => node.pos,
            Node::Break(pos) | Node::Continue(pos) => *pos,
        }
    }
}

/// Whether there is nothing but space.
pub(crate) fn is_empty(list: &[Node]) -> bool {
    list.iter().all(|node| matches!(node, Node::Text(text) if text.text.trim().is_empty()))
}

impl Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Node::Text(node) => f.write_str(&node.text),
            Node::Action(node) => write!(f, "{{{{{}}}}}", node.pipe),
            Node::If(branch) => write_branch(f, "if", branch),
            Node::With(branch) => write_branch(f, "with", branch),
            Node::Range(branch) => write_branch(f, "range", branch),
            Node::Template(call) => {
                write!(f, "{{{{template {}", quote(&call.name))?;
                if let Some(pipe) = &call.pipe {
                    write!(f, " {pipe}")?;
                }
                f.write_str("}}")
            }
            Node::Break(_) => f.write_str("{{break}}"),
            Node::Continue(_) => f.write_str("{{continue}}"),
        }
    }
}

fn write_branch(f: &mut fmt::Formatter<'_>, keyword: &str, branch: &Branch) -> fmt::Result {
    for (i, arm) in branch.arms.iter().enumerate() {
        let before = if i == 0 { "" } else { "{{else}}" };
        write!(f, "{before}{{{{{keyword} {}}}}}", arm.pipe)?;
        write_list(f, &arm.body)?;
    }
    if let Some(list) = &branch.otherwise {
        f.write_str("{{else}}")?;
        write_list(f, list)?;
    }
    branch.arms.iter().try_for_each(|_| f.write_str("{{end}}"))
}

fn write_list(f: &mut fmt::Formatter<'_>, list: &[Node]) -> fmt::Result {
    list.iter().try_for_each(|node| write!(f, "{node}"))
}

impl Display for Pipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, variable) in self.variables.iter().enumerate() {
            write!(f, "{}{variable}", if i > 0 { ", " } else { "" })?;
        }
        if !self.variables.is_empty() {
            f.write_str(if self.is_assignment { " = " } else { " := " })?;
        }
        for (i, command) in self.commands.iter().enumerate() {
            write!(f, "{}{command}", if i > 0 { " | " } else { "" })?;
        }
        Ok(())
    }
}

impl Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, word) in self.words.iter().enumerate() {
            if i > 0 {
                f.write_char(' ')?;
            }
            write_operand(f, word)?;
        }
        Ok(())
    }
}

fn write_operand(f: &mut fmt::Formatter<'_>, word: &Word) -> fmt::Result {
    match word {
        Word::Pipe(pipe) => write!(f, "({pipe})"),
        word => write!(f, "{word}"),
    }
}

impl Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Word::Dot(_) => f.write_str("."),
            Word::Nil(_) => f.write_str("nil"),
            Word::Bool(_, value) => write!(f, "{value}"),
            Word::Number(number) => f.write_str(&number.text),
            Word::Str(node) => f.write_str(&node.quoted),
            Word::Field(field) => write_fields(f, &field.names),
            Word::Variable(variable) => write!(f, "{variable}"),
            Word::Function(ident) => f.write_str(ident.function.name()),
            Word::Pipe(pipe) => write!(f, "{pipe}"),
            Word::Chain(chain) => {
                write_operand(f, &chain.head)?;
                write_fields(f, &chain.fields)
            }
        }
    }
}

impl Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        write_fields(f, &self.fields)
    }
}

fn write_fields(f: &mut fmt::Formatter<'_>, names: &[Arc<str>]) -> fmt::Result {
    names.iter().try_for_each(|name| write!(f, ".{name}"))
}
