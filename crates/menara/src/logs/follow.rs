//! Lines as they come, over the websocket of Loki's tail.

use std::io::Write;

use futures_util::StreamExt;
use serde_json::Value;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::print::Printer;
use crate::cli::LogsArgs;
use crate::client::{Failure, Server};

/// Prints lines until the server or the reader goes away.
pub(super) async fn follow(
    server: &Server,
    args: &LogsArgs,
    start_ns: i64,
    printer: &mut Printer,
) -> Result<(), Failure> {
    let (limit, start) = (args.limit.to_string(), start_ns.to_string());
    let parameters = [("query", &*args.query), ("limit", &*limit), ("start", &*start)];
    let address = server.address("ws", "/loki/api/v1/tail", &parameters);
    let stream = server.connect().await?;
    let (mut frames, _) = client_async(address, stream).await.map_err(|error| refusal(server, error))?;
    while let Some(frame) = frames.next().await {
        match frame.map_err(|e| lost(server, &e))? {
            Message::Text(text) => {
                let frame: Value = serde_json::from_str(&text)
                    .map_err(|_| Failure::query(format!("{} sent what is not a frame of a tail", server.url())))?;
                let mut lines = super::lines(&frame["streams"]);
                lines.sort_by_key(|line| line.time_ns);
                tell_dropped(&frame["dropped_entries"]);
                if !printer.print(&lines) {
                    return Ok(());
                }
            }
            Message::Close(Some(reason)) if !reason.reason.is_empty() => {
                return Err(Failure::query(reason.reason.to_string()));
            }
            Message::Close(_) => break,
            _ => {}
        }
    }
    Err(lost(server, &"the connection was closed"))
}

fn tell_dropped(dropped: &Value) {
    let n = dropped.as_array().map_or(0, Vec::len);
    if n > 0 {
        writeln!(std::io::stderr(), "warning: {n} lines came faster than they could be sent and are left out here")
            .ok();
    }
}

/// Why the server did not start the tail: its own words, where it gave some.
fn refusal(server: &Server, error: Error) -> Failure {
    match error {
        Error::Http(response) => {
            let said = response.body().as_deref().map(String::from_utf8_lossy).unwrap_or_default();
            let said = said.trim_end();
            let status = response.status();
            Failure::query(if said.is_empty() {
                format!("{} answered {status}", server.url())
            } else {
                said.to_owned()
            })
        }
        error => lost(server, &error),
    }
}

fn lost(server: &Server, error: &dyn std::fmt::Display) -> Failure {
    Failure::no_server(format!("the connection to {} is lost: {error}", server.url()))
}
