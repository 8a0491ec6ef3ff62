use super::*;

#[test]
fn fingerprints_as_upstream_publishes_them() {
    for (pairs, text) in [
        ([("severity", "warning"), ("job", "foo")], "9266ef3da838ad95"),
        ([("severity", "critical"), ("job", "foo")], "3b15fd163d36582e"),
        ([("severity", "critical"), ("job", "bar")], "c7e68cb08e3e67f9"),
    ] {
        assert_eq!(Fingerprint::of(&Labels::from_pairs(pairs)).to_string(), text);
    }
    assert_eq!(Fingerprint::of(&Labels::empty()).to_string(), "cbf29ce484222325");
}

/// Times of an alert around now = 0: start, end, posted, and whether the end is a timeout.
type Times = (i64, i64, i64, bool);

fn alert((starts_at_ms, ends_at_ms, updated_at_ms, is_timeout): Times) -> Alert {
    let annotations = Arc::new(BTreeMap::from([("posted".to_owned(), updated_at_ms.to_string())]));
    let labels = Labels::from_pairs([("a", "b")]);
    Alert { labels, annotations, starts_at_ms, ends_at_ms, generator_url: String::new(), updated_at_ms, is_timeout }
}

#[test]
fn merges() {
    for (older, younger, merged) in [
        ((-60, 180, 0, true), (0, 120, 60, false), (-60, 120, 60, false)),
        ((-60, 180, 0, false), (0, 120, 60, true), (-60, 180, 60, true)),
        ((-60, 100, 0, false), (0, 120, 60, true), (-60, 120, 60, true)),
        ((-180, -60, 0, false), (-120, 60, 60, false), (-180, 60, 60, false)),
        ((-180, -60, -60, false), (-240, -120, 60, false), (-240, -60, 60, false)),
        ((-60, 180, 0, false), (-30, -10, 60, false), (-60, -10, 60, false)),
    ] {
        let (older, younger, merged) = (alert(older), alert(younger), alert(merged));
        assert_eq!(older.merged_with(&younger, 0), merged);
        assert_eq!(younger.merged_with(&older, 0), merged);
    }
}
