//! What rule files may say, and what is said of those that may not be read.

mod support;

use config::Report;
use rules::{Language, RuleKind, RuleSet};
use support::parse;

fn check(text: &str, expected: &[&str]) {
    let found = parse(text).map(|_| ()).map_err(|error| error.errors).err().unwrap_or_default();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn files_are_refused_in_upstreams_words() {
    let rule = |fields: &str| format!("groups:\n- name: yolo\n  rules:\n  - {{{fields}}}\n");
    check(
        &rule("record: yolo, expr: rate(hi)"),
        &[
            "test.yml: 4:26: group \"yolo\", rule 1, \"yolo\": could not parse expression: 1:6: parse error: expected type range vector in \
           call to function \"rate\", got instant vector",
        ],
    );
    check(
        &rule("alert: hola, expr: 1, annotation: {}"),
        &["test.yml:4:28: field annotation not found in type rulefmt.Rule"],
    );
    check(
        "groups: [{name: yolo}, {name: yolo}]",
        &["test.yml: 1:24: groupname: \"yolo\" is repeated in the same file"],
    );
    check("groups: [{rules: []}]", &["test.yml: 1:10: Groupname must not be empty"]);
    check(
        &rule("record: hola, expr: 1, labels: {__name__: x}"),
        &["test.yml: 4:5: group \"yolo\", rule 1, \"hola\": invalid label name: __name__"],
    );
    check(
        &rule("record: 'straw{flavor=\"sweet\"}', expr: 1"),
        &[
            "test.yml: 4:14: group \"yolo\", rule 1, \"straw{flavor=\\\"sweet\\\"}\": braces present in the recording rule name; should it \
           be in expr?: straw{flavor=\"sweet\"}",
        ],
    );
    check(&rule("expr: 1"), &["test.yml: 4:5: group \"yolo\", rule 1, \"\": one of 'record' or 'alert' must be set"]);
    check(
        &rule("record: Hi, alert: Hello, expr: 1"),
        &["test.yml: 4:14: 4:25: group \"yolo\", rule 1, \"Hello\": only one of 'record' and 'alert' must be set"],
    );
    check(&rule("record: ylo"), &["test.yml: 4:5: group \"yolo\", rule 1, \"ylo\": field 'expr' must be set in rule"]);
    check(
        &rule("record: a, expr: 1, for: 1m, keep_firing_for: 1m, annotations: {a: b}"),
        &[
            "test.yml: 4:14: group \"yolo\", rule 1, \"a\": invalid field 'annotations' in recording rule",
            "test.yml: 4:14: group \"yolo\", rule 1, \"a\": invalid field 'for' in recording rule",
            "test.yml: 4:14: group \"yolo\", rule 1, \"a\": invalid field 'keep_firing_for' in recording rule",
        ],
    );
    check(&rule("alert: a, expr: 1, for: 1"), &["test.yml:4:30: not a valid duration string: \"1\""]);
    check(
        &rule("alert: a, expr: 1, labels: {x: '{{ $y }}'}, annotations: {z: '{{'}"),
        &[
            "test.yml: 4:5: group \"yolo\", rule 1, \"a\": label \"x\": error parsing template __alert_a: template: __alert_a:1: undefined \
             variable \"$y\"",
            "test.yml: 4:5: group \"yolo\", rule 1, \"a\": annotation \"z\": error parsing template __alert_a: template: __alert_a:1: \
             unclosed action",
        ],
    );
    check("groups: 1", &["test.yml:1:9: cannot unmarshal !!int `1` into []rulefmt.RuleGroup"]);
    check("group: []", &["test.yml:1:1: field group not found in type rulefmt.RuleGroups"]);
    check("groups: [{name: a, interval: 5}]", &["test.yml:1:30: not a valid duration string: \"5\""]);
}

#[test]
fn every_key_is_honoured() {
    let text = "
groups:
- name: one
  interval: 30s
  query_offset: 10s
  limit: 5
  labels: {team: a, kind: group}
  rules:
  - alert: A
    expr: up  ==  0
    for: 5m
    keep_firing_for: 1m
    labels: {kind: '{{ $value }}'}
    annotations: {summary: 'x {{ $labels.job }}'}
  - record: r
    expr: sum(up)
";
    let report = Report::new();
    let set = RuleSet::parse("test.yml", text, Language::PromQl, &report).expect("valid");
    let group = &set.groups[0];
    assert_eq!((group.interval_ms, group.query_offset_ms, group.limit), (Some(30_000), Some(10_000), 5));
    let alert = &group.rules[0];
    assert_eq!((alert.name.as_str(), alert.expression.text()), ("A", "up == 0"));
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(alert.labels, [pair("kind", "{{ $value }}"), pair("team", "a")]);
    let RuleKind::Alerting(spec) = &alert.kind else { panic!("an alert") };
    assert_eq!((spec.for_ms, spec.keep_firing_for_ms), (300_000, 60_000));
    assert_eq!(spec.annotation_texts().collect::<Vec<_>>(), [("summary", "x {{ $labels.job }}")]);
    assert_eq!(group.rules[1].kind, RuleKind::Recording);
    assert!(report.into_notices().iter().all(|notice| !notice.is_warning()));
}

#[test]
fn files_without_rules_are_fine() {
    for text in ["", "groups:", "groups: []", "groups: [{name: a}]", "groups: [{name: a, rules: }]"] {
        check(text, &[]);
    }
    // YAML's anchors and merged mappings, as upstream's own test file has them.
    check(
        "groups: [{name: a, rules: [&r {alert: A, expr: &e '1', labels: {x: y}}, {<<: *r, alert: B}, {record: b, expr: *e}]}]",
        &[],
    );
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test may write as it likes")]
fn files_are_found_by_patterns() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
    write("b.yml", "groups: [{name: b}]");
    write("a.yml", "groups: [{name: a}]");
    let load = |patterns: &[&str]| {
        let patterns: Vec<String> = patterns.iter().map(ToString::to_string).collect();
        RuleSet::load_patterns(folder.path(), &patterns, Language::PromQl, &Report::new())
    };
    let names = |set: &RuleSet| set.groups.iter().map(|group| group.name.clone()).collect::<Vec<_>>();
    let (set, warnings) = load(&["*.yml", "b.yml", "none/*.yml"]).expect("valid");
    assert_eq!(names(&set), ["a", "b"]);
    assert_eq!(warnings, [format!("no rule file matches {}/none/*.yml", folder.path().display())]);
    write("c.yml", "group: []");
    write("d.yml", "groups: [{name: ''}]");
    let errors = load(&["*.yml"]).expect_err("two are wrong").errors;
    let shown = folder.path().display();
    assert_eq!(
        errors,
        [
            format!("{shown}/c.yml:1:1: field group not found in type rulefmt.RuleGroups"),
            format!("{shown}/d.yml: 1:10: Groupname must not be empty"),
        ]
    );
    assert!(load(&["["]).is_err());
}
