//! The client against a server that answers as it is told to.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use discovery::docker::{Client, Error, MAX_INSPECT_BYTES, MAX_LIST_BYTES};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixListener;

const VERSION: &str = r#"{"Version":"20.10.24","ApiVersion":"1.41","MinAPIVersion":"1.12"}"#;

fn answer(status: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// A daemon that tells its version, and answers everything else with these bytes; then it closes.
fn daemon(other: Vec<u8>) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let socket = dir.path().join("docker.sock");
    let listener = UnixListener::bind(&socket).unwrap();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.unwrap());
            }
            let head = String::from_utf8(head).unwrap();
            assert!(head.starts_with("GET /"), "{head}");
            let answer = if head.starts_with("GET /version ") { answer("200 OK", VERSION) } else { other.clone() };
            // The client may have seen enough.
            stream.write_all(&answer).await.ok();
        }
    });
    (dir, socket)
}

async fn connected(other: Vec<u8>) -> (TempDir, Client) {
    let (dir, socket) = daemon(other);
    let (client, version) = Client::connect(&socket).await.unwrap();
    assert_eq!(version.version, "20.10.24");
    (dir, client)
}

#[tokio::test]
async fn why_there_is_no_connection() {
    let dir = tempfile::tempdir().unwrap();
    let connect = async |path: &Path| Client::connect(path).await.unwrap_err();

    let none = dir.path().join("none.sock");
    assert_eq!(connect(&none).await, Error::Absent(none));

    let stale = dir.path().join("stale.sock");
    drop(UnixListener::bind(&stale).unwrap());
    assert_eq!(connect(&stale).await, Error::Refused(stale));

    let closed = dir.path().join("closed");
    std::fs::create_dir(&closed).unwrap();
    let _listener = UnixListener::bind(closed.join("docker.sock")).unwrap();
    std::fs::set_permissions(&closed, PermissionsExt::from_mode(0o000)).unwrap();
    // Nothing is denied to root.
    if std::fs::read_dir(&closed).is_err() {
        let socket = closed.join("docker.sock");
        assert_eq!(connect(&socket).await, Error::Denied(socket));
    }
    std::fs::set_permissions(&closed, PermissionsExt::from_mode(0o700)).unwrap();
}

#[tokio::test]
async fn bad_lists() {
    async fn check(other: Vec<u8>, expected: impl Fn(&Error) -> bool) {
        let (_dir, client) = connected(other).await;
        let error = client.list().await.unwrap_err();
        assert!(expected(&error), "{error:?}");
    }
    let failed = |error: &Error| *error == Error::Failed { status: 500, message: "the disk is full".to_owned() };
    check(answer("500 Internal Server Error", r#"{"message":"the disk is full"}"#), failed).await;
    check(answer("500 Internal Server Error", "the disk is full\n"), failed).await;
    check(answer("200 OK", r#"[{"Id":"0a","Na"#), |error| matches!(error, Error::Broken(_))).await;
    check(answer("200 OK", r#"{"Id":"0a"}"#), |error| matches!(error, Error::Broken(_))).await;
    check(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[]".to_vec(), |error| matches!(error, Error::Broken(_))).await;
    check(b"what?\r\n\r\n".to_vec(), |error| matches!(error, Error::Broken(_))).await;
    check(Vec::new(), |error| matches!(error, Error::Broken(_))).await;
    let long = format!("[{}]", " ".repeat(MAX_LIST_BYTES));
    check(answer("200 OK", &long), |error| *error == Error::TooLong(MAX_LIST_BYTES)).await;
}

#[tokio::test]
async fn inspections() {
    let (_dir, client) = connected(answer("404 Not Found", r#"{"message":"No such container: 0a"}"#)).await;
    assert!(client.inspect("0a").await.unwrap().is_none());
    let (_dir, client) = connected(answer("200 OK", &" ".repeat(MAX_INSPECT_BYTES + 1))).await;
    assert_eq!(client.inspect("0a").await.unwrap_err(), Error::TooLong(MAX_INSPECT_BYTES));
    let (_dir, client) = connected(answer("200 OK", r#"{"Id":"0a","Name":"/n"}"#)).await;
    assert_eq!(client.inspect("0a").await.unwrap().unwrap().name, "/n");
    let (_dir, client) = connected(answer("200 OK", "null")).await;
    assert!(matches!(client.inspect("0a").await, Err(Error::Broken(_))));
}

#[tokio::test]
async fn streams_end() {
    let event = r#"{"Type":"container","Action":"start","Actor":{"ID":"0a"},"timeNano":5}"#;
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunk = format!("{:x}\r\n{event}\n\r\n", event.len() + 1);

    let (_dir, client) = connected(format!("{head}{chunk}{chunk}0\r\n\r\n").into_bytes()).await;
    let mut events = client.events().await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap().id, "0a");
    assert_eq!(events.next().await.unwrap().unwrap().action, "start");
    assert_eq!(events.next().await.unwrap(), None);

    // Cut off within the stream, and within an event.
    for text in [format!("{head}{chunk}"), format!("{head}{chunk}5\r\n{{\"Typ\r\n0\r\n\r\n")] {
        let (_dir, client) = connected(text.into_bytes()).await;
        let mut events = client.events().await.unwrap();
        assert!(events.next().await.unwrap().is_some());
        assert!(matches!(events.next().await, Err(Error::Broken(_))));
    }
    let (_dir, client) = connected(answer("503 Unavailable", "{}")).await;
    assert!(matches!(client.events().await, Err(Error::Failed { status: 503, .. })));
}

#[tokio::test(start_paused = true)]
async fn an_answer_has_its_time() {
    let dir = tempfile::tempdir().unwrap();
    let socket = dir.path().join("docker.sock");
    // Takes connections and says nothing.
    let _listener = UnixListener::bind(&socket).unwrap();
    assert_eq!(Client::connect(&socket).await.unwrap_err(), Error::Timeout(10));
}
