//! A house with a Menara and a phone.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, SystemTime};

use fakes::telegram::{BotApi, Limits, Settings};
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::http;

use crate::program::Program;

const TOKEN: &str = "12:SECRET";
const CHAT: i64 = 7;
/// Everything is told as soon as it can be; what was told is not repeated.
const ROUTES: &str = "
route: {receiver: phone, group_by: [alertname], group_wait: 1s, group_interval: 1s, repeat_interval: 1h}
receivers:
- name: phone
  telegram_configs: [{bot_token: 'TOKEN', chat_id: CHAT, api_url: 'URL'}]
";

/// Configuration and data of a Menara, and the phone that it writes to.
pub(super) struct House {
    pub(super) phone: BotApi,
    pub(super) dir: TempDir,
}

impl House {
    /// A house whose rules are these alone.
    pub(super) fn new(rules: &str) -> House {
        let mut settings = Settings::new(TOKEN, &[CHAT]);
        // Its clock stands still, so that every message would count against the first.
        settings.limits = Limits { per_chat_in_5_s: 1000, per_group_in_60_s: 1000, per_second: 1000 };
        let phone = BotApi::start(settings).expect("a port");
        let dir = tempfile::tempdir().expect("a directory");
        fs::create_dir_all(dir.path().join("config/rules")).expect("a directory");
        let house = House { phone, dir };
        house.write_to(&house.phone.url());
        house.set_rules(rules);
        house
    }

    /// Has messages go to the Bot API at another place, from the next start on.
    pub(super) fn write_to(&self, url: &str) {
        let routes = ROUTES.replace("TOKEN", TOKEN).replace("CHAT", &CHAT.to_string()).replace("URL", url);
        write(&self.config().join("alertmanager.yml"), routes.as_bytes());
    }

    /// Other rules, from the next start on.
    pub(super) fn set_rules(&self, rules: &str) {
        write(&self.config().join("rules/test.yml"), rules.as_bytes());
    }

    fn config(&self) -> std::path::PathBuf {
        self.dir.path().join("config")
    }

    pub(super) fn start(&self) -> Program {
        self.start_with(&[])
    }

    pub(super) fn start_with(&self, args: &[String]) -> Program {
        let args: Vec<&str> = ["--no-shipped-rules"].into_iter().chain(args.iter().map(String::as_str)).collect();
        Program::start_with(self.dir.path(), &args)
    }

    /// What the phone shows, without times.
    pub(super) fn messages(&self) -> Vec<String> {
        self.phone.messages().iter().map(|message| without_times(&message.text)).collect()
    }

    /// Waits until the phone has so many messages; the newest, without times.
    pub(super) fn await_message(&self, program: &Program, n: usize) -> String {
        program.wait_for(&format!("message {n}"), |_| {
            let mut messages = self.messages();
            assert!(messages.len() <= n, "message {n} is not the only one: {messages:#?}");
            (messages.len() == n).then(|| messages.pop()).flatten()
        })
    }
}

/// What Menara says of alerts.
impl Program {
    /// The value of a series on its own page of metrics; 0 while there is none.
    pub(super) fn metric(&self, series: &str) -> f64 {
        let page = self.get("/metrics").body;
        let value = page.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' ')?.parse().ok());
        value.unwrap_or(0.0)
    }

    /// Waits until so many more looks at groups of alerts have begun. With one group and two looks, everything that the first had sent has
    /// been answered.
    pub(super) fn await_looks(&self, n: usize) {
        const LOOKS: &str = "menara_alerts_flushes_total";
        let until = self.metric(LOOKS) + n as f64;
        self.wait_for("looks at groups", |p| (p.metric(LOOKS) >= until).then_some(()));
    }

    /// The alerts that fire: name and state, sorted.
    pub(super) fn alerts(&self) -> Vec<(String, String)> {
        let alerts = self.json("GET", "/api/v2/alerts", None);
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let alerts = alerts.as_array().expect("a list").iter();
        let mut alerts: Vec<_> =
            alerts.map(|alert| (text(&alert["labels"]["alertname"]), text(&alert["status"]["state"]))).collect();
        alerts.sort();
        alerts
    }

    /// Asks the alert manager's API something that it must answer well.
    pub(super) fn json(&self, method: &str, target: &str, body: Option<&Value>) -> Value {
        let body = body.map(Value::to_string).unwrap_or_default();
        let head = format!("{method} {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        let head = format!("{head}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
        let response = http::send(self.address, &(head + &body)).expect("it answers");
        assert_eq!(response.status, 200, "{method} {target}: {}", response.body);
        if response.body.is_empty() { Value::Null } else { serde_json::from_str(&response.body).expect("JSON") }
    }

    /// Posts an alert that ends then.
    pub(super) fn post_alert(&self, name: &str, ends_in: Duration) {
        let alert = json!([{ "labels": { "alertname": name }, "endsAt": moment(ends_in) }]);
        self.json("POST", "/api/v2/alerts", Some(&alert));
    }
}

/// Writes a file.
pub(super) fn write(path: &Path, content: &[u8]) {
    File::create(path).and_then(|mut file| file.write_all(content)).expect("a file");
}

/// The moment so far from now, as the API wants it.
#[expect(clippy::disallowed_methods, reason = "the program has the machine's time")]
pub(super) fn moment(from_now: Duration) -> String {
    let at = SystemTime::now() + from_now;
    jiff::Timestamp::try_from(at).expect("a time of ours").to_string()
}

/// A message up to the times that end some of its lines: `since 14:12 (3 s)`, `was critical for 3 s (14:12 to 14:12)`.
fn without_times(text: &str) -> String {
    let cut = |line: &str| {
        let ends = [" · since ", " for ", " after "].iter().find_map(|word| {
            let (before, time) = line.split_once(word)?;
            time.starts_with(|c: char| c.is_ascii_digit()).then_some(before)
        });
        ends.unwrap_or(line).to_owned()
    };
    text.lines().map(cut).collect::<Vec<_>>().join("\n")
}

/// The name of this machine, as its series have it.
pub(super) fn host() -> String {
    fs::read_to_string(Path::new("/proc/sys/kernel/hostname")).expect("a host name").trim().to_owned()
}
