//! `alertmanager.yml`: read as strictly as upstream reads it, with upstream's refusals.

mod address;
mod context;
mod duration;
mod field;
mod global;
mod http;
mod inhibit;
mod matchers;
mod receiver;
pub mod receivers;
mod route;
mod secret;
mod show;
mod template;
mod time_interval;
mod url;

use std::collections::BTreeSet;
use std::sync::Arc;

use ::config::{Block, Error, Node, Report, Result};

use model::labels::Quoted;

use crate::matcher::Syntax;
use context::Context;
use field::Field as _;
use receiver::UnfinishedReceiver;
use time_interval::NamedTimes;

pub use address::HostPort;
pub use field::{Any, PromDuration};
pub use global::Global;
pub use http::{Authorization, BasicAuth, HeaderValues, HttpConfig, OAuth2, ProxyUrl, TlsConfig};
pub use inhibit::{InhibitRule, InhibitSource};
pub use receiver::Receiver;
pub use receivers::{IntegrationConfig, Settings};
pub use route::{GroupBy, Route};
pub use secret::{SECRET, Secret, SecretTemplateUrl, SecretUrl, Source};
pub use time_interval::{TimeIntervals, read_intervals, read_time_range};
pub use url::Url;

/// A configuration that makes sense.
#[derive(Clone, Debug)]
pub struct Config {
    /// Defaults of all receivers.
    pub global: Global,
    /// The root of the routes; it has a receiver.
    pub route: Route,
    /// Who can be told.
    pub receivers: Vec<Receiver>,
    /// Which alerts keep others back.
    pub inhibit_rules: Vec<InhibitRule>,
    /// Files of templates, as patterns of names.
    pub templates: Vec<String>,
    /// Named times.
    pub time_intervals: TimeIntervals,
    /// The file with its secrets hidden.
    pub shown: String,
    /// What is taken, but not as everybody would read it; with places, for the log.
    pub warnings: Vec<String>,
}

/// Reads a configuration. `file` is the name that errors show; what became of each key goes to the report.
///
/// # Errors
/// At the first thing that upstream would refuse, in its words, with the place.
pub fn load(file: &str, text: &str, syntax: Syntax, report: &Report) -> Result<Config> {
    let root = ::config::parse(file, text)?;
    read(&root, syntax, report)
}

/// Reads a single route tree, for tests of routes alone.
///
/// # Errors
/// As for a whole file.
pub fn load_route(root: &Node, syntax: Syntax) -> Result<Route> {
    let report = Report::new();
    let block = Block::root(root, "config.plain", &report)?;
    <Route as field::Nested>::whole(block, &Context::new(syntax))
}

fn read(root: &Node, syntax: Syntax, report: &Report) -> Result<Config> {
    let context = Context::new(syntax);
    let mut block = Block::root(root, "config.plain", report)?;
    if root.is_null() {
        return Err(root.error("no route provided in config"));
    }
    let global = Global::read_or_standard(&mut block, &context)?;
    let route = <Option<Route>>::read(&mut block, "route", &context)?.flatten();
    let inhibit_rules = <Vec<InhibitRule>>::read(&mut block, "inhibit_rules", &context)?.unwrap_or_default();
    let receivers = receiver::read(&mut block, &context)?;
    let templates = block.texts("templates")?;
    let named_times = time_interval::read(&mut block)?;
    block.ignored("tracing", "there is nothing to trace to");
    block.not_built("event_recorder", "events are not recorded");
    block.finish()?;
    let receivers = finish_receivers(root, receivers, &global)?;
    let route = route.ok_or_else(|| root.error("no routes provided"))?;
    check_root(root, &route)?;
    let names = receivers.iter().map(|receiver| receiver.name.as_str()).collect();
    check_receivers(root, &route, &names)?;
    let time_intervals = unique_times(named_times)?;
    check_times(root, &route, &time_intervals)?;
    if route.continues {
        return Err(at(root, &route, "cannot have continue in root route"));
    }
    let (hidden, warnings) = context.into_parts();
    let shown = show::show(root, &hidden);
    Ok(Config { global, route, receivers, inhibit_rules, templates, time_intervals, shown, warnings })
}

fn finish_receivers(root: &Node, receivers: Vec<UnfinishedReceiver>, global: &Global) -> Result<Vec<Receiver>> {
    let mut finished: Vec<Receiver> = Vec::with_capacity(receivers.len());
    for receiver in receivers {
        let position = receiver.position;
        let error = |why: String| error_at(root, position, why);
        if finished.iter().any(|other| other.name == receiver.name) {
            return Err(error(format!("notification config name {} is not unique", Quoted(&receiver.name))));
        }
        finished.push(receiver.finish(global).map_err(|why| error(why.to_owned()))?);
    }
    Ok(finished)
}

fn check_root(root: &Node, route: &Route) -> Result<()> {
    let why = if route.receiver.is_none() {
        "root route must specify a default receiver"
    } else if !route.matchers.is_empty() {
        "root route must not have any matchers"
    } else if !route.mute_time_intervals.is_empty() {
        "root route must not have any mute time intervals"
    } else if !route.active_time_intervals.is_empty() {
        "root route must not have any active time intervals"
    } else {
        return Ok(());
    };
    Err(at(root, route, why))
}

fn check_receivers(root: &Node, route: &Route, names: &BTreeSet<&str>) -> Result<()> {
    route.routes.iter().try_for_each(|child| check_receivers(root, child, names))?;
    match &route.receiver {
        Some(name) if !names.contains(name.as_str()) => {
            Err(at(root, route, format!("undefined receiver {} used in route", Quoted(name))))
        }
        _ => Ok(()),
    }
}

fn unique_times(named: Vec<NamedTimes>) -> Result<TimeIntervals> {
    let mut times = TimeIntervals::new();
    for NamedTimes { name, intervals, node, what } in named {
        if times.contains_key(&name) {
            return Err(node.error(format!("{what} {} is not unique", Quoted(&name))));
        }
        times.insert(name, intervals);
    }
    Ok(times)
}

fn check_times(root: &Node, route: &Route, times: &TimeIntervals) -> Result<()> {
    route.routes.iter().try_for_each(|child| check_times(root, child, times))?;
    let mut used = route.active_time_intervals.iter().chain(&route.mute_time_intervals);
    match used.find(|name| !times.contains_key(*name)) {
        Some(name) => Err(at(root, route, format!("undefined time interval {} used in route", Quoted(name)))),
        None => Ok(()),
    }
}

fn at(root: &Node, route: &Route, why: impl Into<String>) -> Error {
    error_at(root, route.position, why)
}

fn error_at(root: &Node, position: ::config::Position, why: impl Into<String>) -> Error {
    let file = Arc::clone(root.file());
    Error::new(&file, Some(position), why)
}
