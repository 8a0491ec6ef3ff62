//! Rules by which alerts are kept back while others fire.

use ::config::{Block, Result};

use model::labels::Quoted;

use super::context::Context;
use super::field::{Nested, nested_fields};
use super::matchers::{self, Keys};
use crate::matcher::MatcherSet;

/// A rule: while all its sources have an alert that fires, targets are kept back.
#[derive(Clone, Debug)]
pub struct InhibitRule {
    /// A name for people; may be empty.
    pub name: String,
    /// What has to fire; at least one.
    pub sources: Vec<InhibitSource>,
    /// What is kept back.
    pub targets: MatcherSet,
}

/// Alerts that keep others back.
#[derive(Clone, Debug)]
pub struct InhibitSource {
    /// Which they are.
    pub matchers: MatcherSet,
    /// Labels whose values source and target must share; an absent one is as good as an empty one.
    pub equal: Vec<String>,
}

const SOURCES: Keys = Keys { equal: "source_match", regex: "source_match_re", list: "source_matchers" };
const TARGETS: Keys = Keys { equal: "target_match", regex: "target_match_re", list: "target_matchers" };

nested_fields!(InhibitRule, InhibitSource);

impl Nested for InhibitRule {
    const GO_TYPE: &'static str = "common.plain";

    fn read(block: &mut Block<'_>, context: &Context) -> Result<InhibitRule> {
        let name = block.text("name")?.unwrap_or_default().to_owned();
        let matchers = MatcherSet::new(matchers::read(block, &SOURCES, context)?);
        let targets = MatcherSet::new(matchers::read(block, &TARGETS, context)?);
        let equal = equal(block, "equal list", context)?;
        let mut sources = Vec::new();
        for (i, source) in block.blocks("sources", InhibitSource::GO_TYPE)?.into_iter().enumerate() {
            let node = source.node();
            let source = InhibitSource::whole(source, context)?;
            if source.matchers.is_empty() {
                return Err(node.error(format!("source {i}: matchers must not be empty")));
            }
            if source.matchers.as_slice().iter().all(|matcher| matcher.matches("")) {
                return Err(node.error(format!("source {i}: at least one matcher must not match the empty string")));
            }
            sources.push(source);
        }
        if sources.is_empty() {
            sources.push(InhibitSource { matchers, equal });
        } else if !matchers.is_empty() || !equal.is_empty() {
            let why = "sources cannot be combined with source_match, source_match_re, source_matchers, or equal";
            return Err(block.node().error(why));
        }
        Ok(InhibitRule { name, sources, targets })
    }
}

impl Nested for InhibitSource {
    const GO_TYPE: &'static str = "common.InhibitRuleSource";

    fn read(block: &mut Block<'_>, context: &Context) -> Result<InhibitSource> {
        let matchers = MatcherSet::new(matchers::list(block, "matchers", context)?);
        Ok(InhibitSource { matchers, equal: equal(block, "source equal list", context)? })
    }
}

fn equal(block: &mut Block<'_>, what: &str, context: &Context) -> Result<Vec<String>> {
    let names = block.texts("equal")?;
    match names.iter().find(|name| !context.syntax.is_label_name(name)) {
        Some(name) => Err(block.node().error(format!("invalid label name {} in {what}", Quoted(name)))),
        None => Ok(names),
    }
}
