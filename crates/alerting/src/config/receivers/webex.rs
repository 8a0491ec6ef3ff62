//! `webex_configs`.

use ::config::{Block, Result};

use super::super::context::Context;
use super::super::field::settings;
use super::super::global::Global;
use super::super::http::HttpConfig;
use super::super::url::Url;
use super::{Kind, refuse};

settings! {
    /// A message for a room of Webex.
    Webex {
        api_url: Option<Url>,
        message: String = "{{ template \"webex.default.message\" . }}",
        room_id: String,
    }
}

impl Kind for Webex {
    const GO_TYPE: &'static str = "webex.plain";
    const MISSING: Option<&'static str> = Some("missing webex config");

    fn read(block: &mut Block<'_>, context: &Context, http: Option<&HttpConfig>) -> Result<Webex> {
        let webex = Webex::read_fields(block, context)?;
        if webex.room_id.is_empty() {
            return refuse(block, "missing room_id on webex_config");
        }
        if http.is_none_or(|http| http.authorization.is_none()) {
            return refuse(block, "missing webex_configs.http_config.authorization");
        }
        Ok(webex)
    }

    fn complete(&mut self, global: &Global, _: Option<&HttpConfig>) -> std::result::Result<(), &'static str> {
        self.api_url.get_or_insert_with(|| global.webex_api_url.clone());
        Ok(())
    }
}
