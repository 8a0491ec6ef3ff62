//! `menara check-config`, alone and beside amtool and promtool.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use testkit::peer;

use crate::program::BINARY;

const ROUTES: &str = "route: {receiver: r}\nreceivers:\n- name: r\n  webhook_configs: [{url: 'http://x/'}]\n\
                      - name: d\n  discord_configs: [{webhook_url: 'http://x/'}]\ntemplates: ['*.tmpl', 'none/*.tmpl']\n";
const RULES: &str = "groups: [{name: g, rules: [{alert: A, expr: up == 0}, {record: 'a:b', expr: up}]}]\n";

/// Exit code, output, and what is said on the error stream.
fn check_config(args: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } =
        Command::new(BINARY).arg("check-config").args(args).output().expect("it starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (status.code(), text(&stdout), text(&stderr))
}

#[expect(clippy::disallowed_methods, reason = "a test may write as it likes")]
fn write(dir: &Path, name: &str, text: &str) -> String {
    let path = dir.join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(&path, text).expect("a file");
    path.display().to_string()
}

#[test]
fn a_directory_is_checked_as_it_would_be_read() {
    let dir = tempfile::tempdir().expect("a directory");
    let folder = dir.path().display().to_string();
    let (code, out, err) = check_config(&["--config-dir", &folder]);
    assert_eq!((code, &*err), (Some(0), ""));
    assert_eq!(out, format!("Nothing to check in {folder}: everything has its default\n"));

    write(dir.path(), "alertmanager.yml", ROUTES);
    write(dir.path(), "words.tmpl", "{{ define \"x\" }}{{ .Status | toUpper }}{{ end }}");
    write(dir.path(), "prometheus.yml", "rule_files: ['more/*.yml', 'none/*.yml']\nscrape_configs: []\n");
    write(dir.path(), "more/a.yml", RULES);
    write(dir.path(), "rules/b.yaml", "groups: []\n");
    write(dir.path(), "promtail.yaml", "clients: [{url: 'http://x/'}]\nscrape_configs: []\n");
    write(dir.path(), "loki.yaml", "");
    let (code, out, err) = check_config(&["--config-dir", &folder]);
    let unread = "  WARNING: not built yet: this version does not read this file, so it has no effect\n";
    let expected = format!(
        "Checking '{folder}/alertmanager.yml'  SUCCESS\nFound:\n - global config\n - route\n - 0 inhibit rules\n - 2 receivers\n \
         - 2 templates\n  WARNING: {folder}/alertmanager.yml:6:3: not built yet: receivers[1].discord_configs: what goes to it counts as failed\n\
         \x20 WARNING: templates: no file matches none/*.tmpl\n\n\
         Checking '{folder}/prometheus.yml'  SUCCESS\nFound:\n - 1 rule files\n  WARNING: {folder}/prometheus.yml:2:1: not built yet: \
         scrape_configs: nothing is scraped\n  WARNING: rule_files: no file matches none/*.yml\n\n\
         Checking '{folder}/more/a.yml'  SUCCESS\nFound:\n - 1 groups\n - 2 rules\n\n\
         Checking '{folder}/promtail.yaml'  SUCCESS\nFound:\n - 0 sources of lines\n  WARNING: {folder}/promtail.yaml:1:12: clients[0].url: ignored: lines go to the log store of this process\n\n\
         Checking '{folder}/rules/b.yaml'  SUCCESS\nFound:\n - 0 groups\n - 0 rules\n\n\
         Checking '{folder}/loki.yaml'  SUCCESS\n{unread}"
    );
    assert_eq!((code, &*out, &*err), (Some(0), &*expected, ""));

    write(dir.path(), "words.tmpl", "{{ define \"x\" }}{{ .Status | shout }}{{ end }}");
    write(dir.path(), "rules/b.yaml", "groups:\n- name: g\n  rules:\n  - {alert: A, expr: 'sum('}\n  - {alert: B}\n");
    let (code, out, err) = check_config(&["--config-dir", &folder]);
    assert_eq!((code, &*err), (Some(1), "menara: 2 files are wrong\n"));
    for expected in [
        "alertmanager.yml'  FAILED: ".to_owned(),
        "function \"shout\" not defined\n".to_owned(),
        format!("rules/b.yaml'  FAILED:\n  {folder}/rules/b.yaml: 4:22: group \"g\", rule 1, \"A\": "),
        format!("\n  {folder}/rules/b.yaml: 5:5: "),
    ] {
        assert!(out.contains(&expected), "{expected}: {out}");
    }
}

