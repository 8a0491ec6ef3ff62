//! What is added to the requests of a receiver.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fakes::http::{Request as Asked, Response, Server};
use httpkit::{Auth, Client, OAuth2, OAuth2Settings, Options, Request, Source, Url};
use notify::{Credentials, Http, HttpError};

const LIMIT: Duration = Duration::from_secs(10);

type Kept = Arc<Mutex<Vec<Asked>>>;

fn server(answer: impl Fn(&Asked) -> (u16, String) + Send + Sync + 'static) -> (Server, Kept) {
    let requests = Kept::default();
    let kept = Arc::clone(&requests);
    let server = Server::start(SocketAddr::from(([127, 0, 0, 1], 0)), move |request| {
        kept.lock().unwrap().push(request.clone());
        let (status, body) = answer(request);
        Response { status, headers: Vec::new(), body }
    });
    (server.expect("a port"), requests)
}

fn plain() -> Http {
    Http::new(Client::new(Options::default()))
}

fn post(server: &Server, path: &str) -> Request {
    Request::post(Url::parse(&format!("http://{}{path}", server.address())).unwrap(), "text/plain", "x").unwrap()
}

fn inline(text: &str) -> Source {
    Source::Inline(text.to_owned())
}

#[tokio::test]
async fn credentials_and_headers_are_read_at_each_request() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = |name: &str| Source::File(dir.path().join(name));
    let put = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    let basic = |name, password| Credentials::Basic { name, password };
    let typed = |kind: &str, credentials| Credentials::Header { kind: kind.to_owned(), credentials };
    for (credentials, expected) in [
        (None, ["", ""]),
        (Some(basic(inline("me"), inline("pw"))), ["Basic bWU6cHc=", "Basic bWU6cHc="]),
        (Some(basic(inline("me"), inline(""))), ["Basic bWU6", "Basic bWU6"]),
        (Some(basic(file("a"), file("b"))), ["Basic YTE6YjE=", "Basic YTI6YjI="]),
        (Some(typed("Bearer", inline("t"))), ["Bearer t", "Bearer t"]),
        (Some(typed("Token", file("a"))), ["Token a1", "Token a2"]),
    ] {
        let (server, requests) = server(|_| (200, String::new()));
        let mut http = plain().header("X-One", inline("1")).header("X-File", file("b"));
        if let Some(credentials) = credentials {
            http = http.credentials(credentials);
        }
        for round in ["1", "2"] {
            put("a", &format!("a{round}\n"));
            put("b", &format!(" b{round} "));
            http.send(post(&server, "/"), LIMIT).await.expect("an answer");
        }
        let requests = requests.lock().unwrap();
        for (request, (expected, file)) in requests.iter().zip([(expected[0], "b1"), (expected[1], "b2")]) {
            let got = ["authorization", "x-one", "x-file"].map(|name| request.header(name));
            assert_eq!(got, [expected, "1", file]);
        }
        assert_eq!(requests.len(), 2);
    }
}

#[tokio::test]
async fn a_request_that_says_who_asks_is_left_alone() {
    let (server, requests) = server(|_| (200, String::new()));
    let http = plain().credentials(Credentials::Basic { name: inline("me"), password: inline("pw") });
    let own = Auth::Credentials("Bearer".to_owned(), "own".to_owned());
    http.send(post(&server, "/").auth(&own).unwrap(), LIMIT).await.expect("an answer");
    assert_eq!(requests.lock().unwrap()[0].header("authorization"), "Bearer own");
}

#[tokio::test]
async fn what_cannot_be_read_is_named_and_nothing_is_sent() {
    let missing = || Source::File(Path::new("/nowhere/x").to_owned());
    for http in [
        plain().header("X-File", missing()),
        plain().credentials(Credentials::Basic { name: missing(), password: inline("") }),
        plain().credentials(Credentials::Header { kind: "Bearer".to_owned(), credentials: missing() }),
    ] {
        let (server, requests) = server(|_| (200, String::new()));
        let error = http.send(post(&server, "/"), LIMIT).await.expect_err("unreadable");
        assert!(error.to_string().starts_with("cannot read /nowhere/x: ") && error.is_temporary(), "{error}");
        assert_eq!(requests.lock().unwrap().len(), 0);
    }
    let (server, _) = server(|_| (200, String::new()));
    let error = plain().header("X-One", inline("SECRET\n2")).send(post(&server, "/"), LIMIT).await;
    let error = error.expect_err("no header's value");
    assert!(matches!(error, HttpError::Exchange(_)) && !error.is_temporary(), "{error}");
    assert!(!error.to_string().contains("SECRET"), "{error}");
}

/// A receiver that takes one token, and gives out those of a list at `/token`.
fn with_tokens(given: &'static [&'static str], taken: &'static str) -> (Server, Kept, Http) {
    let given = Mutex::new(given.iter());
    let (server, requests) = server(move |request| {
        if request.target == "/token" {
            return match given.lock().unwrap().next() {
                Some(token) => (200, format!(r#"{{"access_token":"{token}","expires_in":3600}}"#)),
                None => (503, String::new()),
            };
        }
        let is_taken = request.header("authorization") == format!("Bearer {taken}");
        (if is_taken { 200 } else { 401 }, String::new())
    });
    let settings = OAuth2Settings {
        token_url: Url::parse(&format!("http://{}/token", server.address())).unwrap(),
        client_id: "me".to_owned(),
        client_secret: inline("SECRET"),
        scopes: Vec::new(),
        params: Vec::new(),
    };
    let tokens = OAuth2::new(settings, Client::new(Options::default()));
    let http = plain().credentials(Credentials::OAuth2(Arc::new(tokens)));
    (server, requests, http)
}

#[tokio::test]
async fn a_token_that_is_not_taken_is_asked_for_anew_once() {
    // After a first token it is known in which way the server wants the secret; before that both are tried.
    for (given, n_sent, expected, asked) in [
        (&["new"][..], 2, "200", "/token /x /x"),
        (&["old", "new"], 1, "200", "/token /x /token /x"),
        (&["old", "new"], 2, "200", "/token /x /token /x /x"),
        (&["old", "older", "new"], 1, "401", "/token /x /token /x"),
        (&["old"], 1, "gives no token: status 503", "/token /x /token"),
        (&[], 1, "gives no token: status 503", "/token /token"),
    ] {
        let (server, requests, http) = with_tokens(given, "new");
        let mut shown = String::new();
        for _ in 0..n_sent {
            shown = match http.send(post(&server, "/x"), LIMIT).await {
                Ok(response) => response.status.as_u16().to_string(),
                Err(error) => error.to_string(),
            };
        }
        assert!(shown.ends_with(expected), "{given:?}: {shown}");
        let targets: Vec<String> = requests.lock().unwrap().iter().map(|request| request.target.clone()).collect();
        assert_eq!(targets.join(" "), asked, "{given:?}");
        assert!(!format!("{http:?}").contains("SECRET"));
    }
}
