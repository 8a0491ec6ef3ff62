//! `webhook_configs`: JSON to any address.

use std::time::Duration;

use ::config::{Block, Result};

use super::super::context::Context;
use super::super::field::{Any, settings};
use super::super::http::HttpConfig;
use super::super::secret::{SecretTemplateUrl, Source};
use super::{Kind, refuse};

settings! {
    /// A webhook.
    Webhook {
        url: Option<Source<SecretTemplateUrl>>,
        max_alerts: u64,
        timeout: Duration,
        payload: Option<Any>,
    }
}

impl Kind for Webhook {
    const GO_TYPE: &'static str = "webhook.plain";
    const MISSING: Option<&'static str> = Some("missing webhook config");

    fn read(block: &mut Block<'_>, context: &Context, _: Option<&HttpConfig>) -> Result<Webhook> {
        let webhook = Webhook::read_fields(block, context)?;
        if webhook.url.is_none() {
            return refuse(block, "one of url or url_file must be configured");
        }
        Ok(webhook)
    }
}
