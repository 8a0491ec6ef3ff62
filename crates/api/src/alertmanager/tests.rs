use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use alerting::{AlertManager, Entropy, Options, SharedManager, Syntax};
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use http_body_util::BodyExt;
use model::{Clock, ManualClock};
use serde_json::{Value, json};
use testkit::SimFs;
use tower::ServiceExt;

use super::*;
use crate::tests::api_with_alerts;

/// 2026-11-25T10:00:00Z
pub(super) const START_MS: i64 = 1_795_600_800_000;

pub(super) const CONFIG: &str = "
route:
  receiver: default
  group_by: [alertname]
  labels: {owner: 'it {{ .GroupLabels.alertname }}'}
  routes:
  - matchers: [team=web]
    receiver: web
    continue: true
  - matchers: [team=web, night=yes]
    receiver: night
    mute_time_intervals: [always]
inhibit_rules:
- source_matchers: [severity=critical]
  target_matchers: [severity=warning]
  equal: [alertname]
time_intervals:
- name: always
  time_intervals: [{times: [{start_time: '00:00', end_time: '24:00'}]}]
receivers:
- name: default
- name: web
  labels: {kind: pager}
  webhook_configs: [{url: 'http://user:secret@127.0.0.1/'}]
- name: night
";

/// A manager behind the router, on a clock that stands.
pub(super) struct World {
    pub(super) clock: Arc<ManualClock>,
    pub(super) woken: Arc<AtomicU64>,
    fs: SimFs,
    pub(super) api: Arc<Api>,
}

impl World {
    pub(super) fn new(now_ms: i64) -> World {
        World::with_syntax(now_ms, Syntax::default())
    }

    fn with_syntax(now_ms: i64, syntax: Syntax) -> World {
        let fs = SimFs::new();
        let report = config::Report::new();
        let config =
            alerting::config::load("alertmanager.yml", CONFIG, syntax, &report).expect("a valid configuration");
        let mut next = 0;
        let entropy = Entropy::new(move || {
            next += 1;
            next
        });
        let options = Options { syntax, ..Options::new(entropy) };
        let files = Arc::new(fs.clone());
        let (manager, _) =
            AlertManager::open(files, Path::new("/am"), Arc::new(config), options, now_ms).expect("a directory");
        let clock = Arc::new(ManualClock::new(now_ms));
        let woken = Arc::new(AtomicU64::new(0));
        let wake = {
            let woken = Arc::clone(&woken);
            move || {
                woken.fetch_add(1, Ordering::SeqCst);
            }
        };
        let manager = SharedManager::new(manager, Arc::clone(&clock) as Arc<dyn Clock>, wake);
        let api = api_with_alerts(AlertmanagerState::new(Arc::new(manager), now_ms));
        World { clock, woken, fs, api }
    }

    async fn send(&self, method: &str, target: &str, body: Option<&str>) -> (u16, HeaderMap, String) {
        let builder = Request::builder().method(method).uri(target).header("host", "127.0.0.1:7070");
        let request = match body {
            Some(body) => builder.header("content-type", "application/json").body(Body::from(body.to_owned())),
            None => builder.body(Body::empty()),
        };
        send(&self.api, request.expect("a request")).await
    }

    async fn get(&self, target: &str) -> Value {
        let (status, _, body) = self.send("GET", target, None).await;
        assert_eq!(status, 200, "{target}: {body}");
        serde_json::from_str(&body).expect("JSON")
    }

    async fn post(&self, target: &str, body: &Value) -> Value {
        let (status, _, answer) = self.send("POST", target, Some(&body.to_string())).await;
        assert_eq!(status, 200, "{target} {body}: {answer}");
        if answer.is_empty() { Value::Null } else { serde_json::from_str(&answer).expect("JSON") }
    }

    /// Checks an answer that is not a success; an empty expectation is an empty body.
    async fn refuses(&self, method: &str, target: &str, body: Option<&str>, status: u16, expected: Value) {
        let (got, _, answer) = self.send(method, target, body).await;
        let answer = if answer.is_empty() { Value::Null } else { serde_json::from_str(&answer).expect("JSON") };
        assert_eq!((got, answer), (status, expected), "{method} {target} {body:?}");
    }

