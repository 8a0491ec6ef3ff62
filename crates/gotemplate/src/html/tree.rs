//! Escapes put into trees.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::context::{Context, Escape};
use super::transition::pass;
use crate::ast::{Action, Branch, Call, Command, List, Node, Pipe, Text, Tree, Word};
use crate::builtins;
use crate::error::Error;
use crate::fmt::quote::quote;

type Trees = BTreeMap<Arc<str>, Arc<Tree>>;

/// Escapes a template and all that it calls.
pub(super) fn escape(trees: &Trees, name: &str) -> Result<Trees, Error> {
    let mut escaper = Escaper { trees, escaped: BTreeMap::new(), outputs: HashMap::new(), loops: Vec::new() };
    let end = escaper.template(name, Context::default())?;
    if end.is_some_and(|end| end != Context::default()) {
        let end = end.unwrap_or_default();
        return Err(Error::new(format!("html/template:{name}: ends in a non-text context: {end}")));
    }
    Ok(escaper.escaped)
}

struct Escaper<'t> {
    trees: &'t Trees,
    escaped: Trees,
    /// Where a template ends that begins in a place, and whether that is certain: one that calls itself is taken to end
    /// where it begins.
    outputs: HashMap<(Arc<str>, Context), Output>,
    /// The loops that are being escaped, each with the places at which it is left or begun again.
    loops: Vec<Vec<Context>>,
}

#[derive(Clone, Copy, Debug)]
struct Output {
    context: Context,
    is_assumed: bool,
    is_used: bool,
}

