//! Bots that Telegram wants to be silent for a while.

use std::collections::BTreeMap;

use parking_lot::Mutex;

/// Until when which bot is silent. `Too Many Requests` counts for all chats of a bot.
#[derive(Default)]
pub struct QuietBots {
    /// Milliseconds since 1970 by token.
    until_ms: Mutex<BTreeMap<String, i64>>,
}

impl QuietBots {
    /// How long a bot has to be silent still; `None` if it may speak.
    pub(crate) fn left_ms(&self, token: &str, now_ms: i64) -> Option<i64> {
        let left_ms = self.until_ms.lock().get(token)?.saturating_sub(now_ms);
        (left_ms > 0).then_some(left_ms)
    }

    /// Silences a bot.
    pub(crate) fn silence(&self, token: &str, until_ms: i64) {
        self.until_ms.lock().insert(token.to_owned(), until_ms);
    }
}

impl std::fmt::Debug for QuietBots {
    /// Tokens are secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("QuietBots(…)")
    }
}
