use super::*;

fn labels(pairs: &[(&'static str, &str)]) -> Vec<(Cow<'static, str>, String)> {
    pairs.iter().map(|(name, value)| (Cow::Borrowed(*name), (*value).to_owned())).collect()
}

fn sample(suffix: &'static str, pairs: &[(&'static str, &str)], value: f64) -> Sample {
    Sample { suffix, labels: labels(pairs), value }
}

fn family(name: &'static str, kind: MetricKind, samples: Vec<Sample>) -> Family {
    Family { samples, ..Family::new(name, "Help.", kind) }
}

#[track_caller]
fn check(families: &[Family], expected: &str) {
    let mut out = String::new();
    write(families, &mut out);
    assert_eq!(out, expected);
}

#[test]
fn floats_are_as_go_prints_them() {
    for (value, expected) in [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-1.0, "-1"),
        (123_456.0, "123456"),
        (999_999.0, "999999"),
        (1e6, "1e+06"),
        (-1e6, "-1e+06"),
        (57_252_008.0, "5.7252008e+07"),
        (1.5, "1.5"),
        (444.9, "444.9"),
        (14.036_781_000_000_001, "14.036781000000001"),
        (123_456.789, "123456.789"),
        (1_234_567.5, "1.2345675e+06"),
        (0.0001, "0.0001"),
        (0.000_099, "9.9e-05"),
        (2e-9, "2e-09"),
        (5e-324, "5e-324"),
        (f64::MAX, "1.7976931348623157e+308"),
        (18_446_744_073_709_551_615.0, "1.8446744073709552e+19"),
        (f64::NAN, "NaN"),
        (f64::INFINITY, "+Inf"),
        (f64::NEG_INFINITY, "-Inf"),
    ] {
        let mut out = String::new();
        write_value(value, &mut out);
        assert_eq!(out, expected);
    }
}

#[test]
fn families_are_in_the_order_of_their_names_and_empty_ones_left_out() {
    check(
        &[
            family("b", MetricKind::Counter, vec![sample("", &[], 2.0)]),
            family("a", MetricKind::Gauge, vec![sample("", &[], 1.0)]),
            family("c", MetricKind::Gauge, vec![]),
        ],
        "# HELP a Help.\n# TYPE a gauge\na 1\n# HELP b Help.\n# TYPE b counter\nb 2\n",
    );
    check(&[], "");
}

#[test]
fn every_kind_has_a_type_of_the_format() {
    for (kind, expected) in [
        (MetricKind::Counter, "counter"),
        (MetricKind::Gauge, "gauge"),
        (MetricKind::Histogram, "histogram"),
        (MetricKind::GaugeHistogram, "histogram"),
        (MetricKind::Summary, "summary"),
        (MetricKind::Info, "gauge"),
        (MetricKind::StateSet, "gauge"),
        (MetricKind::Unknown, "untyped"),
    ] {
        assert_eq!(type_name(kind), expected);
    }
}

#[test]
fn labels_and_metrics_are_ordered() {
    check(
        &[family(
            "m",
            MetricKind::Gauge,
            vec![
                sample("", &[("b", "1"), ("a", "2")], 4.0),
                sample("", &[("a", "10"), ("b", "9")], 3.0),
                sample("", &[("a", "1")], 2.0),
                sample("", &[], 1.0),
            ],
        )],
        "# HELP m Help.\n# TYPE m gauge\nm 1\nm{a=\"1\"} 2\nm{a=\"10\",b=\"9\"} 3\nm{a=\"2\",b=\"1\"} 4\n",
    );
}

#[test]
fn a_histogram_keeps_its_buckets_together_and_in_order() {
    check(
        &[family(
            "h",
            MetricKind::Histogram,
            vec![
                sample("_bucket", &[("x", "b"), ("le", "5")], 1.0),
                sample("_bucket", &[("le", "10"), ("x", "b")], 2.0),
                sample("_bucket", &[("le", "+Inf"), ("x", "b")], 3.0),
                sample("_sum", &[("x", "b")], 0.5),
                sample("_count", &[("x", "b")], 3.0),
                sample("_sum", &[("x", "a")], 0.0),
            ],
        )],
        concat!(
            "# HELP h Help.\n# TYPE h histogram\n",
            "h_sum{x=\"a\"} 0\n",
            "h_bucket{x=\"b\",le=\"5\"} 1\n",
            "h_bucket{x=\"b\",le=\"10\"} 2\n",
            "h_bucket{x=\"b\",le=\"+Inf\"} 3\n",
            "h_sum{x=\"b\"} 0.5\n",
            "h_count{x=\"b\"} 3\n",
        ),
    );
}

#[test]
fn help_and_label_values_are_escaped() {
    let mut family = family("m", MetricKind::Gauge, vec![sample("", &[("a", "q\"\\\nü")], 1.0)]);
    family.help = Cow::Borrowed("line \"one\"\nback\\slash");
    check(&[family], "# HELP m line \"one\"\\nback\\\\slash\n# TYPE m gauge\nm{a=\"q\\\"\\\\\\nü\"} 1\n");
}
