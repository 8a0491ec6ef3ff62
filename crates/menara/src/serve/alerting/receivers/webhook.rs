//! Receivers of `webhook_configs`.

use std::path::Path;

use ::alerting::config::HttpConfig;
use ::alerting::config::receivers::webhook::Webhook as Config;
use notify::Webhook;
use notify::template::json_of;
use notify::webhook::Settings;

use super::{Built, http, limit, source};

pub(super) fn built(config: &Config, http_config: Option<&HttpConfig>, folder: &Path) -> Built {
    let settings = Settings {
        url: source(config.url.as_ref(), folder, |url| url.0.expose().to_owned())?,
        max_alerts: usize::try_from(config.max_alerts).unwrap_or(usize::MAX),
        payload: config.payload.as_ref().map(|payload| json_of(&payload.0)),
        timeout: limit(config.timeout),
        http: http::built(http_config, folder)?,
    };
    Ok(Box::new(Webhook::new(settings)))
}
