//! `msteamsv2_configs`.

use ::config::{Block, Result};

use super::super::context::Context;
use super::super::field::settings;
use super::super::http::HttpConfig;
use super::super::secret::{SecretUrl, Source};
use super::{Kind, refuse};

settings! {
    /// A message for Microsoft Teams, by its second kind of webhook.
    MsTeamsV2 {
        webhook_url: Option<Source<SecretUrl>>,
        title: String = "{{ template \"msteamsv2.default.title\" . }}",
        text: String = "{{ template \"msteamsv2.default.text\" . }}",
    }
}

impl Kind for MsTeamsV2 {
    const GO_TYPE: &'static str = "msteamsv2.plain";
    const MISSING: Option<&'static str> = Some("missing msteamsv2 config");

    fn read(block: &mut Block<'_>, context: &Context, _: Option<&HttpConfig>) -> Result<MsTeamsV2> {
        let settings = MsTeamsV2::read_fields(block, context)?;
        if settings.webhook_url.is_none() {
            return refuse(block, "one of webhook_url or webhook_url_file must be configured");
        }
        Ok(settings)
    }
}
