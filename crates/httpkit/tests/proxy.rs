//! Requests by way of a proxy.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Server, answer, get, header, inline, proxy, server_config};
use httpkit::{Auth, Client, Error, Options, Proxy, Source, Tls};
use rustls::version::{TLS12, TLS13};

fn client(proxy: Proxy) -> Client {
    let tls = Tls { authorities: Some(inline("authority")), ..Tls::default() };
    Client::new(Options { proxy: Some(proxy), tls, ..Options::default() })
}

#[tokio::test]
async fn plain_requests_are_handed_to_the_proxy() {
    for (user, expected) in [("", None), ("me:p%40ss@", Some("Basic bWU6cEBzcw=="))] {
        let server = Server::plain(|_| answer("200 OK", "", "hello")).await;
        let proxy = proxy(server.port, "200 OK").await;
        let by = Proxy::fixed(&format!("http://{user}127.0.0.1:{}", proxy.port), "").expect("a proxy");
        let by = by.connect_header("X-Tunnel", Source::Inline("SECRET".to_owned()));
        let auth = Auth::Credentials("Bearer".to_owned(), "token".to_owned());
        let request = get("http://target.test:81/a?b=1").auth(&auth).unwrap();
        assert_eq!(client(by).send(request).await.expect("an answer").text(), "hello");
        let asked = &proxy.asked()[0];
        assert!(asked.starts_with("GET http://target.test:81/a?b=1 HTTP/1.1\r\n"), "{asked}");
        for (name, expected) in [
            ("host", Some("target.test:81")),
            ("authorization", Some("Bearer token")),
            ("proxy-authorization", expected),
            ("x-tunnel", None),
        ] {
            assert_eq!(header(asked, name), expected, "{name}");
        }
    }
}

#[tokio::test]
async fn secure_requests_go_through_a_tunnel() {
    let config = server_config("server", &[&TLS12, &TLS13], false);
    let server = Server::secure(config, |_| answer("200 OK", "", "hello")).await;
    let proxy = proxy(server.port, "200 Connection established").await;
    let by = Proxy::fixed(&format!("http://me:pass@127.0.0.1:{}", proxy.port), "").expect("a proxy");
    let by = by.connect_header("X-Tunnel", Source::Inline("a".to_owned()));
    let by = by.connect_header("X-Tunnel", Source::Inline("b".to_owned()));
    let request = get("https://user:pw@localhost/SECRET");
    assert_eq!(client(by).send(request).await.expect("an answer").text(), "hello");
    let head = &proxy.asked()[0];
    assert!(head.starts_with("CONNECT localhost:443 HTTP/1.1\r\n"), "{head}");
    for (name, expected) in [
        ("host", Some("localhost:443")),
        ("proxy-authorization", Some("Basic bWU6cGFzcw==")),
        ("authorization", None),
        ("user-agent", Some("menara")),
        ("x-tunnel", Some("a")),
    ] {
        assert_eq!(header(head, name), expected, "{name}");
    }
    assert!(head.contains("x-tunnel: b") && !head.contains("SECRET"), "{head}");
    let asked = &server.asked()[0];
    assert!(asked.starts_with("GET /SECRET HTTP/1.1\r\n"), "{asked}");
    assert_eq!(header(asked, "authorization"), Some("Basic dXNlcjpwdw=="));
    assert_eq!((header(asked, "proxy-authorization"), header(asked, "x-tunnel")), (None, None));
}

#[tokio::test]
async fn tunnels_that_are_refused_are_named() {
    let proxy = proxy(1, "407 Proxy Authentication Required").await;
    let by = Proxy::fixed(&format!("http://me:SECRET@127.0.0.1:{}", proxy.port), "").expect("a proxy");
    let error = client(by).send(get("https://target.test/SECRET")).await.expect_err("no tunnel");
    let expected = format!(
        "the proxy 127.0.0.1:{} does not connect to target.test:443: 407 Proxy Authentication Required",
        proxy.port
    );
    assert_eq!(error.to_string(), expected);
    assert!(error.is_unsent() && error.is_temporary() && !format!("{error:?}").contains("SECRET"));
}

#[tokio::test]
async fn tunnels_of_unreadable_headers_are_not_asked_for() {
    let proxy = proxy(1, "200 OK").await;
    let by = Proxy::fixed(&format!("127.0.0.1:{}", proxy.port), "").expect("a proxy");
    let by = by.connect_header("X-Tunnel", Source::File("/nowhere/x".into()));
    let error = client(by).send(get("https://target.test/")).await.expect_err("no header");
    assert!(matches!(&error, Error::Unreadable(why) if why.starts_with("cannot read /nowhere/x: ")), "{error}");
    assert_eq!(proxy.asked(), Vec::<String>::new());
}

#[test]
fn proxies_that_cannot_be_spoken_to_are_refused_by_name() {
    for (url, expected) in [
        ("https://u:SECRET@p:1", "not built yet: proxy_url with the scheme https"),
        ("socks5://u:SECRET@p:1", "not built yet: proxy_url with the scheme socks5"),
        ("SOCKS5H://p:1", "not built yet: proxy_url with the scheme socks5h"),
        ("ftp://u:SECRET@p:1", "proxy_url: a proxy's address begins with http://"),
        ("http://", "proxy_url: not an address that can be asked: "),
        ("/SECRET path", "proxy_url: not an address that can be asked: "),
    ] {
        let error = Proxy::fixed(url, "").expect_err("refused").to_string();
        assert!(error.contains(expected) && !error.contains("SECRET"), "{url}: {error}");
    }
    let variable = |name: &str| (name == "https_proxy").then(|| "socks5://p:1".to_owned());
    let error = Proxy::from_environment(variable).expect_err("refused");
    assert_eq!(error.to_string(), "not built yet: HTTPS_PROXY with the scheme socks5");
    assert!(!error.is_temporary());
}

#[test]
fn proxies_do_not_show_passwords() {
    let proxy = Proxy::fixed("http://u:SECRET@p:1", "").expect("a proxy");
    let proxy = proxy.connect_header("X-Key", Source::Inline("SECRET".to_owned()));
    assert!(!format!("{proxy:?}").contains("SECRET"));
}
