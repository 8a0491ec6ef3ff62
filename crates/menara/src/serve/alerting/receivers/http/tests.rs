//! What each key of an `http_config` comes to.

#![allow(clippy::disallowed_methods)]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ::alerting::matcher::Syntax;
use fakes::http::{Request as Asked, Response, Server};
use httpkit::{Request, Url};

use super::*;

const LIMIT: Duration = Duration::from_secs(10);

/// The `http_config` of a receiver, of so many lines.
fn config(lines: &str) -> HttpConfig {
    let lines = lines.replace('\n', "\n  ");
    let text = format!("url: http://h/\nhttp_config:\n  enable_http2: true\n  {lines}\n");
    let root = ::config::parse("alertmanager.yml", &text).expect("YAML");
    let entry = ::alerting::config::receivers::read_entry("webhook_configs", &root, Syntax::Classic);
    let entry = entry.unwrap_or_else(|error| panic!("{lines}: {error}"));
    entry.http.expect("a http_config").as_ref().clone()
}

/// Files that configurations name.
fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    for (name, text) in [("name", "me\n"), ("password", "pw\n"), ("token", "from a file\n"), ("header", "of a file\n")]
    {
        std::fs::write(dir.path().join(name), text).expect("written");
    }
    dir
}

/// A server that gives out tokens, sends `/from` on to `/to`, and keeps what it is asked.
fn server() -> (Server, Arc<Mutex<Vec<Asked>>>) {
    let requests = Arc::<Mutex<Vec<Asked>>>::default();
    let kept = Arc::clone(&requests);
    let server = Server::start(SocketAddr::from(([127, 0, 0, 1], 0)), move |request| {
        kept.lock().unwrap().push(request.clone());
        match request.target.as_str() {
            "/token" => Response { status: 200, headers: Vec::new(), body: r#"{"access_token":"t"}"#.to_owned() },
            "/from" => {
                Response { status: 302, headers: vec![("Location".to_owned(), "/to".to_owned())], body: String::new() }
            }
            _ => Response { status: 204, headers: Vec::new(), body: String::new() },
        }
    });
    (server.expect("a port"), requests)
}

/// All that a server is asked when a message goes to a path of it, or to another address, by a configuration.
fn asked(lines: &str, to: &str) -> Vec<Asked> {
    let (server, requests) = server();
    let address = server.address().to_string();
    let folder = folder();
    let http = built(Some(&config(&lines.replace("SERVER", &address))), folder.path()).expect(lines);
    let url = if to.starts_with('/') { format!("http://{address}{to}") } else { to.to_owned() };
    let request = Request::post(Url::parse(&url).expect("an address"), "text/plain", "x").expect("a request");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    // Tunnels lead nowhere; how they are asked for is what counts.
    runtime.block_on(http.send(request, LIMIT)).ok();
    let requests = requests.lock().unwrap().clone();
    assert!(!requests.is_empty(), "{lines}: nothing was asked");
    requests
}

#[test]
fn who_asks_is_said() {
    for (lines, expected) in [
        ("", ""),
        ("basic_auth: {username: me, password: pw}", "Basic bWU6cHc="),
        ("basic_auth: {username: me}", "Basic bWU6"),
        ("basic_auth: {username_file: name, password_file: password}", "Basic bWU6cHc="),
        ("authorization: {credentials: t}", "Bearer t"),
        ("authorization: {type: Token, credentials: t}", "Token t"),
        ("authorization: {credentials_file: token}", "Bearer from a file"),
        ("bearer_token: t", "Bearer t"),
        ("bearer_token_file: token", "Bearer from a file"),
        ("oauth2: {client_id: me, client_secret: pw, token_url: 'http://SERVER/token'}", "Bearer t"),
    ] {
        let asked = asked(lines, "/hook");
        let message = asked.last().expect("a message");
        assert_eq!((message.target.as_str(), message.header("authorization")), ("/hook", expected), "{lines}");
    }
}

#[test]
fn headers_are_added() {
    let asked = asked(
        "http_headers:\n  X-One: {values: [a, b]}\n  X-Two: {secrets: [c], files: [header]}\n  X-Three: {files: [token]}",
        "/hook",
    );
    let mut added: Vec<_> =
        asked[0].headers.iter().filter(|(name, _)| name.to_ascii_lowercase().starts_with("x-")).collect();
    added.sort();
    let added: Vec<_> = added.iter().map(|(name, value)| format!("{}={value}", name.to_ascii_lowercase())).collect();
    assert_eq!(added, ["x-one=a", "x-one=b", "x-three=from a file", "x-two=c", "x-two=of a file"]);
}

#[test]
fn redirects_are_followed_unless_they_are_not_wanted() {
    for (lines, expected) in [
        ("", &["/from", "/to"][..]),
        ("follow_redirects: true", &["/from", "/to"]),
        ("follow_redirects: false", &["/from"]),
    ] {
        let targets: Vec<String> = asked(lines, "/from").into_iter().map(|asked| asked.target).collect();
        assert_eq!(targets, expected, "{lines}");
    }
}

#[test]
fn proxies_are_asked() {
    for (lines, to, expected) in [
        ("proxy_url: http://SERVER", "http://target.test/x", "POST http://target.test/x"),
        ("proxy_url: http://me:pw@SERVER", "http://target.test/x", "POST http://target.test/x Basic bWU6cHc="),
        ("proxy_url: http://SERVER\nno_proxy: other.test", "http://target.test/x", "POST http://target.test/x"),
        ("proxy_url: http://SERVER\nno_proxy: other.test", "/x", "POST /x"),
        ("proxy_url: http://SERVER", "https://target.test/x", "CONNECT target.test:443"),
        (
            "proxy_url: http://SERVER\nproxy_connect_header: {Proxy-Authorization: [k]}",
            "https://target.test/x",
            "CONNECT target.test:443 k",
        ),
        (
            "oauth2: {client_id: me, token_url: 'http://target.test/t', proxy_url: 'http://SERVER'}",
            "/x",
            "POST http://target.test/t",
        ),
    ] {
        let asked = &asked(lines, to)[0];
        let got = format!("{} {} {}", asked.method, asked.target, asked.header("proxy-authorization"));
        assert_eq!(got.trim_end(), expected, "{lines}");
    }
    for (lines, variables, expected) in [
        ("", &[("HTTP_PROXY", "http://p:1")][..], "None"),
        ("proxy_from_environment: true", &[("https_proxy", "p:1")], "https: Some(Url(http://p:1/…))"),
        (
            "proxy_from_environment: true",
            &[("HTTP_PROXY", "socks5://p:1")],
            "not built yet: HTTP_PROXY with the scheme socks5",
        ),
    ] {
        let config = config(lines);
        let keys = proxy::Keys {
            url: None,
            no_proxy: "",
            from_environment: config.proxy_from_environment,
            connect_header: &config.proxy_connect_header,
        };
        let variable =
            |name: &str| variables.iter().find(|(given, _)| *given == name).map(|(_, value)| (*value).to_owned());
        let got = format!("{:?}", keys.built_with(variable));
        assert!(got.contains(expected), "{lines}: {got}");
    }
}

#[test]
fn tokens_are_asked_for_with_all_that_is_given() {
    let lines = "oauth2:\n  client_id: me\n  client_secret_file: password\n  scopes: [a, b]\n  \
                 endpoint_params: {audience: c}\n  token_url: http://SERVER/token\n  tls_config: {insecure_skip_verify: true}";
    let asked = asked(lines, "/hook");
    let body = String::from_utf8_lossy(&asked[0].body).into_owned();
    assert_eq!(body, "grant_type=client_credentials&scope=a+b&audience=c");
    assert_eq!(asked[0].header("authorization"), "Basic bWU6cHc=");
}

#[test]
fn secure_connections_are_made_as_wanted() {
    let folder = Path::new("/etc/menara");
    for (lines, expected) in [
        (
            "{}",
            "authorities: None, identity: None, server_name: None, skips_verification: false, min_version: None, max_version: None",
        ),
        ("{ca: pem}", "authorities: Some(Inline(…)), "),
        ("{ca_file: ca.pem}", "authorities: Some(File(\"/etc/menara/ca.pem\")), "),
        ("{ca_file: /ca.pem}", "authorities: Some(File(\"/ca.pem\")), "),
        ("{cert: c, key: k}", "identity: Some(Identity { certificate: Inline(…), key: Inline(…) }), "),
        (
            "{cert_file: c, key_file: k}",
            "identity: Some(Identity { certificate: File(\"/etc/menara/c\"), key: File(\"/etc/menara/k\") }), ",
        ),
        ("{server_name: h}", "server_name: Some(\"h\"), "),
        ("{insecure_skip_verify: true}", "skips_verification: true, "),
        ("{min_version: TLS13}", "min_version: Some(Tls13), "),
        ("{min_version: TLS12, max_version: TLS13}", "min_version: Some(Tls12), max_version: Some(Tls13)"),
        ("{min_version: TLS10}", "min_version: None, "),
        ("{min_version: TLS11, max_version: TLS12}", "min_version: None, max_version: Some(Tls12)"),
        ("{next_protos: [http/1.1]}", "authorities: None, "),
    ] {
        let config = config(&format!("tls_config: {lines}"));
        let got = format!("{:?}", tls::built(config.tls_config.as_ref(), folder).expect(lines));
        assert!(got.contains(expected), "{lines}: {got}");
    }
}

#[test]
fn what_is_not_built_is_refused_by_name() {
    let oauth2 = |more: &str| format!("oauth2: {{client_id: me, token_url: 'http://h/SECRET', {more}}}");
    for (lines, expected) in [
        ("basic_auth: {username_ref: x}", "not built yet: basic_auth: username_ref in http_config"),
        ("basic_auth: {username: me, password_ref: x}", "not built yet: basic_auth: password_ref in http_config"),
        ("authorization: {credentials_ref: x}", "not built yet: authorization: credentials_ref in http_config"),
        (&oauth2("client_secret_ref: x"), "not built yet: oauth2: client_secret_ref in http_config"),
        ("tls_config: {ca_ref: x}", "not built yet: tls_config: ca_ref in http_config"),
        ("tls_config: {cert_ref: x, key: k}", "not built yet: tls_config: cert_ref in http_config"),
        ("tls_config: {cert: c, key_ref: x}", "not built yet: tls_config: key_ref in http_config"),
        (
            "tls_config: {next_protos: [h2]}",
            "not built yet: tls_config: next_protos other than http/1.1 in http_config",
        ),
        (
            "tls_config: {max_version: TLS10}",
            "not built yet: tls_config: max_version TLS10; TLS12 is the oldest that is spoken",
        ),
        (
            "tls_config: {max_version: TLS11}",
            "not built yet: tls_config: max_version TLS11; TLS12 is the oldest that is spoken",
        ),
        (
            "tls_config: {min_version: TLS13, max_version: TLS12}",
            "tls_config: TLS: the oldest version is newer than the newest one",
        ),
        ("tls_config: {ca: SECRET}", "tls_config: TLS: no certificate in PEM"),
        (&oauth2("tls_config: {ca: SECRET}"), "oauth2: tls_config: TLS: no certificate in PEM"),
        ("proxy_url: socks5://u:SECRET@h", "not built yet: proxy_url with the scheme socks5"),
        ("proxy_url: https://h", "not built yet: proxy_url with the scheme https"),
        (&oauth2("proxy_url: 'socks5://h'"), "oauth2: not built yet: proxy_url with the scheme socks5"),
        (
            "oauth2: {client_id: me, token_url: 'ftp://h/SECRET'}",
            "oauth2: token_url: not an address that can be asked: its scheme is neither http nor https",
        ),
    ] {
        let folder = folder();
        let got = built(Some(&config(lines)), folder.path()).err();
        assert_eq!(got.as_deref(), Some(expected), "{lines}");
    }
}

#[test]
fn files_that_are_missing_may_come_later() {
    let folder = folder();
    for lines in ["tls_config: {ca_file: nowhere}", "basic_auth: {username: me, password_file: nowhere}"] {
        assert!(built(Some(&config(lines)), folder.path()).is_ok(), "{lines}");
    }
}
