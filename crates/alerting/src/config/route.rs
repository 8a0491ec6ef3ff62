//! The tree of routes, as the file writes it.

use ::config::{Block, Position, Result};

use model::labels::Quoted;

use super::context::Context;
use super::field::{Field, Nested, PromDuration, nested_fields};
use super::matchers::{self, Keys};
use crate::matcher::MatcherSet;

/// A node of the tree. What is absent comes from the parent, or has a default at the root.
#[derive(Clone, Debug)]
pub struct Route {
    /// Who is told.
    pub receiver: Option<String>,
    /// By which labels alerts are grouped.
    pub group_by: Option<GroupBy>,
    /// Which alerts come here.
    pub matchers: MatcherSet,
    /// Whether siblings behind this one are asked as well.
    pub continues: bool,
    /// Labels of the route itself, as templates.
    pub labels: Vec<(String, String)>,
    /// How long a new group waits for more alerts.
    pub group_wait: Option<PromDuration>,
    /// How long a group waits between two looks at it.
    pub group_interval: Option<PromDuration>,
    /// After how long an unchanged group is told of again.
    pub repeat_interval: Option<PromDuration>,
    /// Times at which nothing is told.
    pub mute_time_intervals: Vec<String>,
    /// Times outside of which nothing is told.
    pub active_time_intervals: Vec<String>,
    /// The children, asked in this order.
    pub routes: Vec<Route>,
    /// Where it stands in the file.
    pub position: Position,
}

/// By which labels alerts are grouped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupBy {
    /// By all of them: each alert is a group of its own.
    All,
    /// By these; by none, all alerts of the route are one group.
    Labels(Vec<String>),
}

const MATCHERS: Keys = Keys { equal: "match", regex: "match_re", list: "matchers" };

nested_fields!(Route);

impl Nested for Route {
    const GO_TYPE: &'static str = "config.plain";

    fn read(block: &mut Block<'_>, context: &Context) -> Result<Route> {
        let receiver = block.text("receiver")?.filter(|name| !name.is_empty()).map(ToOwned::to_owned);
        let matchers = MatcherSet::new(matchers::read(block, &MATCHERS, context)?);
        let routes = <Vec<Route> as Field>::read(block, "routes", context)?.unwrap_or_default();
        let route = Route {
            receiver,
            group_by: group_by(block, context)?,
            matchers,
            continues: block.boolean("continue")?.unwrap_or(false),
            labels: labels(block, context)?,
            group_wait: <PromDuration as Field>::read(block, "group_wait", context)?,
            group_interval: positive(block, "group_interval", context)?,
            repeat_interval: positive(block, "repeat_interval", context)?,
            mute_time_intervals: block.texts("mute_time_intervals")?,
            active_time_intervals: block.texts("active_time_intervals")?,
            routes,
            position: block.node().position(),
        };
        Ok(route)
    }
}

fn positive(block: &mut Block<'_>, key: &str, context: &Context) -> Result<Option<PromDuration>> {
    let duration = <PromDuration as Field>::read(block, key, context)?;
    if duration.is_some_and(|duration| duration.ms == 0) {
        return Err(block.node().error(format!("{key} cannot be zero")));
    }
    Ok(duration)
}

fn group_by(block: &mut Block<'_>, context: &Context) -> Result<Option<GroupBy>> {
    let Some(node) = block.get("group_by") else { return Ok(None) };
    let mut names: Vec<String> = Vec::new();
    let mut is_all = false;
    for item in node.items("[]string")? {
        let name = item.text()?;
        if name == "..." {
            is_all = true;
        } else if !context.syntax.is_label_name(name) {
            return Err(item.error(format!("invalid label name {} in group_by list", Quoted(name))));
        } else if is_duplicate(&names, name) {
            return Err(item.error(format!("duplicated label {} in group_by", Quoted(name))));
        } else {
            names.push(name.to_owned());
        }
    }
    match (is_all, names.is_empty()) {
        (true, true) => Ok(Some(GroupBy::All)),
        (true, false) => Err(node.error("cannot have wildcard group_by (`...`) and other labels at the same time")),
        (false, _) => Ok(Some(GroupBy::Labels(names))),
    }
}

fn is_duplicate(names: &[String], name: &str) -> bool {
    names.iter().any(|known| known == name)
}

fn labels(block: &mut Block<'_>, context: &Context) -> Result<Vec<(String, String)>> {
    let mut labels = Vec::new();
    for (entry, template) in block.text_map("labels")? {
        if !context.syntax.is_label_name(&entry.key) {
            let why = format!("invalid label name {} in route labels", Quoted(&entry.key));
            return Err(entry.value.error(why));
        }
        labels.push((entry.key.clone(), template.to_owned()));
    }
    Ok(labels)
}