impl Escaper<'_> {
    /// Escapes a template in a place; where it ends, or nothing if there is no such template.
    fn template(&mut self, name: &str, start: Context) -> Result<Option<Context>, Error> {
        let Some(tree) = self.trees.get(name).cloned() else { return Ok(None) };
        let key = (Arc::clone(&tree.name), start);
        if let Some(output) = self.outputs.get_mut(&key) {
            output.is_used |= output.is_assumed;
            return Ok(Some(output.context));
        }
        self.outputs.insert(key.clone(), Output { context: start, is_assumed: true, is_used: false });
        let loops = std::mem::take(&mut self.loops);
        let (root, end) = self.list(&tree, &tree.root, start)?;
        self.loops = loops;
        let is_used = self.outputs.get(&key).is_some_and(|output| output.is_used);
        if is_used && end != start {
            let message = format!("html/template:{name}: cannot compute output context for template {name}");
            return Err(Error::new(message));
        }
        self.outputs.insert(key, Output { context: end, is_assumed: false, is_used: false });
        let escaped = Tree { root, ..Tree::clone(&tree) };
        self.escaped.insert(variant(name, start), Arc::new(escaped));
        Ok(Some(end))
    }

    fn list(&mut self, tree: &Tree, list: &[Node], start: Context) -> Result<(List, Context), Error> {
        let mut context = start;
        let mut out = Vec::with_capacity(list.len());
        for node in list {
            let escaped;
            (escaped, context) = self.node(tree, node, context)?;
            out.push(escaped);
        }
        Ok((out, context))
    }

    fn node(&mut self, tree: &Tree, node: &Node, context: Context) -> Result<(Node, Context), Error> {
        Ok(match node {
            Node::Text(text) => {
                let passed = pass(context, &text.text).map_err(|message| error(tree, node, &message))?;
                (Node::Text(Text { pos: text.pos, text: passed.1.into() }), passed.0)
            }
            Node::Action(action) => self.action(tree, node, action, context)?,
            Node::If(branch) => {
                let (branch, end) = self.branch(tree, node, branch, context, "if")?;
                (Node::If(branch), end)
            }
            Node::With(branch) => {
                let (branch, end) = self.branch(tree, node, branch, context, "with")?;
                (Node::With(branch), end)
            }
            Node::Range(branch) => {
                let (branch, end) = self.range(tree, node, branch, context)?;
                (Node::Range(branch), end)
            }
            Node::Template(call) => {
                let end = self.template(&call.name, context)?.unwrap_or(context);
                (Node::Template(Call { target: variant(&call.name, context), ..call.clone() }), end)
            }
            Node::Break(_) | Node::Continue(_) => {
                if let Some(places) = self.loops.last_mut() {
                    places.push(context);
                }
                (node.clone(), context)
            }
        })
    }

    fn action(&self, tree: &Tree, node: &Node, action: &Action, context: Context) -> Result<(Node, Context), Error> {
        let mut action = action.clone();
        if !action.pipe.variables.is_empty() {
            return Ok((Node::Action(action), context));
        }
        let last = action.pipe.commands.len().saturating_sub(1);
        for (i, command) in action.pipe.commands.iter().enumerate() {
            if let Some(name) = predefined(command.words.first()).filter(|_| i < last) {
                let message = format!("predefined escaper {} disallowed in template", quote(name));
                return Err(error(tree, node, &message));
            }
        }
        let context = context.nudged();
        let mut escapes =
            context.escapes().map_err(|what| error(tree, node, &format!("not built yet: {what} in HTML templates")))?;
        if let Some(name) = predefined(action.pipe.commands.last().and_then(|command| command.words.first())) {
            let (replaced, by): (&[Escape], Escape) = match name {
                "html" => (&[Escape::Html, Escape::RcData, Escape::Attr], Escape::HtmlFunction),
                _ => (&[Escape::UrlComponent, Escape::UrlNormalise], Escape::UrlQueryFunction),
            };
            if let Some(escape) = escapes.iter_mut().find(|escape| replaced.contains(escape))
                && take_last(&mut action.pipe)
            {
                *escape = by;
            }
        }
        action.escapes = escapes;
        Ok((Node::Action(action), context))
    }

    fn branch(
        &mut self,
        tree: &Tree,
        node: &Node,
        branch: &Branch,
        start: Context,
        keyword: &str,
    ) -> Result<(Branch, Context), Error> {
        let mut out = Branch { arms: Vec::with_capacity(branch.arms.len()), otherwise: None };
        let mut ends = Vec::new();
        for arm in &branch.arms {
            let (body, end) = self.list(tree, &arm.body, start)?;
            out.arms.push(crate::ast::Arm { pipe: arm.pipe.clone(), body });
            ends.push(end);
        }
        let mut end = start;
        if let Some(list) = &branch.otherwise {
            let escaped;
            (escaped, end) = self.list(tree, list, start)?;
            out.otherwise = Some(escaped);
        }
        for other in ends.into_iter().rev() {
            end = join(tree, node, other, end, keyword)?;
        }
        Ok((out, end))
    }

    fn range(&mut self, tree: &Tree, node: &Node, branch: &Branch, start: Context) -> Result<(Branch, Context), Error> {
        self.loops.push(Vec::new());
        let (out, end) = self.branch(tree, node, branch, start, "range")?;
        // The body may come again after itself, and after what was left early.
        let mut places = self.loops.pop().unwrap_or_default();
        if let Some(arm) = branch.arms.first() {
            self.loops.push(Vec::new());
            let (_, again) = self.list(tree, &arm.body, end)?;
            places.append(&mut self.loops.pop().unwrap_or_default());
            places.push(again);
        }
        let end = places.into_iter().try_fold(end, |end, place| join(tree, node, end, place, "range"))?;
        Ok((out, end))
    }
}

fn join(tree: &Tree, node: &Node, a: Context, b: Context, keyword: &str) -> Result<Context, Error> {
    a.join(b)
        .ok_or_else(|| error(tree, node, &format!("{{{{{keyword}}}}} branches end in different contexts: {a}, {b}")))
}

/// Takes the function that escapes away from the end of a pipeline, since it stands among the escapes then; whether that could be.
fn take_last(pipe: &mut Pipe) -> bool {
    if pipe.commands.len() > 1 {
        pipe.commands.pop();
        return true;
    }
    let Some(Command { words, .. }) = pipe.commands.first_mut() else { return false };
    match &mut **words {
        [Word::Function(ident), _, ..] => {
            ident.function = builtins::print();
            true
        }
        _ => false,
    }
}

/// The name of a function that escapes.
fn predefined(word: Option<&Word>) -> Option<&str> {
    match word {
        Some(Word::Function(ident)) => Some(ident.function.name()).filter(|name| matches!(*name, "html" | "urlquery")),
        _ => None,
    }
}

/// The name of a template in a place.
fn variant(name: &str, context: Context) -> Arc<str> {
    if context == Context::default() { name.into() } else { format!("{name}$html{context}").into() }
}

fn error(tree: &Tree, node: &Node, message: &str) -> Error {
    let before = tree.text.get(..node.pos() as usize).unwrap_or("");
    let line = 1 + before.matches('\n').count();
    let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
    Error::new(format!("html/template:{}:{line}:{column}: {message}", tree.source))
}
