//! Debian's amtool, which must find what it is used to.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use testkit::peer;

use super::house::{House, write};
use crate::program::Program;

/// amtool, pointed at a Menara.
struct Amtool<'p> {
    binary: PathBuf,
    program: &'p Program,
}

impl Amtool<'_> {
    /// What a command prints, or what it complains of when it fails.
    fn try_run(&self, args: &[&str]) -> Result<String, String> {
        let mut command = Command::new(&self.binary);
        // A home that does not exist has no settings of its own.
        command.env_clear().env("HOME", "/nonexistent").env("USER", "tester");
        command.arg(format!("--alertmanager.url=http://{}", self.program.address)).args(args);
        let output = command.output().expect("amtool starts");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
        // It may warn of its age on its error stream.
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    }

    fn run(&self, args: &[&str]) -> String {
        self.try_run(args).unwrap_or_else(|said| panic!("amtool {args:?}: {said}"))
    }

    /// A command must fail, and say this.
    fn refuses(&self, args: &[&str], expected: &str) {
        let said = self.try_run(args).expect_err("a failure");
        assert!(said.contains(expected), "amtool {args:?}: {said}");
    }

    fn json(&self, args: &[&str]) -> Value {
        let text = self.run(&[&["-o", "json"], args].concat());
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("amtool {args:?}: {error}: {text}"))
    }

    /// The sorted names of the alerts that a query finds.
    fn alerts(&self, args: &[&str]) -> Vec<String> {
        let found = self.json(&[&["alert", "query"], args].concat());
        let name = |alert: &Value| alert["labels"]["alertname"].as_str().expect("a name").to_owned();
        let mut names: Vec<String> = found.as_array().expect("a list").iter().map(name).collect();
        names.sort();
        names
    }

    /// The comments of the silences that a query finds, sorted, with the values of their matchers.
    fn silences(&self, args: &[&str]) -> Vec<String> {
        let found = self.json(&[&["silence", "query"], args].concat());
        let told = |silence: &Value| {
            let matchers = silence["matchers"].as_array().expect("a list").iter();
            let values: Vec<&str> = matchers.map(|matcher| matcher["value"].as_str().expect("a value")).collect();
            format!("{}: {}", silence["comment"].as_str().expect("a comment"), values.join(","))
        };
        let mut told: Vec<String> = found.as_array().expect("a list").iter().map(told).collect();
        told.sort();
        told
    }
}

const ROUTES: &str = r#"
route:
  receiver: default
  group_by: [alertname, instance]
  group_wait: 45s
  repeat_interval: 12h
  routes:
  - {matchers: ['team=~"web|shop"'], receiver: web, continue: true}
  - {matchers: [severity = critical], receiver: pager, routes: [{matchers: [team!=web], receiver: shop}]}
inhibit_rules: [{source_matchers: [severity=critical], target_matchers: [severity=warning], equal: [instance]}]
receivers:
- {name: default}
- {name: web, slack_configs: [{api_url: 'http://user:SECRET@127.0.0.1:1/'}]}
- {name: pager, telegram_configs: [{chat_id: -100, bot_token: '12:SECRET'}]}
- {name: shop}
"#;

/// Starts a Menara with the routes.
fn start(house: &House) -> Program {
    write(&house.dir.path().join("config/alertmanager.yml"), ROUTES.as_bytes());
    house.start()
}

