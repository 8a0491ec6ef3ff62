use super::*;

const GRAMMAR: &str = "# One\n\nfoo{range=\"5m\"}\n\n==>\n\nPromQL(VectorSelector(Identifier))\n\n# Two\nfoo # a comment\n# another\n\n==>\n\
                       PromQL(⚠)\n# Three\n\nbar\n==>\nPromQL(X)\n";

#[test]
fn grammar_cases_are_cut_at_titles() {
    let case = |line, text: &str, is_refused| GrammarCase { line, text: text.to_owned(), is_refused };
    let expected =
        [case(1, "foo{range=\"5m\"}", false), case(9, "foo # a comment\n# another", true), case(15, "bar", false)];
    assert_eq!(grammar_cases(GRAMMAR), expected);
    assert!(grammar_cases("").is_empty());
}

#[test]
#[expect(clippy::disallowed_methods, reason = "files of a test")]
fn cases_pass_and_fail() {
    let root = std::env::temp_dir().join(format!("promql-parse-test-{}", std::process::id()));
    let scripts = root.join("prometheus/a/promqltest/testdata");
    let grammar = root.join("prometheus/b/lezer-promql/test");
    std::fs::create_dir_all(&scripts).expect("a folder");
    std::fs::create_dir_all(&grammar).expect("a folder");
    let script = "load 5m\n a 1\n\neval instant at 0 rate(x)\n\neval instant at 0 rate(x)\n expect fail\n\neval instant at 0 x\n\nnonsense\n";
    std::fs::write(scripts.join("a.test"), script).expect("a file");
    std::fs::write(scripts.join("a.txt"), "nonsense").expect("a file");
    std::fs::write(grammar.join("expression.txt"), GRAMMAR).expect("a file");
    let results = PromqlParse.run(&root).expect("the cases can be read");
    let shown: Vec<(&str, bool)> = results.iter().map(|r| (r.id.as_str(), r.failure.is_none())).collect();
    let expected = [
        ("prometheus/a/promqltest/testdata/a.test:4", false),
        ("prometheus/a/promqltest/testdata/a.test:6", true),
        ("prometheus/a/promqltest/testdata/a.test:9", true),
        ("prometheus/a/promqltest/testdata/a.test:11", false),
        ("prometheus/b/lezer-promql/test/expression.txt:1", true),
        ("prometheus/b/lezer-promql/test/expression.txt:9", false),
        ("prometheus/b/lezer-promql/test/expression.txt:15", true),
    ];
    std::fs::remove_dir_all(&root).expect("the folder can go");
    assert_eq!(shown, expected);
    assert_eq!(PromqlParse.run(&root).expect("an absent folder is no error"), []);
}
