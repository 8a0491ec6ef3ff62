use ::rules::{Language, Manager, Options, RuleSet, RulesView, Settings, Sources};
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use model::alert::AlertError;
use model::{AlertSink, ManualClock, PostedAlert};
use promql::{Engine, EngineOptions};
use serde_json::{Value, json};
use storage::{CancelToken, TenantId};
use testkit::MemoryStore;
use tower::ServiceExt;

use super::*;
use crate::tests::api_with_rules;

const FILES: [(&str, &str); 2] = [
    (
        "/a.yml",
        r#"
groups:
- name: one
  interval: 30s
  limit: 7
  rules:
  - record: job:up
    expr: sum by(job)(up)
    labels: {team: web}
  - alert: Down
    expr: up == 0
    for: 1m
    keep_firing_for: 90s
    labels: {severity: page, team: web}
    annotations: {summary: "{{ $labels.job }} is <down>"}
  - alert: Failing
    expr: up * on(job) group_left() up
- name: two
  rules:
  - alert: Other
    expr: vector(2.5) < 3
"#,
    ),
    ("/b.yml", "groups:\n- name: one\n  rules:\n  - record: b\n    expr: vector(1)\n"),
];

/// Nobody.
#[derive(Debug)]
struct Nobody;

impl AlertSink for Nobody {
    fn post(&self, _alerts: &[PostedAlert]) -> Result<(), AlertError> {
        Ok(())
    }
}

/// Rules as ten minutes of evaluations left them; without any, as they were read.
fn view(evaluates: bool) -> RulesView {
    let store = MemoryStore::new();
    for (job, instance, value) in [("web", "a", 0.0), ("web", "b", 1.0)] {
        let labels = Labels::from_pairs([("__name__", "up"), ("job", job), ("instance", instance)]);
        store.insert_floats(&labels, (0..=60).map(|i| (i * 10_000, value)));
    }
    let sources = Sources {
        metrics: Arc::new(store),
        engine: Engine::new(EngineOptions::default()),
        logs: None,
        tenant: TenantId::default(),
        cancel: CancelToken::new(),
    };
    let clock = Arc::new(ManualClock::new(0));
    let mut manager = Manager::new(sources, Arc::new(Nobody), Arc::clone(&clock) as _, Options::default());
    let mut set = RuleSet::default();
    for (file, text) in FILES {
        let report = config::Report::new();
        set.extend(RuleSet::parse(file, text, Language::PromQl, &report).expect("valid rules"));
    }
    manager.load(set, Settings::default(), 0);
    while let Some(due_ms) = manager.next_due_ms().filter(|due_ms| evaluates && *due_ms <= 600_000) {
        clock.set_ms(due_ms);
        manager.step(due_ms);
    }
    manager.view()
}

async fn get(view: &RulesView, target: &str) -> (u16, Value) {
    let request = Request::get(target).header("host", "127.0.0.1:7070").body(Body::empty()).expect("a request");
    let response = crate::router(api_with_rules(view.clone())).oneshot(request).await.expect("the router answers");
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.expect("the body is there").to_bytes();
    (status, serde_json::from_slice(&body).expect("JSON"))
}

#[tokio::test]
async fn rules_are_told_whole() {
    let view = view(true);
    let (status, answer) = get(&view, "/api/v1/rules?file[]=/a.yml&rule_group[]=one").await;
    assert_eq!((status, &answer["status"]), (200, &json!("success")));
    let mut group = answer["data"]["groups"][0].clone();
    // When a group is evaluated within its interval depends on its name.
    let at = group["lastEvaluation"].as_str().expect("a time").to_owned();
    assert!(at.starts_with("1970-01-01T00:09:"), "{at}");
    let first = group["rules"][1]["alerts"][0]["activeAt"].take();
    assert!(first.as_str().is_some_and(|at| at.starts_with("1970-01-01T00:00:")), "{first}");
    let error = group["rules"][2]["lastError"].take();
    assert!(error.as_str().is_some_and(|error| error.contains("many-to-many")), "{error}");
    let evaluation = json!({"evaluationTime": 0, "lastEvaluation": at});
    let with_evaluation = |mut value: Value| {
        value["evaluationTime"] = evaluation["evaluationTime"].clone();
        value["lastEvaluation"] = evaluation["lastEvaluation"].clone();
        value
    };
    let labels = json!({"alertname": "Down", "instance": "a", "job": "web", "severity": "page", "team": "web"});
    let alert = json!({"labels": labels, "annotations": {"summary": "web is <down>"}, "state": "firing",
        "activeAt": null, "value": "0e+00"});
    let rules = json!([
        with_evaluation(json!({"name": "job:up", "query": "sum by (job) (up)", "labels": {"team": "web"},
            "health": "ok", "type": "recording"})),
        with_evaluation(json!({"state": "firing", "name": "Down", "query": "up == 0", "duration": 60,
            "keepFiringFor": 90, "labels": {"severity": "page", "team": "web"},
            "annotations": {"summary": "{{ $labels.job }} is <down>"}, "alerts": [alert], "health": "ok",
            "type": "alerting"})),
        with_evaluation(json!({"state": "inactive", "name": "Failing", "query": "up * on (job) group_left () up",
            "duration": 0, "keepFiringFor": 0, "labels": {}, "annotations": {}, "alerts": [], "health": "err",
            "lastError": null, "type": "alerting"})),
    ]);
    let expected = with_evaluation(json!({"name": "one", "file": "/a.yml", "rules": rules, "interval": 30,
        "limit": 7}));
    assert_eq!(group, expected);
    let (_, answer) = get(&view, "/api/v1/alerts").await;
    let alerts = answer["data"]["alerts"].as_array().expect("a list").iter();
    let alerts: Vec<_> =
        alerts.map(|alert| (&alert["labels"]["alertname"], &alert["state"], &alert["value"])).collect();
    let (down, other) = (json!(["Down", "firing", "0e+00"]), json!(["Other", "firing", "2.5e+00"]));
    assert_eq!(alerts, [(&down[0], &down[1], &down[2]), (&other[0], &other[1], &other[2])]);
}

