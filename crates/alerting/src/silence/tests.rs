use super::*;

const NOW_MS: i64 = 1_000_000;

fn draft(id: &str, starts_in_ms: i64, ends_in_ms: i64, value: &str) -> SilenceDraft {
    let matcher = MatcherDraft { name: "a".to_owned(), op: "=".to_owned(), value: value.to_owned() };
    SilenceDraft {
        id: id.to_owned(),
        matcher_sets: vec![vec![matcher]],
        starts_at_ms: Some(NOW_MS + starts_in_ms),
        ends_at_ms: Some(NOW_MS + ends_in_ms),
        ..SilenceDraft::default()
    }
}

/// Fulfils drafts one after the other, a second apart, and shows all silences as `id: start..end`, relative to the first.
fn run(drafts: &[SilenceDraft], limits: SilenceLimits) -> Result<Vec<String>, String> {
    let mut silences = Silences::default();
    let mut count = 0;
    for (second, draft) in drafts.iter().enumerate() {
        let mut new_id = || {
            count += 1;
            count.to_string()
        };
        let syntax = Syntax::Fallback;
        let mut context =
            PlanContext { syntax, limits, new_id: &mut new_id, size_bytes: |silence| silence.comment.len() };
        let now_ms = NOW_MS + second as i64 * 1000;
        let plan = silences.plan(draft, now_ms, &mut context).map_err(|error| error.to_string())?;
        plan.into_iter().for_each(|silence| silences.put(silence));
    }
    let shown = silences.iter().map(|s| format!("{}: {}..{}", s.id, s.starts_at_ms - NOW_MS, s.ends_at_ms - NOW_MS));
    Ok(shown.collect())
}

#[test]
fn makes_and_changes() {
    let none = SilenceLimits::default();
    for (name, drafts, expected) in [
        ("new", vec![draft("", 0, 5000, "b")], Ok(vec!["1: 0..5000"])),
        ("in the past", vec![draft("", -5000, 5000, "b")], Ok(vec!["1: 0..5000"])),
        ("longer", vec![draft("", 0, 5000, "b"), draft("1", 0, 9000, "b")], Ok(vec!["1: 0..9000"])),
        (
            "other alerts",
            vec![draft("", 0, 5000, "b"), draft("1", 0, 5000, "c")],
            Ok(vec!["1: 0..1000", "2: 1000..5000"]),
        ),
        ("later", vec![draft("", 3000, 5000, "b"), draft("1", 4000, 5000, "b")], Ok(vec!["1: 4000..5000"])),
        (
            "pending ends",
            vec![draft("", 3000, 5000, "b"), draft("1", 0, 5000, "b")],
            Ok(vec!["1: 1000..1000", "2: 1000..5000"]),
        ),
        ("ended", vec![draft("", 0, 500, "b"), draft("1", 0, 5000, "b")], Ok(vec!["1: 0..500", "2: 1000..5000"])),
        ("unknown", vec![draft("9", 0, 5000, "b")], Err("silence not found")),
        (
            "empty",
            vec![draft("", 0, 5000, "")],
            Err("invalid silence: at least one matcher must not match the empty string"),
        ),
    ] {
        let expected =
            expected.map(|shown| shown.into_iter().map(ToOwned::to_owned).collect()).map_err(ToOwned::to_owned);
        assert_eq!(run(&drafts, none), expected, "{name}");
    }
}

#[test]
fn has_limits() {
    let two = [draft("", 0, 500, "b"), draft("", 0, 500, "c")];
    let one = SilenceLimits { max_silences: 1, max_silence_bytes: 0 };
    assert_eq!(run(&two, one), Err("exceeded maximum number of silences: 1 (limit: 1)".to_owned()));
    let mut large = draft("", 0, 500, "b");
    large.comment = "1234".to_owned();
    let small = SilenceLimits { max_silences: 0, max_silence_bytes: 3 };
    assert_eq!(run(&[large], small), Err("silence exceeded maximum size: 4 bytes (limit: 3 bytes)".to_owned()));
}

#[test]
fn lists_as_upstream_does() {
    let mut silences = Silences::default();
    for (id, start, end) in
        [("e1", -9, -5), ("e2", -9, -2), ("p1", 4, 9), ("p2", 2, 9), ("a1", -1, 9), ("a2", -1, 3), ("e0", 0, 0)]
    {
        let mut silence = draft(id, start, end, "b").check(Syntax::Utf8).expect("a valid silence");
        silence.id = id.to_owned();
        silences.put(silence);
    }
    let ids: Vec<String> = silences.listed(NOW_MS).into_iter().map(|(_, silence)| silence.id.clone()).collect();
    assert_eq!(ids, ["a2", "a1", "p2", "p1", "e0", "e2", "e1"]);
    silences.forget(NOW_MS, 3);
    assert_eq!(silences.iter().count(), 6);
}
