use super::*;

fn results(cases: &[(&str, bool)]) -> Vec<CaseResult> {
    let result = |(id, passed): &(&str, bool)| CaseResult {
        id: (*id).to_owned(),
        failure: (!passed).then(|| "first line\nlast\tline".to_owned()),
    };
    cases.iter().map(result).collect()
}

fn ratchet(text: &str) -> Ratchet {
    Ratchet::parse(text).expect("a valid file")
}

#[test]
fn lines_are_id_and_reason() {
    assert_eq!(ratchet("a:1\twhy\n\nb:2\tbecause of this\n").entries.len(), 2);
    for (text, message) in [
        ("a:1", "line 1: expected id, tab, reason"),
        ("a:1\t ", "line 1: expected id, tab, reason"),
        ("\twhy", "line 1: expected id, tab, reason"),
        ("a:1\tx\na:1\ty", "line 2: a:1 is listed twice"),
    ] {
        assert_eq!(Ratchet::parse(text), Err(message.to_owned()), "{text:?}");
    }
}

#[test]
fn a_run_is_compared_with_what_is_known() {
    let known = ratchet("a\tx\nb\tx\nc\tx");
    let verdict = known.judge(&results(&[("a", false), ("b", true), ("d", false), ("e", true)]));
    assert_eq!(
        (verdict.new_failures, verdict.now_passing, verdict.gone),
        (vec!["d".to_owned()], vec!["b".to_owned()], vec!["c".to_owned()])
    );
    assert!(known.judge(&results(&[("a", false), ("b", false), ("c", false), ("d", true)])).is_clean());
    assert!(Ratchet::default().judge(&results(&[("a", true)])).is_clean());
    assert!(!Ratchet::default().judge(&results(&[("a", false)])).is_clean());
}

#[test]
fn a_file_may_only_shrink() {
    let folder = std::env::temp_dir().join(format!("ratchet-test-{}", std::process::id()));
    let path = Ratchet::path(&folder, "suite");
    assert_eq!(Ratchet::read(&path).expect("an absent file is empty"), Ratchet::default());
    let first = results(&[("a", false), ("b", false), ("c", true)]);
    Ratchet::default().write(&path, &first).expect("an empty file may be filled");
    let known = Ratchet::read(&path).expect("the file that was written");
    assert_eq!(known, ratchet("a\tlast line\nb\tlast line"));
    known.write(&path, &results(&[("a", true), ("b", false)])).expect("a file may shrink");
    let known = Ratchet::read(&path).expect("the file that was written");
    assert_eq!(known, ratchet("b\tlast line"));
    known.write(&path, &first).expect_err("a file may not grow");
    std::fs::remove_dir_all(&folder).expect("the folder can go");
}