    /// The fingerprints' alert names in an answer.
    async fn names(&self, target: &str) -> Vec<String> {
        let alerts = self.get(target).await;
        let name = |alert: &Value| alert["labels"]["alertname"].as_str().expect("a name").to_owned();
        let mut names: Vec<String> = alerts.as_array().expect("a list").iter().map(name).collect();
        names.sort();
        names
    }

    async fn silence(&self, matchers: Value) -> String {
        let body = json!({"matchers": matchers, "startsAt": "2026-11-25T09:00:00Z", "endsAt": "2026-11-25T11:00:00Z",
            "createdBy": "me", "comment": "c"});
        self.post("/api/v2/silences", &body).await["silenceID"].as_str().expect("an id").to_owned()
    }
}

async fn send(api: &Arc<Api>, request: Request<Body>) -> (u16, HeaderMap, String) {
    let response = crate::router(Arc::clone(api)).oneshot(request).await.expect("the router answers");
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("the body is there").to_bytes();
    (parts.status.as_u16(), parts.headers, String::from_utf8(body.to_vec()).expect("answers are text"))
}

fn coded(code: u16, message: &str) -> Value {
    json!({"code": code, "message": message})
}

/// Some alerts: one that fires, one for two receivers of which one is muted, one that another inhibits, and one in UTF-8.
async fn with_alerts() -> World {
    let world = World::new(START_MS);
    let alert = |labels: Value| json!({"labels": labels, "endsAt": "2026-11-25T10:30:00Z"});
    let alerts = json!([
        alert(json!({"alertname": "plain"})),
        alert(json!({"alertname": "both", "team": "web", "night": "yes"})),
        alert(json!({"alertname": "disk", "severity": "warning"})),
        alert(json!({"alertname": "disk", "severity": "critical"})),
        alert(json!({"alertname": "utf8", "größe 🙂": "Σ"})),
    ]);
    world.post("/api/v2/alerts", &alerts).await;
    world
}

#[tokio::test]
async fn an_alert_is_answered_as_the_original_writes_it() {
    let world = World::new(START_MS);
    let (status, headers, body) = world.send("GET", "/api/v2/alerts", None).await;
    assert_eq!((status, body.as_str()), (200, "[]\n"));
    assert_eq!(headers["content-type"], "application/json");
    assert_eq!(headers["cache-control"], "no-store");
    let posted = r#"[{"labels":{"alertname":"a","team":"web","e":"","x":"<b>é\""},"annotations":{"s":"t","empty":""},
        "generatorURL":"http://x/y?a=b&c","startsAt":"2026-11-25T09:00:00.123456789+01:00"}]"#;
    assert_eq!(world.send("POST", "/api/v2/alerts", Some(posted)).await.2, "");
    assert_eq!(world.woken.load(Ordering::SeqCst), 1);
    let alert = r#"{"annotations":{"empty":"","s":"t"},"endsAt":"2026-11-25T10:05:00.000Z","fingerprint":"FP","receivers":[{"name":"web"}],"startsAt":"2026-11-25T08:00:00.123Z","status":{"inhibitedBy":[],"mutedBy":[],"silencedBy":[],"state":"active"},"updatedAt":"2026-11-25T10:00:00.000Z","generatorURL":"http://x/y?a=b&c","labels":{"alertname":"a","team":"web","x":"<b>é\""}}"#;
    let labels = model::Labels::from_pairs([("alertname", "a"), ("team", "web"), ("x", "<b>é\"")]);
    let alert = alert.replace("FP", &model::Fingerprint::of(&labels).to_string());
    assert_eq!(world.send("GET", "/api/v2/alerts", None).await.2, format!("[{alert}]\n"));
    let group = format!(
        r#"{{"alerts":[{alert}],"labels":{{"alertname":"a"}},"receiver":{{"name":"web"}},"routeLabels":{{"owner":"it {{{{ .GroupLabels.alertname }}}}"}}}}"#
    );
    assert_eq!(world.send("GET", "/api/v2/alerts/groups", None).await.2, format!("[{group}]\n"));
    // What is not posted again runs out, and is not shown any more.
    world.clock.advance_ms(5 * 60_000);
    assert_eq!(world.get("/api/v2/alerts").await, json!([]));
    assert_eq!(world.get("/api/v2/alerts/groups").await, json!([]));
}

