mod reload;

use std::path::Path;

use model::alert::AlertError;
use model::notify::{NotifyOutcome, ReceiverData};
use model::{Labels, PostedAlert};
use testkit::SimFs;

use super::*;
use crate::silence::{MatcherDraft, SilenceDraft};

/// A manager on a virtual clock with receivers that answer as a script says.
struct World {
    fs: SimFs,
    manager: AlertManager,
    now_ms: i64,
    /// Each notification as `second: receiver/kind[i] reason: alerts`.
    sent: Vec<String>,
}

const ROUTES: &str = "
route:
  receiver: web
  group_by: [alertname]
  group_wait: 1s
  group_interval: 10s
  repeat_interval: 1m
  routes:
  - matchers: [team=a]
    receiver: quiet
    mute_time_intervals: [first-minute]
inhibit_rules:
- source_matchers: [severity=high]
  target_matchers: [severity=low]
time_intervals:
- name: first-minute
  time_intervals:
  - times: [{start_time: '00:00', end_time: '00:01'}]
receivers:
- name: web
  webhook_configs:
  - url: http://a/
  - url: http://b/
    send_resolved: false
- name: quiet
  webhook_configs: [{url: 'http://c/'}]
  discord_configs: [{webhook_url: 'http://d/'}]
";

fn config(text: &str) -> Arc<Config> {
    let report = ::config::Report::new();
    Arc::new(crate::config::load("am.yml", text, Syntax::default(), &report).expect("a valid configuration"))
}

fn open(fs: &SimFs, now_ms: i64) -> AlertManager {
    let mut next = now_ms as u64;
    let entropy = Entropy::new(move || {
        next += 1;
        next
    });
    let fs: Arc<dyn FileSystem> = Arc::new(fs.clone());
    AlertManager::open(fs, Path::new("/am"), config(ROUTES), Options::new(entropy), now_ms).expect("a directory").0
}

fn labels(text: &str) -> Labels {
    Labels::from_pairs(text.split(',').filter_map(|pair| pair.split_once('=')))
}

impl World {
    fn new() -> World {
        let fs = SimFs::new();
        let manager = open(&fs, 0);
        World { fs, manager, now_ms: 0, sent: Vec::new() }
    }

    /// Runs until a moment; each attempt is answered at once.
    fn run(&mut self, until_s: i64, mut answer: impl FnMut(&str) -> NotifyOutcome) {
        while self.manager.next_due_ms() <= until_s * 1000 {
            self.now_ms = self.now_ms.max(self.manager.next_due_ms());
            for action in self.manager.step(self.now_ms) {
                let to = action.to.to_string();
                let alert = |alert: &model::notify::NotifiedAlert| {
                    let mark = if alert.is_resolved { "-" } else { "+" };
                    format!("{mark}{}", alert.alert.labels.get("n"))
                };
                let alerts: Vec<String> = action.notification.alerts.iter().map(alert).collect();
                let (at, reason) = (self.now_ms as f64 / 1000.0, action.notification.reason.as_str());
                self.sent.push(format!("{at} {to} {reason}: {}", alerts.join(" ")));
                self.manager.done(action.id, answer(&to), self.now_ms).expect("a disk");
            }
        }
        self.now_ms = until_s * 1000;
    }

    fn run_well(&mut self, until_s: i64) {
        self.run(until_s, |_| NotifyOutcome::Sent(ReceiverData::new()));
    }

    fn post(&mut self, text: &str, ends_in_s: Option<i64>) {
        let ends_at_ms = ends_in_s.map(|s| self.now_ms + s * 1000);
        let posted = PostedAlert { labels: labels(text), ends_at_ms, ..PostedAlert::default() };
        self.manager.post(&[posted], self.now_ms).expect("a valid alert");
    }

    /// Kills the process.
    fn restart(&mut self) {
        self.manager = open(&self.fs, self.now_ms);
    }

