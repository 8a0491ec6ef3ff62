//! The receivers that a configuration names, as notifiers.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ::alerting::config::{Config, HttpConfig, IntegrationConfig, Secret, Settings, Source};
use anyhow::Context;
use httpkit::{Auth, Client};
use jiff::tz::TimeZone;
use model::Integration;
use notify::telegram::{ParseMode, QuietBots};
use notify::{Notifiers, Receiver, Telegram, Templater, Tools, Webhook, telegram, webhook};

use super::Ground;

/// All receivers that can be told. One that cannot is named; what goes to it counts as failed.
pub(super) fn notifiers(config: &Config, folder: &Path, ground: &Ground<'_>) -> anyhow::Result<Notifiers> {
    let tools = Tools {
        client: Client::new(httpkit::Options::default()),
        templater: Arc::new(templater(config, folder, &ground.external_url)?),
        clock: Arc::clone(ground.clock),
    };
    let mut notifiers = Notifiers::new(tokio::runtime::Handle::current(), tools);
    let quiet = Arc::new(QuietBots::default());
    for receiver in &config.receivers {
        for entry in &receiver.integrations {
            let integration =
                Integration { receiver: receiver.name.clone(), kind: entry.kind.to_owned(), index: entry.index };
            match built(entry, folder, &quiet) {
                Ok(Some(receiver)) => notifiers.add(integration, receiver),
                // Named when the file was read.
                Ok(None) => {}
                Err(why) => tracing::warn!("{integration}: {why}; what goes to it counts as failed"),
            }
        }
    }
    Ok(notifiers)
}

/// The receiver of an entry, if this version can send by its kind.
fn built(
    entry: &IntegrationConfig,
    folder: &Path,
    quiet: &Arc<QuietBots>,
) -> Result<Option<Box<dyn Receiver>>, String> {
    let http = entry.http.as_deref();
    let limit = |timeout: Duration| (!timeout.is_zero()).then_some(timeout);
    match &entry.settings {
        Settings::Telegram(telegram) => {
            let auth = http.map(|http| auth_of(http, folder)).transpose()?.flatten();
            if auth.is_some() {
                return Err("not built yet: credentials in http_config for Telegram".to_owned());
            }
            let settings = telegram::Settings {
                api_url: telegram.api_url.as_ref().map(|url| url.as_str().to_owned()).unwrap_or_default(),
                bot_token: source(telegram.bot_token.as_ref(), folder, |token| token.expose().to_owned())?,
                chat_id: source(telegram.chat_id.as_ref(), folder, ToString::to_string)?,
                message_thread_id: telegram.message_thread_id.filter(|thread| *thread != 0),
                message: telegram.message.clone(),
                parse_mode: ParseMode::of_name(&telegram.parse_mode).unwrap_or_default(),
                disable_notifications: telegram.disable_notifications,
                timeout: limit(telegram.timeout),
            };
            Ok(Some(Box::new(Telegram::new(settings, TimeZone::system(), Arc::clone(quiet)))))
        }
        Settings::Webhook(webhook) => {
            if webhook.payload.is_some() {
                return Err("not built yet: payload".to_owned());
            }
            let settings = webhook::Settings {
                url: source(webhook.url.as_ref(), folder, |url| url.0.expose().to_owned())?,
                max_alerts: usize::try_from(webhook.max_alerts).unwrap_or(usize::MAX),
                timeout: limit(webhook.timeout),
                auth: http.map(|http| auth_of(http, folder)).transpose()?.flatten(),
            };
            Ok(Some(Box::new(Webhook::new(settings))))
        }
        _ if entry.is_built => Err("not built yet: sending by this kind".to_owned()),
        _ => Ok(None),
    }
}

/// By what it is said who sends. Everything else that an `http_config` may ask for is refused rather than left out.
fn auth_of(http: &HttpConfig, folder: &Path) -> Result<Option<Auth>, String> {
    let unbuilt = [
        ("oauth2", http.oauth2.is_some()),
        ("tls_config", http.tls_config.is_some()),
        ("proxy_url", http.proxy_url.is_some()),
        ("proxy_from_environment", http.proxy_from_environment),
        ("http_headers", !http.http_headers.is_empty()),
    ];
    if let Some((key, _)) = unbuilt.iter().find(|(_, is_set)| *is_set) {
        return Err(format!("not built yet: {key} in http_config"));
    }
    if let Some(basic) = &http.basic_auth {
        let is_plain = basic.username_file.is_empty() && basic.username_ref.is_empty();
        return match &basic.password {
            Some(Source::Inline(password)) if is_plain => {
                Ok(Some(Auth::Basic(basic.username.clone(), password.expose().to_owned())))
            }
            None if is_plain => Ok(Some(Auth::Basic(basic.username.clone(), String::new()))),
            _ => Err("not built yet: basic_auth from files".to_owned()),
        };
    }
    let Some(authorization) = &http.authorization else { return Ok(None) };
    let credentials = source(authorization.credentials.as_ref(), folder, |secret: &Secret| secret.expose().to_owned())?;
    Ok(Some(Auth::Credentials(authorization.r#type.clone(), credentials.read()?)))
}

/// A value and where it comes from; files are relative to the configuration's folder.
fn source<T>(source: Option<&Source<T>>, folder: &Path, text: impl Fn(&T) -> String) -> Result<notify::Source, String> {
    match source {
        Some(Source::Inline(value)) => Ok(notify::Source::Inline(text(value))),
        Some(Source::File(path)) => Ok(notify::Source::File(folder.join(path))),
        None => Err("a value is missing".to_owned()),
    }
}

/// The user's templates.
fn templater(config: &Config, folder: &Path, external_url: &str) -> anyhow::Result<Templater> {
    let mut templater = Templater::new(external_url, TimeZone::system());
    for pattern in &config.templates {
        let paths = rules::matching_files(&folder.join(pattern));
        for path in paths.map_err(|why| anyhow::anyhow!("templates: {pattern}: {why}"))? {
            let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            templater.add(&text).map_err(|why| anyhow::anyhow!("{}: {why}", path.display()))?;
        }
    }
    Ok(templater)
}
