use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use model::Labels;
use serde_json::{Value, json};
use testkit::MemoryLogStore;
use tower::ServiceExt;

use crate::tests::api_with_logs;

/// The tests' clock stands at 100 s.
const SECOND_NS: i64 = 1_000_000_000;

pub(super) fn store() -> Arc<MemoryLogStore> {
    let store = Arc::new(MemoryLogStore::new());
    let metadata = Labels::from_pairs([("trace", "t1")]);
    let web = Labels::from_pairs([("app", "web"), ("level", "info")]);
    store.insert(&web, 10 * SECOND_NS, b"GET /a status=200", &[]);
    store.insert(&web, 20 * SECOND_NS, b"GET /\"b\" status=500", metadata.as_bytes());
    store.insert(&Labels::from_pairs([("app", "db")]), 15 * SECOND_NS, b"bad \xff byte\tx", &[]);
    store
}

async fn send(store: &Arc<MemoryLogStore>, request: Request<Body>) -> (StatusCode, String) {
    let response = crate::router(api_with_logs(store)).oneshot(request).await.expect("the router answers");
    let status = response.status();
    let body = response.into_body().collect().await.expect("the body is there").to_bytes();
    (status, String::from_utf8(body.to_vec()).expect("answers are text"))
}

fn get(target: &str) -> axum::http::request::Builder {
    Request::get(target).header("host", "127.0.0.1:7070")
}

async fn check(target: &str, expected: Value) {
    let (status, body) = send(&store(), get(target).body(Body::empty()).expect("a request")).await;
    let mut body: Value = serde_json::from_str(&body).unwrap_or(Value::String(body));
    if let Some(data) = body.get_mut("data").and_then(Value::as_object_mut) {
        // What a query took differs from run to run.
        data.remove("stats");
    }
    assert_eq!((status.as_u16(), &body), (200, &expected), "{target}");
}

async fn check_refused(target: &str, status: u16, message: &str) {
    let (got_status, body) = send(&store(), get(target).body(Body::empty()).expect("a request")).await;
    assert_eq!((got_status.as_u16(), body.as_str()), (status, format!("{message}\n").as_str()), "{target}");
}

fn success(data: Value) -> Value {
    json!({"status": "success", "data": data})
}

#[tokio::test]
async fn lines_are_found() {
    let web = |values: Value| json!({"stream": {"app": "web", "level": "info"}, "values": values});
    let traced = |values: Value| json!({"stream": {"app": "web", "level": "info", "trace": "t1"}, "values": values});
    let (a, b) = (json!(["10000000000", "GET /a status=200"]), json!(["20000000000", "GET /\"b\" status=500"]));
    let streams = |result: Value| success(json!({"resultType": "streams", "result": result}));
    let target = "/loki/api/v1/query_range?start=0&end=100&query=%7Bapp%3D%22web%22%7D";
    check(target, streams(json!([traced(json!([b])), web(json!([a]))]))).await;
    check(&format!("{target}&direction=forward&limit=1"), streams(json!([web(json!([a]))]))).await;
    check(&format!("{target}%7C%3D%22absent%22"), streams(json!([]))).await;
    check(&target.replace("end=100", "end=20"), streams(json!([web(json!([a]))]))).await;
    let db = json!({"stream": {"app": "db"}, "values": [["15000000000", "bad \u{fffd} byte\tx"]]});
    check("/loki/api/v1/query_range?start=0&query=%7Bapp%3D%22db%22%7D", streams(json!([db]))).await;
}

#[tokio::test]
async fn labels_are_categorised_when_asked_for() {
    let target = "/loki/api/v1/query_range?start=0&query=%7Bapp%3D%22web%22%7D%7Clogfmt&limit=1";
    let request = get(target).header("X-Loki-Response-Encoding-Flags", "categorize-labels");
    let (status, body) = send(&store(), request.body(Body::empty()).expect("a request")).await;
    let body: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(status, StatusCode::OK);
    assert_eq!(body["data"]["encodingFlags"], json!(["categorize-labels"]));
    let stream = &body["data"]["result"][0];
    assert_eq!(stream["stream"], json!({"app": "web", "level": "info"}));
    let entry = stream["values"][0].as_array().expect("an entry");
    assert_eq!(entry[2]["structuredMetadata"], json!({"trace": "t1"}));
    assert_eq!(entry[2]["parsed"]["status"], "500");
}

#[tokio::test]
async fn metrics_are_computed() {
    let target = "/loki/api/v1/query?time=20&query=sum(count_over_time(%7Bapp%3D%22web%22%7D%5B1m%5D))";
    let vector = json!({"resultType": "vector", "result": [{"metric": {}, "value": [20, "2"]}]});
    check(target, success(vector)).await;
    let target =
        "/loki/api/v1/query_range?start=10&end=20&step=10&query=sum(count_over_time(%7Bapp%3D%22web%22%7D%5B1m%5D))";
    let matrix = json!({"resultType": "matrix", "result": [{"metric": {}, "values": [[10, "1"], [20, "2"]]}]});
    check(target, success(matrix)).await;
}

