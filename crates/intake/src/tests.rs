use std::sync::Arc;

use model::{Labels, ManualClock};
use storage::logs::{SourceId, SourceRange};
use storage::{LogStore, TenantId};
use testkit::MemoryLogStore;

use crate::*;

const NOW_NS: i64 = 1_700_000_000_000_000_000;
const DAY_NS: i64 = 24 * 3_600 * 1_000_000_000;

fn intake(limits: IntakeLimits) -> (Intake, Arc<MemoryLogStore>) {
    let store = Arc::new(MemoryLogStore::new());
    let clock = Arc::new(ManualClock::new(NOW_NS / 1_000_000));
    (Intake::new(Arc::clone(&store) as Arc<dyn LogStore>, clock, limits), store)
}

fn push(intake: &Intake, request: &PushRequest<'_>) -> PushOutcome {
    intake.push(TenantId::default(), request, None, None).expect("the memory takes it")
}

/// Pushes one line and tells why it is refused.
fn check(
    labels: &[(&str, &str)],
    metadata: &[(&str, &str)],
    time_ns: i64,
    line: &str,
    expected: Option<(Reason, &str)>,
) {
    let limits = IntakeLimits {
        line_bytes: 8,
        label_names: 2,
        label_name_bytes: 12,
        label_value_bytes: 6,
        metadata_bytes: 10,
        metadata_entries: 2,
        ..IntakeLimits::default()
    };
    let (intake, store) = intake(limits);
    let mut request = PushRequest::new();
    request.begin_stream(&mut labels.to_vec());
    request.push_line(time_ns, line.as_bytes());
    request.push_metadata(metadata);
    let outcome = push(&intake, &request);
    let expected_error = expected.map(|(_, text)| format!("1 errors like: {text}"));
    assert_eq!(outcome.error, expected_error);
    assert_eq!(outcome.lines + outcome.refused_lines, 1);
    assert_eq!(store.dump().len() as u64, outcome.lines);
    for reason in Reason::ALL {
        let refused = u64::from(expected.is_some_and(|(expected, _)| expected == reason));
        assert_eq!(intake.counters().refused_lines(reason), refused, "{reason:?}");
    }
}

#[test]
fn limits_refuse_with_lokis_texts() {
    let app = [("app", "x")];
    let shown = r#"{app="x", service_name="x"}"#;
    check(&app, &[], NOW_NS, "12345678", None);
    check(
        &app,
        &[],
        NOW_NS,
        "123456789",
        Some((
            Reason::LineTooLong,
            &format!(
                "Max entry size '8' bytes exceeded for stream '{shown}' while adding an entry with length '9' bytes"
            ),
        )),
    );
    check(&app, &[], NOW_NS - 7 * DAY_NS, "x", None);
    check(
        &app,
        &[],
        NOW_NS - 7 * DAY_NS - 1,
        "x",
        Some((
            Reason::GreaterThanMaxSampleAge,
            &format!(
                "entry for stream '{shown}' has timestamp too old: 2023-11-07T22:13:19Z, oldest acceptable timestamp is: 2023-11-07T22:13:20Z"
            ),
        )),
    );
    check(&app, &[], NOW_NS + 600_000_000_000, "x", None);
    check(
        &app,
        &[],
        NOW_NS + 601_000_000_000,
        "x",
        Some((
            Reason::TooFarInFuture,
            &format!("entry for stream '{shown}' has timestamp too new: 2023-11-14T22:23:21Z"),
        )),
    );
    check(
        &[("a", "1"), ("b", "2"), ("c", "3")],
        &[],
        NOW_NS,
        "x",
        Some((
            Reason::MaxLabelNamesPerSeries,
            "entry for stream '{a=\"1\", b=\"2\", c=\"3\", service_name=\"unknown_service\"}' has 3 label names; limit 2",
        )),
    );
    check(
        &[("service_name", "x"), ("a", "1234567")],
        &[],
        NOW_NS,
        "x",
        Some((
            Reason::LabelValueTooLong,
            "stream '{a=\"1234567\", service_name=\"x\"}' has label value too long: '1234567'",
        )),
    );
    check(
        &[("app", "x"), ("n234567890123", "y")],
        &[],
        NOW_NS,
        "x",
        Some((
            Reason::LabelNameTooLong,
            "stream '{app=\"x\", n234567890123=\"y\", service_name=\"x\"}' has label name too long: 'n234567890123'",
        )),
    );
    check(
        &[("app", "x"), ("app", "y")],
        &[],
        NOW_NS,
        "x",
        Some((Reason::DuplicateLabelNames, "stream '{app=\"x\", app=\"y\"}' has duplicate label name: 'app'")),
    );
}

#[test]
fn metadata_is_limited() {
    let shown = r#"{app="x", service_name="x"}"#;
    let advice = "or contact your Loki administrator to increase it.";
    check(&[("app", "x")], &[("a", "1"), ("b", "12345")], NOW_NS, "x", None);
    let text = format!(
        "stream '{shown}' has structured metadata too large: '11' bytes, limit: '10' bytes. Please see `limits_config.max_structured_metadata_size` {advice}"
    );
    check(&[("app", "x")], &[("a", "1234567890")], NOW_NS, "x", Some((Reason::StructuredMetadataTooLarge, &text)));
    let text = format!(
        "stream '{shown}' has too many structured metadata labels: '3', limit: '2'. Please see `limits_config.max_structured_metadata_entries_count` {advice}"
    );
    let three = [("a", "1"), ("b", "2"), ("c", "3")];
    check(&[("app", "x")], &three, NOW_NS, "x", Some((Reason::StructuredMetadataTooMany, &text)));
}

