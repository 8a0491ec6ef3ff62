//! Relabelling as Prometheus does it, from files: what rules make of a label set, and which rules are refused.

use config::{Block, Report, parse};
use model::Labels;
use proptest::prelude::*;
use relabel::{NameScheme, Rule, apply};

fn rules(yaml: &str, scheme: NameScheme) -> config::Result<Vec<Rule>> {
    let root = parse("f.yml", &format!("relabel_configs:\n{yaml}"))?;
    let report = Report::new();
    let mut block = Block::root(&root, "config.Config", &report)?;
    let rules = relabel::read(&mut block, "relabel_configs", scheme)?;
    block.finish()?;
    Ok(rules)
}

const LABELS: &[(&str, &str)] = &[
    ("__meta_zone", "Eu-1"),
    ("__meta_rack", "r7"),
    ("__path__", "/var/log/app/web.log"),
    ("a", "foo"),
    ("b", "bar"),
    ("c", "baz"),
];

fn check_in(scheme: NameScheme, yaml: &str, expected: &str) {
    let got = match rules(yaml, scheme) {
        Err(error) => format!("! {error}"),
        Ok(rules) => match apply(&rules, &Labels::from_pairs(LABELS.iter().copied())) {
            None => "dropped".to_owned(),
            Some(labels) => {
                let before = Labels::from_pairs(LABELS.iter().copied());
                let gone = before.iter().filter(|(name, _)| !labels.contains(name)).map(|(name, _)| format!("-{name}"));
                let new = labels.iter().filter(|(name, value)| before.get(name) != *value);
                gone.chain(new.map(|(name, value)| format!("{name}={value}"))).collect::<Vec<_>>().join(" ")
            }
        },
    };
    assert_eq!(got, expected, "{yaml}");
}

fn check(yaml: &str, expected: &str) {
    check_in(NameScheme::Utf8, yaml, expected);
}

#[test]
fn replaces() {
    check("", "");
    check("- {source_labels: [a], regex: 'f(.*)', target_label: d, replacement: 'ch${1}-ch${1}'}", "d=choo-choo");
    check("- {source_labels: [a, b], target_label: d}", "d=foo;bar");
    check("- {source_labels: [a, b], separator: '', target_label: d}", "d=foobar");
    check("- {source_labels: [a], regex: f, target_label: d}", "");
    check("- {source_labels: [a], regex: 'f|foo', target_label: d, replacement: x}", "d=x");
    check("- {target_label: d, replacement: x}", "d=x");
    check("- {target_label: a, replacement: ''}", "-a");
    check("- {source_labels: [none], target_label: a}", "-a");
    check("- {source_labels: [a], regex: '(f).*', target_label: 'x_${1}', replacement: 'v$1x$1'}", "x_f=vf");
    check("- {source_labels: [a], regex: '(f).*', target_label: 'x_${1}', replacement: 'v${1}$1'}", "x_f=vff");
    check("- {source_labels: [a], regex: '(?P<n>f).*', target_label: '${n}', replacement: '$n-$$'}", "f=f-$");
    // Two rules in a row see each other's work.
    check("- {source_labels: [a], target_label: d}\n- {source_labels: [d], target_label: e}", "d=foo e=foo");
    // A dot matches a line end, and the pattern must match the whole.
    check(
        "- {target_label: a, replacement: \"x\\ny\"}\n- {source_labels: [a], regex: 'x.y', target_label: d, replacement: z}",
        "a=x\ny d=z",
    );
    check("- {source_labels: [__path__], regex: '.*/(.+)\\.log', target_label: app}", "app=web");
    // A target that comes out as no label name sets nothing.
    check("- {source_labels: [a], regex: '(z?).*', target_label: '$1', replacement: x}", "");
    check_in(NameScheme::Legacy, "- {source_labels: [__path__], target_label: '${1}', replacement: x}", "");
    check("- {source_labels: [a], target_label: 'd.e'}", "d.e=foo");
}

