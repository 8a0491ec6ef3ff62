use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use containersensor::Registry;
use http_body_util::BodyExt;
use intake::{Intake, IntakeLimits};
use model::{Clock, Labels, ManualClock, Metadata, MetricKind};
use promql::{Engine, EngineOptions};
use serde_json::{Value, json};
use storage::{LogStore, MetricStore, TenantId};
use testkit::{MemoryLogStore, MemoryStore};
use tower::ServiceExt;

use super::*;

pub(crate) fn api() -> Arc<Api> {
    api_with_logs(&Arc::new(MemoryLogStore::new()))
}

pub(crate) fn api_with_logs(logs: &Arc<MemoryLogStore>) -> Arc<Api> {
    Arc::new(parts(logs))
}

pub(crate) fn api_with_alerts(alerts: AlertmanagerState) -> Arc<Api> {
    Arc::new(Api { alerts: Some(Arc::new(alerts)), ..parts(&Arc::new(MemoryLogStore::new())) })
}

pub(crate) fn api_with_rules(rules: rules::RulesView) -> Arc<Api> {
    Arc::new(Api { rules, ..parts(&Arc::new(MemoryLogStore::new())) })
}

fn parts(logs: &Arc<MemoryLogStore>) -> Api {
    let logs: Arc<dyn LogStore> = Arc::clone(logs) as _;
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(100_000));
    let store = MemoryStore::new();
    let labels = |pairs: &[(&str, &str)]| Labels::from_pairs(pairs.iter().copied());
    let points = || (0..=10).map(|i| (i * 10_000, i as f64));
    store.insert_floats(&labels(&[("__name__", "requests_total"), ("job", "web"), ("path", "/\"<é>")]), points());
    store.insert_floats(&labels(&[("__name__", "up"), ("job", "web")]), points().map(|(t, _)| (t, 1.0)));
    store.insert_floats(&labels(&[("__name__", "up"), ("job", "db")]), points().map(|(t, _)| (t, f64::NAN)));
    let entry = Metadata { kind: MetricKind::Counter, help: "all \"requests\"".to_owned(), unit: String::new() };
    store.put_metadata(TenantId::default(), &[("requests_total", entry)]).expect("the memory takes it");
    let containers = Arc::new(Registry::new(Arc::clone(&clock)));
    Api {
        metrics: Arc::new(store),
        engine: Engine::new(EngineOptions::default()),
        pool: QueryPool::new(2),
        intake: Arc::new(Intake::new(Arc::clone(&logs), Arc::clone(&clock), IntakeLimits::default())),
        logs,
        log_engine: logql::Engine::default(),
        loki: loki::LokiState::default(),
        alerts: None,
        rules: rules::RulesView::default(),
        clock,
        build: BuildInfo { version: "9.9.9" },
        own_metrics: Arc::new(Vec::new),
        host: "bromo".to_owned(),
        host_metrics: Arc::new(Vec::new),
        containers,
        container_metrics: Arc::new(Vec::new),
        files: Arc::default(),
        reload: Arc::new(|| Ok(())),
        names: OwnNames::default(),
        requests: Arc::default(),
        ready: AtomicBool::new(true),
    }
}

async fn send(request: Request<Body>) -> (StatusCode, String) {
    let response = router(api()).oneshot(request).await.expect("the router answers");
    let status = response.status();
    let body = response.into_body().collect().await.expect("the body is there").to_bytes();
    (status, String::from_utf8(body.to_vec()).expect("answers are text"))
}

fn request(method: &str, target: &str, form: Option<&str>) -> Request<Body> {
    let builder = Request::builder().method(method).uri(target).header("host", "127.0.0.1:7070");
    match form {
        Some(form) => {
            builder.header("content-type", "application/x-www-form-urlencoded").body(Body::from(form.to_owned()))
        }
        None => builder.body(Body::empty()),
    }
    .expect("a request")
}

async fn check(target: &str, status: u16, expected: Value) {
    let (got_status, body) = send(request("GET", target, None)).await;
    let body: Value = serde_json::from_str(&body).unwrap_or(Value::String(body));
    assert_eq!((got_status.as_u16(), &body), (status, &expected), "{target}");
}

fn success(data: Value) -> Value {
    json!({"status": "success", "data": data})
}

fn failure(error_type: &str, error: &str) -> Value {
    json!({"status": "error", "errorType": error_type, "error": error})
}

#[test]
fn no_two_routes_collide() {
    let mut paths = BTreeSet::new();
    for route in all_routes() {
        // Parameters match anything, so their names must not tell two routes apart.
        let shape: Vec<&str> =
            route.path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect();
        assert!(paths.insert(shape.join("/")), "{} is there twice", route.path);
    }
    // axum itself panics when two routes overlap.
    drop(router(api()));
}