    #[track_caller]
    fn check(&mut self, expected: &[&str]) {
        assert_eq!(std::mem::take(&mut self.sent), expected);
    }
}

#[test]
fn tells_of_a_group_when_it_changes_and_when_it_is_over() {
    let mut world = World::new();
    world.post("alertname=x,n=1", Some(3600));
    world.run_well(5);
    world.check(&["1 web/webhook[0] first notification: +1", "1 web/webhook[1] first notification: +1"]);
    world.post("alertname=x,n=2", Some(20));
    world.run_well(11);
    world.check(&["11 web/webhook[0] new alerts added: +1 +2", "11 web/webhook[1] new alerts added: +1 +2"]);
    world.run_well(60);
    world.check(&["31 web/webhook[0] some alerts resolved: +1 -2"]);
    world.run_well(100);
    world.check(&["81 web/webhook[1] repeat interval elapsed: +1"]);
    world.post("alertname=x,n=1", Some(0));
    world.run_well(200);
    world.check(&["101 web/webhook[0] all alerts resolved: -1"]);
    assert!(world.manager.groups.is_empty());
}

#[test]
fn tries_again_and_gives_up() {
    let mut world = World::new();
    world.post("alertname=x,n=1", Some(3600));
    let mut attempts = 0;
    world.run(10, |to| {
        attempts += i32::from(to == "web/webhook[0]");
        if to == "web/webhook[1]" {
            NotifyOutcome::Sent(ReceiverData::new())
        } else if attempts == 2 {
            NotifyOutcome::Retry { reason: "busy".to_owned(), retry_after_ms: Some(3000) }
        } else {
            NotifyOutcome::Retry { reason: "down".to_owned(), retry_after_ms: None }
        }
    });
    world.check(&[
        "1 web/webhook[0] first notification: +1",
        "1 web/webhook[1] first notification: +1",
        "1.5 web/webhook[0] first notification: +1",
        "4.5 web/webhook[0] first notification: +1",
        "5.625 web/webhook[0] first notification: +1",
        "7.312 web/webhook[0] first notification: +1",
        "9.842 web/webhook[0] first notification: +1",
    ]);
    let failure = Failure { about: "web/webhook[0]".to_owned(), reason: "down".to_owned() };
    assert_eq!(world.manager.take_failures(), [failure]);
    let counts = Counts { notifications: 2, failed: 1, requests: 7, requests_failed: 6 };
    assert_eq!(world.manager.counts().get("webhook"), Some(&counts));
    world.run_well(12);
    world.check(&["11 web/webhook[0] first notification: +1"]);
}

#[test]
fn a_receiver_that_never_answers_is_given_up() {
    let mut world = World::new();
    world.post("alertname=x,n=1", Some(3600));
    let first = world.manager.step(1000);
    assert_eq!(first.len(), 2);
    assert_eq!(world.manager.next_due_ms(), 11_000);
    // Both are late; the next look at the group tries again.
    let second = world.manager.step(11_000);
    assert_eq!(second.len(), 2);
    assert_eq!(world.manager.take_failures().len(), 2);
    // A late answer is an answer all the same.
    let sent = NotifyOutcome::Sent(ReceiverData::new());
    world.manager.done(first[0].id, sent.clone(), 11_500).expect("a disk");
    world.manager.done(second[0].id, NotifyOutcome::Failed { reason: "no".to_owned() }, 12_000).expect("a disk");
    world.manager.done(second[1].id, sent, 12_000).expect("a disk");
    assert!(world.manager.step(21_000).is_empty());
}

