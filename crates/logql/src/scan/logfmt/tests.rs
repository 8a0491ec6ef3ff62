use super::*;

fn check(line: &str, expected: &[(&str, &str)], errors: &[&str]) {
    let mut pairs = Vec::new();
    let mut failures = Vec::new();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    for pair in Pairs::of(line.as_bytes()) {
        match pair {
            Ok(pair) => pairs.push((text(pair.key), text(&pair.value))),
            Err(error) => failures.push(error.to_string()),
        }
    }
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(pairs, expected, "{line:?}");
    assert_eq!(failures, errors, "{line:?}");
}

#[test]
fn reads_pairs() {
    check("", &[], &[]);
    check("a=1 b  c= d=\"x y\"\te=\"\"", &[("a", "1"), ("b", ""), ("c", ""), ("d", "x y"), ("e", "")], &[]);
    check(r#"a="q\"\\\n\u00e9" b='x'"#, &[("a", "q\"\\\né"), ("b", "'x'")], &[]);
    check("a=\"line\nbreak\" é=ü", &[("a", "line\nbreak"), ("é", "ü")], &[]);
}

#[test]
fn goes_on_behind_what_is_wrong() {
    let at = |position: usize, what: &str| format!("logfmt syntax error at pos {position} : {what}");
    check("foobar====wqe=sdad1r", &[], &[&at(8, "unexpected '='")]);
    check("a=1 =x b=2", &[("a", "1"), ("b", "2")], &[&at(5, "unexpected '='")]);
    check("a=1 bu\"zz=1 b=2", &[("a", "1"), ("b", "2")], &[&at(7, "unexpected '\"'")]);
    check("a=b\"c d\" e=f", &[("e", "f")], &[&at(4, "unexpected '\"'"), &at(8, "unexpected '\"'")]);
    check("k\u{fffd}y=1 b=2", &[("b", "2")], &[&at(6, "invalid key")]);
    check("a=1 b=\"open c=3", &[("a", "1")], &[&at(16, "unterminated quoted value")]);
    check(r#"a="\x" b=2"#, &[("b", "2")], &[&at(7, "invalid quoted value")]);
}

#[test]
fn never_panics_and_always_ends() {
    let mut random = testkit::Random(testkit::seed(3));
    let alphabet = b"ab=\"\\ \nu0\xff\xc3\xa9";
    for _ in 0..50_000 {
        let line: Vec<u8> = (0..random.below(24)).map(|_| alphabet[random.below(alphabet.len())]).collect();
        let count = Pairs::of(&line).count();
        assert!(count <= line.len(), "{line:?}");
    }
}
