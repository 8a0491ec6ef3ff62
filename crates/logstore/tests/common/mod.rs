//! Asking a store and the plain list the same.
#![allow(dead_code, reason = "each test binary uses its part of this")]

use std::collections::BTreeMap;

use storage::logs::{CountUnit, NanoGrid, Order};
use storage::{CancelToken, ErrorKind, LineQuery, LogLimits, LogStore, NanoRange, TenantId};
use testkit::{MemoryLogStore, Random};

use crate::support::{self, Given, MS};

/// Both have the same lines, in the same order.
pub(crate) fn compare_all(store: &dyn LogStore, expected: &MemoryLogStore, what: &str) {
    for order in [Order::Forward, Order::Backward, Order::PerStream] {
        compare_query(store, expected, &support::everything(order), &LogLimits::default(), what);
    }
}

/// Asks some random questions.
pub(crate) fn compare_some(
    store: &dyn LogStore,
    expected: &MemoryLogStore,
    random: &mut Random,
    now_ns: i64,
    n: usize,
) {
    for _ in 0..n {
        let query = support::random_query(random, now_ns);
        let memory_bytes = [1 << 28, 1 << 28, 500_000, 4_000][random.below(4)];
        let limits = LogLimits { memory_bytes, ..LogLimits::default() };
        compare_query(store, expected, &query, &limits, "random query");
        compare_counts(store, expected, random, now_ns);
    }
    compare_lists(store, expected, random, now_ns);
}

pub(crate) fn compare_query(
    store: &dyn LogStore,
    expected: &MemoryLogStore,
    query: &LineQuery,
    limits: &LogLimits,
    what: &str,
) {
    let unlimited = LineQuery { limit: None, ..query.clone() };
    let wanted = support::select(expected, &unlimited, &LogLimits::default()).expect("memory does not fail");
    let found = match support::select(store, query, limits) {
        Err(error) if error.kind() == ErrorKind::LimitExceeded && limits.memory_bytes < 1 << 20 => {
            return compare_query(store, expected, query, &LogLimits::default(), what);
        }
        result => result.unwrap_or_else(|error| panic!("{what}: {query:?}: {error}")),
    };
    let limit = query.limit.unwrap_or(usize::MAX);
    assert_eq!(found.len(), wanted.len().min(limit), "{what}: {query:?}");
    match query.order {
        Order::Forward | Order::Backward => {
            let differs = found.iter().zip(&wanted).position(|(a, b)| a != b);
            assert_eq!(differs.map(|i| (&found[i], &wanted[i])), None, "{what}: {query:?}");
        }
        Order::PerStream if query.limit.is_none() => {
            let (found, wanted) = (by_stream(found), by_stream(wanted));
            assert!(found == wanted, "{what}: {query:?}\n{found:?}\n{wanted:?}");
        }
        Order::PerStream | Order::Any => {
            let mut rest: BTreeMap<Given, usize> = BTreeMap::new();
            wanted.into_iter().for_each(|row| *rest.entry(row).or_default() += 1);
            for row in found {
                let left = rest.get_mut(&row).filter(|n| **n > 0);
                *left.unwrap_or_else(|| panic!("{what}: {query:?}: {row:?} is too many")) -= 1;
            }
        }
    }
}

fn by_stream(rows: Vec<Given>) -> BTreeMap<model::Labels, Vec<Given>> {
    let mut streams: BTreeMap<_, Vec<Given>> = BTreeMap::new();
    rows.into_iter().for_each(|row| streams.entry(row.0.clone()).or_default().push(row));
    streams
}

pub(crate) fn compare_counts(store: &dyn LogStore, expected: &MemoryLogStore, random: &mut Random, now_ns: i64) {
    let minute_ns = 60_000 * MS;
    let (unit_ns, most) = if random.below(2) == 0 { (minute_ns, 10) } else { (1 + random.below(1 << 32) as i64, 40) };
    let start_ns = (now_ns - random.below(900_000) as i64 * MS).div_euclid(unit_ns) * unit_ns;
    let step_ns = unit_ns * (1 + random.below(most) as i64);
    let n = random.below(30) as i64;
    let grid = NanoGrid {
        start_ns,
        end_ns: start_ns + n * step_ns + random.below(step_ns as usize) as i64 * i64::from(n > 0),
        step_ns: if n == 0 { 0 } else { step_ns },
        window_ns: unit_ns * (1 + random.below(most) as i64),
    };
    let matchers = support::random_matchers(random);
    let filters: Vec<_> = (0..random.below(2)).map(|_| support::random_filter(random)).collect();
    let by_metadata: &[&str] = [&[][..], &["detected_level"], &["detected_level", "trace", "job"]][random.below(3)];
    let unit = CountUnit { matchers: &matchers, filters: &filters, bytes: random.below(2) == 0, by_metadata };
    let count = |store: &dyn LogStore| {
        let counts = store.count_grid(TenantId::default(), &unit, grid, &LogLimits::default(), &CancelToken::new());
        counts.expect("nothing is damaged").expect("a grid")
    };
    assert_eq!(count(store), count(expected), "{unit:?} {grid:?}");
}

/// Streams, labels and volumes.
pub(crate) fn compare_lists(store: &dyn LogStore, expected: &MemoryLogStore, random: &mut Random, now_ns: i64) {
    let (tenant, limits, cancel) = (TenantId::default(), LogLimits::default(), CancelToken::new());
    let selectors: Vec<_> = (0..random.below(3)).map(|_| support::random_matchers(random)).collect();
    let range = support::random_query(random, now_ns).range;
    let streams = |store: &dyn LogStore, range| {
        store.select_streams(tenant, &selectors, range, &limits, &cancel).expect("nothing is damaged")
    };
    for range in [range, NanoRange::ALL] {
        assert_eq!(streams(store, range), streams(expected, range), "{selectors:?} {range:?}");
    }
    let all = NanoRange::ALL;
    let names = |store: &dyn LogStore| store.label_names(tenant, &selectors, all, &cancel).expect("nothing is damaged");
    // Of the last moment there is nothing to be found, but its blocks are seen.
    let has_last_moment = expected.dump().iter().any(|line| line.time_ns == i64::MAX);
    if !has_last_moment {
        assert_eq!(names(store), names(expected), "{selectors:?}");
        let values = |store: &dyn LogStore, name: &str| {
            store.label_values(tenant, name, &selectors, all, &cancel).expect("nothing is damaged")
        };
        for name in ["job", "pod", "zone", "other"] {
            assert_eq!(values(store, name), values(expected, name), "{name} {selectors:?}");
        }
    }
    let volumes = |store: &dyn LogStore| {
        let volumes = store.volumes(tenant, &selectors, all, &cancel).expect("nothing is damaged");
        volumes.into_iter().map(|v| (v.labels, v.lines, v.bytes)).collect::<Vec<_>>()
    };
    if !has_last_moment {
        assert_eq!(volumes(store), volumes(expected), "{selectors:?}");
    }
}
