//! What a template looks at, without executing it.

use crate::ast::{Node, Pipe, Word};
use crate::parse::ROOT_VARIABLE;

/// The names of fields, each once; `None` if the dot or `$` is used as a whole, or goes to another template.
pub(crate) fn of_list(list: &[Node]) -> Option<Vec<&str>> {
    let mut names: Vec<&str> = Vec::new();
    let mut is_whole = false;
    visit(list, &mut |word| {
        let used = match word {
            Word::Field(field) => &*field.names,
            Word::Variable(variable) => {
                is_whole |= variable.fields.is_empty() && &*variable.name == ROOT_VARIABLE;
                &*variable.fields
            }
            Word::Dot(_) => {
                is_whole = true;
                &[]
            }
            _ => &[],
        };
        for name in used {
            if !names.contains(&&**name) {
                names.push(name);
            }
        }
    });
    (!is_whole).then_some(names)
}

/// Whether a function is called.
pub(crate) fn calls(list: &[Node], function: &str) -> bool {
    let mut is_called = false;
    visit(list, &mut |word| is_called |= matches!(word, Word::Function(ident) if ident.function.name() == function));
    is_called
}

fn visit<'a>(list: &'a [Node], see: &mut dyn FnMut(&'a Word)) {
    for node in list {
        match node {
            Node::Action(action) => visit_pipe(&action.pipe, see),
            Node::If(branch) | Node::With(branch) | Node::Range(branch) => {
                for arm in &branch.arms {
                    visit_pipe(&arm.pipe, see);
                    visit(&arm.body, see);
                }
                visit(branch.otherwise.as_deref().unwrap_or_default(), see);
            }
            Node::Template(call) => {
                if let Some(pipe) = &call.pipe {
                    visit_pipe(pipe, see);
                }
            }
            Node::Text(_) | Node::Break(_) | Node::Continue(_) => {}
        }
    }
}

fn visit_pipe<'a>(pipe: &'a Pipe, see: &mut dyn FnMut(&'a Word)) {
    for word in pipe.commands.iter().flat_map(|command| &command.words) {
        visit_word(word, see);
    }
}

fn visit_word<'a>(word: &'a Word, see: &mut dyn FnMut(&'a Word)) {
    see(word);
    match word {
        Word::Pipe(pipe) => visit_pipe(pipe, see),
        Word::Chain(chain) => visit_word(&chain.head, see),
        _ => {}
    }
}