#[tokio::test]
async fn alerts_are_filtered() {
    let world = with_alerts().await;
    let id = world.silence(json!([{"name": "alertname", "value": "plain", "isRegex": false}])).await;
    for (query, expected) in [
        ("", "both disk disk plain utf8"),
        ("?active=false", "disk plain"),
        ("?silenced=false", "both disk disk utf8"),
        ("?inhibited=false", "both disk plain utf8"),
        ("?silenced=false&inhibited=false&active=false", ""),
        ("?unprocessed=false", "both disk disk plain utf8"),
        ("?active=&silenced=true", "both disk disk plain utf8"),
        ("?filter=alertname=disk&filter=severity=%22critical%22", "disk"),
        ("?filter=alertname!~%22d.*%7Cplain%22", "both utf8"),
        ("?filter=severity!=%22%22", "disk disk"),
        ("?filter=%22gr%C3%B6%C3%9Fe%20%F0%9F%99%82%22=%22%CE%A3%22", "utf8"),
        ("?filter=%22gr%C3%B6%C3%9Fe%20%F0%9F%99%82%22=%22%22", "both disk disk plain"),
        ("?receiver=web", "both"),
        ("?receiver=we.", "both"),
        ("?receiver=w", ""),
        ("?receiver=web%7Cdefault", "both disk disk plain utf8"),
        ("?receiver=x&receiver=night", "both"),
        ("?receiver_matchers=kind=pager", "both"),
        ("?receiver_matchers=name=default", "disk disk plain utf8"),
        ("?receiver=night&receiver_matchers=kind=pager", ""),
    ] {
        let names = world.names(&format!("/api/v2/alerts{query}")).await;
        assert_eq!(names.join(" "), expected, "{query}");
    }
    let plain = world.get("/api/v2/alerts?filter=alertname=plain").await;
    let status = json!({"inhibitedBy": [], "mutedBy": [], "silencedBy": [id], "state": "suppressed"});
    assert_eq!(plain[0]["status"], status);
    let warning = world.get("/api/v2/alerts?filter=severity=warning").await;
    let critical = world.get("/api/v2/alerts?filter=severity=critical").await;
    let status = json!({"inhibitedBy": [critical[0]["fingerprint"]], "mutedBy": [], "silencedBy": [],
        "state": "suppressed"});
    assert_eq!(warning[0]["status"], status);
}

#[tokio::test]
async fn groups_are_filtered() {
    let world = with_alerts().await;
    world.silence(json!([{"name": "alertname", "value": "plain", "isRegex": false}])).await;
    for (query, expected) in [
        (
            "",
            "both>night=suppressed both>web=active disk>default=active,suppressed plain>default=suppressed utf8>default=active",
        ),
        ("?muted=false", "both>web=active disk>default=active,suppressed plain>default=suppressed utf8>default=active"),
        ("?active=false", "disk>default=suppressed plain>default=suppressed"),
        ("?silenced=false&inhibited=false&receiver=default", "disk>default=active utf8>default=active"),
        ("?receiver=night", "both>night=suppressed"),
        ("?receiver_matchers=kind=~%22.%2B%22", "both>web=active"),
        ("?filter=severity=critical", "disk>default=active"),
        ("?filter=absent=x", ""),
    ] {
        let groups = world.get(&format!("/api/v2/alerts/groups{query}")).await;
        let shown = |group: &Value| {
            let states = group["alerts"].as_array().expect("a list").iter();
            let mut states: Vec<&str> =
                states.map(|alert| alert["status"]["state"].as_str().expect("a state")).collect();
            states.sort_unstable();
            let (name, receiver) = (group["labels"]["alertname"].as_str(), group["receiver"]["name"].as_str());
            format!("{}>{}={}", name.expect("a name"), receiver.expect("a receiver"), states.join(","))
        };
        let groups: Vec<String> = groups.as_array().expect("a list").iter().map(shown).collect();
        assert_eq!(groups.join(" "), expected, "{query}");
    }
    let night = world.get("/api/v2/alerts/groups?receiver=night").await;
    assert_eq!(night[0]["alerts"][0]["status"]["mutedBy"], json!(["always"]));
    assert_eq!(night[0]["alerts"][0]["receivers"], json!([{"name": "night"}, {"name": "web"}]));
}

