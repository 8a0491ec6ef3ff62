//! Receivers: names, and the integrations by which they are reached.

use std::collections::BTreeMap;

use ::config::{Block, Position, Result};

use super::context::Context;
use super::field::Field as _;
use super::global::Global;
use super::receivers::{self, IntegrationConfig, Unfinished};

/// A receiver.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// Its name.
    pub name: String,
    /// Labels by which receivers can be chosen; `name` is always there.
    pub labels: BTreeMap<String, String>,
    /// By which ways it is told; none tells nobody.
    pub integrations: Vec<IntegrationConfig>,
}

/// A receiver that has not got its global defaults yet.
pub(super) struct UnfinishedReceiver {
    pub(super) name: String,
    pub(super) position: Position,
    labels: BTreeMap<String, String>,
    integrations: Vec<Unfinished>,
}

/// Reads the list of receivers.
///
/// # Errors
/// In upstream's words.
pub(super) fn read(block: &mut Block<'_>, context: &Context) -> Result<Vec<UnfinishedReceiver>> {
    block.blocks("receivers", "config.plain")?.into_iter().map(|receiver| read_one(receiver, context)).collect()
}

fn read_one(mut block: Block<'_>, context: &Context) -> Result<UnfinishedReceiver> {
    let name = block.text("name")?.unwrap_or_default().to_owned();
    let mut labels = <BTreeMap<String, String>>::read(&mut block, "labels", context)?.unwrap_or_default();
    let integrations = receivers::read(&mut block, context)?;
    let node = block.node();
    block.finish()?;
    if name.is_empty() {
        return Err(node.error("missing name in receiver"));
    }
    if labels.get("name").is_some_and(|label| *label != name) {
        return Err(node.error(format!("label name of receiver {name:?} must be the receiver's name")));
    }
    if let Some(label) = labels.keys().find(|label| label.is_empty()) {
        return Err(node.error(format!("invalid label name {label:?} in receiver {name:?}")));
    }
    labels.insert("name".to_owned(), name.clone());
    Ok(UnfinishedReceiver { name, position: node.position(), labels, integrations })
}

impl UnfinishedReceiver {
    /// Fills in what `global` says.
    ///
    /// # Errors
    /// In upstream's words.
    pub(super) fn finish(self, global: &Global) -> std::result::Result<Receiver, &'static str> {
        let UnfinishedReceiver { name, labels, integrations, .. } = self;
        let integrations =
            integrations.into_iter().map(|entry| entry.finish(global)).collect::<std::result::Result<_, _>>()?;
        Ok(Receiver { name, labels, integrations })
    }
}
