use model::{Labels, ManualClock, MetricKind, is_stale};
use storage::batch::Value;
use testkit::MemoryStore;

use super::*;

const NOW_MS: i64 = 10_000_000;

fn labels(name: &str, job: &str, container: &str) -> Labels {
    Labels::from_pairs([(METRIC_NAME, name), ("job", job), ("instance", "bromo"), ("container", container)])
}

/// A target whose readings find these containers, one set after the other.
fn target(readings: &[&[&'static str]]) -> Target {
    let mut readings: Vec<Vec<&'static str>> = readings.iter().rev().map(|names| names.to_vec()).collect();
    let read = move || {
        let mut family = Family::new("container_running", "Whether it runs.", MetricKind::Gauge);
        for container in readings.pop().unwrap_or_default() {
            family.push(vec![("container".into(), container.to_owned())], 1.0);
        }
        vec![family]
    };
    Target::new("cadvisor", "bromo", Box::new(read))
}

/// The containers whose series end with a staleness marker.
fn ended(store: &MemoryStore) -> Vec<String> {
    let is_ended = |value: &Value| matches!(value, Value::Float(value) if is_stale(*value));
    let dump = store.dump();
    let ended = dump.iter().filter(|(_, samples)| samples.values().next_back().is_some_and(is_ended));
    ended.map(|(labels, _)| labels.get("container").to_owned()).collect()
}

#[test]
fn what_is_gone_ends_at_once() {
    let (store, clock) = (MemoryStore::new(), ManualClock::new(NOW_MS));
    let mut target = target(&[&["web", "db"], &["db"], &["db", "web"]]);
    for expected in [&[][..], &["web"], &[]] {
        read(&mut target, &store, &clock).expect("the memory takes it");
        assert_eq!(ended(&store), expected);
        clock.advance_ms(15_000);
    }
}

#[test]
fn what_went_while_the_program_was_not_running_ends_with_the_first_reading() {
    let (store, clock) = (MemoryStore::new(), ManualClock::new(NOW_MS));
    store.insert_floats(&labels("container_running", "cadvisor", "web"), [(NOW_MS - 60_000, 1.0)]);
    store.insert_floats(&labels("container_running", "cadvisor", "db"), [(NOW_MS - 60_000, 1.0)]);
    store.insert_floats(&labels("container_running", "other", "theirs"), [(NOW_MS - 60_000, 1.0)]);
    store.insert_floats(&labels("container_running", "cadvisor", "long-gone"), [(NOW_MS - 600_000, 1.0)]);
    read(&mut target(&[&["db"]]), &store, &clock).expect("the memory takes it");
    assert_eq!(ended(&store), ["web"]);
}

#[test]
fn a_run_goes_on_with_what_every_reading_tells() {
    let (store, clock) = (MemoryStore::new(), ManualClock::new(NOW_MS));
    read(&mut target(&[&["db"]]), &store, &clock).expect("the memory takes it");
    clock.advance_ms(15_000);
    read(&mut target(&[&["db"]]), &store, &clock).expect("the memory takes it");
    assert_eq!(ended(&store), [""; 0]);
    let up = Labels::from_pairs([(METRIC_NAME, "up"), ("job", "cadvisor"), ("instance", "bromo")]);
    assert_eq!(store.dump()[&up].len(), 2);
}
