//! `pushover_configs`.

use std::time::Duration;

use ::config::{Block, Result};

use super::super::context::Context;
use super::super::field::settings;
use super::super::http::HttpConfig;
use super::super::secret::{Secret, Source};
use super::{Kind, refuse};

settings! {
    /// A message for Pushover.
    Pushover {
        user_key: Option<Source<Secret>>,
        token: Option<Source<Secret>>,
        title: String = "{{ template \"pushover.default.title\" . }}",
        message: String = "{{ template \"pushover.default.message\" . }}",
        url: String = "{{ template \"pushover.default.url\" . }}",
        url_title: String,
        device: String,
        sound: String,
        priority: String = "{{ if eq .Status \"firing\" }}2{{ else }}0{{ end }}",
        retry: Duration = Duration::from_secs(60),
        expire: Duration = Duration::from_secs(60 * 60),
        ttl: Duration,
        html: bool,
        monospace: bool,
    }
}

impl Kind for Pushover {
    const GO_TYPE: &'static str = "pushover.plain";
    const MISSING: Option<&'static str> = Some("missing pushover config");

    fn read(block: &mut Block<'_>, context: &Context, _: Option<&HttpConfig>) -> Result<Pushover> {
        let pushover = Pushover::read_fields(block, context)?;
        if pushover.user_key.is_none() {
            return refuse(block, "one of user_key or user_key_file must be configured");
        }
        if pushover.token.is_none() {
            return refuse(block, "one of token or token_file must be configured");
        }
        if pushover.html && pushover.monospace {
            return refuse(block, "at most one of monospace & html must be configured");
        }
        Ok(pushover)
    }
}
