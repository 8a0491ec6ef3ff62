//! Redirects that are followed.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Server, answer, get, header};
use httpkit::{Auth, Client, Options, Request, Url};

fn client(max_redirects: u32) -> Client {
    Client::new(Options { max_redirects, ..Options::default() })
}

/// A server that sends on from `/from` with a status, and answers elsewhere.
async fn server(status: &'static str, location: &str) -> Server {
    let location = location.to_owned();
    Server::plain(move |asked| match asked.split(' ').nth(1) {
        Some("/from/x") => answer(status, &format!("Location: {location}\r\n"), "moved"),
        _ => answer("200 OK", "", "here"),
    })
    .await
}

fn post(url: &str) -> Request {
    let request = Request::post(Url::parse(url).unwrap(), "application/json", "{\"a\":1}").unwrap();
    let request = request.auth(&Auth::Credentials("Bearer".to_owned(), "SECRET".to_owned())).unwrap();
    request.header("X-Key", "SECRET").unwrap()
}

#[tokio::test]
async fn methods_and_bodies_are_as_with_go() {
    for (status, expected) in [
        ("301 Moved Permanently", "GET"),
        ("302 Found", "GET"),
        ("303 See Other", "GET"),
        ("307 Temporary Redirect", "POST"),
        ("308 Permanent Redirect", "POST"),
        ("300 Multiple Choices", ""),
        ("304 Not Modified", ""),
    ] {
        let server = server(status, "../to?y=2").await;
        let response = client(10).send(post(&server.url("/from/x"))).await.expect("an answer");
        let asked = server.asked();
        if expected.is_empty() {
            assert_eq!((response.status.as_u16().to_string().as_str(), asked.len()), (&status[..3], 1), "{status}");
            continue;
        }
        assert_eq!(response.text(), "here", "{status}");
        assert!(asked[1].starts_with(&format!("{expected} /to?y=2 HTTP/1.1\r\n")), "{status}: {}", asked[1]);
        let keeps_body = expected == "POST";
        assert_eq!(header(&asked[1], "content-type"), keeps_body.then_some("application/json"), "{status}");
        assert_eq!(asked[1].ends_with("\r\n\r\n{\"a\":1}"), keeps_body, "{status}");
        assert_eq!(header(&asked[1], "authorization"), Some("Bearer SECRET"), "the host is the same");
        assert_eq!(header(&asked[1], "x-key"), Some("SECRET"), "the host is the same");
    }
}

#[tokio::test]
async fn secrets_stay_behind_when_the_host_changes() {
    for (host, path, auth, key) in [
        ("127.0.0.1", "/", Some("Bearer SECRET"), Some("SECRET")),
        ("localhost", "/", None, None),
        ("me:pw@localhost", "/", Some("Basic bWU6cHc="), None),
    ] {
        let target = Server::plain(|_| answer("200 OK", "", "here")).await;
        let server = server("307 Temporary Redirect", &format!("http://{host}:{}{path}", target.port)).await;
        let response = client(1).send(post(&server.url("/from/x"))).await.expect("an answer");
        assert_eq!(response.text(), "here");
        let asked = &target.asked()[0];
        assert_eq!((header(asked, "authorization"), header(asked, "x-key")), (auth, key), "{host}");
        assert_eq!(header(asked, "content-type"), Some("application/json"));
        assert_eq!(
            header(asked, "host"),
            Some(format!("{}:{}", host.rsplit('@').next().unwrap(), target.port).as_str())
        );
    }
}

#[tokio::test]
async fn ten_are_followed_and_no_more() {
    for (max, n_redirects, expected) in
        [(10, 10, Ok(11)), (10, 11, Err(11)), (0, 1, Ok(1)), (1, 1, Ok(2)), (1, 2, Err(2))]
    {
        let server = Server::plain(move |asked| {
            let number: u32 = asked.split(['/', ' ']).nth(2).unwrap().parse().unwrap();
            let location = format!("Location: /{}\r\n", number + 1);
            if number < n_redirects { answer("302 Found", &location, "") } else { answer("200 OK", "", "here") }
        })
        .await;
        let result = client(max).send(get(&server.url("/0"))).await;
        let got = match &result {
            Ok(_) => Ok(server.asked().len()),
            Err(error) => {
                let expected = format!("is the end of {max} redirects, and redirects");
                assert!(error.to_string().ends_with(&expected), "{error}");
                Err(server.asked().len())
            }
        };
        assert_eq!(got, expected, "{max} {n_redirects}");
    }
}

#[tokio::test]
async fn a_redirect_to_nowhere_is_an_answer_or_an_error() {
    let server = Server::plain(|_| answer("302 Found", "", "moved")).await;
    assert_eq!(client(10).send(get(&server.url("/"))).await.expect("an answer").text(), "moved");
    for location in ["ftp://h/SECRET", "http:///SECRET", "/SECRET x", "\u{e9}SECRET"] {
        let server = server_to(location).await;
        let error = client(10).send(get(&server.url("/"))).await.expect_err(location).to_string();
        assert!(error.contains("it redirects to what cannot be asked") && !error.contains("SECRET"), "{error}");
    }
}

async fn server_to(location: &str) -> Server {
    let headers = format!("Location: {location}\r\n");
    Server::plain(move |_| answer("302 Found", &headers, "")).await
}