#[tokio::test]
async fn bad_filters_are_refused() {
    let world = with_alerts().await;
    for (path, query, error) in [
        ("alerts", "filter=a(", "bad matcher format: a("),
        ("alerts", "filter=", "bad matcher format: "),
        ("alerts/groups", "filter=a%3D%22", "matcher value contains unescaped double quote: \""),
        ("silences", "filter=a(", "bad matcher format: a("),
        ("receivers", "receiver_matchers=a(", "bad matcher format: a("),
        ("alerts", "receiver=(", "failed to parse receiver param: error parsing regexp: missing closing ): `^(?:()$`"),
        (
            "alerts/groups",
            "receiver=*",
            "failed to parse receiver param: error parsing regexp: missing argument to repetition operator: `*`",
        ),
    ] {
        world.refuses("GET", &format!("/api/v2/{path}?{query}"), None, 400, json!(error)).await;
    }
}

#[tokio::test]
async fn bad_alerts_are_refused() {
    let world = World::new(START_MS);
    let unreadable = |reason: &str| coded(400, &format!("parsing alerts body from \"\" failed, because {reason}"));
    for (body, status, expected) in [
        (
            r#"[{"labels":{}},{"labels":{"":"c"}},{"labels":{"a":"b"},"startsAt":"2026-11-25T09:00:00Z","endsAt":"2026-11-25T08:00:00Z"},{"labels":{"alertname":"kept"}}]"#,
            400,
            json!(
                "at least one label pair required; invalid label set: invalid name \"\"; start time must be before end time"
            ),
        ),
        (r#"[{"annotations":{}}]"#, 422, coded(602, "0.labels in body is required")),
        (r#"[{"labels":{"a":"b"}},null]"#, 422, coded(602, "1 in body is required")),
        (
            r#"[{"labels":{"a":"b"},"generatorURL":"::bad"}]"#,
            422,
            coded(601, "0.generatorURL in body must be of type uri: \"::bad\""),
        ),
        (" ", 422, coded(602, "alerts in body is required")),
        ("", 422, coded(602, "alerts in body is required")),
        (
            r#"[{"labels":{"a":5}}]"#,
            400,
            unreadable("invalid type: integer `5`, expected a string at line 1 column 17"),
        ),
        ("[", 400, unreadable("EOF while parsing a list at line 1 column 1")),
        (
            r#"[{"labels":{"a":"b"},"startsAt":"2026-11-25"}]"#,
            400,
            unreadable("parsing time \"2026-11-25\": not a date and time of RFC 3339 at line 1 column 45"),
        ),
    ] {
        world.refuses("POST", "/api/v2/alerts", Some(body), status, expected).await;
    }
    assert_eq!(world.names("/api/v2/alerts").await, ["kept"]);
    for body in ["null", "[]", "[] x"] {
        assert_eq!(world.send("POST", "/api/v2/alerts", Some(body)).await.0, 200, "{body}");
    }
    let classic = World::with_syntax(START_MS, Syntax::Classic);
    let utf8 = r#"[{"labels":{"a-b":"c"}}]"#;
    classic.refuses("POST", "/api/v2/alerts", Some(utf8), 400, json!("invalid label set: invalid name \"a-b\"")).await;
}

#[tokio::test]
async fn bodies_must_be_json() {
    let world = World::new(START_MS);
    let post = |content_type: Option<&str>, body: Body| {
        let builder = Request::post("/api/v2/alerts").header("host", "127.0.0.1:7070");
        let builder = content_type.into_iter().fold(builder, |builder, value| builder.header("content-type", value));
        builder.body(body).expect("a request")
    };
    let unsupported =
        |what: &str| coded(415, &format!("unsupported media type \"{what}\", only [application/json] are allowed"));
    for (content_type, expected) in [
        (Some("text/plain"), unsupported("text/plain")),
        (Some("application/x-www-form-urlencoded"), unsupported("application/x-www-form-urlencoded")),
        (None, unsupported("application/octet-stream")),
    ] {
        let (status, _, body) = send(&world.api, post(content_type, Body::from("[]"))).await;
        assert_eq!((status, serde_json::from_str::<Value>(&body).expect("JSON")), (415, expected));
    }
    let upper = post(Some("Application/JSON; charset=utf-8"), Body::from("[]"));
    assert_eq!(send(&world.api, upper).await.0, 200);
    let huge = post(Some("application/json"), Body::from(vec![b' '; (16 << 20) + 1]));
    assert_eq!(send(&world.api, huge).await.0, 413);
    let chunks = futures_util::stream::iter((0..17).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1 << 20])));
    assert_eq!(send(&world.api, post(Some("application/json"), Body::from_stream(chunks))).await.0, 413);
}

