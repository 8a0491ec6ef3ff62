//! The block `global`: defaults of all receivers.

use std::sync::Arc;

use ::config::{Block, Result};

use super::address::HostPort;
use super::context::Context;
use super::field::{Field, Nested, PromDuration, nested_fields, settings};
use super::http::{HttpConfig, TlsConfig};
use super::secret::{Secret, SecretUrl, Source};
use super::url::Url;

settings! {
    /// What holds for every receiver that does not say otherwise.
    Global {
        resolve_timeout: PromDuration = PromDuration { ms: 5 * 60 * 1000 },
        http_config: Arc<HttpConfig> = HttpConfig::standard(),
        smtp_from: String,
        smtp_hello: String = "localhost",
        smtp_smarthost: HostPort,
        smtp_auth_username: String,
        smtp_auth_password: Option<Source<Secret>>,
        smtp_auth_secret: Option<Source<Secret>>,
        smtp_auth_identity: String,
        smtp_require_tls: bool = true,
        smtp_tls_config: Option<TlsConfig>,
        smtp_force_implicit_tls: Option<bool>,
        slack_app_token: Option<Source<Secret>>,
        slack_app_url: Url = Url::known("https://slack.com/api/chat.postMessage"),
        slack_api_url: Option<Source<SecretUrl>>,
        jira_api_url: Option<Url>,
        pagerduty_url: Url = Url::known("https://events.pagerduty.com/v2/enqueue"),
        opsgenie_api_url: Url = Url::known("https://api.opsgenie.com/"),
        opsgenie_api_key: Option<Source<Secret>>,
        wechat_api_url: Url = Url::known("https://qyapi.weixin.qq.com/cgi-bin/"),
        wechat_api_secret: Option<Source<Secret>>,
        wechat_api_corp_id: String,
        victorops_api_url: Url = Url::known("https://alert.victorops.com/integrations/generic/20131114/alert/"),
        victorops_api_key: Option<Source<Secret>>,
        telegram_api_url: Url = Url::known("https://api.telegram.org"),
        telegram_bot_token: Option<Source<Secret>>,
        webex_api_url: Url = Url::known("https://webexapis.com/v1/messages"),
        rocketchat_api_url: Url = Url::known("https://open.rocket.chat/"),
        rocketchat_token: Option<Source<Secret>>,
        rocketchat_token_id: Option<Source<Secret>>,
        mattermost_webhook_url: Option<Source<SecretUrl>>,
    }
}

nested_fields!(Global);

impl Field for Arc<HttpConfig> {
    fn read(block: &mut Block<'_>, key: &str, context: &Context) -> Result<Option<Arc<HttpConfig>>> {
        let http = <Option<HttpConfig> as Field>::read(block, key, context)?;
        Ok(http.flatten().map(Arc::new))
    }
}

impl Nested for Global {
    const GO_TYPE: &'static str = "config.plain";

    fn read(block: &mut Block<'_>, context: &Context) -> Result<Global> {
        let global = Global::read_fields(block, context)?;
        let url_is_app_url = match &global.slack_api_url {
            Some(Source::Inline(url)) => url.0.expose() == global.slack_app_url.as_str(),
            Some(Source::File(_)) => false,
            // None to be at odds with.
            None => true,
        };
        // An older way to use a token sets the address of the app here and the token in each receiver's `http_config`.
        if global.slack_app_token.is_some() && !url_is_app_url {
            let message = "at most one of slack_app_token/slack_app_token_file & slack_api_url/slack_api_url_file must \
                           be configured";
            return Err(block.node().error(message));
        }
        Ok(global)
    }
}

impl Global {
    /// The defaults where the file has no `global`.
    ///
    /// # Errors
    /// Never, as an empty block is right.
    pub(super) fn read_or_standard(block: &mut Block<'_>, context: &Context) -> Result<Global> {
        if let Some(global) = <Option<Global> as Field>::read(block, "global", context)?.flatten() {
            return Ok(global);
        }
        let empty = ::config::parse("", "{}")?;
        let report = ::config::Report::new();
        Global::whole(Block::root(&empty, Global::GO_TYPE, &report)?, context)
    }
}
