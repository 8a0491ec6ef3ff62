//! What the functions of an execution answer.

use std::cell::Cell;

use gotemplate::time::Time;
use gotemplate::{Args, Host, Templates, Value};

/// How deep route labels may name each other.
const MAX_DEPTH: usize = 10;

/// Answers `now`, `since` and `routeLabels`.
pub(super) struct RouteHost<'a> {
    pub(super) now: Time,
    /// The route's labels as templates, by name.
    pub(super) routes: &'a Templates,
    /// The notification, as route labels see it.
    pub(super) data: Value<'a>,
    /// How many of them are being filled in, one for the other.
    pub(super) depth: Cell<usize>,
}

/// The route's labels as templates, with the functions of others.
pub(super) fn route_templates(like: &Templates, labels: &[(String, String)]) -> Result<Templates, String> {
    let mut templates = like.clone();
    for (name, text) in labels {
        // An empty text would leave a template of the same name in its place.
        let text = if text.is_empty() { "{{\"\"}}" } else { text };
        templates.parse(&in_routes(name), text).map_err(|error| format!("route label {name}: {error}"))?;
    }
    Ok(templates)
}

/// Names that no template of a user's file has.
fn in_routes(name: &str) -> String {
    format!("\0route label\0{name}")
}

impl RouteHost<'_> {
    /// A route's label, filled in; empty if there is none.
    pub(super) fn label(&self, name: &str) -> Result<String, String> {
        let name = in_routes(name);
        if !self.routes.contains(&name) {
            return Ok(String::new());
        }
        if self.depth.get() >= MAX_DEPTH {
            return Err("route labels name each other".to_owned());
        }
        let mut out = String::new();
        self.depth.set(self.depth.get() + 1);
        let result = self.routes.execute_with(&name, self.data.clone(), self, &mut out);
        self.depth.set(self.depth.get() - 1);
        result.map(|()| out).map_err(|error| error.to_string())
    }
}

impl<'a> Host<'a> for RouteHost<'a> {
    fn call(&self, name: &str, args: &mut Args<'_, 'a>) -> Result<Value<'a>, String> {
        match name {
            "now" => Ok(self.now.clone().into()),
            "since" => Ok(self.now.since(&args.time(0)).into()),
            "routeLabels" => self.label(args.str(0)).map(Value::from),
            _ => Err(format!("unknown function {name}")),
        }
    }
}
