//! Receivers of `telegram_configs`.

use std::path::Path;
use std::sync::Arc;

use ::alerting::config::HttpConfig;
use ::alerting::config::receivers::telegram::Telegram as Config;
use jiff::tz::TimeZone;
use notify::Telegram;
use notify::telegram::{ParseMode, QuietBots, Settings};

use super::{Built, http, limit, source};

pub(super) fn built(config: &Config, http_config: Option<&HttpConfig>, folder: &Path, quiet: &Arc<QuietBots>) -> Built {
    let settings = Settings {
        api_url: config.api_url.as_ref().map(|url| url.as_str().to_owned()).unwrap_or_default(),
        bot_token: source(config.bot_token.as_ref(), folder, |token| token.expose().to_owned())?,
        chat_id: source(config.chat_id.as_ref(), folder, ToString::to_string)?,
        message_thread_id: config.message_thread_id.filter(|thread| *thread != 0),
        message: config.message.clone(),
        parse_mode: ParseMode::of_name(&config.parse_mode).unwrap_or_default(),
        disable_notifications: config.disable_notifications,
        timeout: limit(config.timeout),
        http: http::built(http_config, folder)?,
    };
    Ok(Box::new(Telegram::new(settings, TimeZone::system(), Arc::clone(quiet))))
}
