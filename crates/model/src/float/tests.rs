use super::*;

#[test]
fn json_numbers_are_as_prometheus_writes_them() {
    for (value, expected) in [
        (0.0, "0"),
        (-0.0, "-0"),
        (1.0, "1"),
        (0.1, "0.1"),
        (123_456_789.0, "123456789"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (-1.5e21, "-1.5e+21"),
        (1e-6, "0.000001"),
        (9.9e-7, "9.9e-07"),
        (1e-300, "1e-300"),
        (f64::NAN, "NaN"),
        (f64::INFINITY, "+Inf"),
        (f64::NEG_INFINITY, "-Inf"),
        (5.7252008e7, "57252008"),
    ] {
        assert_eq!(format_json(value), expected);
    }
}

#[test]
fn shortest_form_switches_to_exponents() {
    for (value, expected) in [
        (0.0, "0"),
        (-0.0, "-0"),
        (1e-4, "0.0001"),
        (9.9e-5, "9.9e-05"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (f64::NEG_INFINITY, "-Inf"),
    ] {
        assert_eq!(format_shortest(value), expected);
    }
    assert_eq!(format_general(1e6, 6), "1e+06");
    assert_eq!(format_general(123_456.0, 6), "123456");
}

#[test]
fn reads_what_go_reads() {
    for (text, expected) in [
        ("1", Some(1.0)),
        ("-1.5e3", Some(-1500.0)),
        (".5", Some(0.5)),
        ("5.", Some(5.0)),
        ("0x1f", Some(31.0)),
        ("-0x1.8p1", Some(-3.0)),
        ("inf", Some(f64::INFINITY)),
        ("+Inf", Some(f64::INFINITY)),
        ("-infinity", Some(f64::NEG_INFINITY)),
        ("", None),
        ("-", None),
        ("1_000", None),
        ("abc", None),
        ("-NaN", None),
        ("0x", None),
        ("1e", None),
        ("0x1p99999999999", None),
    ] {
        assert_eq!(parse(text), expected, "{text:?}");
    }
    assert!(parse("nan").is_some_and(f64::is_nan));
}
