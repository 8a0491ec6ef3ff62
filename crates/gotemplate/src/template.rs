//! Sets of templates, which call each other by name.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::ast::{self, Tree};
use crate::error::Error;
use crate::exec::{Lookup, MissingKey, Settings, State};
use crate::fmt::quote::quote;
use crate::function::{Functions, Host, NoHost};
use crate::html;
use crate::limits::Limits;
use crate::parse;
use crate::time::Zone;
use crate::value::Value;

/// Templates by name, with the functions that they may call. Cloning shares what was parsed.
#[derive(Clone, Debug)]
pub struct Templates {
    functions: Arc<Functions>,
    trees: BTreeMap<Arc<str>, Arc<Tree>>,
    settings: Settings,
}

impl Templates {
    /// No templates yet.
    #[must_use]
    pub fn new(functions: Arc<Functions>) -> Templates {
        let settings = Settings { missing_key: MissingKey::default(), limits: Limits::default(), local: Zone::Utc };
        Templates { functions, trees: BTreeMap::new(), settings }
    }

    /// Sets what a key gives that is not in a map.
    #[must_use]
    pub fn missing_key(mut self, missing_key: MissingKey) -> Templates {
        self.settings.missing_key = missing_key;
        self
    }

    /// Sets an option by its text: `missingkey=zero`.
    ///
    /// # Errors
    /// When there is no such option.
    pub fn option(mut self, option: &str) -> Result<Templates, Error> {
        self.settings.missing_key = match option {
            "missingkey=default" | "missingkey=invalid" => MissingKey::NoValue,
            "missingkey=zero" => MissingKey::Zero,
            "missingkey=error" => MissingKey::Error,
            _ => return Err(Error::new(format!("unrecognized option: {option}"))),
        };
        Ok(self)
    }

    /// Sets what an execution may use.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Templates {
        self.settings.limits = limits;
        self
    }

    /// Sets the zone of local times.
    #[must_use]
    pub fn local(mut self, zone: Zone) -> Templates {
        self.settings.local = zone;
        self
    }

    /// Parses a text and adds the templates that it defines: what is outside of all definitions under the name given.
    /// A template replaces one of the same name, unless it is empty.
    ///
    /// # Errors
    /// What is wrong with the text; then nothing is added.
    pub fn parse(&mut self, name: &str, text: &str) -> Result<(), Error> {
        for tree in parse::parse(name, text, &self.functions)? {
            if ast::is_empty(&tree.root) && self.trees.contains_key(&tree.name) {
                continue;
            }
            self.trees.insert(Arc::clone(&tree.name), Arc::new(tree));
        }
        Ok(())
    }

    /// Whether there is a template of a name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.trees.contains_key(name)
    }

    /// The names of all templates, sorted.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.trees.keys().map(|name| &**name).collect()
    }

    /// The names of the fields that a template uses, each once: `level` of `{{.level}}`. `None` if it may use any: it uses the
    /// dot as a whole, or calls another template.
    #[must_use]
    pub fn field_names(&self, name: &str) -> Option<Vec<&str>> {
        self.trees.get(name).map_or_else(|| Some(Vec::new()), |tree| crate::fields::of_list(&tree.root))
    }

    /// Whether a template calls a function.
    #[must_use]
    pub fn calls(&self, name: &str, function: &str) -> bool {
        self.trees.get(name).is_some_and(|tree| crate::fields::calls(&tree.root, function))
    }

    /// Executes a template on some data and appends what it writes. After an error, what was written before stays.
    ///
    /// # Errors
    /// When there is no such template, or it fails on the data.
    pub fn execute<'a>(&'a self, name: &str, data: Value<'a>, out: &mut String) -> Result<(), Error> {
        self.execute_with(name, data, &NoHost, out)
    }

    /// As `execute`, with answers for the functions that the host of an execution has.
    ///
    /// # Errors
    /// When there is no such template, or it fails on the data.
    pub fn execute_with<'a>(
        &'a self,
        name: &str,
        data: Value<'a>,
        host: &dyn Host<'a>,
        out: &mut String,
    ) -> Result<(), Error> {
        let tree = self.trees.get(name).ok_or_else(|| not_found(name))?;
        State::new(self, tree, &self.settings, host, out).run(data)
    }

    /// A template, and all that it calls, made safe for HTML: values are escaped as the place wants it where they stand.
    ///
    /// # Errors
    /// When there is no such template, when the text is no HTML that can be followed, or where a value stands in a place for
    /// which no escaping is built: a script, a style, an unquoted attribute, a tag or attribute name.
    pub fn to_html(&self, name: &str) -> Result<Templates, Error> {
        if !self.trees.contains_key(name) {
            return Err(not_found(name));
        }
        let trees = html::escape(&self.trees, name)?;
        Ok(Templates { functions: Arc::clone(&self.functions), trees, settings: self.settings.clone() })
    }
}

fn not_found(name: &str) -> Error {
    Error::new(format!("template: no template {} associated with template {}", quote(name), quote(name)))
}

impl Lookup for Templates {
    fn tree(&self, name: &str) -> Option<&Tree> {
        self.trees.get(name).map(|tree| &**tree)
    }
}
