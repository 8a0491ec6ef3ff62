//! `incidentio_configs`.

use std::time::Duration;

use ::config::{Block, Result};

use super::super::context::Context;
use super::super::field::settings;
use super::super::http::HttpConfig;
use super::super::secret::{Secret, Source};
use super::super::url::Url;
use super::{Kind, refuse};

settings! {
    /// An alert for incident.io.
    IncidentIo {
        url: Option<Source<Url>>,
        alert_source_token: Option<Source<Secret>>,
        max_alerts: u64,
        timeout: Duration,
    }
}

impl Kind for IncidentIo {
    const GO_TYPE: &'static str = "incidentio.plain";
    const MISSING: Option<&'static str> = Some("missing incidentio config");

    fn read(block: &mut Block<'_>, context: &Context, http: Option<&HttpConfig>) -> Result<IncidentIo> {
        let settings = IncidentIo::read_fields(block, context)?;
        if settings.url.is_none() {
            return refuse(block, "one of url or url_file must be configured");
        }
        let has_token = settings.alert_source_token.is_some();
        let has_authorization = http.is_some_and(|http| http.authorization.is_some());
        if has_authorization && has_token {
            let why = "cannot specify alert_source_token or alert_source_token_file when using \
                       http_config.authorization";
            return refuse(block, why);
        }
        if http.is_some() && !has_authorization && !has_token {
            let why = "at least one of alert_source_token, alert_source_token_file or http_config.authorization must \
                       be configured";
            return refuse(block, why);
        }
        Ok(settings)
    }
}