#[tokio::test]
async fn queries_are_answered() {
    let vector = |result: Value| success(json!({"resultType": "vector", "result": result}));
    check(
        "/api/v1/query?query=requests_total&time=100",
        200,
        vector(
            json!([{"metric": {"__name__": "requests_total", "job": "web", "path": "/\"<é>"}, "value": [100, "10"]}]),
        ),
    )
    .await;
    check("/api/v1/query?query=absent_metric", 200, vector(json!([]))).await;
    check("/api/v1/query?query=1.5&time=1.25", 200, success(json!({"resultType": "scalar", "result": [1.25, "1.5"]})))
        .await;
    check(
        "/api/v1/query?query=%22a%5Cnb%22&time=1",
        200,
        success(json!({"resultType": "string", "result": [1, "a\nb"]})),
    )
    .await;
    check(
        "/api/v1/query?query=up%7Bjob%3D%22db%22%7D%5B10s%5D&time=10",
        200,
        success(json!({"resultType": "matrix", "result": [{"metric": {"__name__": "up", "job": "db"}, "values": [[10, "NaN"]]}]})),
    )
    .await;
    check(
        "/api/v1/query_range?query=sum(up)&start=0&end=20&step=10s",
        200,
        success(json!({"resultType": "matrix", "result": [{"metric": {}, "values": [[0, "NaN"], [10, "NaN"], [20, "NaN"]]}]})),
    )
    .await;
    check("/api/v1/format_query?query=sum(up)by(job)", 200, success(json!("sum by (job) (up)"))).await;
}

