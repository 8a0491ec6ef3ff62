//! Nonsense on every route: an answer each time, never a fault.

use std::fmt::Write;

use testkit::{Random, http};

use crate::program::{Program, encode};

const ROUTES: [&str; 11] = [
    "/api/v1/query",
    "/api/v1/query_range",
    "/api/v1/format_query",
    "/api/v1/labels",
    "/api/v1/label/job/values",
    "/api/v1/series",
    "/api/v1/metadata",
    "/api/v1/status/buildinfo",
    "/metrics",
    "/sensors/host/metrics",
    "/",
];
const PARAMETERS: [&str; 11] = [
    "query",
    "time",
    "start",
    "end",
    "step",
    "timeout",
    "limit",
    "match[]",
    "metric",
    "limit_per_metric",
    "lookback_delta",
];
const VALUES: [&str; 24] = [
    "",
    "0",
    "-1",
    "1",
    "1e308",
    "-1e308",
    "9223372036854775807",
    "99999999999999999999",
    "NaN",
    "Inf",
    "5m",
    "-5m",
    "up",
    "sum(",
    "up[",
    "{",
    "}",
    "{__name__=~\".*\"}",
    "rate(up[5m])",
    "\u{0}",
    "é\u{202e}",
    "2015-07-01T20:10:51Z",
    "up @ 1e300",
    "((((((((((1))))))))))",
];

#[test]
fn nonsense_is_answered() {
    let dir = tempfile::tempdir().expect("a directory");
    let program = Program::start(dir.path());
    let mut random = Random(testkit::seed(1));
    let mut next = |n: usize| random.below(n);
    for round in 0..600 {
        let route = ROUTES[next(ROUTES.len())];
        let mut form = String::new();
        for _ in 0..next(5) {
            write!(form, "{}={}&", PARAMETERS[next(PARAMETERS.len())], encode(VALUES[next(VALUES.len())]))
                .expect("a string takes it");
        }
        if next(4) == 0 {
            form.push_str("%zz&%&=&&%00");
        }
        let post = next(2) == 0;
        let response = if post {
            http::post_form(program.address, route, &form)
        } else {
            http::get(program.address, &format!("{route}?{form}"))
        };
        let response = response.unwrap_or_else(|error| panic!("round {round}: {route} {form}: {error}"));
        // A time limit that is over before it begins is told as such.
        assert!(
            response.status < 500 || response.status == 503,
            "round {round}: {route} {form}: {} {}",
            response.status,
            response.body
        );
        if route.starts_with("/api/") && response.status != 405 {
            let body: serde_json::Value = serde_json::from_str(&response.body).expect("an envelope");
            assert_eq!(body["status"] == "success", response.status == 200, "round {round}: {route} {form}");
        }
    }
    let deep =
        ["(".repeat(450) + "1" + &")".repeat(450), "-".repeat(450) + "1", "1+".repeat(450) + "1", "(".repeat(100_000)];
    for query in deep {
        let form = format!("query={}", encode(&query));
        let response = http::post_form(program.address, "/api/v1/query", &form).expect("it answers");
        assert!(matches!(response.status, 200 | 400), "{}: {}", &query[..10], response.body);
    }
    for raw in
        ["GET / HTTP/1.1\r\n\r\n", "GET http://example.com/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "nonsense\r\n\r\n"]
    {
        let closing = raw.replacen("\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1);
        let status = http::send(program.address, &closing).map(|response| response.status);
        assert!(matches!(status, Ok(400 | 421)), "{raw:?}: {status:?}");
    }
    let metrics = program.get("/metrics").body;
    assert!(metrics.contains(r#"menara_http_requests_total{code="400",handler="/api/v1/query"}"#), "{metrics}");
}