#[test]
fn files_are_known_by_what_they_hold() {
    let dir = tempfile::tempdir().expect("a directory");
    for (name, text, code, expected) in [
        ("a.yml", ROUTES, 0, " - 2 receivers\n"),
        ("b.yml", RULES, 0, " - 2 rules\n"),
        ("c.yml", "scrape_configs: []\n", 0, " - 0 rule files\n"),
        ("d.yml", "positions: {}\nscrape_configs: []\n", 0, " - 0 sources of lines\n"),
        ("e.yml", "x: 1\n", 1, "FAILED: cannot tell what this file is"),
        ("f.yml", "x: [\n", 1, "f.yml:"),
        (
            "alertmanager.yml",
            "route: {receiver: x}\n",
            1,
            "alertmanager.yml:1:8: undefined receiver \"x\" used in route\n",
        ),
    ] {
        let path = write(dir.path(), name, text);
        let (exit, out, _) = check_config(&[&path]);
        assert_eq!(exit, Some(code), "{name}: {out}");
        assert!(out.contains(expected) && !out.contains('\u{1b}'), "{name}: {out}");
    }
    let missing = dir.path().join("missing").display().to_string();
    assert_eq!(check_config(&[&missing]).0, Some(1));
    assert_eq!(check_config(&["--config-dir", &missing]).0, Some(1));
    assert_eq!(check_config(&["--config-dir", &missing, &missing]).0, Some(2));
}

/// The files below a folder of the conformance material that end like this; none where there is no material.
fn material(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = testkit::material(folder).into_iter().collect();
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// Files that Debian's amtool refuses, which is of version 0.25, for keys that came later.
const NEWER_THAN_AMTOOL: [&str; 11] = [
    "conf.mattermost-default-webhook-url-file.yml",
    "conf.mattermost-default-webhook-url.yml",
    "conf.rocketchat-default-token-file.yml",
    "conf.rocketchat-default-token.yml",
    "conf.slack-default-app-token.yml",
    "conf.smtp-password-global-and-local.yml",
    "conf.telegram-default-bot-token-file.yml",
    "conf.telegram-default-bot-token.yml",
    "conf.wechat-default-api-secret-file.yml",
    // `labels` of routes.
    "route_labels.yml",
    // `tracing`.
    "simple.yml",
];

/// Has both programs judge all files, one by one, and compares. `differs` names the files that we take and they refuse.
fn compare(name: &str, binary: &str, args: &[&str], files: &[PathBuf], differs: &[&str]) {
    let Some(peer) = peer(name, binary) else { return };
    if files.is_empty() {
        return;
    }
    let mut seen = BTreeMap::new();
    for path in files {
        let file = path.display().to_string();
        let theirs = Command::new(&peer).args(args).arg(&file).output().expect("it starts");
        let (ours, out, _) = check_config(&[&file]);
        let (theirs_take, we_take) = (theirs.status.success(), ours == Some(0));
        assert!(we_take || !theirs_take, "{file} is good for {name}: {out}");
        if we_take != theirs_take {
            let said =
                format!("{}{}", String::from_utf8_lossy(&theirs.stdout), String::from_utf8_lossy(&theirs.stderr));
            seen.insert(path.file_name().expect("a name").to_string_lossy().into_owned(), format!("{said}\n{out}"));
        }
    }
    let names: Vec<&String> = seen.keys().collect();
    assert_eq!(names, differs, "{seen:#?}");
}

#[test]
fn amtool_judges_alike() {
    let files = material("alertmanager", ".yml");
    compare("amtool", "/usr/bin/amtool", &["check-config"], &files, &NEWER_THAN_AMTOOL);
}

#[test]
fn promtool_judges_alike() {
    let files = material("awesome-alerts", ".yml");
    compare("promtool", "/usr/bin/promtool", &["check", "rules"], &files, &[]);
}
