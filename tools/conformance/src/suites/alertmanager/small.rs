//! Merging, fingerprints and deduplication.

use alerting::dispatch::{LoggedSets, needs_update};
use model::Fingerprint;
use serde_json::Value;

use super::data::{Case, alert, items, labels, ms};
use super::expect;

const NOW_MS: i64 = 1_000_000_000;

pub(super) fn merge(case: &Case<'_>) -> Option<Result<(), String>> {
    let [a, b, merged] = ["a", "b", "merged"].map(|key| alert(&case.value[key], NOW_MS));
    let both_ways = expect("merged", &a.merged_with(&b, NOW_MS), &merged)
        .and_then(|()| expect("merged the other way", &b.merged_with(&a, NOW_MS), &merged));
    Some(both_ways)
}

pub(super) fn fingerprint(case: &Case<'_>) -> Option<Result<(), String>> {
    let got = Fingerprint::of(&labels(&case.value["labels"])).to_string();
    Some(expect("fingerprint", &got.as_str(), &case.text("fingerprint")))
}

pub(super) fn dedup(case: &Case<'_>) -> Option<Result<(), String>> {
    let entry = &case.value["entry"];
    let before = (!entry.is_null()).then(|| {
        let at_ms = ms(&entry["age_s"]).map_or(0, |age_ms| NOW_MS - age_ms);
        sets(entry, at_ms)
    });
    let now = sets(case.value, NOW_MS);
    let repeat_ms = ms(&case.value["repeat_interval_s"]).unwrap_or_default();
    let send_resolved = case.value["send_resolved"].as_bool().unwrap_or_default();
    let got = needs_update(before.as_ref(), &now, repeat_ms, send_resolved);
    Some(expect("notify", &got.is_some(), &case.value["notify"].as_bool().unwrap_or_default()))
}

fn sets(value: &Value, at_ms: i64) -> LoggedSets {
    let hashes = |key: &str| {
        let mut hashes: Vec<u64> = items(&value[key]).iter().filter_map(Value::as_u64).collect();
        hashes.sort_unstable();
        hashes
    };
    LoggedSets { firing: hashes("firing"), resolved: hashes("resolved"), at_ms }
}
