//! How long to wait before another attempt.

const FIRST_MS: i64 = 500;
/// The longest wait.
pub(super) const LONGEST_MS: i64 = 60_000;

/// Waits that grow by half each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Backoff {
    next_ms: i64,
}

impl Backoff {
    pub(crate) fn new() -> Backoff {
        Backoff { next_ms: FIRST_MS }
    }

    /// The next wait in milliseconds.
    pub(crate) fn next_wait_ms(&mut self) -> i64 {
        let wait_ms = self.next_ms;
        self.next_ms = (wait_ms + wait_ms / 2).min(LONGEST_MS);
        wait_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_by_half_up_to_a_minute() {
        let mut backoff = Backoff::new();
        let waits: Vec<i64> = (0..14).map(|_| backoff.next_wait_ms()).collect();
        assert_eq!(&waits[..5], [500, 750, 1125, 1687, 2530]);
        assert_eq!(&waits[12..], [60_000, 60_000]);
    }
}