#[tokio::test]
async fn silences_live_and_end() {
    let world = World::new(START_MS);
    assert_eq!(world.get("/api/v2/silences").await, json!([]));
    let matchers = json!([
        {"name": "a", "value": "b", "isRegex": false},
        {"name": "größe", "value": "d.*", "isRegex": true, "isEqual": false},
    ]);
    let id = world.silence(matchers).await;
    assert_eq!(world.woken.load(Ordering::SeqCst), 1);
    let path = format!("/api/v2/silence/{id}");
    let silence = format!(
        r#"{{"id":"{id}","status":{{"state":"active"}},"updatedAt":"2026-11-25T10:00:00.000Z","annotations":{{}},"comment":"c","createdBy":"me","endsAt":"2026-11-25T11:00:00.000Z","matchers":[{{"isEqual":true,"isRegex":false,"name":"a","value":"b"}},{{"isEqual":false,"isRegex":true,"name":"größe","value":"d.*"}}],"startsAt":"2026-11-25T10:00:00.000Z"}}"#
    );
    assert_eq!(world.send("GET", &path, None).await.2, format!("{silence}\n"));
    assert_eq!(world.send("GET", "/api/v2/silences", None).await.2, format!("[{silence}]\n"));
    // It can be changed in place, unless that would change its past.
    let mut changed: Value = serde_json::from_str(&silence).expect("JSON");
    changed["comment"] = json!("new");
    changed["annotations"] = json!({"ticket": "7"});
    assert_eq!(world.post("/api/v2/silences", &changed).await, json!({"silenceID": id}));
    let got = world.get(&path).await;
    assert_eq!((&got["comment"], &got["annotations"]), (&json!("new"), &json!({"ticket": "7"})));
    changed["matchers"] = json!([{"name": "other", "value": "b", "isRegex": false}]);
    let other = world.post("/api/v2/silences", &changed).await["silenceID"].clone();
    assert_ne!(other, json!(id));
    assert_eq!(world.get(&path).await["status"], json!({"state": "expired"}));
    // Ending is idempotent.
    let other = format!("/api/v2/silence/{}", other.as_str().expect("an id"));
    for _ in 0..2 {
        let (status, _, body) = world.send("DELETE", &other, None).await;
        assert_eq!((status, body.as_str()), (200, ""));
    }
    assert_eq!(world.get(&other).await["status"], json!({"state": "expired"}));
    assert_eq!(world.get(&other).await["endsAt"], json!("2026-11-25T10:00:00.000Z"));
}

