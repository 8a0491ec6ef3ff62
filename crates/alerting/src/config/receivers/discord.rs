//! `discord_configs`.

use ::config::{Block, Result};

use super::super::context::Context;
use super::super::field::settings;
use super::super::http::HttpConfig;
use super::super::secret::{SecretUrl, Source};
use super::{Kind, refuse};

settings! {
    /// A message for a channel of Discord.
    Discord {
        webhook_url: Option<Source<SecretUrl>>,
        content: String,
        title: String = "{{ template \"discord.default.title\" . }}",
        message: String = "{{ template \"discord.default.message\" . }}",
        username: String,
        avatar_url: String,
    }
}

impl Kind for Discord {
    const GO_TYPE: &'static str = "discord.plain";
    const MISSING: Option<&'static str> = Some("missing discord config");

    fn read(block: &mut Block<'_>, context: &Context, _: Option<&HttpConfig>) -> Result<Discord> {
        let settings = Discord::read_fields(block, context)?;
        if settings.webhook_url.is_none() {
            return refuse(block, "one of webhook_url or webhook_url_file must be configured");
        }
        Ok(settings)
    }
}
