//! Reading one block of a file key by key.

use crate::error::{Error, Result};
use crate::node::{Entry, Node};
use crate::report::{Fate, Notice, Report};

/// A mapping that is being read. Keys are asked for by name; [`finish`](Block::finish) refuses those that nobody asked for.
#[derive(Debug)]
pub struct Block<'n> {
    node: &'n Node,
    entries: &'n [Entry],
    asked: Vec<bool>,
    go_type: &'static str,
    path: String,
    report: &'n Report,
}

impl<'n> Block<'n> {
    /// Begins with the root of a file. Upstream's name of the type is shown in refusals.
    ///
    /// # Errors
    /// When the node is not a mapping.
    pub fn root(node: &'n Node, go_type: &'static str, report: &'n Report) -> Result<Block<'n>> {
        Block::open(node, go_type, String::new(), report)
    }

    fn open(node: &'n Node, go_type: &'static str, path: String, report: &'n Report) -> Result<Block<'n>> {
        let entries = node.entries(go_type)?;
        Ok(Block { node, entries, asked: vec![false; entries.len()], go_type, path, report })
    }

    /// The mapping itself, for errors about it as a whole.
    #[must_use]
    pub fn node(&self) -> &'n Node {
        self.node
    }

    /// The value of a key, which is thereby honoured; `None` when it is absent or null.
    pub fn get(&mut self, key: &str) -> Option<&'n Node> {
        let entry = self.take(key, Fate::Honoured)?;
        (!entry.value.is_null()).then_some(&entry.value)
    }

    /// A text.
    ///
    /// # Errors
    /// When the value is a list or map.
    pub fn text(&mut self, key: &str) -> Result<Option<&'n str>> {
        self.get(key).map(Node::text).transpose()
    }

    /// A boolean.
    ///
    /// # Errors
    /// When the value is anything else.
    pub fn boolean(&mut self, key: &str) -> Result<Option<bool>> {
        self.get(key).map(Node::boolean).transpose()
    }

    /// A whole number that is not negative.
    ///
    /// # Errors
    /// When the value is anything else.
    pub fn unsigned(&mut self, key: &str) -> Result<Option<u64>> {
        self.get(key).map(Node::unsigned).transpose()
    }

    /// A list of texts; empty when absent.
    ///
    /// # Errors
    /// When the value is anything else.
    pub fn texts(&mut self, key: &str) -> Result<Vec<String>> {
        let items = self.get(key).map_or(Ok(&[][..]), |node| node.items("[]string"))?;
        items.iter().map(|item| item.text().map(ToOwned::to_owned)).collect()
    }

    /// A map of texts in the order of the file; empty when absent.
    ///
    /// # Errors
    /// When the value is anything else.
    pub fn text_map(&mut self, key: &str) -> Result<Vec<(&'n Entry, &'n str)>> {
        let entries = self.get(key).map_or(Ok(&[][..]), |node| node.entries("map[string]string"))?;
        entries.iter().map(|entry| Ok((entry, entry.value.text()?))).collect()
    }

    /// A block within this one.
    ///
    /// # Errors
    /// When the value is not a mapping.
    pub fn block(&mut self, key: &str, go_type: &'static str) -> Result<Option<Block<'n>>> {
        let path = self.path_of(key);
        let open = |node| Block::open(node, go_type, path, self.report);
        self.take(key, Fate::Honoured).map(|entry| &entry.value).filter(|node| !node.is_null()).map(open).transpose()
    }

    /// A list of blocks; empty when absent.
    ///
    /// # Errors
    /// When the value is not a list of mappings.
    pub fn blocks(&mut self, key: &str, go_type: &'static str) -> Result<Vec<Block<'n>>> {
        let path = self.path_of(key);
        let items = self.get(key).map_or(Ok(&[][..]), |node| node.items(&format!("[]{go_type}")))?;
        let open = |(i, item)| Block::open(item, go_type, format!("{path}[{i}]"), self.report);
        items.iter().enumerate().map(open).collect()
    }

    /// Passes over a key that has no meaning here, and says why. Whether it was there.
    pub fn ignored(&mut self, key: &str, why: &str) -> bool {
        self.take(key, Fate::Ignored(why.to_owned())).is_some()
    }

    /// Passes over a key that this version does not run, and says what that means. Whether it was there.
    pub fn not_built(&mut self, key: &str, meaning: &str) -> bool {
        self.take(key, Fate::NotBuilt(meaning.to_owned())).is_some()
    }

    /// Refuses the keys that nobody asked for.
    ///
    /// # Errors
    /// At the first of them, in the words of upstream's strict YAML.
    pub fn finish(self) -> Result<()> {
        let unknown = self.entries.iter().zip(&self.asked).find(|(_, asked)| !**asked);
        match unknown {
            None => Ok(()),
            Some((Entry { key, position, .. }, _)) => {
                let message = format!("field {key} not found in type {}", self.go_type);
                Err(Error::new(&self.node.file, Some(*position), message))
            }
        }
    }

    fn take(&mut self, key: &str, fate: Fate) -> Option<&'n Entry> {
        let index = self.entries.iter().position(|entry| entry.key == key)?;
        let entry = self.entries.get(index)?;
        if let Some(asked @ false) = self.asked.get_mut(index) {
            *asked = true;
            let key = self.path_of(key);
            self.report.add(Notice { file: self.node.file.clone(), position: entry.position, key, fate });
        }
        Some(entry)
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}
