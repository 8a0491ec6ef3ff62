use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::*;

fn examples() -> Vec<Record> {
    let labels = Labels::from_pairs([("alertname", "x"), ("🙂", "y")]);
    let id = GroupId { route: "{}/{a=\"b\"}/0".into(), labels: labels.clone() };
    let texts = BTreeMap::from([("summary".to_owned(), String::new())]);
    let alert = Alert {
        labels,
        annotations: Annotations::new(texts.clone()),
        starts_at_ms: -1,
        ends_at_ms: i64::MAX,
        generator_url: "http://x/".to_owned(),
        updated_at_ms: 7,
        is_timeout: true,
    };
    let silence = Silence {
        id: "1".to_owned(),
        matcher_sets: vec![vec![Matcher::new(MatchOp::NotRegex, "a", "b.*").expect("valid")], vec![]],
        starts_at_ms: 1,
        ends_at_ms: 2,
        updated_at_ms: 3,
        created_by: "me".to_owned(),
        comment: "\n".to_owned(),
        annotations: texts,
    };
    let integration = Integration { receiver: "r".to_owned(), kind: "webhook".to_owned(), index: 3 };
    let key = LogKey { group_key: "{}:{}".into(), integration: Arc::new(integration) };
    let receiver_data = BTreeMap::from([
        ("a".to_owned(), DataValue::Text("t".to_owned())),
        ("b".to_owned(), DataValue::Integer(-5)),
        ("c".to_owned(), DataValue::Float(0.5)),
    ]);
    let sets = LoggedSets { firing: vec![1, 2], resolved: vec![u64::MAX], at_ms: 9 };
    let timer = GroupTimer { next_flush_ms: 5, has_flushed: true, in_flight: false };
    vec![
        Record::Alerts(vec![Arc::new(alert)]),
        Record::Silences(vec![Arc::new(silence)]),
        Record::Notified(vec![(key, Logged { sets, receiver_data, expires_at_ms: 10 })]),
        Record::Timers(vec![(id.clone(), timer)]),
        Record::GroupGone(id.clone()),
        Record::Settled(id, vec![(Fingerprint(4), Posting { updated_at_ms: 5, ends_at_ms: 6 })]),
    ]
}

#[test]
fn reads_back_what_was_written() {
    for record in examples() {
        assert_eq!(Record::decode(&record.encode()), Some(record));
    }
}

#[test]
fn a_part_of_a_record_is_none() {
    for record in examples() {
        let bytes = record.encode();
        for end in 0..bytes.len() {
            assert_eq!(Record::decode(&bytes[..end]), None, "{record:?} cut at {end}");
        }
        let longer = [&bytes[..], &[0]].concat();
        assert_eq!(Record::decode(&longer), None, "{record:?} with a byte more");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(20_261_125), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200), kind in 0u8..8) {
        let with_kind = [&[kind][..], &bytes].concat();
        if let Some(record) = Record::decode(&with_kind) {
            prop_assert_eq!(Record::decode(&record.encode()), Some(record));
        }
    }

    #[test]
    fn a_changed_record_is_read_or_refused(which in 0usize..6, place in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = examples()[which].encode();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        let _ = Record::decode(&bytes);
    }
}