#[tokio::test]
async fn forms_are_as_good_as_query_strings() {
    for (method, target, form) in [
        ("POST", "/api/v1/query", Some("query=2&time=1")),
        ("POST", "/api/v1/query?time=1", Some("query=2")),
        ("POST", "/api/v1/query?query=3&time=9", Some("query=2&time=1")),
        ("GET", "/api/v1/query?query=2&time=1", None),
    ] {
        let (status, body) = send(request(method, target, form)).await;
        assert_eq!(
            (status.as_u16(), &*body),
            (200, r#"{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}"#)
        );
    }
    for target in ["/api/v1/query_range", "/api/v1/format_query", "/api/v1/labels", "/api/v1/series"] {
        let form = "query=up&start=1&end=2&step=1&match[]=up";
        assert_eq!(send(request("POST", target, Some(form))).await.0, StatusCode::OK, "{target}");
    }
}

#[tokio::test]
async fn labels_and_series_are_listed() {
    check("/api/v1/labels", 200, success(json!(["__name__", "job", "path"]))).await;
    check("/api/v1/labels?match[]=up", 200, success(json!(["__name__", "job"]))).await;
    check("/api/v1/label/job/values", 200, success(json!(["db", "web"]))).await;
    check("/api/v1/label/job/values?match[]=requests_total", 200, success(json!(["web"]))).await;
    check("/api/v1/label/absent/values", 200, success(json!([]))).await;
    check("/api/v1/series?match[]=up%7Bjob%3D%22db%22%7D", 200, success(json!([{"__name__": "up", "job": "db"}])))
        .await;
    check("/api/v1/series?match[]=up&start=200&end=300", 200, success(json!([]))).await;
    let mut limited = success(json!(["db"]));
    limited["warnings"] = json!(["results truncated due to limit"]);
    check("/api/v1/label/job/values?limit=1", 200, limited).await;
    check(
        "/api/v1/metadata",
        200,
        success(json!({"requests_total": [{"type": "counter", "help": "all \"requests\"", "unit": ""}]})),
    )
    .await;
    check("/api/v1/metadata?metric=absent", 200, success(json!({}))).await;
    check("/api/v1/metadata?limit=0", 200, success(json!({}))).await;
}

#[tokio::test]
async fn bad_input_gets_the_originals_answer() {
    let bad = |error: &str| failure("bad_data", error);
    for (target, error) in [
        (
            "/api/v1/query?query=up&time=x",
            r#"invalid parameter "time": invalid time value for 'time': cannot parse "x" to a valid timestamp"#,
        ),
        ("/api/v1/query?query=up&timeout=x", r#"invalid parameter "timeout": cannot parse "x" to a valid duration"#),
        ("/api/v1/query?query=sum(", r#"invalid parameter "query": 1:5: parse error: unclosed left parenthesis"#),
        ("/api/v1/query?query=up&limit=x", r#"invalid parameter "limit": strconv.Atoi: parsing "x": invalid syntax"#),
        (
            "/api/v1/query_range?query=up&start=x&end=2&step=1",
            r#"invalid parameter "start": cannot parse "x" to a valid timestamp"#,
        ),
        (
            "/api/v1/query_range?query=up&start=2&end=1&step=1",
            r#"invalid parameter "end": end timestamp must not be before start time"#,
        ),
        (
            "/api/v1/query_range?query=up&start=1&end=2&step=0",
            r#"invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer"#,
        ),
        (
            "/api/v1/query_range?query=up&start=0&end=11001&step=1",
            "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)",
        ),
        ("/api/v1/series", "no match[] parameter provided"),
        (
            "/api/v1/series?match[]=%7B%7D",
            r#"invalid parameter "match[]": match[] must contain at least one non-empty matcher"#,
        ),
        ("/api/v1/labels?match[]=%7B", "1:2: parse error: unexpected end of input inside braces"),
        ("/api/v1/label/job/values?match[]=%7B%7D", "match[] must contain at least one non-empty matcher"),
        ("/api/v1/labels?limit=-1", r#"invalid parameter "limit": limit must be non-negative"#),
        ("/api/v1/metadata?limit=x", "limit must be a number"),
        ("/api/v1/metadata?limit_per_metric=x", "limit_per_metric must be a number"),
    ] {
        check(target, 400, bad(error)).await;
    }
    let (status, body) = send(request("GET", "/api/v1/query?query=deriv(up%5B5m%5D)", None)).await;
    let body: Value = serde_json::from_str(&body).expect("an envelope");
    assert_eq!((status.as_u16(), body["errorType"].as_str()), (422, Some("execution")));
    assert!(body["error"].as_str().is_some_and(|error| error.starts_with("not built yet: ")), "{body}");
}

#[tokio::test]
async fn what_is_not_there_is_refused() {
    assert_eq!(
        send(request("GET", "/api/v1/nothing", None)).await,
        (StatusCode::NOT_FOUND, "404 page not found\n".to_owned())
    );
    let not_allowed = (StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed\n".to_owned());
    assert_eq!(send(request("DELETE", "/api/v1/query", None)).await, not_allowed);
    assert_eq!(send(request("POST", "/metrics", None)).await, not_allowed);
    assert_eq!(send(request("OPTIONS", "/api/v1/query", None)).await, (StatusCode::NO_CONTENT, String::new()));
    let foreign = Request::post("/api/v1/query").header("host", "127.0.0.1").header("origin", "http://example.com");
    assert_eq!(send(foreign.body(Body::empty()).expect("a request")).await.0, StatusCode::FORBIDDEN);
    let misdirected = Request::get("/").header("host", "example.com").body(Body::empty()).expect("a request");
    assert_eq!(send(misdirected).await.0, StatusCode::MISDIRECTED_REQUEST);
    let huge = format!("query={}", "a".repeat(11 << 20));
    assert_eq!(send(request("POST", "/api/v1/query", Some(&huge))).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_configuration_is_read_anew() {
    let refused = || Err("r.yml:1:1: bad".to_owned());
    let refusing = || Arc::new(Api { reload: Arc::new(refused), ..parts(&Arc::new(MemoryLogStore::new())) });
    for (api, method, origin, code, answer) in [
        (api(), "POST", "http://127.0.0.1:7070", 200, ""),
        (api(), "PUT", "http://127.0.0.1:7070", 200, ""),
        (refusing(), "POST", "http://127.0.0.1:7070", 500, "failed to reload config: r.yml:1:1: bad\n"),
        (refusing(), "GET", "http://127.0.0.1:7070", 405, "Method Not Allowed\n"),
        (
            api(),
            "POST",
            "http://example.com",
            403,
            "requests that change something or open a websocket must come from this site\n",
        ),
    ] {
        let request = Request::builder().method(method).uri("/-/reload").header("host", "127.0.0.1:7070");
        let request = request.header("origin", origin).body(Body::empty()).expect("a request");
        let response = router(api).oneshot(request).await.expect("the router answers");
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.expect("the body is there").to_bytes();
        assert_eq!((status, &*body), (code, answer.as_bytes()), "{method} {origin}");
    }
}

#[tokio::test]
async fn requests_are_counted_by_route() {
    let api = api();
    let router = router(Arc::clone(&api));
    for target in ["/api/v1/label/a/values", "/api/v1/label/b/values", "/made/up", "/api/v1/query?query=("] {
        router.clone().oneshot(request("GET", target, None)).await.expect("the router answers");
    }
    let counted: Vec<(String, String, f64)> = (api.requests.family().samples.into_iter())
        .map(|sample| (sample.labels[1].1.clone(), sample.labels[0].1.clone(), sample.value))
        .collect();
    let expected = [("/api/v1/label/{name}/values", "200", 2.0), ("/api/v1/query", "400", 1.0), ("none", "404", 1.0)];
    assert_eq!(counted, expected.map(|(handler, code, n)| (handler.to_owned(), code.to_owned(), n)));
}