#[tokio::test]
async fn labels_and_series_are_listed() {
    for path in ["labels", "label"] {
        check(&format!("/loki/api/v1/{path}?start=0"), success(json!(["app", "level"]))).await;
    }
    check("/loki/api/v1/labels?start=0&query=%7Bapp%3D%22db%22%7D", success(json!(["app"]))).await;
    check("/loki/api/v1/label/app/values?start=0", success(json!(["db", "web"]))).await;
    check("/loki/api/v1/label/app/values?start=16", success(json!(["web"]))).await;
    check("/loki/api/v1/label/app/values?start=0&end=15", success(json!(["db", "web"]))).await;
    check("/loki/api/v1/label/absent/values?start=0", success(json!([]))).await;
    check("/loki/api/v1/series?start=0&match[]=%7Bapp%3D%22db%22%7D", success(json!([{"app": "db"}]))).await;
    let all = json!([{"app": "db"}, {"app": "web", "level": "info"}]);
    check("/loki/api/v1/series?start=0&match[]=%7B%7D", success(all.clone())).await;
    check("/loki/api/v1/series?start=0", success(all)).await;
}

#[tokio::test]
async fn volumes_are_summed() {
    let any = "start=0&query=%7Bapp%3D~%22.%2B%22%7D";
    let (status, body) =
        send(&store(), get(&format!("/loki/api/v1/index/stats?{any}")).body(Body::empty()).expect("a request")).await;
    let body: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!((status.as_u16(), body), (200, json!({"streams": 2, "chunks": 2, "entries": 3, "bytes": 48})));
    let vector = |result: Value| success(json!({"resultType": "vector", "result": result}));
    let sample = |metric: Value, bytes: &str| json!({"metric": metric, "value": [100, bytes]});
    let volume = format!("/loki/api/v1/index/volume?{any}");
    let (web, db) = (sample(json!({"app": "web"}), "36"), sample(json!({"app": "db"}), "12"));
    check(&volume, vector(json!([web, db]))).await;
    check(&format!("{volume}&limit=1"), vector(json!([web]))).await;
    check(&format!("{volume}&targetLabels=level"), vector(json!([sample(json!({"level": "info"}), "36")]))).await;
    let (app, level) = (sample(json!({"app": ""}), "48"), sample(json!({"level": ""}), "36"));
    check(&format!("{volume}&aggregateBy=labels"), vector(json!([app, level]))).await;
    let points = |metric: Value, values: Value| json!({"metric": metric, "values": values});
    check(
        "/loki/api/v1/index/volume_range?start=0&end=30&step=15&query=%7Bapp%3D~%22.%2B%22%7D",
        success(json!({"resultType": "matrix", "result": [
            points(json!({"app": "web"}), json!([[0, "17"], [15, "19"]])),
            points(json!({"app": "db"}), json!([[15, "12"]])),
        ]})),
    )
    .await;
}

#[tokio::test]
async fn the_rest_is_there() {
    check("/ready", json!("ready\n")).await;
    check("/loki/api/v1/format_query?query=%7Bapp%3D%22x%22%7D%7C%3D%22y%22", success(json!("{app=\"x\"} |= \"y\"")))
        .await;
    let (_, body) = send(&store(), get("/loki/api/v1/status/buildinfo").body(Body::empty()).expect("a request")).await;
    assert!(body.starts_with(r#"{"version":"3."#), "{body}");
    let form = Request::post("/loki/api/v1/query_range")
        .header("host", "127.0.0.1:7070")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("query=%7Bapp%3D%22db%22%7D&start=0"));
    let (status, body) = send(&store(), form.expect("a request")).await;
    assert!(status == StatusCode::OK && body.contains("byte"), "{body}");
}

#[tokio::test]
async fn bad_input_gets_plain_text() {
    check_refused(
        "/loki/api/v1/query?query=%7Bapp%3D%22web%22%7D",
        400,
        "log queries are not supported as an instant query type, please change your query to a range query type",
    )
    .await;
    check_refused(
        "/loki/api/v1/query_range?query=%7Bapp%3D%22web%22%7D&limit=0",
        400,
        "limit must be a positive value",
    )
    .await;
    check_refused(
        "/loki/api/v1/query_range?query=%7Bapp%3D%22web%22%7D&limit=5001",
        400,
        "max entries limit per query exceeded, limit > max_entries_limit_per_query (5001 > 5000)",
    )
    .await;
    check_refused(
        "/loki/api/v1/query_range?query=%7Bapp%3D%22web%22%7D&shards=1",
        400,
        "not built yet: the parameter shards",
    )
    .await;
    check_refused("/loki/api/v1/index/volume?query=%7B%7D&aggregateBy=x", 400, "invalid aggregation option").await;
    for target in
        ["query?query=%7B", "query_range?query=", "labels?query=%7B", "series?match[]=%7B", "index/stats?query=x"]
    {
        let target = format!("/loki/api/v1/{target}");
        let (status, body) = send(&store(), get(&target).body(Body::empty()).expect("a request")).await;
        assert!(status == StatusCode::BAD_REQUEST && body.starts_with("parse error"), "{target}: {body}");
    }
    for target in ["/loki/api/v1/patterns", "/loki/api/v1/rules", "/otlp/v1/logs", "/api/prom/query"] {
        check_refused(target, 404, "404 page not found").await;
    }
}
