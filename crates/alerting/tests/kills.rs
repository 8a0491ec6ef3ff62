//! A busy hour in which the process is killed two hundred times, at any moment: between two calls, within a write, between a receiver's
//! answer and our record. No alert and no silence that was acknowledged is lost, and a notification comes twice only in the last case.

#![expect(clippy::expect_used, reason = "the helpers of a test fail it")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use alerting::config::Config;
use alerting::silence::MatcherDraft;
use alerting::{Action, AlertManager, Entropy, Options, Silence, SilenceDraft, Syntax};
use model::notify::{NotifyOutcome, ReceiverData};
use model::{Integration, Labels, PostedAlert};
use testkit::{Random, SimFs};

const ORIGIN_MS: i64 = 1_700_000_000_000;
const HOUR_MS: i64 = 60 * 60_000;
const KILLS: usize = 200;
const REPEAT_MS: i64 = 5 * 60_000;

const CONFIG: &str = "
route:
  receiver: first
  group_by: [alertname]
  group_wait: 3s
  group_interval: 15s
  repeat_interval: 5m
  routes:
  - matchers: ['alertname=~\"a[0-2]\"']
    receiver: second
    continue: true
  - matchers: ['alertname=~\"a[1-3]\"']
    receiver: first
    group_by: ['...']
inhibit_rules:
- source_matchers: [severity=high]
  target_matchers: [severity=low]
  equal: [instance]
receivers:
- name: first
  webhook_configs: [{url: 'http://a/'}, {url: 'http://b/', send_resolved: false}]
- name: second
  webhook_configs: [{url: 'http://c/'}]
";

/// An alert as far as it must survive.
type Kept = BTreeMap<Labels, (i64, i64)>;
/// A group and an integration.
type Target = (Integration, String);
/// The alerts of a notification: labels, whether they had ended, since when they fire.
type Told = BTreeSet<(Labels, bool, i64)>;

/// Where the process is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kill {
    BetweenCalls,
    WithinWrite,
    BeforeRecord,
}

struct World {
    fs: SimFs,
    config: Arc<Config>,
    random: Random,
    manager: AlertManager,
    now_ms: i64,
    /// What was acknowledged.
    alerts: Kept,
    silences: BTreeMap<String, Arc<Silence>>,
    /// What was asked for and not acknowledged: it may be there or not.
    unsure_alerts: BTreeSet<Labels>,
    unsure_silences: bool,
    last_told: BTreeMap<Target, (Told, i64)>,
    /// Where a notification may come twice, because its first record was lost.
    excused: BTreeSet<Target>,
    doubles: usize,
    sent: usize,
}

fn open(fs: &SimFs, config: &Arc<Config>, seed: u64, now_ms: i64) -> AlertManager {
    let mut random = Random(seed);
    let mut options = Options::new(Entropy::new(move || random.next()));
    options.restart_grace_ms = 5000;
    let (manager, damage) =
        AlertManager::open(Arc::new(fs.clone()), Path::new("/am"), Arc::clone(config), options, now_ms)
            .expect("the directory opens after every kill");
    assert_eq!(damage, None, "a kill is no damage");
    manager
}

impl World {
    fn new(seed: u64) -> World {
        let fs = SimFs::new();
        let report = config::Report::new();
        let config = alerting::config::load("am.yml", CONFIG, Syntax::default(), &report).expect("a configuration");
        let config = Arc::new(config);
        let manager = open(&fs, &config, seed, ORIGIN_MS);
        World {
            fs,
            config,
            random: Random(seed),
            manager,
            now_ms: ORIGIN_MS,
            alerts: Kept::new(),
            silences: BTreeMap::new(),
            unsure_alerts: BTreeSet::new(),
            unsure_silences: false,
            last_told: BTreeMap::new(),
            excused: BTreeSet::new(),
            doubles: 0,
            sent: 0,
        }
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.random.below(n) == 0
    }

    fn post_some(&mut self) {
        let count = 1 + self.random.below(6);
        let posted: Vec<PostedAlert> = (0..count).map(|_| self.some_alert()).collect();
        let labels: Vec<Labels> = posted.iter().map(|posted| posted.labels.clone()).collect();
        match self.manager.post(&posted, self.now_ms) {
            Ok(()) => self.acknowledge(),
            Err(_) => self.unsure_alerts.extend(labels),
        }
    }

