//! `msteams_configs`.

use ::config::{Block, Result};

use super::super::context::Context;
use super::super::field::settings;
use super::super::http::HttpConfig;
use super::super::secret::{SecretUrl, Source};
use super::{Kind, refuse};

settings! {
    /// A message for Microsoft Teams, by its first kind of webhook.
    MsTeams {
        webhook_url: Option<Source<SecretUrl>>,
        title: String = "{{ template \"msteams.default.title\" . }}",
        summary: String = "{{ template \"msteams.default.summary\" . }}",
        text: String = "{{ template \"msteams.default.text\" . }}",
    }
}

impl Kind for MsTeams {
    const GO_TYPE: &'static str = "msteams.plain";
    const MISSING: Option<&'static str> = Some("missing msteams config");

    fn read(block: &mut Block<'_>, context: &Context, _: Option<&HttpConfig>) -> Result<MsTeams> {
        let settings = MsTeams::read_fields(block, context)?;
        if settings.webhook_url.is_none() {
            return refuse(block, "one of webhook_url or webhook_url_file must be configured");
        }
        Ok(settings)
    }
}
