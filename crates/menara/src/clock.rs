//! The machine's clock, the one place where it is read.

use std::time::{SystemTime, UNIX_EPOCH};

use model::Clock;

/// The wall clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> i64 {
        self.now_ns().div_euclid(1_000_000)
    }

    #[expect(clippy::disallowed_methods, reason = "this is the clock that everyone else is given")]
    fn now_ns(&self) -> i64 {
        let now = SystemTime::now();
        match now.duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_nanos()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |ns| -ns),
        }
    }
}
