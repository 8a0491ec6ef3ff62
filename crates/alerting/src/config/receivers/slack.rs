//! `slack_configs`.

use std::time::Duration;

use ::config::{Block, Result};

use super::super::context::Context;
use super::super::field::{Nested, nested_fields, settings};
use super::super::global::Global;
use super::super::http::HttpConfig;
use super::super::secret::{Secret, SecretUrl, Source};
use super::super::url::Url;
use super::{Kind, refuse};

settings! {
    /// A message for Slack, by a webhook (`api_url`) or an app's token.
    Slack {
        api_url: Option<Source<SecretUrl>>,
        app_token: Option<Source<Secret>>,
        app_url: Option<Url>,
        channel: String,
        username: String = "{{ template \"slack.default.username\" . }}",
        color: String = "{{ template \"slack.default.color\" . }}",
        title: String = "{{ template \"slack.default.title\" . }}",
        title_link: String = "{{ template \"slack.default.titlelink\" . }}",
        pretext: String = "{{ template \"slack.default.pretext\" . }}",
        text: String = "{{ template \"slack.default.text\" . }}",
        message_text: String,
        fields: Vec<SlackField>,
        short_fields: bool,
        footer: String = "{{ template \"slack.default.footer\" . }}",
        fallback: String = "{{ template \"slack.default.fallback\" . }}",
        callback_id: String = "{{ template \"slack.default.callbackid\" . }}",
        icon_emoji: String = "{{ template \"slack.default.iconemoji\" . }}",
        icon_url: String = "{{ template \"slack.default.iconurl\" . }}",
        image_url: String,
        thumb_url: String,
        link_names: bool,
        mrkdwn_in: Vec<String>,
        actions: Vec<SlackAction>,
        update_message: bool,
        timeout: Duration,
    }
}

settings! {
    /// A field of a message.
    SlackField {
        title: String,
        value: String,
        short: Option<bool>,
    }
}

settings! {
    /// A button of a message.
    SlackAction {
        r#type: String,
        text: String,
        url: String,
        style: String,
        name: String,
        value: String,
        confirm: Option<SlackConfirmation>,
    }
}

settings! {
    /// What a button asks before it does anything.
    SlackConfirmation {
        text: String,
        title: String,
        ok_text: String,
        dismiss_text: String,
    }
}

nested_fields!(SlackField, SlackAction, SlackConfirmation);

/// The method of Slack that updates messages need.
const POST_MESSAGE: &str = "https://slack.com/api/chat.postMessage";

impl Nested for SlackField {
    const GO_TYPE: &'static str = "slack.plain";

    fn read(block: &mut Block<'_>, context: &Context) -> Result<SlackField> {
        let field = SlackField::read_fields(block, context)?;
        if field.title.is_empty() {
            return refuse(block, "missing title in Slack field configuration");
        }
        if field.value.is_empty() {
            return refuse(block, "missing value in Slack field configuration");
        }
        Ok(field)
    }
}

impl Nested for SlackAction {
    const GO_TYPE: &'static str = "slack.plain";

    fn read(block: &mut Block<'_>, context: &Context) -> Result<SlackAction> {
        let mut action = SlackAction::read_fields(block, context)?;
        if !action.url.is_empty() {
            // A link is no message action.
            action.name.clear();
            action.value.clear();
            action.confirm = None;
        } else if action.name.is_empty() {
            return refuse(block, "missing name or url in Slack action configuration");
        }
        if action.r#type.is_empty() {
            return refuse(block, "missing type in Slack action configuration");
        }
        if action.text.is_empty() {
            return refuse(block, "missing text in Slack action configuration");
        }
        Ok(action)
    }
}

impl Nested for SlackConfirmation {
    const GO_TYPE: &'static str = "slack.plain";

    fn read(block: &mut Block<'_>, context: &Context) -> Result<SlackConfirmation> {
        let confirmation = SlackConfirmation::read_fields(block, context)?;
        if confirmation.text.is_empty() {
            return refuse(block, "missing text in Slack confirmation configuration");
        }
        Ok(confirmation)
    }
}

impl Kind for Slack {
    const GO_TYPE: &'static str = "slack.plain";
    const SEND_RESOLVED: bool = false;
    const MISSING: Option<&'static str> = None;

    fn read(block: &mut Block<'_>, context: &Context, _: Option<&HttpConfig>) -> Result<Slack> {
        let slack = Slack::read_fields(block, context)?;
        if slack.api_url.is_some() && slack.app_token.is_some() {
            return refuse(block, "at most one of api_url/api_url_file & app_token/app_token_file must be configured");
        }
        let posts_by_method =
            matches!(&slack.api_url, Some(Source::Inline(url)) if url.0.expose() == POST_MESSAGE);
        if slack.update_message && !posts_by_method {
            let why =
                format!("update_message can only be used with bot tokens. api_url must be set to {POST_MESSAGE}");
            return refuse(block, why);
        }
        Ok(slack)
    }

    fn complete(&mut self, global: &Global, http: Option<&HttpConfig>) -> std::result::Result<(), &'static str> {
        self.app_url.get_or_insert_with(|| global.slack_app_url.clone());
        let is_authorized = http.is_some_and(|http| http.authorization.is_some());
        let has_url = matches!(self.api_url, Some(Source::Inline(_)));
        if self.app_token.is_none() && !is_authorized && !has_url {
            self.app_token.clone_from(&global.slack_app_token);
        }
        if self.api_url.is_none() {
            self.api_url.clone_from(&global.slack_api_url);
        }
        if self.api_url.is_none() && self.app_token.is_none() {
            return Err("no Slack API URL nor App token set either inline or in a file");
        }
        if self.app_token.is_some() {
            let is_authorized = is_authorized || (http.is_none() && global.http_config.authorization.is_some());
            if is_authorized {
                return Err("http authorization can't be set when using Slack App tokens");
            }
            self.api_url = None;
        }
        Ok(())
    }
}