#[test]
fn mutes_inhibits_and_silences() {
    let mut world = World::new();
    world.post("alertname=x,n=1,team=a", Some(3600));
    world.post("alertname=y,n=2,severity=low", Some(3600));
    world.post("alertname=z,n=3,severity=high", Some(15));
    world.post("alertname=s,n=4", Some(3600));
    let matcher = MatcherDraft { name: "n".to_owned(), op: "=".to_owned(), value: "4".to_owned() };
    let draft = SilenceDraft { matcher_sets: vec![vec![matcher]], ends_at_ms: Some(30_000), ..SilenceDraft::default() };
    let id = world.manager.set_silence(&draft, 0).expect("a valid silence");
    let shown = |world: &World| -> Vec<String> {
        let view = |view: AlertView| {
            let n = view.alert.labels.get("n").to_owned();
            format!("{n} {:?} {} {}", view.receivers, view.silenced_by.len(), view.inhibited_by.len())
        };
        let mut shown: Vec<String> = world.manager.alerts(world.now_ms).into_iter().map(view).collect();
        shown.sort();
        shown
    };
    assert_eq!(shown(&world), ["1 [\"quiet\"] 0 0", "2 [\"web\"] 0 1", "3 [\"web\"] 0 0", "4 [\"web\"] 1 0"]);
    let muted: Vec<_> = world.manager.groups(0).into_iter().flat_map(|g| g.alerts).flat_map(|a| a.muted_by).collect();
    assert_eq!(muted, ["first-minute"]);
    // All of it holds after a power cut, before anything is sent.
    world.fs.cut_power(|_| 0);
    world.restart();
    world.run_well(12);
    world.check(&["1 web/webhook[0] first notification: +3", "1 web/webhook[1] first notification: +3"]);
    world.run_well(22);
    world.check(&[
        "21 web/webhook[0] first notification: +2",
        "21 web/webhook[1] first notification: +2",
        "21 web/webhook[0] all alerts resolved: -3",
    ]);
    world.manager.expire_silence(&id, 22_000).expect("a silence");
    world.run_well(35);
    world.check(&["31 web/webhook[0] first notification: +4", "31 web/webhook[1] first notification: +4"]);
    world.run_well(62);
    world.check(&["61 quiet/webhook[0] first notification: +1"]);
    let reasons: Vec<String> = world.manager.take_failures().into_iter().map(|failure| failure.reason).collect();
    assert_eq!(reasons, ["not built yet: discord"]);
}

#[test]
fn goes_on_after_a_crash() {
    let mut world = World::new();
    world.post("alertname=x,n=1", Some(3600));
    world.run_well(5);
    world.sent.clear();
    world.restart();
    world.run_well(60);
    world.check(&[]);
    world.run_well(75);
    world.check(&["71 web/webhook[0] repeat interval elapsed: +1", "71 web/webhook[1] repeat interval elapsed: +1"]);
    // Between handing out and the answer: sent again, at once.
    world.post("alertname=x,n=2", Some(3600));
    world.now_ms = 81_000;
    assert_eq!(world.manager.step(81_000).len(), 2);
    world.now_ms = 82_000;
    world.restart();
    world.run_well(83);
    world.check(&["82 web/webhook[0] new alerts added: +1 +2", "82 web/webhook[1] new alerts added: +1 +2"]);
    // Alerts that were told of as ended are not told of again.
    world.post("alertname=x,n=2", Some(0));
    world.run_well(93);
    world.check(&["92 web/webhook[0] some alerts resolved: +1 -2"]);
    world.restart();
    world.run_well(140);
    world.check(&[]);
}

#[test]
fn alerts_that_ran_out_while_nobody_listened_are_given_time() {
    let mut world = World::new();
    world.post("alertname=x,n=1", Some(60));
    world.post("alertname=x,n=2", Some(60));
    world.post("alertname=y,n=3", Some(60));
    world.run_well(5);
    world.post("alertname=y,n=3", Some(0));
    world.sent.clear();
    // Later, one of the two that ran out is posted again; the sender of the third had told of its end.
    world.now_ms = 90_000;
    world.restart();
    world.run_well(100);
    world.check(&["90 web/webhook[0] all alerts resolved: -3"]);
    let again = PostedAlert {
        labels: labels("alertname=x,n=1"),
        starts_at_ms: Some(0),
        ends_at_ms: Some(900_000),
        ..PostedAlert::default()
    };
    world.manager.post(&[again], world.now_ms).expect("a valid alert");
    world.run_well(215);
    world.check(&["210 web/webhook[0] some alerts resolved: +1 -2", "210 web/webhook[1] repeat interval elapsed: +1"]);
}

