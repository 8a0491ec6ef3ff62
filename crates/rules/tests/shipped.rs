//! The rules that are shipped: each is evaluated without an error, fires when it should, and reads well on a phone.
#![cfg(test)]
#![expect(clippy::type_complexity, reason = "tables of cases are slices of tuples")]

mod support;

use std::collections::BTreeSet;
use std::sync::Arc;

use model::Labels;
use rules::{Health, Logs, Manager, Options, RuleKind, RuleSet, Settings, Sources};
use storage::{CancelToken, TenantId};
use support::{Bench, Inbox, MINUTE_MS, START_MS};
use testkit::{MemoryLogStore, MemoryStore};

/// What a summary may have, in characters: two lines of a phone.
const MAX_SUMMARY: usize = 80;

fn labels(text: &str) -> Labels {
    let (name, pairs) = text.split_once('{').unwrap_or((text, "}"));
    let pairs = pairs.trim_end_matches('}').split(',').filter_map(|pair| pair.split_once('='));
    Labels::from_pairs(pairs.chain([("__name__", name)]))
}

/// Evaluates the shipped rules for half an hour over series whose value at each minute is given, and compares the firing alerts.
fn check(series: &[(&str, fn(i64) -> f64)], expected: &[&str]) {
    let mut bench = Bench::over(Arc::default(), START_MS);
    bench.manager.load(RuleSet::shipped().expect("valid"), Settings::default(), START_MS);
    for second in (-3600..1800).step_by(60) {
        for (text, value) in series {
            bench.store.insert_floats(&labels(text), [(START_MS + second * 1000, value(second / 60))]);
        }
    }
    while bench.manager.next_due_ms().is_some_and(|due_ms| due_ms < START_MS + 30 * MINUTE_MS) {
        bench.next(|_, _| {});
    }
    let mut firing = BTreeSet::new();
    for group in bench.manager.view().groups() {
        for rule in &group.rules {
            let is_log_rule = group.name == "logs";
            assert_eq!(rule.health == Health::Good, !is_log_rule, "{}: {:?}", rule.name, rule.last_error);
            let alerts = rule.alerting.iter().flat_map(|alerting| &alerting.alerts);
            for alert in alerts.filter(|alert| alert.state == rules::AlertState::Firing) {
                for (name, text) in alert.annotations.iter() {
                    assert!(!text.contains("<error") && !text.contains("<no value>"), "{}: {name}: {text}", rule.name);
                    assert!(name != "summary" || text.chars().count() <= MAX_SUMMARY, "{text}");
                }
                firing.insert(format!(
                    "{}: {} {}",
                    rule.name, alert.annotations["summary"], alert.annotations["description"]
                ));
            }
        }
    }
    let expected: BTreeSet<String> = expected.iter().map(ToString::to_string).collect();
    assert_eq!(firing, expected);
}

#[test]
fn hosts() {
    check(
        &[
            ("up{job=node,instance=a}", |_| 1.0),
            ("up{job=node,instance=b}", |minute| f64::from(minute < 10)),
            ("up{job=cadvisor,instance=b}", |minute| f64::from(minute < 10)),
            ("node_cpu_seconds_total{instance=a,cpu=0,mode=idle}", |minute| minute as f64 * 60.0 * 0.1 + 1000.0),
            ("node_memory_MemAvailable_bytes{instance=a}", |_| 104_857_600.0),
            ("node_memory_MemTotal_bytes{instance=a}", |_| 2_097_152_000.0),
            ("node_filesystem_avail_bytes{instance=a,mountpoint=/,device=sda1,fstype=ext4}", |_| 52_428_800.0),
            ("node_filesystem_size_bytes{instance=a,mountpoint=/,device=sda1,fstype=ext4}", |_| 1_048_576_000.0),
            ("node_filesystem_readonly{instance=a,mountpoint=/,device=sda1,fstype=ext4}", |_| 0.0),
            ("node_filesystem_files{instance=a,mountpoint=/,device=sda1,fstype=ext4}", |_| 100.0),
            ("node_filesystem_files_free{instance=a,mountpoint=/,device=sda1,fstype=ext4}", |_| 80.0),
            ("node_filesystem_avail_bytes{instance=a,mountpoint=/tmp,device=tmpfs,fstype=tmpfs}", |_| 0.0),
            ("node_filesystem_size_bytes{instance=a,mountpoint=/tmp,device=tmpfs,fstype=tmpfs}", |_| 1.0),
            ("node_filesystem_readonly{instance=a,mountpoint=/tmp,device=tmpfs,fstype=tmpfs}", |_| 0.0),
        ],
        &[
            "HostDown: b is down No numbers have come from b for two minutes.",
            "TargetDown: cadvisor on b is down No numbers have come from cadvisor on b for two minutes.",
            "HostCpuHigh: CPU of a at 90 % The processors of a have been more than 85 % busy for ten minutes.",
            "HostMemoryHigh: Memory of a at 95 % Only 100MiB of memory are left on a.",
            "HostDiskNearlyFull: / on a is 95 % full 50MiB are left on / (sda1).",
        ],
    );
}

