//! `wechat_configs`.

use ::config::{Block, Result};

use model::labels::Quoted;

use super::super::context::Context;
use super::super::field::settings;
use super::super::global::Global;
use super::super::http::HttpConfig;
use super::super::secret::{Secret, Source};
use super::super::url::Url;
use super::{Kind, refuse};

settings! {
    /// A message for WeChat.
    WeChat {
        api_secret: Option<Source<Secret>>,
        corp_id: String,
        message: String = "{{ template \"wechat.default.message\" . }}",
        api_url: Option<Url>,
        to_user: String = "{{ template \"wechat.default.to_user\" . }}",
        to_party: String = "{{ template \"wechat.default.to_party\" . }}",
        to_tag: String = "{{ template \"wechat.default.to_tag\" . }}",
        agent_id: String = "{{ template \"wechat.default.agent_id\" . }}",
        message_type: String = "text",
    }
}

impl Kind for WeChat {
    const GO_TYPE: &'static str = "wechat.plain";
    const SEND_RESOLVED: bool = false;
    const MISSING: Option<&'static str> = None;

    fn read(block: &mut Block<'_>, context: &Context, _: Option<&HttpConfig>) -> Result<WeChat> {
        let mut wechat = WeChat::read_fields(block, context)?;
        if wechat.message_type.is_empty() {
            "text".clone_into(&mut wechat.message_type);
        }
        if !["text", "markdown"].contains(&wechat.message_type.as_str()) {
            let shown = Quoted(&wechat.message_type);
            return refuse(block, format!("weChat message type {shown} does not match valid options ^(text|markdown)$"));
        }
        Ok(wechat)
    }

    fn complete(&mut self, global: &Global, _: Option<&HttpConfig>) -> std::result::Result<(), &'static str> {
        self.api_secret = self.api_secret.take().or_else(|| global.wechat_api_secret.clone());
        if self.api_secret.is_none() {
            return Err("no global Wechat Api Secret set either inline or in a file");
        }
        if self.corp_id.is_empty() {
            self.corp_id.clone_from(&global.wechat_api_corp_id);
        }
        if self.corp_id.is_empty() {
            return Err("no global Wechat CorpID set");
        }
        self.api_url.get_or_insert_with(|| global.wechat_api_url.clone()).end_with_slash();
        Ok(())
    }
}
