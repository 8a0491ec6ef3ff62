//! `rocketchat_configs`.

use ::config::{Block, Result};

use super::super::context::Context;
use super::super::field::{Nested, nested_fields, settings};
use super::super::global::Global;
use super::super::http::HttpConfig;
use super::super::secret::{Secret, Source};
use super::super::url::Url;
use super::Kind;

settings! {
    /// A message for Rocket.Chat.
    RocketChat {
        api_url: Option<Url>,
        token_id: Option<Source<Secret>>,
        token: Option<Source<Secret>>,
        channel: String,
        color: String = "{{ if eq .Status \"firing\" }}red{{ else }}green{{ end }}",
        title: String = "{{ template \"rocketchat.default.title\" . }}",
        title_link: String = "{{ template \"rocketchat.default.titlelink\" . }}",
        text: String = "{{ template \"rocketchat.default.text\" . }}",
        fields: Vec<AttachmentField>,
        short_fields: bool,
        emoji: String = "{{ template \"rocketchat.default.emoji\" . }}",
        icon_url: String = "{{ template \"rocketchat.default.iconurl\" . }}",
        image_url: String,
        thumb_url: String,
        link_names: bool,
        actions: Vec<AttachmentAction>,
    }
}

settings! {
    /// A field of a message.
    AttachmentField {
        short: Option<bool>,
        title: String,
        value: String,
    }
}

settings! {
    /// A button of a message. Upstream's keys are the names of its fields in lower case.
    AttachmentAction {
        r#type: String,
        text: String,
        url: String,
        imageurl: String,
        iswebview: bool,
        webviewheightratio: String,
        msg: String,
        msginchatwindow: bool,
        msgprocessingtype: String,
    }
}

nested_fields!(AttachmentField, AttachmentAction);

impl Nested for AttachmentField {
    const GO_TYPE: &'static str = "rocketchat.RocketchatAttachmentField";

    fn read(block: &mut Block<'_>, context: &Context) -> Result<AttachmentField> {
        AttachmentField::read_fields(block, context)
    }
}

impl Nested for AttachmentAction {
    const GO_TYPE: &'static str = "rocketchat.RocketchatAttachmentAction";

    fn read(block: &mut Block<'_>, context: &Context) -> Result<AttachmentAction> {
        AttachmentAction::read_fields(block, context)
    }
}

impl Kind for RocketChat {
    const GO_TYPE: &'static str = "rocketchat.plain";
    const SEND_RESOLVED: bool = false;
    const MISSING: Option<&'static str> = None;

    fn read(block: &mut Block<'_>, context: &Context, _: Option<&HttpConfig>) -> Result<RocketChat> {
        RocketChat::read_fields(block, context)
    }

    fn complete(&mut self, global: &Global, _: Option<&HttpConfig>) -> std::result::Result<(), &'static str> {
        self.api_url.get_or_insert_with(|| global.rocketchat_api_url.clone());
        self.token_id = self.token_id.take().or_else(|| global.rocketchat_token_id.clone());
        if self.token_id.is_none() {
            return Err("no global Rocketchat TokenID set either inline or in a file");
        }
        self.token = self.token.take().or_else(|| global.rocketchat_token.clone());
        if self.token.is_none() {
            return Err("no global Rocketchat Token set either inline or in a file");
        }
        Ok(())
    }
}
