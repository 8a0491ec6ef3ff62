//! Exchanges with servers on loopback that answer well, badly or not at all.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::time::Duration;

use httpkit::{Auth, Client, Error, Options, Request, Url};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// Answers one request with a text, and returns what was asked; `None` never answers.
async fn server(answer: Option<&'static str>) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut asked = Vec::new();
        let mut buffer = [0; 4096];
        while !is_whole(&asked) {
            let n = stream.read(&mut buffer).await.expect("bytes");
            if n == 0 {
                break;
            }
            asked.extend_from_slice(&buffer[..n]);
        }
        match answer {
            Some(answer) => stream.write_all(answer.as_bytes()).await.expect("written"),
            None => std::future::pending().await,
        }
        String::from_utf8(asked).expect("text")
    });
    (address, task)
}

fn is_whole(asked: &[u8]) -> bool {
    let text = String::from_utf8_lossy(asked).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length =
        head.lines().find_map(|line| line.strip_prefix("content-length:")).map_or(0, |n| n.trim().parse().unwrap());
    body.len() >= length
}

fn client() -> Client {
    Client::new(Options { max_answer_bytes: 64, ..Options::default() })
}

fn post(address: &str) -> Request {
    let url = Url::parse(&format!("http://{address}/botSECRET/x?y=1")).expect("an address");
    Request::post(url, "application/json", "{}").expect("a request")
}

#[tokio::test]
async fn asks_and_reads_the_answer() {
    let answer = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nwait";
    let (address, server) = server(Some(answer)).await;
    let request = post(&address).auth(&Auth::Basic("me".to_owned(), "pass".to_owned())).expect("a header");
    let request = request.header("X-Scope", "home").expect("a header");
    let response = client().send(request).await.expect("an answer");
    assert_eq!((response.status.as_u16(), response.text().as_str()), (429, "wait"));
    assert_eq!(response.retry_after_seconds(), Some(7));
    let asked = server.await.expect("it ended");
    assert!(asked.starts_with("POST /botSECRET/x?y=1 HTTP/1.1\r\n"), "{asked}");
    for line in [
        format!("host: {address}"),
        "content-type: application/json".to_owned(),
        "authorization: Basic bWU6cGFzcw==".to_owned(),
        "x-scope: home".to_owned(),
        "user-agent: menara".to_owned(),
    ] {
        assert!(asked.lines().any(|asked| asked == line), "{line} in {asked}");
    }
    assert!(asked.ends_with("\r\n\r\n{}"), "{asked}");
}

#[tokio::test]
async fn redirects_are_answers() {
    let answer = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n";
    let (address, _server) = server(Some(answer)).await;
    assert_eq!(client().send(post(&address)).await.expect("an answer").status.as_u16(), 302);
}

#[tokio::test]
async fn bad_answers_are_errors_without_the_path() {
    let too_large = "HTTP/1.1 200 OK\r\nContent-Length: 65\r\n\r\n\
                     0123456789012345678901234567890123456789012345678901234567890123456789";
    for (answer, expected) in [
        (Some("SSH-2.0-OpenSSH\r\n"), "gave no proper answer"),
        (Some("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"), "gave no proper answer"),
        (Some(""), "gave no proper answer"),
        (Some(too_large), "is larger than 64 bytes"),
        (None, "did not answer within 50ms"),
    ] {
        let (address, server) = server(answer).await;
        // Only the silent server is given up on.
        let limit = Duration::from_millis(if answer.is_some() { 10_000 } else { 50 });
        let error = client().send_within(post(&address), limit).await.expect_err("no answer");
        let shown = error.to_string();
        assert!(
            shown.contains(expected) && shown.contains(&address) && !shown.contains("SECRET"),
            "{answer:?}: {shown}"
        );
        assert!(!error.is_unsent(), "{shown}");
        server.abort();
    }
}

#[tokio::test]
async fn nobody_there_means_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    drop(listener);
    let error = client().send(post(&address)).await.expect_err("nobody listens");
    assert!(matches!(error, Error::Connect { .. }) && error.is_unsent() && error.is_temporary(), "{error}");
}

#[tokio::test]
async fn a_plain_server_is_no_secure_one() {
    let (address, _server) = server(Some("HTTP/1.1 400 Bad Request\r\n\r\n")).await;
    let url = Url::parse(&format!("https://{address}/")).expect("an address");
    let request = Request::post(url, "text/plain", "").expect("a request");
    let error = client().send_within(request, Duration::from_millis(200)).await.expect_err("no TLS there");
    assert!(matches!(error, Error::Tls { .. } | Error::Timeout { .. }), "{error}");
}
