//! Matchers as the file writes them: lists of texts, and the older maps.

use ::config::{Block, Result};

use model::MatchOp;
use model::labels::{Quoted, is_legacy_label_name};

use super::context::Context;
use crate::matcher::Matcher;

/// The keys under which matchers of one side stand.
pub(super) struct Keys {
    /// Label and value.
    pub(super) equal: &'static str,
    /// Label and pattern.
    pub(super) regex: &'static str,
    /// A list in the newer syntax.
    pub(super) list: &'static str,
}

/// All matchers of one side.
///
/// # Errors
/// In upstream's words.
pub(super) fn read(block: &mut Block<'_>, keys: &Keys, context: &Context) -> Result<Vec<Matcher>> {
    let mut matchers = Vec::new();
    for (entry, value) in block.text_map(keys.equal)? {
        check_name(block, &entry.key)?;
        matchers.push(Matcher::equal(&entry.key, value));
    }
    for (entry, pattern) in block.text_map(keys.regex)? {
        check_name(block, &entry.key)?;
        if entry.value.is_null() {
            return Err(entry.value.error(format!("invalid regexp value for {}", Quoted(&entry.key))));
        }
        // Upstream keeps these anchored, and shows them so.
        let matcher = Matcher::new(MatchOp::Regex, &entry.key, &format!("^(?:{pattern})$"));
        matchers.push(matcher.map_err(|error| entry.value.error(error.to_string()))?);
    }
    matchers.extend(list(block, keys.list, context)?);
    Ok(matchers)
}

/// A list in the newer syntax.
///
/// # Errors
/// In upstream's words.
pub(super) fn list(block: &mut Block<'_>, key: &str, context: &Context) -> Result<Vec<Matcher>> {
    let mut matchers = Vec::new();
    let items = block.get(key).map_or(Ok(&[][..]), |node| node.items("[]string"))?;
    for item in items {
        let text = item.text()?;
        matchers.extend(context.syntax.parse_matchers(text).map_err(|error| item.error(error))?);
        if let Some(warning) = context.syntax.disagreement(text) {
            context.warn(item, &warning);
        }
    }
    Ok(matchers)
}

/// The older maps take classic names only.
fn check_name(block: &Block<'_>, name: &str) -> Result<()> {
    if is_legacy_label_name(name) {
        return Ok(());
    }
    Err(block.node().error(format!("invalid label name {}", Quoted(name))))
}