#[test]
fn containers() {
    check(
        &[
            // Crashes after twenty minutes.
            ("container_running{instance=a,name=web,id=1}", |minute| f64::from(minute < 20)),
            ("container_exit_code{instance=a,name=web,id=1}", |minute| if minute < 20 { f64::NAN } else { 139.0 }),
            // Has done its work.
            ("container_running{instance=a,name=job,id=2}", |minute| f64::from(minute < 20)),
            ("container_exit_code{instance=a,name=job,id=2}", |_| 0.0),
            // Should run.
            ("container_running{instance=a,name=db,id=3}", |minute| f64::from(minute < 20)),
            ("container_exit_code{instance=a,name=db,id=3}", |_| 0.0),
            ("container_info{instance=a,name=db,id=3,restart_policy=always}", |_| 1.0),
            // Was stopped long ago.
            ("container_running{instance=a,name=old,id=4}", |_| 0.0),
            ("container_exit_code{instance=a,name=old,id=4}", |_| 1.0),
            // Starts again and again.
            ("container_running{instance=a,name=loop,id=5}", |_| 1.0),
            ("container_starts_total{instance=a,name=loop,id=5}", |minute| (minute / 3) as f64 + 100.0),
            // Ran out of memory.
            ("container_running{instance=a,name=fat,id=6}", |_| 1.0),
            ("container_oom_killed{instance=a,name=fat,id=6}", |_| 1.0),
            ("container_finished_time_seconds{instance=a,name=fat,id=6}", |_| (START_MS / 1000 + 1500) as f64),
            ("container_health_status{instance=a,name=ill,id=7,status=unhealthy}", |_| 1.0),
            ("container_memory_working_set_bytes{instance=a,name=full,id=8}", |_| 95.0),
            ("container_spec_memory_limit_bytes{instance=a,name=full,id=8}", |_| 100.0),
        ],
        &[
            "ContainerDown: Container web is down web on a does not run; its exit code was 139.",
            "ContainerDown: Container db is down db on a does not run; its exit code was 0.",
            "ContainerRestarting: Container loop keeps restarting loop on a has started 4 times within 15 minutes.",
            "ContainerOomKilled: Container fat ran out of memory The kernel has ended a process of fat on a for want of memory.",
            "ContainerUnhealthy: Container ill is unhealthy The health check of ill on a has failed for two minutes.",
            "ContainerMemoryNearLimit: Container full uses 95 % of its memory full on a is about to reach its memory limit.",
        ],
    );
}