    fn some_alert(&mut self) -> PostedAlert {
        let (name, instance) = (self.random.below(5), self.random.below(8));
        let severity = if name == 4 { "high" } else { "low" };
        let pairs =
            [("alertname", format!("a{name}")), ("instance", instance.to_string()), ("severity", severity.into())];
        let ends_in_ms = match self.random.below(4) {
            0 => 0,
            1 => 20_000,
            _ => 60_000 * (1 + self.random.below(10) as i64),
        };
        PostedAlert {
            labels: Labels::from_pairs(pairs),
            ends_at_ms: Some(self.now_ms + ends_in_ms),
            starts_at_ms: (ends_in_ms > 0).then_some(self.now_ms),
            ..PostedAlert::default()
        }
    }

    fn silence_something(&mut self) {
        let done = match self.silences.keys().next().filter(|_| self.random.0.is_multiple_of(2)).cloned() {
            Some(id) => self.manager.expire_silence(&id, self.now_ms).is_ok(),
            None => {
                let value = self.random.below(8).to_string();
                let matcher = MatcherDraft { name: "instance".to_owned(), op: "=".to_owned(), value };
                let draft = SilenceDraft {
                    matcher_sets: vec![vec![matcher]],
                    ends_at_ms: Some(self.now_ms + 120_000),
                    ..SilenceDraft::default()
                };
                self.manager.set_silence(&draft, self.now_ms).is_ok()
            }
        };
        if done { self.acknowledge() } else { self.unsure_silences = true }
    }

    /// Notes what the manager has acknowledged so far.
    fn acknowledge(&mut self) {
        self.alerts = self.seen_alerts();
        self.silences = self.seen_silences();
    }

    fn seen_alerts(&self) -> Kept {
        let views = self.manager.alerts(self.now_ms).into_iter();
        views.map(|view| (view.alert.labels.clone(), (view.alert.starts_at_ms, view.alert.ends_at_ms))).collect()
    }

    fn seen_silences(&self) -> BTreeMap<String, Arc<Silence>> {
        self.manager.silences(self.now_ms).into_iter().map(|(_, silence)| (silence.id.clone(), silence)).collect()
    }

    /// Runs until a moment. Receivers answer mostly well. With `stop_before_record` the first answer that says so is never recorded,
    /// and nothing more is done.
    fn run(&mut self, until_ms: i64, stop_before_record: bool) {
        while self.manager.next_due_ms() <= until_ms {
            self.now_ms = self.now_ms.max(self.manager.next_due_ms());
            for action in self.manager.step(self.now_ms) {
                let outcome = match self.random.below(20) {
                    0 => NotifyOutcome::Retry { reason: "busy".to_owned(), retry_after_ms: None },
                    1 => NotifyOutcome::Failed { reason: "no".to_owned() },
                    // Never answered.
                    2 => continue,
                    _ => NotifyOutcome::Sent(ReceiverData::new()),
                };
                let is_sent = matches!(outcome, NotifyOutcome::Sent(_));
                if is_sent {
                    self.receive(&action);
                }
                let target = ((*action.to).clone(), action.notification.group_key.clone());
                if is_sent && stop_before_record {
                    self.excused.insert(target);
                    return;
                }
                if self.manager.done(action.id, outcome, self.now_ms).is_err() {
                    self.excused.insert(target);
                }
            }
        }
        self.now_ms = self.now_ms.max(until_ms);
    }

    fn receive(&mut self, action: &Action) {
        self.sent += 1;
        let alerts = action.notification.alerts.iter();
        let told: Told =
            alerts.map(|told| (told.alert.labels.clone(), told.is_resolved, told.alert.starts_at_ms)).collect();
        let target = ((*action.to).clone(), action.notification.group_key.clone());
        let is_double = self
            .last_told
            .get(&target)
            .is_some_and(|(before, at_ms)| *before == told && self.now_ms - at_ms <= REPEAT_MS);
        if is_double {
            assert!(self.excused.remove(&target), "sent twice: {target:?} {told:?}");
            self.doubles += 1;
        }
        self.last_told.insert(target, (told, self.now_ms));
    }