#[tokio::test]
async fn rules_that_never_ran_are_unknown() {
    let view = view(false);
    let (_, answer) = get(&view, "/api/v1/rules?type=record&file[]=/b.yml").await;
    let rule = json!({"name": "b", "query": "vector(1)", "labels": {}, "health": "unknown", "evaluationTime": 0,
        "lastEvaluation": "0001-01-01T00:00:00Z", "type": "recording"});
    assert_eq!(answer["data"]["groups"][0]["rules"], json!([rule]));
    assert_eq!(get(&view, "/api/v1/alerts").await.1["data"], json!({"alerts": []}));
    assert_eq!(get(&RulesView::default(), "/api/v1/rules").await.1["data"], json!({"groups": []}));
}

/// The names of rules in an answer, by group: `one: a b, two: c`.
fn shown(answer: &Value) -> String {
    let groups = answer["data"]["groups"].as_array().expect("a list").iter();
    let groups = groups.map(|group| {
        let names = group["rules"].as_array().expect("a list").iter().map(|rule| rule["name"].as_str());
        let names: Vec<&str> = names.map(|name| name.expect("a name")).collect();
        format!("{}: {}", group["name"].as_str().expect("a name"), names.join(" "))
    });
    groups.collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn rules_are_filtered() {
    let view = view(false);
    for (query, expected) in [
        ("", "one: job:up Down Failing, two: Other, one: b"),
        ("type=alert", "one: Down Failing, two: Other"),
        ("type=RECORD", "one: job:up, one: b"),
        ("rule_name[]=Down&rule_name[]=b", "one: Down, one: b"),
        ("rule_group[]=two", "two: Other"),
        ("file[]=/b.yml", "one: b"),
        ("match[]=%7Bteam=%22web%22%7D", "one: job:up Down"),
        ("match[]=%7Bteam=%22web%22,severity=%22page%22%7D&match[]=%7Bteam=~%22x.%2B%22%7D", "one: Down"),
        ("type=record&match[]=%7Bseverity=%22page%22%7D", ""),
    ] {
        let (status, answer) = get(&view, &format!("/api/v1/rules?{query}")).await;
        assert_eq!((status, shown(&answer).as_str()), (200, expected), "{query}");
    }
    let (_, answer) = get(&view, "/api/v1/rules?rule_name[]=Down&exclude_alerts=TRUE").await;
    assert_eq!(answer["data"]["groups"][0]["rules"][0]["alerts"], Value::Null);
}

#[tokio::test]
async fn rules_come_in_pages() {
    let view = view(false);
    for (filter, pages) in [
        ("", &["one: job:up Down Failing, two: Other", "one: b"][..]),
        ("&type=record", &["one: job:up, one: b"]),
        ("&type=alert", &["one: Down Failing, two: Other"]),
    ] {
        let mut token = String::new();
        for (i, page) in pages.iter().enumerate() {
            let (_, answer) = get(&view, &format!("/api/v1/rules?group_limit=2{filter}{token}")).await;
            assert_eq!(shown(&answer), *page);
            let next = answer["data"]["groupNextToken"].as_str();
            assert_eq!(next.is_some(), i + 1 < pages.len(), "{filter} {i}");
            token = format!("&group_next_token={}", next.unwrap_or_default());
        }
    }
}

#[tokio::test]
async fn bad_wishes_get_the_originals_answer() {
    let view = RulesView::default();
    for (query, error) in [
        ("type=x", r#"invalid parameter "type": not supported value "x""#),
        ("match[]=%7B", "1:2: parse error: unexpected end of input inside braces"),
        (
            "exclude_alerts=x",
            r#"invalid parameter "exclude_alerts": error converting exclude_alerts: strconv.ParseBool: parsing "x": invalid syntax"#,
        ),
        (
            "group_limit=x",
            r#"invalid parameter "group_limit": group_limit needs to be a valid number: strconv.ParseInt: parsing "x": invalid syntax"#,
        ),
        ("group_limit=0", r#"invalid parameter "group_limit": group_limit needs to be greater than 0"#),
        (
            "group_next_token=x",
            r#"invalid parameter "group_next_token": group_limit needs to be present in order to paginate over the groups"#,
        ),
        (
            "group_limit=1&group_next_token=x",
            r#"invalid parameter "group_next_token": invalid group_next_token 'x'. were rule groups changed?"#,
        ),
    ] {
        let (status, answer) = get(&view, &format!("/api/v1/rules?{query}")).await;
        let expected = json!({"status": "error", "errorType": "bad_data", "error": error});
        assert_eq!((status, answer), (400, expected), "{query}");
    }
}
