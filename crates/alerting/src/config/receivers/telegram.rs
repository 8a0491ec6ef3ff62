//! `telegram_configs`.

use std::time::Duration;

use ::config::{Block, Result};

use super::super::context::Context;
use super::super::field::settings;
use super::super::global::Global;
use super::super::http::HttpConfig;
use super::super::secret::{Secret, Source};
use super::super::url::Url;
use super::{Kind, refuse};

settings! {
    /// A message by a bot.
    Telegram {
        api_url: Option<Url>,
        bot_token: Option<Source<Secret>>,
        chat_id: Option<Source<i64>>,
        message_thread_id: Option<i64>,
        message: String = DEFAULT_MESSAGE,
        disable_notifications: bool,
        parse_mode: String = "HTML",
        timeout: Duration,
    }
}

/// The message where the file has none.
const DEFAULT_MESSAGE: &str = "{{ template \"telegram.default.message\" . }}";

impl Kind for Telegram {
    const GO_TYPE: &'static str = "telegram.plain";
    const MISSING: Option<&'static str> = Some("missing telegram config");

    fn read(block: &mut Block<'_>, context: &Context, _: Option<&HttpConfig>) -> Result<Telegram> {
        let telegram = Telegram::read_fields(block, context)?;
        if telegram.chat_id.is_none() {
            return refuse(block, "missing chat_id or chat_id_file on telegram_config");
        }
        if !["", "Markdown", "MarkdownV2", "HTML"].contains(&telegram.parse_mode.as_str()) {
            let why = "unknown parse_mode on telegram_config, must be Markdown, MarkdownV2, HTML or empty string";
            return refuse(block, why);
        }
        Ok(telegram)
    }

    fn complete(&mut self, global: &Global, _: Option<&HttpConfig>) -> std::result::Result<(), &'static str> {
        self.api_url.get_or_insert_with(|| global.telegram_api_url.clone());
        self.bot_token = self.bot_token.take().or_else(|| global.telegram_bot_token.clone());
        if self.bot_token.is_none() {
            return Err("missing bot_token or bot_token_file on telegram_config");
        }
        Ok(())
    }
}