    fn kill(&mut self) {
        self.fs.fail_after(None);
        if self.one_in(2) {
            let random = &mut self.random;
            self.fs.cut_power(|unsynced| random.below(unsynced + 1));
        }
        self.manager = open(&self.fs, &self.config, self.random.next(), self.now_ms);
        self.check();
        self.acknowledge();
        self.unsure_alerts.clear();
        self.unsure_silences = false;
    }

    fn check(&self) {
        let seen = self.seen_alerts();
        for (labels, (starts_at_ms, ends_at_ms)) in &self.alerts {
            if *ends_at_ms > self.now_ms && !self.unsure_alerts.contains(labels) {
                assert_eq!(seen.get(labels), Some(&(*starts_at_ms, *ends_at_ms)), "lost {labels}");
            }
        }
        let silences = self.seen_silences();
        if !self.unsure_silences {
            assert_eq!(silences, self.silences, "silences differ");
        }
    }

    /// In the end everything that fires has been told of.
    fn check_told(&mut self) {
        for id in self.silences.keys().cloned().collect::<Vec<_>>() {
            self.manager.expire_silence(&id, self.now_ms).expect("a silence");
        }
        let posted: Vec<PostedAlert> = (0..30).map(|_| self.some_alert()).collect();
        let far = |posted: PostedAlert| PostedAlert { ends_at_ms: Some(self.now_ms + 10 * HOUR_MS), ..posted };
        let posted: Vec<PostedAlert> = posted.into_iter().map(far).collect();
        self.manager.post(&posted, self.now_ms).expect("valid alerts");
        self.run(self.now_ms + 20 * 60_000, false);
        let groups = self.manager.groups(self.now_ms);
        assert!(!groups.is_empty());
        for group in groups {
            let integration = Integration { receiver: group.receiver.clone(), kind: "webhook".to_owned(), index: 0 };
            let told = self.last_told.get(&(integration, group.key.to_string()));
            for view in group.alerts.iter().filter(|view| !view.is_suppressed()) {
                let alert = (view.alert.labels.clone(), false, view.alert.starts_at_ms);
                assert!(
                    told.is_some_and(|(told, _)| told.contains(&alert)),
                    "never told of {alert:?} in {}",
                    group.key
                );
            }
        }
    }
}

fn run(seed: u64) -> (BTreeMap<Kill, usize>, usize, usize) {
    let mut world = World::new(seed);
    let mut kinds = BTreeMap::new();
    for number in 0..KILLS {
        let kill_at_ms = ORIGIN_MS + HOUR_MS * (number as i64 + 1) / KILLS as i64;
        while world.now_ms < kill_at_ms - 3000 {
            match world.random.below(8) {
                0..=3 => world.post_some(),
                4 => world.silence_something(),
                5 if world.one_in(10) => world.manager.reload(Arc::clone(&world.config), world.now_ms),
                _ => {}
            }
            let pause_ms = world.random.below(3000) as i64;
            world.run((world.now_ms + pause_ms).min(kill_at_ms), false);
        }
        let kill = [Kill::BetweenCalls, Kill::WithinWrite, Kill::BeforeRecord][world.random.below(3)];
        *kinds.entry(kill).or_insert(0) += 1;
        match kill {
            Kill::BetweenCalls => {}
            Kill::BeforeRecord => world.run(kill_at_ms, true),
            Kill::WithinWrite => {
                let n = world.random.below(8) as u64;
                world.fs.fail_after(Some(n));
                world.post_some();
                world.silence_something();
                world.run(kill_at_ms, false);
            }
        }
        world.now_ms = world.now_ms.max(kill_at_ms);
        world.kill();
    }
    world.check_told();
    (kinds, world.doubles, world.sent)
}

#[test]
fn two_hundred_kills_in_a_busy_hour() {
    let seed = testkit::seed(5);
    let (kinds, doubles, sent) = run(seed);
    println!("kills {kinds:?}, {sent} notifications, {doubles} doubled");
    assert_eq!(kinds.len(), 3, "every kind of kill: {kinds:?}");
    assert!(sent > 200, "a busy hour: {sent} notifications");
}

#[test]
fn many_shorter_histories() {
    let seed = testkit::seed(6);
    let doubles: usize = (0..3).map(|i| run(seed.wrapping_add(i * 7919)).1).sum();
    assert!(doubles > 0, "kills before the record double at least once");
}
