//! Killed between firing and sending, or at any moment: what fires is told all the same, and twice only where nobody can know better.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use fakes::telegram::Hold;
use serde_json::{Value, json};
use testkit::{Random, seed};

use super::house::{House, moment};
use crate::program::Program;

/// A place where nobody listens.
const NOWHERE: &str = "http://127.0.0.1:1";
const PATIENCE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const REQUESTS: &str = r#"alertmanager_notification_requests_total{integration="telegram"}"#;
const FAILED: &str = r#"alertmanager_notification_requests_failed_total{integration="telegram"}"#;

/// Fires as soon as the program runs.
const RULES: &str = "
groups:
- name: test
  interval: 1s
  rules: [{alert: Fire, expr: vector(1)}]
";

/// When the program is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kill {
    /// While the Bot API cannot be reached.
    Unreachable,
    /// While the Bot API has not taken the message yet.
    BeforeTaken,
    /// When the message is in the chat and the program has no answer.
    BeforeAnswered,
    /// When the program has written down that it was sent.
    AfterNoted,
}

impl Kill {
    /// How often the message may be there in the end.
    fn messages(self) -> RangeInclusive<usize> {
        match self {
            Kill::BeforeAnswered => 1..=2,
            _ => 1..=1,
        }
    }

    fn prepare(self, house: &House) {
        match self {
            Kill::Unreachable => house.write_to(NOWHERE),
            Kill::BeforeTaken => house.phone.hold_next(Hold::BeforeTaking),
            Kill::BeforeAnswered => house.phone.hold_next(Hold::BeforeAnswering),
            Kill::AfterNoted => {}
        }
    }

    /// Waits for the moment.
    fn await_moment(self, house: &House, program: &Program) {
        match self {
            Kill::Unreachable => program.wait_for("a failure", |p| (p.metric(FAILED) >= 1.0).then_some(())),
            Kill::BeforeTaken | Kill::BeforeAnswered => assert!(house.phone.wait_until_held(PATIENCE), "{self:?}"),
            // Both stand on the page only when the record is on the disk.
            Kill::AfterNoted => program.wait_for("an answer", |p| (p.metric(REQUESTS) >= 1.0).then_some(())),
        }
        let sent = usize::from(matches!(self, Kill::BeforeAnswered | Kill::AfterNoted));
        assert_eq!(house.messages().len(), sent, "{self:?}");
    }

    fn check(self, house: &House, fire: impl Fn(&Program)) -> Program {
        self.prepare(house);
        let program = house.start();
        fire(&program);
        self.await_moment(house, &program);
        program.kill();
        house.write_to(&house.phone.url());
        if matches!(self, Kill::BeforeTaken | Kill::BeforeAnswered) {
            house.phone.lose();
        }
        house.phone.settle().expect("it listens");
        let program = house.start();
        // The second look waits for everything that the first one sends.
        program.await_looks(2);
        let messages = house.messages();
        assert!(self.messages().contains(&messages.len()), "{self:?}: {messages:?}");
        assert!(messages.iter().all(|message| message.starts_with("🔴 Fire")), "{self:?}: {messages:?}");
        println!("{self:?}: told {} times", messages.len());
        program
    }
}

/// Posted once, by somebody who will not post it again.
fn check_posted(kill: Kill) {
    let house = House::new("");
    let program = kill.check(&house, |program| program.post_alert("Fire", HOUR));
    let n = house.messages().len();
    program.post_alert("Fire", Duration::ZERO);
    assert!(house.await_message(&program, n + 1).starts_with("✅ Over: Fire"), "{kill:?}");
    assert_eq!(program.alerts(), []);
}

/// Of a rule, which fires again after the start.
fn check_rule(kill: Kill) {
    let house = House::new(RULES);
    let program = kill.check(&house, |_| {});
    assert_eq!(program.alerts(), [("Fire".to_owned(), "active".to_owned())]);
}

#[test]
fn killed_while_nobody_can_be_reached() {
    check_posted(Kill::Unreachable);
    check_rule(Kill::Unreachable);
}

