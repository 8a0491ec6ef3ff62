//! What the functions of an execution answer.

use std::cell::Cell;

use gotemplate::functions::query_result;
use gotemplate::time::Time;
use gotemplate::{Args, Host, Safe, Templates, Value};

/// Answers for rules.
pub(super) struct RuleHost<'a> {
    /// What a query gives.
    pub(super) samples: Vec<Value<'a>>,
    /// Templates by name, for HTML.
    pub(super) html: &'a [(String, Templates)],
}

/// When the cases are executed, in seconds since 1970.
pub(super) const NOW: f64 = 1_353_755_652.0;
const EXTERNAL_URL: &str = "http://testhost:9090/path/prefix";

impl<'a> Host<'a> for RuleHost<'a> {
    fn call(&self, name: &str, args: &mut Args<'_, 'a>) -> Result<Value<'a>, String> {
        match name {
            "query" => Ok(query_result(self.samples.clone())),
            "now" => Ok(Value::Float(NOW)),
            "externalURL" => Ok(EXTERNAL_URL.into()),
            "pathPrefix" => Ok("/path/prefix".into()),
            "tmpl" => {
                let called = args.str(0);
                let (name, templates) =
                    self.html.iter().find(|(name, _)| name == called).ok_or_else(|| format!("no template {called}"))?;
                let mut out = String::new();
                let data = args.take(1);
                templates.execute_with(name, data, self, &mut out).map_err(|error| error.to_string())?;
                Ok(Value::Safe(Safe::Html, out.into()))
            }
            _ => Err(format!("unknown function {name}")),
        }
    }
}

/// Answers for notifications.
pub(super) struct NotificationHost<'a> {
    pub(super) now: Time,
    /// The templates of route labels, by name.
    pub(super) route_labels: &'a Templates,
    pub(super) data: Value<'a>,
    /// How many route labels are being rendered, one for the other.
    pub(super) depth: Cell<usize>,
}

/// How deep route labels may name each other.
const MAX_DEPTH: usize = 10;

impl<'a> Host<'a> for NotificationHost<'a> {
    fn call(&self, name: &str, args: &mut Args<'_, 'a>) -> Result<Value<'a>, String> {
        match name {
            "now" => Ok(self.now.clone().into()),
            "since" => Ok(self.now.since(&args.time(0)).into()),
            "routeLabels" if !self.route_labels.contains(args.str(0)) => Ok("".into()),
            "routeLabels" if self.depth.get() >= MAX_DEPTH => Err("route labels name each other".to_owned()),
            "routeLabels" => {
                let mut out = String::new();
                self.depth.set(self.depth.get() + 1);
                let result = self.route_labels.execute_with(args.str(0), self.data.clone(), self, &mut out);
                self.depth.set(self.depth.get() - 1);
                result.map(|()| out.into()).map_err(|error| error.to_string())
            }
            _ => Err(format!("unknown function {name}")),
        }
    }
}