#[test]
fn menara_itself() {
    check(
        &[
            ("menara_tsdb_full{instance=a}", |_| 1.0),
            ("menara_logs_full{instance=a}", |_| 0.0),
            ("menara_tsdb_batches_failed_total{instance=a}", |minute| minute as f64 + 100.0),
            ("menara_logs_corruptions_total{instance=a}", |minute| f64::from(minute > 0)),
            ("menara_sensor_readings_failed_total{instance=a}", |minute| minute as f64 + 100.0),
            ("loki_discarded_samples_total{instance=a,reason=rate_limited}", |minute| minute as f64 + 100.0),
            ("prometheus_config_last_reload_successful{instance=a,job=menara}", |_| 0.0),
            ("prometheus_config_last_reload_successful{instance=p,job=prometheus}", |_| 0.0),
            ("prometheus_rule_evaluation_failures_total{instance=a,job=menara,rule_group=r.yml;g}", |minute| {
                minute as f64 + 100.0
            }),
            ("alertmanager_notifications_failed_total{instance=a,job=menara,integration=email}", |minute| {
                minute as f64 + 100.0
            }),
        ],
        &[
            "MenaraStoreFull: Menara's disk on a is full Menara takes no more numbers or lines until there is room in its data directory.",
            "MenaraWritesFail: Menara on a cannot write Numbers or lines were not stored within the last ten minutes; see its log.",
            "MenaraDataCorrupt: Menara on a found damaged data Damaged data was set aside and is not served. Look after the disk.",
            "MenaraReadingsFail: Menara on a loses readings What its sensors read could not be stored within the last ten minutes.",
            "MenaraLosesLines: Menara on a loses log lines Lines went away before they were read, or were refused for a limit, within \
             the last ten minutes.",
            "MenaraReloadFailed: Menara on a refused its configuration It goes on with the one from before. `menara check-config` says what \
             is wrong.",
            "MenaraRulesFail: Rules fail on a Rules of r.yml;g could not be evaluated within the last ten minutes; the Alerts page says why.",
            "MenaraMessagesFail: Menara on a cannot reach email Messages were given up within the last ten minutes; its log says why.",
        ],
    );
}

#[test]
fn lines_of_logs() {
    let logs = Arc::new(MemoryLogStore::new());
    let streams = [("quiet", "error", 40), ("noisy", "error", 60), ("chatty", "info", 500)];
    for (service, level, lines) in streams {
        let stream = Labels::from_pairs([("service_name", service), ("host", "a")]);
        let metadata = Labels::from_pairs([("detected_level", level)]);
        for line in 0..lines {
            logs.insert(&stream, (START_MS + 300 + line) * 1_000_000, b"text", metadata.as_bytes());
        }
    }
    let inbox = Arc::new(Inbox::default());
    let sources = Sources {
        metrics: Arc::new(MemoryStore::new()),
        engine: promql::Engine::default(),
        logs: Some(Logs { store: logs, engine: logql::Engine::default() }),
        tenant: TenantId::default(),
        cancel: CancelToken::new(),
    };
    let clock = Arc::new(model::ManualClock::new(START_MS));
    let mut manager = Manager::new(sources, inbox.clone(), clock, Options::default());
    let mut set = RuleSet::shipped().expect("valid");
    set.groups.retain(|group| group.name == "logs");
    manager.load(set, Settings::default(), START_MS);
    manager.step(START_MS + 2 * MINUTE_MS);
    assert_eq!(manager.view().groups()[0].rules[0].last_error, None);
    let posted = inbox.posted.lock();
    let [alert] = posted.as_slice() else { panic!("one alert: {posted:?}") };
    assert_eq!(alert.annotations["summary"], "noisy logs many errors");
    let expected = "60 lines of noisy on a were errors within the last five minutes.";
    assert_eq!(alert.annotations["description"], expected);
}

#[test]
fn every_shipped_alert_can_be_read() {
    for group in RuleSet::shipped().expect("valid").groups {
        for rule in &group.rules {
            let RuleKind::Alerting(alert) = &rule.kind else { continue };
            let names: Vec<&str> = alert.annotation_texts().map(|(name, _)| name).collect();
            assert_eq!(names, ["description", "summary"], "{}", rule.name);
            let severity = rule.labels.iter().find(|(name, _)| name == "severity").map(|(_, value)| value.as_str());
            assert!(matches!(severity, Some("warning" | "critical")), "{}", rule.name);
        }
    }
}
