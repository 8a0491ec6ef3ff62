//! The user's templates, executed on a notification.

mod data;
mod host;
mod labels;
mod structure;

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

use gotemplate::functions::{Patterns, Zones, alertmanager};
use gotemplate::time::{Time, Zone};
use gotemplate::{Functions, MissingKey, Templates};
use jiff::tz::TimeZone;
use model::Notification;

use host::{RouteHost, route_templates};
pub use structure::json_of;

/// What the defaults of the configuration name, in words of our own. Templates of the user's with the same names replace them.
const STANDARD: &str = include_str!("template/standard.tmpl");
/// The same for mail.
const EMAIL: &str = include_str!("template/email.tmpl");

/// The name of what stands in files outside of all definitions, which nothing executes.
const OUTSIDE: &str = "\0outside";

/// Puts notifications into words, with the functions and the data of Alertmanager's templates.
#[derive(Clone)]
pub struct Templater {
    templates: Templates,
    /// What the user's texts define, without what is standard.
    added: Templates,
    external_url: String,
}

impl Templater {
    /// Templates without any named ones. `external_url` is where this process is reached from outside, `local` the zone of local times.
    #[must_use]
    pub fn new(external_url: &str, local: TimeZone) -> Templater {
        let mut functions = Functions::new();
        let patterns: Arc<dyn Patterns> = Arc::new(GoPatterns);
        alertmanager(&mut functions, &patterns, Arc::new(Database { local: local.clone() }));
        let added = Templates::new(Arc::new(functions)).missing_key(MissingKey::Zero).local(Zone::Named(local));
        let mut templates = added.clone();
        // The text is our own and a test executes all of it.
        templates.parse(OUTSIDE, STANDARD).ok();
        templates.parse(OUTSIDE, EMAIL).ok();
        Templater { templates, added, external_url: external_url.trim_end_matches('/').to_owned() }
    }

    /// Adds the templates of a file.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn add(&mut self, text: &str) -> Result<(), String> {
        self.templates
            .parse(OUTSIDE, text)
            .and_then(|()| self.added.parse(OUTSIDE, text))
            .map_err(|error| error.to_string())
    }

    /// Whether a template of a name was added; what is standard does not count.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.added.contains(name)
    }

    /// Where this process is reached from outside, without a slash at the end.
    #[must_use]
    pub fn external_url(&self) -> &str {
        &self.external_url
    }

    /// A text of the configuration as plain text.
    ///
    /// # Errors
    /// When the text is no template, or fails on the notification.
    pub fn text(&self, text: &str, receiver: &str, notification: &Notification) -> Result<String, String> {
        self.execute(text, receiver, notification, false)
    }

    /// A text of the configuration as HTML: what it inserts is escaped.
    ///
    /// # Errors
    /// As for `text`, and when it inserts where no escaping is built.
    pub(crate) fn html(&self, text: &str, receiver: &str, notification: &Notification) -> Result<String, String> {
        self.execute(text, receiver, notification, true)
    }

    fn execute(&self, text: &str, receiver: &str, notification: &Notification, html: bool) -> Result<String, String> {
        if text.is_empty() {
            return Ok(String::new());
        }
        let mut templates = self.templates.clone();
        templates.parse("", text).map_err(|error| error.to_string())?;
        if html && templates.contains("") {
            templates = templates.to_html("").map_err(|error| error.to_string())?;
        }
        let routes = route_templates(&self.templates, &notification.route_labels)?;
        let host = self.host(&routes, receiver, notification);
        let filled = filled(&host, notification)?;
        let whole = data::of(receiver, &self.external_url, notification, filled);
        let mut out = String::new();
        templates.execute_with("", whole, &host, &mut out).map_err(|error| error.to_string())?;
        Ok(out)
    }

    /// The labels of the route, filled in.
    ///
    /// # Errors
    /// When one of them is no template, or fails on the notification.
    pub fn route_labels<'n>(
        &self,
        receiver: &str,
        notification: &'n Notification,
    ) -> Result<Vec<(&'n str, String)>, String> {
        let routes = route_templates(&self.templates, &notification.route_labels)?;
        filled(&self.host(&routes, receiver, notification), notification)
    }

    fn host<'a>(&'a self, routes: &'a Templates, receiver: &str, notification: &'a Notification) -> RouteHost<'a> {
        let now = Time::from_unix_nanos(notification.now_ms.saturating_mul(1_000_000));
        let data = data::of(receiver, &self.external_url, notification, Vec::new());
        RouteHost { now, routes, data, depth: Cell::new(0) }
    }
}

/// The labels of the route, in their order.
fn filled<'n>(host: &RouteHost<'_>, notification: &'n Notification) -> Result<Vec<(&'n str, String)>, String> {
    notification.route_labels.iter().map(|(name, _)| Ok((name.as_str(), host.label(name)?))).collect()
}

impl fmt::Debug for Templater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Templater").field("added", &self.added.names()).finish_non_exhaustive()
    }
}

/// Regular expressions of Go, compiled for each call: notifications are rare.
struct GoPatterns;

impl Patterns for GoPatterns {
    fn is_match(&self, pattern: &str, text: &str) -> Result<bool, String> {
        Ok(goregex::Regex::new(pattern).map_err(|error| error.to_string())?.is_match(text))
    }

    fn replace_all(&self, pattern: &str, text: &str, replacement: &str) -> Result<String, String> {
        Ok(goregex::Regex::new(pattern).map_err(|error| error.to_string())?.replace_all(text, replacement))
    }
}

/// The machine's zones.
struct Database {
    local: TimeZone,
}

impl Zones for Database {
    fn zone(&self, name: &str) -> Option<Zone> {
        match name {
            "" | "UTC" => Some(Zone::Utc),
            "Local" => Some(Zone::Named(self.local.clone())),
            name => TimeZone::get(name).ok().map(Zone::Named),
        }
    }
}
