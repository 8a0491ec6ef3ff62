//! Reading rules from a configuration file.

use config::Block;
use model::labels::QuotedString;

use crate::action::Action;
use crate::error::InvalidRule;
use crate::rule::{NameScheme, Rule, RuleParts};

/// Reads the list of rules under a key; empty when it is absent.
///
/// # Errors
/// With the place of the rule that is refused, in Prometheus' words.
pub fn read(block: &mut Block<'_>, key: &str, scheme: NameScheme) -> config::Result<Vec<Rule>> {
    block.blocks(key, "relabel.Config")?.into_iter().map(|rule| read_rule(rule, scheme)).collect()
}

fn read_rule(mut block: Block<'_>, scheme: NameScheme) -> config::Result<Rule> {
    let action = match block.get("action") {
        None => Action::default(),
        Some(node) => {
            let name = node.text()?;
            let unknown = || node.error(InvalidRule::UnknownAction(QuotedString(name.to_lowercase())).to_string());
            Action::named(name).ok_or_else(unknown)?
        }
    };
    let source_labels = block.texts("source_labels")?;
    let parts = RuleParts {
        source_labels: (!source_labels.is_empty()).then_some(source_labels),
        separator: block.text("separator")?.map(ToOwned::to_owned),
        regex: block.text("regex")?.map(ToOwned::to_owned),
        modulus: block.unsigned("modulus")?.unwrap_or(0),
        target_label: block.text("target_label")?.unwrap_or_default().to_owned(),
        replacement: block.text("replacement")?.map(ToOwned::to_owned),
        action,
    };
    let node = block.node();
    block.finish()?;
    Rule::new(parts, scheme).map_err(|error| node.error(error.to_string()))
}