#[test]
fn amtool_adds_and_finds_alerts() {
    let Some(binary) = peer("amtool", "/usr/bin/amtool") else { return };
    let house = House::new("");
    let program = start(&house);
    let amtool = Amtool { binary, program: &program };
    for added in [
        &["disk", "severity=critical", "instance=bromo", "team=web", "--annotation=summary=a <b>"][..],
        &["alertname=cpu", "severity=warning", "instance=bromo"],
        &["alertname=cpu", "severity=warning", "instance=merapi", "--generator-url=http://p/graph"],
        &["over", "--end=2020-01-01T00:00:00Z", "--start=2019-01-01T00:00:00Z"],
    ] {
        amtool.run(&[&["alert", "add"], added].concat());
    }
    for (query, expected) in [
        (&[][..], &["cpu", "disk"][..]),
        (&["--inhibited"], &["cpu"]),
        (&["disk"], &["disk"]),
        (&["instance=merapi"], &["cpu"]),
        (&["severity=~crit.*", "team!=shop"], &["disk"]),
        (&["--receiver=web"], &["disk"]),
        (&["--receiver=pager"], &["disk"]),
        (&["--silenced"], &[]),
        (&["absent"], &[]),
    ] {
        assert_eq!(amtool.alerts(query), expected, "{query:?}");
    }
    let shown = amtool.run(&["-o", "extended", "alert", "query", "disk"]);
    assert!(shown.contains(r#"summary="a <b>""#) && shown.contains("active"), "{shown}");
    amtool.refuses(&["alert", "query", "--receiver=["], "receiver");
}

#[test]
fn amtool_silences_and_hands_silences_over() {
    let Some(binary) = peer("amtool", "/usr/bin/amtool") else { return };
    let (house, other) = (House::new(""), House::new(""));
    let (program, other) = (start(&house), start(&other));
    let amtool = Amtool { binary: binary.clone(), program: &program };
    amtool.run(&["alert", "add", "disk", "instance=bromo"]);
    let add = |args: &[&str]| amtool.run(&[&["silence", "add", "--author=me", "--duration=2h"], args].concat());
    let first = add(&["--comment=one", "disk", "instance=~bromo|merapi"]);
    let second = add(&["--comment=two", "alertname!=cpu", "instance!~x.*"]);
    assert_eq!(amtool.silences(&[]), ["one: disk,bromo|merapi", "two: cpu,x.*"]);
    assert_eq!(amtool.silences(&["disk"]), ["one: disk,bromo|merapi"]);
    assert_eq!(amtool.silences(&["--created-by=me", "--within=3h"]), ["one: disk,bromo|merapi", "two: cpu,x.*"]);
    assert_eq!((amtool.alerts(&[]), amtool.alerts(&["--silenced"])), (vec![], vec!["disk".to_owned()]));
    assert_eq!(amtool.run(&["silence", "update", "--comment=three", "--duration=3h", &second]).lines().count(), 2);
    assert_eq!(amtool.silences(&[]), ["one: disk,bromo|merapi", "three: cpu,x.*"]);
    let exported = house.dir.path().join("silences.json");
    write(&exported, amtool.json(&["silence", "query"]).to_string().as_bytes());
    // Where the ids are unknown, the silences are made anew; where they are known, they are updated.
    let exported = exported.display().to_string();
    let importer = Amtool { binary, program: &other };
    importer.run(&["silence", "import", "--force", &exported]);
    amtool.run(&["silence", "import", &exported]);
    assert_eq!(importer.silences(&[]), ["one: disk,bromo|merapi", "three: cpu,x.*"]);
    assert_eq!(amtool.silences(&[]), ["one: disk,bromo|merapi", "three: cpu,x.*"]);
    amtool.run(&["silence", "expire", &first]);
    assert_eq!(amtool.silences(&[]), ["three: cpu,x.*"]);
    assert_eq!(amtool.silences(&["--expired"]), ["one: disk,bromo|merapi"]);
    let ids = amtool.run(&["silence", "query", "-q"]);
    amtool.run(&[&["silence", "expire"], ids.lines().collect::<Vec<_>>().as_slice()].concat());
    assert_eq!((amtool.silences(&[]).len(), amtool.alerts(&[])), (0, vec!["disk".to_owned()]));
    amtool.refuses(&["silence", "expire", "00000000-0000-4000-8000-000000000000"], "404");
    amtool.refuses(&["silence", "add", "--comment=c", "alertname=~.*"], "match");
}

#[test]
fn amtool_shows_configuration_and_routes() {
    let Some(binary) = peer("amtool", "/usr/bin/amtool") else { return };
    let house = House::new("");
    let program = start(&house);
    let amtool = Amtool { binary, program: &program };
    let shown = amtool.run(&["config", "show"]);
    assert!(shown.contains("receiver: default") && !shown.contains("SECRET"), "{shown}");
    let tree = amtool.run(&["config", "routes", "show"]);
    for line in ["default-route", "receiver: web", "continue: true", "receiver: pager", "receiver: shop"] {
        assert!(tree.contains(line), "{line}: {tree}");
    }
    for (labels, expected) in [
        (&["team=db"][..], "default"),
        (&["team=web"], "web"),
        (&["severity=critical"], "shop"),
        (&["team=web", "severity=critical"], "web,pager"),
        (&["team=shop", "severity=critical"], "web,shop"),
    ] {
        assert_eq!(amtool.run(&[&["config", "routes", "test"], labels].concat()), expected, "{labels:?}");
        let verify = format!("--verify.receivers={expected}");
        amtool.run(&[&["config", "routes", "test", &verify], labels].concat());
    }
    let cluster = amtool.run(&["cluster", "show"]);
    assert!(cluster.contains("disabled"), "{cluster}");
    // It says so on its other stream.
    amtool.refuses(&["config", "routes", "test", "--verify.receivers=web", "team=db"], "");
}
