//! Templates for HTML: each value is escaped as the place wants it in which it stands, as `html/template` does.

pub(crate) mod context;
mod filter;
mod transition;
mod tree;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::ast::Tree;
use crate::error::Error;
use crate::html::context::Escape;
use crate::value::Value;

/// The template of a name and all that it calls, with escaping; templates called in several places have a variant for each.
///
/// # Errors
/// Where values stand in a place that has no escaping here, or the text is no HTML that can be followed.
pub(crate) fn escape(
    trees: &BTreeMap<Arc<str>, Arc<Tree>>,
    name: &str,
) -> Result<BTreeMap<Arc<str>, Arc<Tree>>, Error> {
    tree::escape(trees, name)
}

/// A value as text that went through some escapes.
///
/// # Errors
/// When the value is too large to print.
pub(crate) fn escape_value<'a>(value: Value<'a>, escapes: &[Escape]) -> Result<Cow<'a, str>, String> {
    filter::apply(value, escapes)
}