#[test]
fn keeps_and_drops() {
    check("- {source_labels: [a], regex: foo, action: keep}", "");
    check("- {source_labels: [a], regex: fo, action: keep}", "dropped");
    check("- {source_labels: [a, c], regex: 'foo;b.*', action: KEEP}", "");
    check("- {source_labels: [a], regex: 'fo+', action: drop}", "dropped");
    check("- {source_labels: [a], regex: bar, action: drop}\n- {target_label: d, replacement: x}", "d=x");
    check("- {source_labels: [none], regex: '', action: drop}", "dropped");
    check("- {source_labels: [a], target_label: b, action: keepequal}", "dropped");
    check("- {source_labels: [a], target_label: a, action: keepequal}", "");
    check("- {source_labels: [a], target_label: a, action: dropequal}", "dropped");
    check("- {source_labels: [none], target_label: gone, action: dropequal}", "dropped");
    check("- {source_labels: [a], target_label: b, action: dropequal}", "");
}

#[test]
fn hashes_and_changes_case() {
    // md5("foo") = acbd18db4cc2f85cedef654fccc4a4d8
    let modulus = 0xedef_654f_ccc4_a4d8_u64 % 1000;
    check("- {source_labels: [a], modulus: 1000, target_label: d, action: hashmod}", &format!("d={modulus}"));
    check("- {source_labels: [a], modulus: 1, target_label: d, action: hashmod}", "d=0");
    check("- {source_labels: [__meta_zone], target_label: zone, action: lowercase}", "zone=eu-1");
    check("- {source_labels: [__meta_zone, a], target_label: zone, action: uppercase}", "zone=EU-1;FOO");
    check(
        "- {target_label: d, replacement: 'ΑΣ İ'}\n- {source_labels: [d], target_label: d, action: lowercase}",
        "d=ας i".replace('ς', "σ").as_str(),
    );
    check(
        "- {target_label: d, replacement: 'ß ᾳ ŉ'}\n- {source_labels: [d], target_label: d, action: uppercase}",
        "d=ß ᾼ ŉ",
    );
}

#[test]
fn works_on_names() {
    check("- {regex: '__meta_(.*)', action: labelmap}", "rack=r7 zone=Eu-1");
    check("- {regex: '__meta_(.*)', replacement: 'm_${1}', action: labelmap}", "m_rack=r7 m_zone=Eu-1");
    check("- {regex: '__.*', action: labeldrop}", "-__meta_rack -__meta_zone -__path__");
    check("- {regex: 'a|b', action: labelkeep}", "-__meta_rack -__meta_zone -__path__ -c");
    check("- {regex: '(a)', replacement: b, action: labelmap}", "b=foo");
}