#[tokio::test]
async fn silences_are_filtered() {
    let world = World::new(START_MS);
    let put = |comment: &str, starts_at: &str, matchers: Value| {
        json!({"matchers": matchers, "startsAt": starts_at, "endsAt": "2026-11-25T11:00:00Z", "createdBy": "",
            "comment": comment})
    };
    let one = |name: &str, value: &str, is_regex: bool| json!([{"name": name, "value": value, "isRegex": is_regex}]);
    let now = "2026-11-25T10:00:00Z";
    let ended = world.post("/api/v2/silences", &put("ended", now, one("a", "b", false))).await;
    let path = format!("/api/v2/silence/{}", ended["silenceID"].as_str().expect("an id"));
    world.send("DELETE", &path, None).await;
    world.post("/api/v2/silences", &put("later", "2026-11-25T10:30:00Z", one("a", "b", false))).await;
    world.post("/api/v2/silences", &put("now", now, one("a", "b", true))).await;
    world.post("/api/v2/silences", &put("utf8", now, one("fooΣ", "bar🙂", false))).await;
    for (query, expected) in [
        ("", "now utf8 later ended"),
        ("?active=false", "later ended"),
        ("?expired=false", "now utf8 later"),
        ("?pending=false", "now utf8 ended"),
        ("?pending=false&active=false&expired=0", ""),
        ("?filter=a=b", "later ended"),
        ("?filter=a=~b", "now"),
        ("?filter=a=b&filter=c=d", ""),
        ("?filter=foo%CE%A3=bar%F0%9F%99%82", "utf8"),
    ] {
        let silences = world.get(&format!("/api/v2/silences{query}")).await;
        let comments = silences.as_array().expect("a list").iter().map(|silence| silence["comment"].as_str());
        let comments: Vec<&str> = comments.map(|comment| comment.expect("a comment")).collect();
        assert_eq!(comments.join(" "), expected, "{query}");
    }
}

#[tokio::test]
async fn bad_silences_are_refused() {
    let world = World::new(START_MS);
    let base = json!({"matchers": [{"name": "a", "value": "b", "isRegex": false}], "startsAt": "2026-11-25T10:00:00Z",
        "endsAt": "2026-11-25T11:00:00Z", "createdBy": "me", "comment": "c"});
    let required = |name: &str| coded(602, &format!("{name} in body is required"));
    let failed = |why: &str| json!(format!("Failed to create silence: {why}"));
    for (member, value, status, expected) in [
        ("comment", Value::Null, 422, required("comment")),
        ("createdBy", Value::Null, 422, required("createdBy")),
        ("endsAt", Value::Null, 422, required("endsAt")),
        ("startsAt", Value::Null, 422, required("startsAt")),
        ("matchers", Value::Null, 422, required("matchers")),
        ("matchers", json!([]), 422, coded(612, "matchers in body should have at least 1 items")),
        ("matchers", json!([{"name": "a"}]), 422, required("matchers.0.isRegex")),
        ("matchers", json!([null]), 422, required("matchers.0.isRegex")),
        ("matchers", json!([{"name": "a", "isRegex": true}]), 422, required("matchers.0.value")),
        ("endsAt", json!("2026-11-25T10:00:00Z"), 400, failed("start time must be before end time")),
        ("endsAt", json!("0001-01-01T00:00:00Z"), 400, failed("start time must be before end time")),
        ("id", json!("x"), 404, json!("silence not found")),
        (
            "matchers",
            json!([{"name": "a", "value": "(", "isRegex": true}]),
            400,
            json!(
                "invalid silence: invalid label matcher 0: invalid regular expression \"(\": error parsing regexp: missing closing ): `^(?:()$`"
            ),
        ),
        (
            "matchers",
            json!([{"name": "", "value": "x", "isRegex": true}]),
            400,
            json!("invalid silence: invalid label matcher 0: invalid label name \"\""),
        ),
        (
            "matchers",
            json!([{"name": "a", "value": "", "isRegex": false}]),
            400,
            json!("invalid silence: at least one matcher must not match the empty string"),
        ),
    ] {
        let mut body = base.clone();
        body[member] = value;
        world.refuses("POST", "/api/v2/silences", Some(&body.to_string()), status, expected).await;
    }
    let mut past = base;
    (past["startsAt"], past["endsAt"]) = (json!("2026-11-25T08:00:00Z"), json!("2026-11-25T09:00:00Z"));
    let expected = failed("end time can't be in the past");
    world.refuses("POST", "/api/v2/silences", Some(&past.to_string()), 400, expected).await;
    world.refuses("POST", "/api/v2/silences", Some("null"), 422, required("comment")).await;
    assert_eq!(world.get("/api/v2/silences").await, json!([]));
    let not_uuid = coded(601, "silenceID in path must be of type uuid: \"x\"");
    for method in ["GET", "DELETE"] {
        world.refuses(method, "/api/v2/silence/x", None, 422, not_uuid.clone()).await;
        let unknown = "/api/v2/silence/00000000-0000-4000-8000-00000000000f";
        world.refuses(method, unknown, None, 404, Value::Null).await;
    }
}

