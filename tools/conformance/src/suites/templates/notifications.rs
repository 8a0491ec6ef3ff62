//! Cases of notifications' templates, which may call Alertmanager's own templates.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;

use gotemplate::functions::{Zones, alertmanager};
use gotemplate::time::{Time, Zone};
use gotemplate::{Functions, MissingKey, Templates};

use super::host::{NOW, NotificationHost};
use super::{Case, data, patterns};

/// Knows UTC only: the cases name no zone that exists otherwise.
struct UtcOnly;

impl Zones for UtcOnly {
    fn zone(&self, name: &str) -> Option<Zone> {
        matches!(name, "" | "UTC").then_some(Zone::Utc)
    }
}

pub(super) fn check(case: &Case<'_>, folder: &Path) -> Result<(), String> {
    let mut functions = Functions::new();
    alertmanager(&mut functions, &patterns(), Arc::new(UtcOnly));
    let mut templates = Templates::new(Arc::new(functions)).missing_key(MissingKey::Zero);
    let mut labels = templates.clone();
    for file in ["default.tmpl", "email.tmpl"] {
        let text = std::fs::read_to_string(folder.join("template").join(file)).map_err(|error| error.to_string())?;
        templates.parse("", &text).map_err(|error| format!("{file}: {error}"))?;
    }
    for (name, text) in data::route_labels(case.get("data")) {
        labels.parse(name, text).map_err(|error| error.to_string())?;
    }
    if let Err(error) = templates.parse("", case.text("template")) {
        return case.judge(Err(error.to_string()));
    }
    if case.is_html() {
        templates = templates.to_html("").map_err(|error| error.to_string())?;
    }
    let data = data::of_node(case.get("data"))?;
    let now = Time::from_unix(NOW as i64, 0);
    let host = NotificationHost { now, route_labels: &labels, data: data.clone(), depth: Cell::new(0) };
    let mut out = String::new();
    let result = templates.execute_with("", data, &host, &mut out);
    case.judge(result.map(|()| out).map_err(|error| error.to_string()))
}