#[test]
fn refuses_what_makes_no_sense() {
    check("- {action: nope}", "! f.yml:2:12: unknown relabel action \"nope\"");
    check("- {action: ''}", "! f.yml:2:12: unknown relabel action \"\"");
    check(
        "- {source_labels: [a]}",
        "! f.yml:2:3: relabel configuration for replace action requires 'target_label' value",
    );
    check(
        "- {action: lowercase}",
        "! f.yml:2:3: relabel configuration for lowercase action requires 'target_label' value",
    );
    check(
        "- {action: hashmod, target_label: d}",
        "! f.yml:2:3: relabel configuration for hashmod requires non-zero modulus",
    );
    check(
        "- {action: hashmod, modulus: 8}",
        "! f.yml:2:3: relabel configuration for hashmod action requires 'target_label' value",
    );
    check(
        "- {action: hashmod, modulus: eight, target_label: d}",
        "! f.yml:2:30: cannot unmarshal !!str `eight` into uint64",
    );
    check(
        "- {action: uppercase, target_label: d, replacement: x}",
        "! f.yml:2:3: 'replacement' can not be set for uppercase action",
    );
    check(
        "- {action: keepequal, target_label: d, regex: x}",
        "! f.yml:2:3: keepequal action requires only 'source_labels' and `target_label`, and no other fields",
    );
    check(
        "- {action: dropequal, target_label: d, modulus: 3}",
        "! f.yml:2:3: dropequal action requires only 'source_labels' and `target_label`, and no other fields",
    );
    check(
        "- {action: labeldrop, regex: x, source_labels: [a]}",
        "! f.yml:2:3: labeldrop action requires only 'regex', and no other fields",
    );
    check(
        "- {action: labelkeep, regex: x, separator: ','}",
        "! f.yml:2:3: labelkeep action requires only 'regex', and no other fields",
    );
    check(
        "- {action: labelmap, regex: x, replacement: ''}",
        "! f.yml:2:3: \"\" is invalid 'replacement' for labelmap action",
    );
    check(
        "- {source_labels: [a], regex: '(', target_label: d}",
        "! f.yml:2:3: error parsing regexp: missing closing ): `(`",
    );
    check("- {source_labels: [''], target_label: d}", "! f.yml:2:3: \"\" is not a valid label name");
    check("- {source_label: [a]}", "! f.yml:2:4: field source_label not found in type relabel.Config");
    check("- a", "! f.yml:2:3: cannot unmarshal !!str `a` into relabel.Config");
    let legacy = |yaml, expected| check_in(NameScheme::Legacy, yaml, expected);
    legacy(
        "- {source_labels: [a], target_label: '0a'}",
        "! f.yml:2:3: \"0a\" is invalid 'target_label' for replace action",
    );
    legacy(
        "- {source_labels: [a], target_label: 'a.${1}'}",
        "! f.yml:2:3: \"a.${1}\" is invalid 'target_label' for replace action",
    );
    legacy(
        "- {source_labels: [a], target_label: '${1'}",
        "! f.yml:2:3: \"${1\" is invalid 'target_label' for replace action",
    );
    legacy(
        "- {source_labels: [a], target_label: '0${1}'}",
        "! f.yml:2:3: \"0${1}\" is invalid 'target_label' for replace action",
    );
    legacy("- {source_labels: ['a.b'], target_label: a}", "! f.yml:2:3: \"a.b\" is not a valid label name");
    legacy(
        "- {action: labelmap, regex: '(.*)', replacement: 'a-$1'}",
        "! f.yml:2:3: \"a-$1\" is invalid 'replacement' for labelmap action",
    );
    legacy("- {source_labels: [a], target_label: 'x${1}y_$1'}", "xfooy_foo=foo");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Rules never bring it down, and a label set stays one: sorted, without repeats and without empty values.
    #[test]
    fn any_rule_leaves_a_label_set(
        action in prop::sample::select(vec!["replace", "keep", "drop", "keepequal", "dropequal", "hashmod", "labelmap", "labeldrop", "labelkeep", "lowercase", "uppercase"]),
        regex in prop::sample::select(vec!["(.*)", "", "__meta_(.+)", "(a|b)", ".", "(?P<x>f)(o*)", "("]),
        target in prop::sample::select(vec!["", "a", "${1}", "d$1", "é", "0"]),
        replacement in prop::sample::select(vec!["", "$1", "${x}$2", "$$", "x$"]),
        source in prop::sample::select(vec!["a", "none", ""]),
        legacy in any::<bool>(),
    ) {
        let scheme = if legacy { NameScheme::Legacy } else { NameScheme::Utf8 };
        let parts = relabel::RuleParts {
            source_labels: Some(vec![source.to_owned()]),
            regex: Some(regex.to_owned()),
            modulus: 7,
            target_label: target.to_owned(),
            replacement: Some(replacement.to_owned()),
            action: relabel::Action::named(action).expect("a known name"),
            ..relabel::RuleParts::default()
        };
        if let Ok(rule) = Rule::new(parts, scheme)
            && let Some(labels) = apply(&[rule], &Labels::from_pairs(LABELS.iter().copied()))
        {
            let names: Vec<&str> = labels.iter().map(|(name, _)| name).collect();
            prop_assert!(names.is_sorted_by(|a, b| a < b), "{:?}", names);
            prop_assert!(labels.iter().all(|(name, value)| !name.is_empty() && !value.is_empty()));
        }
    }
}