#[test]
fn killed_before_the_message_is_taken() {
    check_posted(Kill::BeforeTaken);
    check_rule(Kill::BeforeTaken);
}

#[test]
fn killed_between_the_message_and_its_answer() {
    check_posted(Kill::BeforeAnswered);
    check_rule(Kill::BeforeAnswered);
}

#[test]
fn killed_after_it_was_noted() {
    check_posted(Kill::AfterNoted);
    check_rule(Kill::AfterNoted);
}

/// How often the program is killed at random, and how many alerts are posted in each of its lives.
const LIVES: usize = 12;
const ALERTS: usize = 5;

/// What happened in one life.
struct Life {
    /// How many messages the phone had when it ended.
    messages: usize,
    /// How many of those that it sent are surely noted.
    noted: usize,
}

#[test]
fn killed_at_random_moments() {
    let mut random = Random(seed(5));
    let house = House::new("");
    let mut names = Vec::new();
    let mut lives: Vec<Life> = Vec::new();
    for life in 0..LIVES {
        let program = house.start();
        let new: Vec<String> = (0..ALERTS).map(|n| format!("Fire {life}.{n}.")).collect();
        post_all(&program, &new, HOUR);
        names.extend(new);
        let before = lives.last().map_or(0, |life| life.messages);
        // Without a pause between looks: what follows a message is over within a millisecond.
        let deadline = Instant::now() + PATIENCE;
        while house.phone.messages().len() <= before {
            assert!(Instant::now() < deadline, "no message in life {life}");
            std::thread::yield_now();
        }
        pause(random.below(3_000));
        // Asking takes longer than noting does: half of the lives end without.
        let noted = if random.one_in(2) { program.metric(REQUESTS) as usize } else { 0 };
        program.kill();
        house.phone.settle().expect("it listens");
        lives.push(Life { messages: house.phone.messages().len(), noted });
    }
    let program = house.start();
    let is_told =
        |sign: &str, name: &str| house.messages().iter().any(|text| text.starts_with(sign) && text.contains(name));
    for (sign, ends_in) in [("🔴", HOUR), ("✅", Duration::ZERO)] {
        post_all(&program, &names, ends_in);
        program.wait_for("all messages", |_| names.iter().all(|name| is_told(sign, name)).then_some(()));
    }
    assert_eq!(program.alerts(), []);
    check_doubles(&house.messages(), &names, &lives);
}

fn post_all(program: &Program, names: &[String], ends_in: Duration) {
    let alert = |name: &String| json!({ "labels": { "alertname": name }, "endsAt": moment(ends_in) });
    program.json("POST", "/api/v2/alerts", Some(&names.iter().map(alert).collect::<Value>()));
}

/// So that moments are random; nothing depends on it.
fn pause(us: usize) {
    std::thread::park_timeout(Duration::from_micros(us as u64));
}

/// Nothing is told twice in one life, and again in a later one only what was not noted in its own.
fn check_doubles(messages: &[String], names: &[String], lives: &[Life]) {
    let life_of = |index: usize| lives.iter().take_while(|life| life.messages <= index).count();
    let mut doubles: BTreeMap<usize, usize> = BTreeMap::new();
    for name in names {
        let told = messages.iter().enumerate().filter(|(_, text)| text.starts_with("🔴") && text.contains(name));
        let told: Vec<usize> = told.map(|(index, _)| life_of(index)).collect();
        for pair in told.windows(2) {
            assert!(pair[0] < pair[1], "{name} is told twice in life {}", pair[0]);
            *doubles.entry(pair[0]).or_default() += 1;
        }
    }
    let mut begun = 0;
    for (number, life) in lives.iter().enumerate() {
        let (sent, doubled) = (life.messages - begun, doubles.get(&number).copied().unwrap_or(0));
        println!("life {number}: {sent} sent, {} surely noted, {doubled} told again", life.noted);
        assert!(doubled + life.noted <= sent, "life {number}: something is told again that was noted");
        begun = life.messages;
    }
}