#[tokio::test]
async fn status_and_receivers_tell_of_the_configuration() {
    let world = World::new(START_MS);
    let status = world.get("/api/v2/status").await;
    assert_eq!(status["cluster"], json!({"peers": [], "status": "disabled"}));
    assert_eq!(status["uptime"], json!("2026-11-25T10:00:00.000Z"));
    assert_eq!(status["versionInfo"]["version"], json!("0.34.0+menara.9.9.9"));
    let original = status["config"]["original"].as_str().expect("a text");
    assert!(original.contains("receiver: default") && !original.contains("secret@"), "{original}");
    let receivers = json!([
        {"labels": {"name": "default"}, "name": "default"},
        {"labels": {"kind": "pager", "name": "web"}, "name": "web"},
        {"labels": {"name": "night"}, "name": "night"},
    ]);
    assert_eq!(world.get("/api/v2/receivers").await, receivers);
    assert_eq!(world.get("/api/v2/receivers?receiver_matchers=kind!=pager").await, json!([receivers[0], receivers[2]]));
}

#[tokio::test]
async fn what_is_not_served_is_said() {
    let world = World::new(START_MS);
    let (status, headers, body) = world.send("PUT", "/api/v2/alerts", None).await;
    let body: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!((status, body), (405, coded(405, "method PUT is not allowed, but [GET,POST] are")));
    assert_eq!(headers["allow"], "GET,POST");
    assert_eq!(world.send("OPTIONS", "/api/v2/alerts", None).await.0, 204);
    for (method, target) in [("GET", "status"), ("GET", "receivers"), ("POST", "silences"), ("DELETE", "silence/x")] {
        let (status, _, body) = world.send(method, &format!("/api/v1/{target}"), None).await;
        assert_eq!((status, body.contains("\"deprecated\"")), (410, true), "{method} {target}");
    }
    let absent = crate::tests::api();
    for (method, target) in [
        ("GET", "status"),
        ("GET", "receivers"),
        ("GET", "alerts"),
        ("POST", "alerts"),
        ("GET", "alerts/groups"),
        ("GET", "silences"),
        ("POST", "silences"),
        ("GET", "silence/x"),
        ("DELETE", "silence/x"),
    ] {
        let request = Request::builder().method(method).uri(format!("/api/v2/{target}")).header("host", "localhost");
        let (status, _, body) = send(&absent, request.body(Body::empty()).expect("a request")).await;
        assert_eq!((status, body.as_str()), (503, "\"alerts are not configured\"\n"), "{method} {target}");
    }
}

#[tokio::test]
async fn what_cannot_be_kept_is_not_acknowledged() {
    let world = World::new(START_MS);
    world.fs.set_capacity_bytes(Some(0));
    let (status, ..) = world.send("POST", "/api/v2/alerts", Some(r#"[{"labels":{"a":"b"}}]"#)).await;
    assert_eq!(status, 500);
    assert_eq!(world.get("/api/v2/alerts").await, json!([]));
}
