//! Reading `promtail.yaml`: what is shipped with which labels, what is named, and what is refused where.

use proptest::prelude::*;
use shipper::{Glob, Settings};

fn read(text: &str) -> (Vec<String>, Vec<String>) {
    match Settings::from_promtail("promtail.yaml", text, "web1") {
        Err(error) => (vec![format!("! {error}")], Vec::new()),
        Ok((settings, notices)) => {
            let target = |target: &shipper::Target| {
                let exclude = target.exclude.as_ref().map(|glob| format!(" without {}", glob.as_str()));
                format!("{}{} {}", target.pattern.as_str(), exclude.unwrap_or_default(), target.labels)
            };
            let warnings = notices.iter().filter(|notice| notice.is_warning()).map(ToString::to_string);
            (settings.targets.iter().map(target).collect(), warnings.collect())
        }
    }
}

fn check(text: &str, targets: &[&str], warnings: &[&str]) {
    assert_eq!(
        read(text),
        (targets.iter().map(|t| (*t).to_owned()).collect(), warnings.iter().map(|w| (*w).to_owned()).collect())
    );
}

const STOCK: &str = "\
server:
  http_listen_port: 9080
  grpc_listen_port: 0

positions:
  filename: /tmp/positions.yaml

clients:
  - url: http://localhost:3100/loki/api/v1/push

