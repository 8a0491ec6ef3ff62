//! `pagerduty_configs`.

use std::collections::BTreeMap;
use std::time::Duration;

use ::config::{Block, Result};

use super::super::context::Context;
use super::super::field::{Any, Nested, nested_fields, settings};
use super::super::global::Global;
use super::super::http::HttpConfig;
use super::super::secret::{Secret, Source};
use super::super::url::Url;
use super::{Kind, refuse};

settings! {
    /// An event for PagerDuty, by its second interface (`routing_key`) or its first (`service_key`).
    PagerDuty {
        routing_key: Option<Source<Secret>>,
        service_key: Option<Source<Secret>>,
        url: Option<Url>,
        client: String = "{{ template \"pagerduty.default.client\" . }}",
        client_url: String = "{{ template \"pagerduty.default.clientURL\" . }}",
        description: String = "{{ template \"pagerduty.default.description\" .}}",
        details: BTreeMap<String, Any>,
        images: Vec<Image>,
        links: Vec<Link>,
        source: String,
        severity: String,
        class: String,
        component: String,
        group: String,
        timeout: Duration,
    }
}

settings! {
    /// A picture in an event.
    Image {
        src: String,
        alt: String,
        href: String,
    }
}

settings! {
    /// A link in an event.
    Link {
        href: String,
        text: String,
    }
}

nested_fields!(Image, Link);

/// What the details hold unless the file says otherwise, as names and templates.
pub const DEFAULT_DETAILS: &[(&str, &str)] = &[
    ("firing", "{{ .Alerts.Firing | toJson }}"),
    ("resolved", "{{ .Alerts.Resolved | toJson }}"),
    ("num_firing", "{{ .Alerts.Firing | len }}"),
    ("num_resolved", "{{ .Alerts.Resolved | len }}"),
];

impl Nested for Image {
    const GO_TYPE: &'static str = "pagerduty.PagerdutyImage";

    fn read(block: &mut Block<'_>, context: &Context) -> Result<Image> {
        Image::read_fields(block, context)
    }
}

impl Nested for Link {
    const GO_TYPE: &'static str = "pagerduty.PagerdutyLink";

    fn read(block: &mut Block<'_>, context: &Context) -> Result<Link> {
        Link::read_fields(block, context)
    }
}

impl Kind for PagerDuty {
    const GO_TYPE: &'static str = "pagerduty.plain";
    const MISSING: Option<&'static str> = Some("missing pagerduty config");

    fn read(block: &mut Block<'_>, context: &Context, _: Option<&HttpConfig>) -> Result<PagerDuty> {
        let mut pagerduty = PagerDuty::read_fields(block, context)?;
        if pagerduty.routing_key.is_none() && pagerduty.service_key.is_none() {
            return refuse(block, "missing service or routing key in PagerDuty config");
        }
        if pagerduty.source.is_empty() {
            pagerduty.source.clone_from(&pagerduty.client);
        }
        Ok(pagerduty)
    }

    fn complete(&mut self, global: &Global, _: Option<&HttpConfig>) -> std::result::Result<(), &'static str> {
        self.url.get_or_insert_with(|| global.pagerduty_url.clone());
        Ok(())
    }
}