#[test]
fn valid_lines_are_kept_and_the_others_told_once() {
    let (intake, store) = intake(IntakeLimits { line_bytes: 5, ..IntakeLimits::default() });
    let mut request = PushRequest::new();
    request.begin_unreadable_stream("{a=", "parse error");
    request.push_line(NOW_NS, b"lost");
    request.push_line(NOW_NS, b"lost");
    request.begin_stream(&mut [("job", "j"), ("empty", "")]);
    for line in ["one", "too long", "two", "too long", "INFO"] {
        request.push_copied_line(NOW_NS, line.as_bytes());
    }
    request.begin_stream(&mut [("job", "without lines")]);
    let outcome = push(&intake, &request);
    let long = "Max entry size '5' bytes exceeded for stream '{job=\"j\", service_name=\"j\"}' while adding an entry with length '8' bytes";
    let expected = format!("1 errors like: Error parsing labels '{{a=' with error: parse error; 2 errors like: {long}");
    assert_eq!(outcome.error.as_deref(), Some(&*expected));
    assert_eq!((outcome.lines, outcome.bytes, outcome.refused_lines), (3, 10, 4));
    let level = |line: &testkit::StoredLine| {
        Labels::from_bytes(&line.metadata).expect("labels").get("detected_level").to_owned()
    };
    let kept: Vec<(Vec<u8>, String)> = store.dump().iter().map(|line| (line.line.clone(), level(line))).collect();
    let expected = [("one", "unknown"), ("two", "unknown"), ("INFO", "info")];
    assert_eq!(kept, expected.map(|(line, level)| (line.as_bytes().to_vec(), level.to_owned())));
    assert_eq!(intake.counters().families().len(), 4);
}

#[test]
fn answers_stay_small() {
    let (intake, _) = intake(IntakeLimits::default());
    let mut request = PushRequest::new();
    let long = "v".repeat(100_000);
    request.begin_stream(&mut [("long", &long)]);
    request.push_line(NOW_NS, b"x");
    request.begin_stream(&mut [("app", "x")]);
    for i in 0..10_000 {
        request.push_line(i * 1_000_000_000, b"too old");
    }
    let error = push(&intake, &request).error.expect("refused");
    assert!(error.len() < 100_000 && error.ends_with("; 9901 other errors"), "{} bytes", error.len());
}

#[test]
fn metadata_is_named_as_labels_are_and_a_level_that_came_stays() {
    let (intake, store) = intake(IntakeLimits::default());
    let mut request = PushRequest::new();
    request.begin_stream(&mut [("app", "x")]);
    request.push_line(NOW_NS, b"an error");
    request.push_metadata(&[("trace.id", "1"), ("0x", "2"), ("trace.id", "3"), ("none", "")]);
    request.push_line(NOW_NS, b"an error");
    request.push_metadata(&[("detected_level", "own")]);
    push(&intake, &request);
    let metadata: Vec<String> =
        store.dump().iter().map(|line| Labels::from_bytes(&line.metadata).expect("labels").to_string()).collect();
    assert_eq!(metadata, [r#"{detected_level="error", key_0x="2", trace_id="3"}"#, r#"{detected_level="own"}"#]);
}

#[test]
fn the_history_of_this_machine_may_be_of_any_time() {
    let (intake, store) = intake(IntakeLimits::default());
    for (any_time, expected) in [(false, 1), (true, 4)] {
        let mut request = PushRequest::new();
        request.begin_stream(&mut [("app", "x")]);
        for time_ns in [0, NOW_NS - 40 * DAY_NS, NOW_NS, NOW_NS + DAY_NS] {
            request.push_line(time_ns, b"a line");
        }
        if any_time {
            request.allow_any_time();
        }
        let outcome = push(&intake, &request);
        assert_eq!((outcome.lines, outcome.refused_lines), (expected, 4 - expected));
    }
    assert_eq!(store.dump().len(), 5);
    // Other limits hold.
    let mut request = PushRequest::new();
    request.allow_any_time();
    request.begin_stream(&mut [("app", "x")]);
    let long = vec![b'x'; (256 << 10) + 1];
    request.push_line(0, &long);
    assert_eq!(push(&intake, &request).refused_lines, 1);
}

#[test]
fn a_source_moves_on_though_its_lines_are_refused() {
    let (intake, store) = intake(IntakeLimits::default());
    let source = SourceId(7);
    let mut request = PushRequest::new();
    request.begin_stream(&mut [("app", "x")]);
    request.push_line(0, b"from long ago");
    let range = |from, to| Some(SourceRange { source, from, to });
    let outcome = intake.push(TenantId::default(), &request, None, range(0, 14)).expect("the memory takes it");
    assert_eq!((outcome.lines, outcome.refused_lines), (0, 1));
    assert_eq!(store.source_end(TenantId::default(), source).expect("memory"), Some(14));
    let again = intake.push(TenantId::default(), &request, None, range(0, 14)).expect("the memory takes it");
    assert!(again.repeated);
}