scrape_configs:
- job_name: system
  static_configs:
  - targets:
      - localhost
    labels:
      job: varlogs
      __path__: /var/log/*log
";

#[test]
fn reads_the_stock_file() {
    let local = "ignored: lines go to the log store of this process";
    check(
        STOCK,
        &[r#"/var/log/*log {job="varlogs"}"#],
        &[
            &format!("promtail.yaml:1:1: server: {local}"),
            &format!("promtail.yaml:5:1: positions: {local}"),
            &format!("promtail.yaml:9:5: clients[0].url: {local}"),
        ],
    );
}

/// A file with one job of these lines.
fn job(lines: &str) -> String {
    format!("scrape_configs:\n- job_name: j\n{lines}")
}

#[test]
fn labels_come_from_targets_relabelling_and_clients() {
    check("", &[], &[]);
    check("scrape_configs:\n", &[], &[]);
    check(&job("  static_configs: [{labels: {__path__: /a/*.log, app: x}}]\n"), &[r#"/a/*.log {app="x"}"#], &[]);
    check(
        &job("  static_configs: [{labels: {__path__: '/a/{b,c}.log', __path_exclude__: /a/b.log}}]\n"),
        &["/a/{b,c}.log without /a/b.log {}"],
        &[],
    );
    // Relabelling sees the hidden labels and may set the path.
    check(
        &job(
            "  static_configs: [{labels: {__path__: /a/web.log, __zone: z1}}]\n  relabel_configs:\n  - {source_labels: [__zone], target_label: zone}\n  - {source_labels: [__path__], regex: '/a/(.*)', target_label: __path__, replacement: '/b/$1'}\n  - {source_labels: [__address__], target_label: host}\n",
        ),
        &[r#"/b/web.log {host="localhost", zone="z1"}"#],
        &[],
    );
    check(
        &format!(
            "clients:\n- external_labels: {{dc: eu, app: outer}}\n{}",
            job("  static_configs: [{labels: {__path__: /a, app: x}}]\n")
        ),
        &[r#"/a {app="x", dc="eu"}"#],
        &[],
    );
    // The same files under the same labels are one target.
    check(
        &job("  static_configs: [{targets: [localhost, web1], labels: {__path__: /a, app: x}}]\n"),
        &[r#"/a {app="x"}"#],
        &[],
    );
}

#[test]
fn what_is_passed_over_is_named() {
    check(
        &job("  pipeline_stages: [{docker: {}}]\n  journal: {}\n  static_configs: [{labels: {__path__: /a}}]\n"),
        &["/a {}"],
        &[
            "promtail.yaml:3:3: not built yet: scrape_configs[0].pipeline_stages: the lines of this job are kept as they stand in the file",
            "promtail.yaml:4:3: not built yet: scrape_configs[0].journal: no lines come from there",
        ],
    );
    check(
        &job("  static_configs: [{labels: {app: x}}]\n"),
        &[],
        &["promtail.yaml:3:20: static_configs of job \"j\": ignored: no __path__ label"],
    );
    check(
        &job("  static_configs: [{labels: {__path__: /a, __host__: db1}}]\n"),
        &[],
        &["promtail.yaml:3:20: static_configs of job \"j\": ignored: __host__ is db1, this machine is web1"],
    );
    check(
        &job(
            "  static_configs: [{labels: {__path__: /a}}]\n  relabel_configs: [{source_labels: [__path__], regex: /a, action: drop}]\n",
        ),
        &[],
        &["promtail.yaml:3:20: static_configs of job \"j\": ignored: relabelling drops this target"],
    );
}

fn check_refused(text: &str, expected: &str) {
    check(text, &[&format!("! promtail.yaml:{expected}")], &[]);
}

#[test]
fn refuses_with_file_and_line() {
    check_refused("scrape_config: []\n", "1:1: field scrape_config not found in type config.Config");
    check_refused(&job("  static_config: []\n"), "3:3: field static_config not found in type scrapeconfig.Config");
    check_refused(&job("  static_configs: [{label: {}}]\n"), "3:21: field label not found in type targetgroup.Group");
    check_refused("clients: [{urls: x}]\n", "1:12: field urls not found in type client.Config");
    check_refused(&job("  static_configs: [{labels: {a-b: x}}]\n"), "3:35: \"a-b\" is not a valid label name");
    check_refused(&job("  static_configs: [{labels: {__path__: '/a/[b'}}]\n"), "3:20: syntax error in pattern: /a/[b");
    check_refused(&job("  relabel_configs: [{action: nope}]\n"), "3:30: unknown relabel action \"nope\"");
    check_refused("scrape_configs: {}\n", "1:17: cannot unmarshal !!map into []scrapeconfig.Config");
    check_refused("scrape_configs: [\n", "1:17: unclosed bracket '['");
}

#[test]
fn globs_match_as_doublestar_does() {
    for (pattern, path, expected) in [
        ("/var/log/*.log", "/var/log/a.log", true),
        ("/var/log/*.log", "/var/log/a/b.log", false),
        ("/var/log/**/*.log", "/var/log/a.log", true),
        ("/var/log/**/*.log", "/var/log/a/b/c.log", true),
        ("/var/log/**", "/var/log/a/b", true),
        ("/**/x", "/x", true),
        ("/a/**/b/**/c", "/a/1/b/2/3/c", true),
        ("/a/**/b/**/c", "/a/1/c", false),
        ("/a/?.log", "/a/é.log", true),
        ("/a/?.log", "/a/.log", false),
        ("/a/[a-c]*", "/a/bx", true),
        ("/a/[!a-c]*", "/a/bx", false),
        ("/a/[^a-c]*", "/a/dx", true),
        ("/a/{b,c{d,e}}.log", "/a/ce.log", true),
        ("/a/{b,c{d,e}}.log", "/a/c.log", false),
        ("/a/{b,c/**}/d", "/a/c/x/y/d", true),
        ("/a/\\*", "/a/*", true),
        ("/a/\\*", "/a/b", false),
        ("/a/*b*c", "/a/xbybzc", true),
        ("/a/a**c", "/a/abc", true),
        ("/a/.*", "/a/.hidden", true),
        ("/a/*", "/a/.hidden", true),
    ] {
        let glob = Glob::new(pattern).expect(pattern);
        assert_eq!(glob.matches(path.as_ref()), expected, "{pattern} {path}");
    }
    for pattern in ["/a/[", "/a/[]", "/a/{b", "/a/b\\"] {
        assert!(Glob::new(pattern).is_err(), "{pattern}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_file_brings_it_down(pieces in prop::collection::vec(prop::sample::select(vec![
        STOCK, "scrape_configs:\n", "- job_name: a\n", "  static_configs:\n", "  - labels:\n", "      __path__: /a/{b,**}\n",
        "  relabel_configs:\n", "  - regex: (\n", "    action: hashmod\n", "clients:\n", "- url: x\n", "  external_labels: {a: b}\n", "{", "]", ": ", "\t", "~",
    ]), 0..16)) {
        let (targets, _) = read(&pieces.concat());
        prop_assert!(targets.iter().all(|target| target.starts_with("! promtail.yaml:") || target.starts_with('/')));
    }

    #[test]
    fn no_pattern_brings_it_down(pattern in "[a-c*?/\\[\\]{},\\\\!^-]{0,24}", path in "[a-c/]{0,12}") {
        if let Ok(glob) = Glob::new(&pattern) {
            prop_assert_eq!(glob.matches(path.as_ref()), glob.matches(path.as_ref()));
        }
    }
}
