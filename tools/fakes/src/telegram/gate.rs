//! Calls that wait until a test lets them go on.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Far more than any test lets a call wait; one that is forgotten gets lost.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where a call waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// Telegram knows nothing of it yet.
    BeforeTaking,
    /// The message is there, and its sender does not know.
    BeforeAnswering,
}

/// Lets calls pass, but for those that are to wait.
#[derive(Debug, Default)]
pub(super) struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Where the next calls are to wait.
    holds: VecDeque<Hold>,
    /// The calls that wait.
    n_waiting: usize,
    /// What is to become of calls that wait: whether they go on.
    verdicts: VecDeque<bool>,
}

impl Gate {
    pub(super) fn hold_next(&self, hold: Hold) {
        self.state().holds.push_back(hold);
    }

    /// Waits here if this is where the next call is to wait. Whether the call goes on; otherwise it gets lost.
    pub(super) fn pass(&self, place: Hold) -> bool {
        let mut state = self.state();
        if state.holds.front() != Some(&place) {
            return true;
        }
        state.holds.pop_front();
        state.n_waiting += 1;
        self.changed.notify_all();
        let waited = self.changed.wait_timeout_while(state, PATIENCE, |state| state.verdicts.is_empty());
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.n_waiting -= 1;
        state.verdicts.pop_front().unwrap_or(false)
    }

    /// Whether a call waits, at the latest after this time.
    pub(super) fn wait_until_held(&self, patience: Duration) -> bool {
        let waited = self.changed.wait_timeout_while(self.state(), patience, |state| state.n_waiting == 0);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.n_waiting > 0
    }

    /// Ends the wait of a call.
    pub(super) fn release(&self, goes_on: bool) {
        self.state().verdicts.push_back(goes_on);
        self.changed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_call_waits_where_it_is_to_wait() {
        let gate = Gate::default();
        for goes_on in [true, false] {
            gate.hold_next(Hold::BeforeAnswering);
            std::thread::scope(|scope| {
                let call = scope.spawn(|| (gate.pass(Hold::BeforeTaking), gate.pass(Hold::BeforeAnswering)));
                assert!(gate.wait_until_held(PATIENCE));
                gate.release(goes_on);
                assert_eq!(call.join().expect("no panic"), (true, goes_on));
            });
            assert!(!gate.wait_until_held(Duration::ZERO));
        }
        assert!(gate.pass(Hold::BeforeTaking), "the calls after it do not wait");
    }
}
