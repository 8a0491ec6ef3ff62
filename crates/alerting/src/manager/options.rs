//! What the alert manager is told besides its configuration.

use std::fmt;

use crate::matcher::Syntax;
use crate::silence::SilenceLimits;

/// Settings that upstream takes from its command line, and randomness.
#[derive(Debug)]
pub struct Options {
    /// How matchers and label names are read.
    pub syntax: Syntax,
    /// How long silences are kept after their end, and the notification log at most; in milliseconds.
    pub retention_ms: i64,
    /// How long after a start nothing is sent, in milliseconds.
    pub start_delay_ms: i64,
    /// How long after a start an alert whose end was foreseen is not taken for ended, in milliseconds: whoever posts it again and again
    /// had nobody to post it to. An end that its sender told of is believed at once.
    pub restart_grace_ms: i64,
    /// Whether groups whose routes stay go on undisturbed when the configuration is replaced. Upstream's begin anew, so that a timer that was
    /// nearly over starts again and what is under way is cut off.
    pub timers_survive_reload: bool,
    /// How many alerts are kept at most; more are refused.
    pub max_alerts: usize,
    /// How many silences there may be, and how large.
    pub silence_limits: SilenceLimits,
    /// Where the ids of silences come from.
    pub entropy: Entropy,
}

impl Options {
    /// Upstream's settings; what upstream does not have is set as it does most good.
    #[must_use]
    pub fn new(entropy: Entropy) -> Options {
        Options {
            syntax: Syntax::default(),
            retention_ms: 120 * 60 * 60_000,
            start_delay_ms: 0,
            // Prometheus posts an alert every minute or two.
            restart_grace_ms: 2 * 60_000,
            timers_survive_reload: true,
            max_alerts: 100_000,
            silence_limits: SilenceLimits::default(),
            entropy,
        }
    }
}

/// A source of random numbers.
pub struct Entropy(Box<dyn FnMut() -> u64 + Send>);

impl Entropy {
    /// Takes each number from a function.
    pub fn new(next: impl FnMut() -> u64 + Send + 'static) -> Entropy {
        Entropy(Box::new(next))
    }

    /// A random UUID, version 4.
    pub(super) fn uuid(&mut self) -> String {
        let bits = (u128::from((self.0)()) << 64) | u128::from((self.0)());
        let version = (bits & !(0xf << 76)) | (4 << 76);
        let uuid = (version & !(0b11 << 62)) | (0b10 << 62);
        let hex = format!("{uuid:032x}");
        let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
        format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
    }
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entropy")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_names_its_version() {
        let mut zeros = Entropy::new(|| 0);
        assert_eq!(zeros.uuid(), "00000000-0000-4000-8000-000000000000");
        let mut ones = Entropy::new(|| u64::MAX);
        assert_eq!(ones.uuid(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}