#[test]
fn a_clock_that_is_set_back_stops_nothing() {
    let mut world = World::new();
    let day_ms = 86_400_000;
    world.now_ms = day_ms;
    world.post("alertname=x,n=1", Some(10 * 86_400));
    world.run_well(86_405);
    world.sent.clear();
    // Back to the first hour: the next look at the group is an interval away, not a day.
    world.now_ms = 100_000;
    world.manager.step(world.now_ms);
    assert_eq!(world.manager.next_due_ms(), 110_000);
    world.post("alertname=x,n=2", Some(10 * 86_400));
    world.run_well(115);
    world.check(&["110 web/webhook[0] new alerts added: +1 +2", "110 web/webhook[1] new alerts added: +1 +2"]);
    // The same over a restart.
    world.now_ms = 50_000;
    world.restart();
    assert!(world.manager.next_due_ms() <= 60_000);
}

#[test]
fn there_is_a_limit() {
    let mut world = World::new();
    world.manager.options.max_alerts = 2;
    world.post("n=1", None);
    let posted: Vec<PostedAlert> =
        ["n=1", "n=2", "n=3"].map(|text| PostedAlert { labels: labels(text), ..PostedAlert::default() }).to_vec();
    let error = world.manager.post(&posted, 0).expect_err("one too many");
    assert_eq!(error.to_string(), "too many alerts, {n=\"3\"} is not taken (limit: 2)");
    assert_eq!(world.manager.alerts(0).len(), 2);
}

#[test]
fn refuses_what_is_no_alert_and_keeps_the_rest() {
    let mut world = World::new();
    let posted = |text: &str, starts_at_ms, ends_at_ms| PostedAlert {
        labels: labels(text),
        starts_at_ms,
        ends_at_ms,
        ..PostedAlert::default()
    };
    let batch = [posted("n=1", Some(5), Some(4)), posted("", None, None), posted("n=2", None, Some(7))];
    let refused = vec!["start time must be before end time".to_owned(), "at least one label pair required".to_owned()];
    assert_eq!(world.manager.post(&batch, 0), Err(AlertError::Invalid(refused)));
    let alerts = world.manager.alerts(0);
    assert_eq!(alerts.len(), 1);
    assert_eq!((alerts[0].alert.starts_at_ms, alerts[0].alert.ends_at_ms), (7, 7));
    world.manager.options.syntax = Syntax::Classic;
    let error = world.manager.post(&[posted("ü=1", None, None)], 0).expect_err("no classic name");
    assert_eq!(error.to_string(), "invalid label set: invalid name \"ü\"");
}

#[test]
fn what_cannot_be_written_is_not_taken() {
    let mut world = World::new();
    world.post("n=1", Some(60));
    world.fs.fail_after(Some(0));
    let posted = PostedAlert { labels: labels("n=2"), ..PostedAlert::default() };
    assert!(matches!(world.manager.post(&[posted], 0), Err(AlertError::Unavailable(_))));
    let matcher = MatcherDraft { name: "n".to_owned(), op: "=".to_owned(), value: "4".to_owned() };
    let draft = SilenceDraft { matcher_sets: vec![vec![matcher]], ends_at_ms: Some(30_000), ..SilenceDraft::default() };
    assert!(world.manager.set_silence(&draft, 0).is_err());
    assert_eq!((world.manager.alerts(0).len(), world.manager.silences(0).len()), (1, 0));
    world.fs.fail_after(None);
    world.post("n=3", Some(60));
    world.restart();
    let kept: Vec<String> = world.manager.alerts(0).iter().map(|a| a.alert.labels.get("n").to_owned()).collect();
    assert_eq!(kept.len(), 2, "{kept:?}");
}

