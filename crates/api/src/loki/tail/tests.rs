use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use model::Labels;
use serde_json::{Value, json};
use storage::logs::{LogBatch, StreamLines};
use storage::{LineEntry, LogStore};
use testkit::MemoryLogStore;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::{self, Message, client::IntoClientRequest};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::*;
use crate::tests::api_with_logs;

type Client = WebSocketStream<TcpStream>;

/// Long enough for any machine, and never waited for where all is well.
const PATIENCE: Duration = Duration::from_secs(30);

async fn serve(api: &Arc<Api>) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let router = crate::router(Arc::clone(api));
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn connect(
    address: std::net::SocketAddr,
    query: &str,
    headers: &[(&'static str, &str)],
) -> Result<Client, (u16, String)> {
    let url = format!("ws://{address}/loki/api/v1/tail?{query}");
    let mut request = url.into_client_request().expect("a request");
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().expect("a header"));
    }
    let stream = TcpStream::connect(address).await.expect("it listens");
    match client_async(request, stream).await {
        Ok((client, _)) => Ok(client),
        Err(tungstenite::Error::Http(response)) => {
            let body = response.body().as_deref().unwrap_or_default();
            Err((response.status().as_u16(), String::from_utf8_lossy(body).into_owned()))
        }
        Err(error) => panic!("no websocket: {error}"),
    }
}

async fn frame(client: &mut Client) -> Value {
    loop {
        let message = tokio::time::timeout(PATIENCE, client.next()).await.expect("a message in time");
        match message.expect("it is open").expect("a message") {
            Message::Text(text) => return serde_json::from_str(&text).expect("JSON"),
            Message::Ping(_) | Message::Pong(_) => {}
            other => panic!("unexpected: {other:?}"),
        }
    }
}

fn append(store: &MemoryLogStore, app: &str, time_ns: i64, line: &str) {
    let labels = Labels::from_pairs([("app", app)]);
    let metadata = Labels::from_pairs([("detected_level", "info")]);
    let lines = [LineEntry { time_ns, line: line.as_bytes(), metadata: metadata.as_bytes() }];
    let streams = [StreamLines { labels: labels.as_bytes(), lines: &lines }];
    let batch = LogBatch { token: None, source: None, streams: &streams, body: None };
    store.append(TenantId::default(), &batch).expect("the memory takes it");
}

const QUERY: &str = "query=%7Bapp%3D%22web%22%7D%7C%3D%22GET%22";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_past_comes_first_and_then_what_comes() {
    let store = Arc::new(MemoryLogStore::new());
    for (i, line) in ["GET 1", "GET 2", "POST", "GET 3"].into_iter().enumerate() {
        append(&store, "web", (i as i64 + 90) * SECOND_NS, line);
    }
    let address = serve(&api_with_logs(&store)).await;
    let mut client = connect(address, &format!("{QUERY}&limit=2&start=0"), &[]).await.expect("a tail");
    let labels = json!({"app": "web", "detected_level": "info"});
    let past = json!([["91000000000", "GET 2"], ["93000000000", "GET 3"]]);
    assert_eq!(frame(&mut client).await, json!({"streams": [{"stream": labels, "values": past}]}));
    append(&store, "db", 101 * SECOND_NS, "GET of another");
    append(&store, "web", 101 * SECOND_NS, "POST");
    append(&store, "web", 102 * SECOND_NS, "GET 4");
    let live = json!({"streams": [{"stream": labels, "values": [["102000000000", "GET 4"]]}]});
    assert_eq!(frame(&mut client).await, live);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn held_back_lines_come_in_order_and_categorised() {
    let store = Arc::new(MemoryLogStore::new());
    let address = serve(&api_with_logs(&store)).await;
    let headers = [("x-loki-response-encoding-flags", "categorize-labels")];
    let mut client = connect(address, &format!("{QUERY}&delay_for=1"), &headers).await.expect("a tail");
    append(&store, "web", 102 * SECOND_NS, "GET 2");
    append(&store, "web", 101 * SECOND_NS, "GET 1");
    let of = json!({"structuredMetadata": {"detected_level": "info"}});
    // They come one by one when the tail was still reading the past; then there is nothing to order.
    let mut values = Vec::new();
    while values.len() < 2 {
        let frame = frame(&mut client).await;
        assert_eq!(frame["encodingFlags"], json!(["categorize-labels"]));
        assert_eq!(frame["streams"][0]["stream"], json!({"app": "web"}));
        values.extend(frame["streams"][0]["values"].as_array().expect("values").clone());
    }
    let expected = [json!(["101000000000", "GET 1", of]), json!(["102000000000", "GET 2", of])];
    assert!(expected.iter().all(|value| values.contains(value)), "{values:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_makes_no_sense_is_refused_before_the_upgrade() {
    let api = api_with_logs(&Arc::new(MemoryLogStore::new()));
    let address = serve(&api).await;
    for (query, headers, status, message) in [
        ("query=%7B", None, 400, "parse error"),
        ("query=rate(%7Ba%3D%22b%22%7D%5B1m%5D)", None, 400, "parse error : only log selector is supported"),
        (&format!("{QUERY}&limit=0"), None, 400, "limit must be a positive value\n"),
        (&format!("{QUERY}&limit=9999"), None, 400, "max entries limit per query exceeded"),
        (&format!("{QUERY}&delay_for=6"), None, 400, "delay_for can't be greater than 5\n"),
        (&format!("{QUERY}&delay_for=x"), None, 400, "strconv.Atoi: parsing \"x\": invalid syntax\n"),
        (QUERY, Some(("origin", "http://example.com")), 403, ""),
    ] {
        let headers: Vec<_> = headers.into_iter().collect();
        let (got_status, body) = connect(address, query, &headers).await.expect_err(query);
        assert!(got_status == status && body.starts_with(message), "{query}: {got_status} {body}");
    }
    let own = format!("http://{address}");
    assert!(connect(address, QUERY, &[("origin", &own)]).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_so_many_run_at_a_time() {
    let store = Arc::new(MemoryLogStore::new());
    append(&store, "web", 99 * SECOND_NS, "GET");
    let address = serve(&api_with_logs(&store)).await;
    let mut clients = Vec::new();
    for _ in 0..10 {
        clients.push(connect(address, QUERY, &[]).await.expect("a tail"));
    }
    let (status, body) = connect(address, QUERY, &[]).await.expect_err("one too many");
    assert_eq!((status, &*body), (400, "max concurrent tail requests limit exceeded, count > limit (11 > 10)\n"));
    for client in &mut clients {
        frame(client).await;
        client.close(None).await.expect("it closes");
        while client.next().await.is_some() {}
    }
    // The server gives its places back on its own time.
    let again = async { while connect(address, QUERY, &[]).await.is_err() {} };
    tokio::time::timeout(PATIENCE, again).await.expect("a place comes free");
}
