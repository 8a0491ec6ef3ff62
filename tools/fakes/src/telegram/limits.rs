//! How fast a bot may write.

use std::collections::{BTreeMap, VecDeque};

/// What a bot may send; more is answered with `Too Many Requests`, and then nothing is taken until the wait is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Messages to one chat in any five seconds.
    pub per_chat_in_5_s: usize,
    /// Messages to one group in any minute; the numbers of groups are negative.
    pub per_group_in_60_s: usize,
    /// Messages in any second.
    pub per_second: usize,
}

impl Default for Limits {
    /// About what Telegram is known to allow.
    fn default() -> Limits {
        Limits { per_chat_in_5_s: 5, per_group_in_60_s: 20, per_second: 30 }
    }
}

/// What was sent lately.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    /// When, in milliseconds, by chat.
    sent_ms: BTreeMap<i64, VecDeque<i64>>,
    silent_until_ms: i64,
}

impl Traffic {
    /// Counts a message.
    ///
    /// # Errors
    /// How many seconds the bot has to wait.
    pub(super) fn count(&mut self, limits: &Limits, chat: i64, now_ms: i64) -> Result<(), i64> {
        for sent in self.sent_ms.values_mut() {
            sent.retain(|at| now_ms - at < 60_000);
        }
        let mut all: Vec<i64> = self.sent_ms.values().flatten().copied().collect();
        all.sort_unstable();
        let own: Vec<i64> = self.sent_ms.get(&chat).into_iter().flatten().copied().collect();
        let mut wait_ms = self.silent_until_ms - now_ms;
        let mut ask = |sent: &[i64], max: usize, window_ms: i64| {
            let within = sent.iter().filter(|at| now_ms - **at < window_ms);
            if within.clone().count() >= max
                && let Some(oldest) = within.min()
            {
                wait_ms = wait_ms.max(oldest + window_ms - now_ms);
            }
        };
        ask(&own, limits.per_chat_in_5_s, 5_000);
        ask(&all, limits.per_second, 1_000);
        if chat < 0 {
            ask(&own, limits.per_group_in_60_s, 60_000);
        }
        if wait_ms > 0 {
            let seconds = (wait_ms + 999) / 1000;
            self.silent_until_ms = self.silent_until_ms.max(now_ms + seconds * 1000);
            return Err(seconds);
        }
        self.sent_ms.entry(chat).or_default().push_back(now_ms);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_have_to_wait_and_then_all_do() {
        let limits = Limits { per_chat_in_5_s: 2, per_group_in_60_s: 3, per_second: 3 };
        let mut traffic = Traffic::default();
        for (chat, now_ms, expected) in [
            (1, 0, Ok(())),
            (1, 1_000, Ok(())),
            (1, 2_500, Err(3)),
            (2, 3_000, Err(3)), // the silence is the bot's
            (2, 6_000, Ok(())),
            (-1, 6_000, Ok(())),
            (-2, 6_100, Ok(())),
            (3, 6_200, Err(1)),
            (-1, 7_200, Ok(())),
            (-1, 20_000, Ok(())),
            (-1, 30_000, Err(36)),
        ] {
            assert_eq!(traffic.count(&limits, chat, now_ms), expected, "{chat} at {now_ms}");
        }
    }
}
