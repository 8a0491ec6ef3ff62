//! Rules over the store that is shipped, on a thread of their own.
#![cfg(test)]

mod support;

use std::path::Path;
use std::sync::Arc;

use model::ManualClock;
use rules::{Health, Manager, Options, Settings, Sources};
use storage::{CancelToken, TenantId};
use support::{Inbox, START_MS, parse};
use testkit::SimFs;
use tsdb::Tsdb;

#[test]
fn a_group_writes_several_batches_at_one_moment() {
    let clock = Arc::new(ManualClock::new(START_MS));
    let options = tsdb::Options { retention_ms: None, ..tsdb::Options::default() };
    let store = Tsdb::open(Path::new("/store"), Arc::new(SimFs::new()), clock.clone(), options).expect("opens");
    let metrics: Arc<dyn storage::MetricStore> = Arc::new(store);
    let (engine, tenant, cancel) = (promql::Engine::default(), TenantId::default(), CancelToken::new());
    let sources = Sources { metrics, engine, logs: None, tenant, cancel };
    let set = parse(
        "groups: [{name: g, rules: [{record: a, expr: time()}, {record: b, expr: a * 2}, {record: c, expr: a and (b % 240 > 0)}, \
         {alert: Odd, expr: c > 0}]}]",
    )
    .expect("valid");
    let mut manager = Manager::new(sources, Arc::new(Inbox::default()), clock.clone(), Options::default());
    manager.load(set, Settings::default(), START_MS);
    let view = manager.view();
    let evaluations = std::thread::spawn(move || {
        for _ in 0..10 {
            let due_ms = manager.next_due_ms().unwrap_or_default();
            clock.set_ms(due_ms);
            manager.step(due_ms);
        }
    });
    evaluations.join().expect("no panic");
    let groups = view.groups();
    assert_eq!(groups[0].evaluations, 10);
    for rule in &groups[0].rules {
        assert_eq!((rule.health, &rule.last_error), (Health::Good, &None), "{}", rule.name);
    }
}