#[test]
fn a_damaged_log_is_read_up_to_the_damage_and_set_aside() {
    let mut world = World::new();
    world.post("n=1", Some(60));
    world.post("n=2", Some(60));
    let file = Path::new("/am/0000000001.log");
    let len = world.fs.bytes(file).expect("the log").len();
    world.fs.tamper(file, |bytes| bytes[len - 40] ^= 1);
    let fs: Arc<dyn FileSystem> = Arc::new(world.fs.clone());
    let options = Options::new(Entropy::new(|| 1));
    let (manager, damage) = AlertManager::open(fs, Path::new("/am"), config(ROUTES), options, 0).expect("a directory");
    assert!(damage.expect("damage").starts_with("/am/0000000001.log: damaged at byte "));
    assert!(!manager.alerts(0).is_empty());
    drop(manager);
    world.fs.cut_power(|_| 0);
    world.restart();
    assert!(!world.manager.alerts(0).is_empty(), "what was read stands in the new log");
    let names: Vec<_> = world.fs.paths().iter().map(|path| path.display().to_string()).collect();
    assert_eq!(names, ["/am/0000000001.log.damaged", "/am/0000000002.log"]);
}

#[test]
fn an_unknown_version_is_refused_and_stays() {
    let world = World::new();
    let file = Path::new("/am/0000000001.log");
    world.fs.tamper(file, |bytes| bytes[8] = 9);
    let before = world.fs.bytes(file);
    let fs: Arc<dyn FileSystem> = Arc::new(world.fs.clone());
    let error = AlertManager::open(fs, Path::new("/am"), config(ROUTES), Options::new(Entropy::new(|| 1)), 0)
        .expect_err("another version");
    assert!(error.to_string().contains("log version 9 is not known to this program, which writes 1"), "{error}");
    assert_eq!(world.fs.bytes(file), before);
}

#[test]
fn the_log_is_replaced_when_it_is_long() {
    let mut world = World::new();
    let long = "x".repeat(100_000);
    for i in 0..100 {
        world.post(&format!("alertname=x,n={},text={long}", i % 3), Some(3600));
    }
    world.run_well(5);
    let bytes: usize = world.fs.paths().iter().filter_map(|path| world.fs.bytes(path)).map(|bytes| bytes.len()).sum();
    assert!(bytes < 6 << 20, "{bytes} bytes");
    world.sent.clear();
    world.restart();
    assert_eq!(world.manager.alerts(5000).len(), 3);
    world.run_well(50);
    world.check(&[]);
}

#[test]
fn what_is_kept_back_is_counted_by_what_did_it() {
    let mut world = World::new();
    for text in
        ["alertname=x,n=1", "alertname=y,n=2,severity=high", "alertname=y,n=3,severity=low", "alertname=z,n=4,team=a"]
    {
        world.post(text, Some(3600));
    }
    let matcher = MatcherDraft { name: "n".to_owned(), op: "=".to_owned(), value: "1".to_owned() };
    let draft = SilenceDraft { matcher_sets: vec![vec![matcher]], ends_at_ms: Some(60_000), ..SilenceDraft::default() };
    world.manager.set_silence(&draft, 0).expect("a valid silence");
    world.run_well(5);
    world.check(&["1 web/webhook[0] first notification: +2", "1 web/webhook[1] first notification: +2"]);
    assert_eq!(world.manager.flushes(), 3);
    let counts = world.manager.suppressions().iter().map(|(reason, n)| (reason.name(), *n));
    let expected = [("inhibition", 1), ("mute_time_interval", 1), ("silence", 1)];
    assert_eq!(counts.collect::<Vec<_>>(), expected);
}
