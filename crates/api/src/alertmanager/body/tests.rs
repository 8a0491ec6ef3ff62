use testkit::Random;

use super::*;

#[test]
fn addresses_are_told_from_other_texts() {
    for text in ["http://x/y?a=b&c", "/graph?g0.expr=up", "HTTPS://x", "a+b-c.d:/x", "*"] {
        assert!(is_uri(text), "{text}");
    }
    for text in ["foo", "::bad", ":/x", "1http://x", "mailto:a@b", "http", "/a\nb", "ht tp://x"] {
        assert!(!is_uri(text), "{text}");
    }
}

#[test]
fn an_alert_is_read_as_it_is_written() {
    let body = br#" [{"labels":{"alertname":"a","e":"","n":null,"\u00e9":"<b>"},"annotations":{"s":"t","empty":""},
        "startsAt":"1970-01-01T00:00:01Z","endsAt":null,"generatorURL":"http://x/","other":{"a":[1]}}] and more"#;
    let annotations = [("s", "t"), ("empty", "")].map(|(name, text)| (name.to_owned(), text.to_owned()));
    let expected = PostedAlert {
        labels: Labels::from_pairs([("alertname", "a"), ("é", "<b>")]),
        annotations: Arc::new(annotations.into()),
        starts_at_ms: Some(1_000),
        ends_at_ms: None,
        generator_url: "http://x/".to_owned(),
    };
    assert_eq!(alerts(body).expect("a valid body"), [expected]);
}

/// Bytes that are nearly bodies must be read or refused, whatever they are.
#[test]
fn fuzz() {
    let seeds: [&[u8]; 3] = [
        br#"[{"labels":{"a":"b"},"annotations":{},"startsAt":"2026-11-25T10:00:00.5+01:00","generatorURL":"http://x"}]"#,
        br#"{"id":"x","matchers":[{"name":"a","value":"b","isRegex":true,"isEqual":false}],"startsAt":"",
            "endsAt":"2026-11-25 10:00:00","createdBy":"","comment":"c","annotations":{"a":"b"}}"#,
        br#"[{"labels":{"a":null},"startsAt":"-009999-01-02T01:59:59Z","other":[[{"x":1e400}]]}]"#,
    ];
    let seed = testkit::seed(1);
    let mut random = Random(seed);
    let mut n_read = 0;
    for round in 0..20_000 {
        let mut body = seeds[round % seeds.len()].to_vec();
        for _ in 0..random.below(4) {
            let at = random.below(body.len());
            match random.below(3) {
                0 => body[at] = random.next() as u8,
                1 => body.truncate(at.max(1)),
                _ => body.insert(at, b"\"\\{}[],:0tn"[random.below(11)]),
            }
        }
        n_read += usize::from(alerts(&body).is_ok()) + usize::from(silence(&body).is_ok());
    }
    assert!((1_000..19_000).contains(&n_read), "{n_read} were read, seed {seed}");
}
