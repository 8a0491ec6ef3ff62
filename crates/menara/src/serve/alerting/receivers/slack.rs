//! Receivers of `slack_configs`.

use std::path::Path;

use ::alerting::config::HttpConfig;
use ::alerting::config::receivers::slack::{Slack as Config, SlackAction, SlackField};
use notify::slack::{Action, Field, Message, Settings, Target};
use notify::{Slack, Texts};

use super::{Built, http, limit, source};

pub(super) fn built(config: &Config, http_config: Option<&HttpConfig>, folder: &Path) -> Built {
    let target = match &config.app_token {
        Some(token) => Target::App {
            token: source(Some(token), folder, |token| token.expose().to_owned())?,
            url: config.app_url.as_ref().map(|url| url.as_str().to_owned()).unwrap_or_default(),
        },
        None => Target::Webhook(source(config.api_url.as_ref(), folder, |url| url.0.expose().to_owned())?),
    };
    let settings = Settings {
        target,
        message: message(config),
        update_message: config.update_message,
        timeout: limit(config.timeout),
        http: http::built(http_config, folder)?,
    };
    Ok(Box::new(Slack::new(settings)))
}

fn message(config: &Config) -> Message {
    Message {
        texts: texts(&[
            ("channel", &config.channel),
            ("username", &config.username),
            ("icon_emoji", &config.icon_emoji),
            ("icon_url", &config.icon_url),
            ("text", &config.message_text),
        ]),
        link_names: config.link_names,
        attachment: texts(&[
            ("title", &config.title),
            ("title_link", &config.title_link),
            ("pretext", &config.pretext),
            ("text", &config.text),
            ("fallback", &config.fallback),
            ("callback_id", &config.callback_id),
            ("image_url", &config.image_url),
            ("thumb_url", &config.thumb_url),
            ("footer", &config.footer),
            ("color", &config.color),
        ]),
        fields: config.fields.iter().map(|field| field_of(field, config.short_fields)).collect(),
        actions: config.actions.iter().map(action_of).collect(),
        marked_up: config.mrkdwn_in.clone(),
    }
}

fn field_of(field: &SlackField, short: bool) -> Field {
    Field { title: field.title.clone(), value: field.value.clone(), short: field.short.unwrap_or(short) }
}

fn action_of(action: &SlackAction) -> Action {
    Action {
        texts: texts(&[
            ("type", &action.r#type),
            ("text", &action.text),
            ("url", &action.url),
            ("style", &action.style),
            ("name", &action.name),
            ("value", &action.value),
        ]),
        confirm: action.confirm.as_ref().map(|confirm| {
            texts(&[
                ("title", &confirm.title),
                ("text", &confirm.text),
                ("ok_text", &confirm.ok_text),
                ("dismiss_text", &confirm.dismiss_text),
            ])
        }),
    }
}

fn texts(pairs: &[(&'static str, &String)]) -> Texts {
    pairs.iter().map(|(key, text)| (*key, (*text).clone())).collect()
}
