use super::*;

const NOW_NS: i64 = 1_700_000_000 * SECOND_NS;

#[test]
fn reads_times() {
    for (text, expected) in [
        ("", Some(7)),
        ("1571332130", Some(1_571_332_130 * SECOND_NS)),
        ("1571332130.934", Some(1_571_332_130_934_000_000)),
        ("1.5", Some(1_500_000_000)),
        ("12345678901", Some(12_345_678_901)),
        ("-5", Some(-5 * SECOND_NS)),
        ("2009-11-10T23:00:00.000000001Z", Some(1_257_894_000_000_000_001)),
        ("2009-11-11T00:00:00+01:00", Some(1_257_894_000_000_000_000)),
        ("2009-11-10", None),
        ("1e3", None),
        ("NaN.", None),
        ("we", None),
        ("99999999999999999999", None),
        ("9999-12-31T23:59:59Z", None),
    ] {
        assert_eq!(time_ns(text, 7).ok(), expected, "{text:?}");
    }
}

#[test]
fn what_is_wrong_is_said_in_the_originals_words() {
    for (query, expected) in [
        ("start=x", "could not parse 'start' parameter: parsing time \"x\" as"),
        ("end=x", "could not parse 'end' parameter: "),
        ("since=x", "could not parse 'since' parameter: not a valid duration string: \"x\""),
        ("start=2&end=1", "end timestamp must not be before or equal to start time"),
        ("limit=0", "limit must be a positive value"),
        ("limit=x", "strconv.Atoi: parsing \"x\": invalid syntax"),
        ("direction=up", "invalid direction 'up'"),
        ("step=0", "zero or negative query resolution step widths are not accepted. Try a positive integer"),
        ("step=x", "cannot parse \"x\" to a valid duration"),
        ("step=1e300", "cannot parse \"1e300\" to a valid duration. It overflows int64"),
        (
            "step=10ms",
            "exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step parameter",
        ),
        ("interval=-1", "interval must be >= 0"),
    ] {
        let error = range_params(query, NOW_NS).expect_err(query);
        assert!(error.starts_with(expected), "{query}: {error}");
    }
}

#[test]
fn what_is_not_said_has_a_default() {
    let params = range_params("query=%7B%7D", NOW_NS).expect("valid");
    let request = RangeRequest {
        start_ns: NOW_NS - 3_600 * SECOND_NS,
        end_ns: NOW_NS,
        step_ns: 14 * SECOND_NS,
        interval_ns: 0,
        limit: 100,
        direction: Direction::Backward,
    };
    assert_eq!(params, RangeParams { query: "{}".to_owned(), request });
    let params = range_params("since=2h&end=1700000100&direction=FORWARD&limit=5&step=1m&interval=2", NOW_NS);
    let request = RangeRequest {
        start_ns: NOW_NS - 7_200 * SECOND_NS,
        end_ns: NOW_NS + 100 * SECOND_NS,
        step_ns: 60 * SECOND_NS,
        interval_ns: 2 * SECOND_NS,
        limit: 5,
        direction: Direction::Forward,
    };
    assert_eq!(params.expect("valid").request, request);
}

#[test]
fn any_text_is_read_or_refused() {
    for text in ["-9223372036854775808", "9223372036854775807", "1.", ".", "-.", "0.0000000001", "1e308.0", "∞", "1h1h"]
    {
        for name in ["start", "end", "since", "step", "interval", "limit", "time"] {
            let query = form_urlencoded::Serializer::new(String::new()).append_pair(name, text).finish();
            // Neither a panic nor an overflow.
            drop(range_params(&query, i64::MAX));
            drop(range_params(&query, i64::MIN));
        }
    }
}
