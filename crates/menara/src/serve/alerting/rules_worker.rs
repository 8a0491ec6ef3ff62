//! Evaluates rules when they are due.

use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use model::Clock;
use promql::{Engine, EngineOptions};
use rules::{Logs, Manager, Sources};
use storage::{CancelToken, TenantId};

use super::reload::NewRules;
use super::{Ground, Signal, until};
use crate::configuration::Rules;

/// Rules that do not exist yet may be there by then.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// What rules ask.
pub(super) fn sources(ground: &Ground<'_>, cancel: CancelToken) -> Sources {
    Sources {
        metrics: Arc::new(ground.stores.metrics.clone()),
        engine: Engine::new(EngineOptions::default()),
        logs: Some(Logs { store: Arc::new(ground.stores.logs.clone()), engine: ground.log_engine.clone() }),
        tenant: TenantId::default(),
        cancel,
    }
}

/// Evaluates until it is time to stop.
pub(super) fn run(rules: &mut Manager, new_rules: &Receiver<NewRules>, signal: &Signal, clock: &dyn Clock) {
    loop {
        while let Ok(NewRules { rules: Rules { rules: set, settings, .. }, taken }) = new_rules.try_recv() {
            rules.load(set, settings, clock.now_ms());
            drop(taken);
        }
        rules.step(clock.now_ms());
        let wait = rules.next_due_ms().map_or(LONGEST_WAIT, |due| until(due, clock.now_ms(), LONGEST_WAIT));
        if signal.wait(wait) {
            return;
        }
    }
}
