//! Execution: a tree is walked, and what it says is written.

mod args;
mod call;
mod eval;

use crate::ast::{Action, Arm, Branch, Call, Command, Node, Pipe, Tree, Word};
use crate::error::Error;
use crate::fmt::Printer;
use crate::fmt::quote::quote;
use crate::function::Host;
use crate::html::escape_value;
use crate::limits::{Limits, MAX_EXECUTION_DEPTH, MAX_TEMPLATE_DEPTH};
use crate::parse::ROOT_VARIABLE;
use crate::time::Zone;
use crate::value::{Kind, Value};

pub(crate) type Executed<T> = Result<T, Error>;

/// What a key gives that is not in a map.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MissingKey {
    /// No value, printed as `<no value>`.
    #[default]
    NoValue,
    /// The zero value of the map's elements.
    Zero,
    /// An error.
    Error,
}

/// How templates are executed.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) missing_key: MissingKey,
    pub(crate) limits: Limits,
    pub(crate) local: Zone,
}

/// Where templates are looked up that others call.
pub(crate) trait Lookup {
    fn tree(&self, name: &str) -> Option<&Tree>;
}

/// What goes on after a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    Next,
    Break,
    Continue,
}

/// The node at which an error arose.
#[derive(Clone, Copy)]
enum At<'a> {
    Node(&'a Node),
    Pipe(&'a Pipe),
    Command(&'a Command),
    Word(&'a Word),
    Nowhere,
}

/// An execution.
pub(crate) struct State<'x, 'a> {
    lookup: &'a dyn Lookup,
    settings: &'a Settings,
    host: &'x dyn Host<'a>,
    out: &'x mut String,
    /// How long `out` may become.
    end: usize,
    tree: &'a Tree,
    at: At<'a>,
    /// What the template at hand is executed on: `$`.
    root: Value<'a>,
    variables: Vec<(&'a str, Value<'a>)>,
    /// The first of the variables that belong to the template at hand.
    first_variable: usize,
    /// Arguments of the calls that are being prepared.
    arguments: Vec<Value<'a>>,
    depth: usize,
    templates: usize,
    steps: usize,
}

impl<'x, 'a> State<'x, 'a> {
    /// An execution of a tree that writes after what is in `out`.
    pub(crate) fn new(
        lookup: &'a dyn Lookup,
        tree: &'a Tree,
        settings: &'a Settings,
        host: &'x dyn Host<'a>,
        out: &'x mut String,
    ) -> State<'x, 'a> {
        let end = out.len().saturating_add(settings.limits.output_bytes);
        State {
            lookup,
            settings,
            host,
            out,
            end,
            tree,
            at: At::Nowhere,
            root: Value::Nil,
            variables: Vec::new(),
            first_variable: 0,
            arguments: Vec::new(),
            depth: 0,
            templates: 0,
            steps: 0,
        }
    }

    /// Executes the tree on some data.
    pub(crate) fn run(&mut self, data: Value<'a>) -> Executed<()> {
        self.root = data.clone();
        let tree = self.tree;
        self.list(&data, &tree.root).map(|_| ())
    }

    #[cold]
    fn error(&self, message: impl AsRef<str>) -> Error {
        let (pos, context) = match self.at {
            At::Nowhere => {
                return Error::new(format!("template: {}: {}", self.tree.name, message.as_ref()));
            }
            At::Node(node) => (node.pos(), node.to_string()),
            At::Pipe(pipe) => (pipe.pos, pipe.to_string()),
            At::Command(command) => (command.pos, command.to_string()),
            At::Word(word) => (word.pos(), word.to_string()),
        };
        let before = self.tree.text.get(..pos as usize).unwrap_or("");
        let line = 1 + before.matches('\n').count();
        let column = before.rfind('\n').map_or(before.len(), |at| before.len() - at - 1);
        let (source, name) = (&self.tree.source, quote(&self.tree.name));
        let message = message.as_ref();
        Error::new(format!("template: {source}:{line}:{column}: executing {name} at <{context}>: {message}"))
    }

    fn enter(&mut self) -> Executed<()> {
        if self.depth >= MAX_EXECUTION_DEPTH {
            return Err(self.error(format!("exceeded maximum depth of execution ({MAX_EXECUTION_DEPTH})")));
        }
        self.depth += 1;
        Ok(())
    }

    fn step(&mut self) -> Executed<()> {
        self.steps += 1;
        if self.steps > self.settings.limits.steps {
            return Err(self.error(format!("exceeded maximum number of steps ({})", self.settings.limits.steps)));
        }
        Ok(())
    }

    fn write(&mut self, text: &str) -> Executed<()> {
        if self.out.len() + text.len() > self.end {
            return Err(self.output_error());
        }
        self.out.push_str(text);
        Ok(())
    }

    fn output_error(&self) -> Error {
        self.error(format!("exceeded maximum size of output ({} bytes)", self.settings.limits.output_bytes))
    }

    fn list(&mut self, dot: &Value<'a>, list: &'a [Node]) -> Executed<Flow> {
        self.enter()?;
        for node in list {
            let flow = self.node(dot, node)?;
            if flow != Flow::Next {
                self.depth -= 1;
                return Ok(flow);
            }
        }
        self.depth -= 1;
        Ok(Flow::Next)
    }

    fn node(&mut self, dot: &Value<'a>, node: &'a Node) -> Executed<Flow> {
        self.at = At::Node(node);
        self.step()?;
        match node {
            Node::Text(text) => self.write(&text.text)?,
            Node::Action(action) => self.action(dot, node, action)?,
            Node::If(branch) => return self.condition(dot, branch, false),
            Node::With(branch) => return self.condition(dot, branch, true),
            Node::Range(branch) => return self.range(dot, branch),
            Node::Template(call) => self.template(dot, call)?,
            Node::Break(_) => return Ok(Flow::Break),
            Node::Continue(_) => return Ok(Flow::Continue),
        }
        Ok(Flow::Next)
    }

    fn action(&mut self, dot: &Value<'a>, node: &'a Node, action: &'a Action) -> Executed<()> {
        let value = self.pipeline(dot, &action.pipe)?;
        if !action.pipe.variables.is_empty() {
            return Ok(());
        }
        self.at = At::Node(node);
        if !action.escapes.is_empty() {
            let text = escape_value(value, &action.escapes).map_err(|message| self.error(message))?;
            return self.write(&text);
        }
        match &value {
            Value::Str(text) => self.write(text),
            Value::Nil => self.write("<no value>"),
            value => {
                let left = self.end.saturating_sub(self.out.len());
                let mut printer = Printer::new(self.out, left);
                printer.value(value);
                printer.finish().map_err(|_| self.output_error())
            }
        }
    }

    /// `if` and `with`, which sets the dot.
    fn condition(&mut self, dot: &Value<'a>, branch: &'a Branch, is_with: bool) -> Executed<Flow> {
        let mark = self.variables.len();
        let mut flow = None;
        for arm in &branch.arms {
            let value = self.pipeline(dot, &arm.pipe)?;
            if value.is_true() {
                flow = Some(self.list(if is_with { &value } else { dot }, &arm.body)?);
                break;
            }
        }
        let flow = match (flow, &branch.otherwise) {
            (Some(flow), _) => flow,
            (None, Some(list)) => self.list(dot, list)?,
            (None, None) => Flow::Next,
        };
        self.variables.truncate(mark);
        Ok(flow)
    }

    fn range(&mut self, dot: &Value<'a>, branch: &'a Branch) -> Executed<Flow> {
        let Some(arm) = branch.arms.first() else { return Ok(Flow::Next) };
        let mark = self.variables.len();
        let value = self.pipeline(dot, &arm.pipe)?;
        let mut flow = Flow::Next;
        let is_empty = !self.iterate(arm, &value, &mut flow)?;
        if let Some(list) = branch.otherwise.as_ref().filter(|_| is_empty) {
            flow = self.list(dot, list)?;
        }
        self.variables.truncate(mark);
        Ok(flow)
    }

    /// Executes the body for each element; whether there was one.
    fn iterate(&mut self, arm: &'a Arm, value: &Value<'a>, flow: &mut Flow) -> Executed<bool> {
        match value {
            Value::Nil => return Ok(false),
            Value::Int(_) | Value::Int64(_) | Value::Uint(_) if arm.pipe.variables.len() > 1 => {
                let shown = crate::fmt::shown(value, 'v');
                return Err(self.error(format!("can't use {shown} to iterate over more than one variable")));
            }
            Value::Int(count) | Value::Int64(count) => {
                for i in 0..*count {
                    let item = if matches!(value, Value::Int(_)) { Value::Int(i) } else { Value::Int64(i) };
                    if self.iteration(arm, Value::Nil, item, flow)? {
                        break;
                    }
                }
                return Ok(*count > 0);
            }
            Value::Uint(count) => {
                for i in 0..*count {
                    if self.iteration(arm, Value::Nil, Value::Uint(i), flow)? {
                        break;
                    }
                }
                return Ok(*count > 0);
            }
            Value::List(list) => {
                for (i, item) in list.items().iter().enumerate() {
                    if self.iteration(arm, Value::Int(i as i64), item.clone(), flow)? {
                        break;
                    }
                }
            }
            Value::Bytes(bytes) => {
                for (i, byte) in bytes.iter().enumerate() {
                    if self.iteration(arm, Value::Int(i as i64), Value::Uint(u64::from(*byte)), flow)? {
                        break;
                    }
                }
            }
            Value::Map(map) => {
                for (key, item) in map.entries() {
                    if self.iteration(arm, Value::Str(key.clone()), item.clone(), flow)? {
                        break;
                    }
                }
            }
            value => return self.iterate_object(arm, value, flow),
        }
        Ok(value.length().is_some_and(|len| len > 0))
    }

    fn iterate_object(&mut self, arm: &'a Arm, value: &Value<'a>, flow: &mut Flow) -> Executed<bool> {
        let object = value.as_object().filter(|object| object.kind() != Kind::Struct);
        let Some(object) = object else {
            return Err(self.error(format!("range can't iterate over {}", crate::fmt::shown(value, 'v'))));
        };
        if object.kind() == Kind::Map {
            for (key, item) in object.entries() {
                if self.iteration(arm, Value::Str(key), item, flow)? {
                    break;
                }
            }
        } else {
            for i in 0..object.len() {
                let item = object.at(i).unwrap_or(Value::Nil);
                if self.iteration(arm, Value::Int(i as i64), item, flow)? {
                    break;
                }
            }
        }
        Ok(!object.is_empty())
    }

    /// Executes a body once; whether that was the last time.
    fn iteration(&mut self, arm: &'a Arm, key: Value<'a>, item: Value<'a>, flow: &mut Flow) -> Executed<bool> {
        self.step()?;
        let mark = self.variables.len();
        let pipe = &arm.pipe;
        // With two variables, the key comes first.
        for (i, variable) in pipe.variables.iter().rev().enumerate() {
            let value = if i == 0 { item.clone() } else { key.clone() };
            if pipe.is_assignment {
                self.assign(&variable.name, value)?;
            } else if let Some(slot) = mark.checked_sub(i + 1).and_then(|at| self.variables.get_mut(at)) {
                slot.1 = value;
            }
        }
        let after = self.list(&item, &arm.body)?;
        self.variables.truncate(mark);
        *flow = Flow::Next;
        Ok(after == Flow::Break)
    }

    fn template(&mut self, dot: &Value<'a>, call: &'a Call) -> Executed<()> {
        let Some(tree) = self.lookup.tree(&call.target) else {
            return Err(self.error(format!("template {} not defined", quote(&call.name))));
        };
        if self.templates >= MAX_TEMPLATE_DEPTH {
            return Err(self.error(format!("exceeded maximum template depth ({MAX_TEMPLATE_DEPTH})")));
        }
        let dot = match &call.pipe {
            Some(pipe) => self.pipeline(dot, pipe)?,
            None => Value::Nil,
        };
        let caller = std::mem::replace(&mut self.tree, tree);
        let first = std::mem::replace(&mut self.first_variable, self.variables.len());
        let root = std::mem::replace(&mut self.root, dot.clone());
        self.templates += 1;
        self.list(&dot, &tree.root)?;
        self.templates -= 1;
        self.root = root;
        self.variables.truncate(self.first_variable);
        self.first_variable = first;
        self.tree = caller;
        Ok(())
    }

    fn assign(&mut self, name: &str, value: Value<'a>) -> Executed<()> {
        let own = self.variables.get_mut(self.first_variable..).unwrap_or_default();
        match own.iter_mut().rev().find(|(variable, _)| *variable == name) {
            Some(slot) => slot.1 = value,
            None if name == ROOT_VARIABLE => self.root = value,
            None => return Err(self.error(format!("undefined variable: {name}"))),
        }
        Ok(())
    }

    fn variable(&self, name: &str) -> Executed<&Value<'a>> {
        let own = self.variables.get(self.first_variable..).unwrap_or_default();
        match own.iter().rev().find(|(variable, _)| *variable == name) {
            Some((_, value)) => Ok(value),
            None if name == ROOT_VARIABLE => Ok(&self.root),
            None => Err(self.error(format!("undefined variable: {name}"))),
        }
    }
}
