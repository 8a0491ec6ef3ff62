//! `menara query`: asks a server and prints the answer.

use std::io::Write;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use crate::cli::{Output, QueryArgs};

/// Larger answers are refused; the command line is no place for them.
const MAX_ANSWER_BYTES: usize = 256 << 20;

/// Why nothing was printed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) message: String,
    pub(crate) exit_code: u8,
}

impl Failure {
    fn query(message: impl Into<String>) -> Failure {
        Failure { message: message.into(), exit_code: 1 }
    }

    fn usage(message: impl Into<String>) -> Failure {
        Failure { message: message.into(), exit_code: 2 }
    }

    fn no_server(message: impl Into<String>) -> Failure {
        Failure { message: message.into(), exit_code: 3 }
    }
}

/// Runs the command.
pub(crate) fn run(args: &QueryArgs) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|e| Failure::no_server(format!("cannot start: {e}")))?;
    let answer = runtime.block_on(ask(&args.server, &args.expr))?;
    let text = match args.output {
        Output::Json => format!("{}\n", answer["data"]),
        Output::Default => lines(&answer["data"]),
    };
    for (kind, name) in [("warnings", "warning"), ("infos", "info")] {
        for note in answer[kind].as_array().into_iter().flatten().filter_map(Value::as_str) {
            writeln!(std::io::stderr(), "{name}: {note}").ok();
        }
    }
    // A reader that closes the pipe early has seen enough.
    std::io::stdout().write_all(text.as_bytes()).ok();
    Ok(())
}

async fn ask(server: &str, expr: &str) -> Result<Value, Failure> {
    let (authority, base) = split_url(server)?;
    let unreachable = |e: &dyn std::fmt::Display| {
        Failure::no_server(format!(
            "no server answers at {server}: {e}; start one with `menara serve` or name it with --server"
        ))
    };
    let stream = TcpStream::connect(&authority).await.map_err(|e| unreachable(&e))?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|e| unreachable(&e))?;
    tokio::spawn(connection);
    let form: String = form_urlencoded::Serializer::new(String::new()).append_pair("query", expr).finish();
    let request = Request::post(format!("{base}/api/v1/query"))
        .header(header::HOST, &authority)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Full::new(Bytes::from(form)))
        .map_err(|e| Failure::usage(format!("`{server}` is not a server's address: {e}")))?;
    let response = sender.send_request(request).await.map_err(|e| unreachable(&e))?;
    let status = response.status();
    let body = Limited::new(response.into_body(), MAX_ANSWER_BYTES).collect().await;
    let body = body.map_err(|e| Failure::query(format!("cannot read the answer: {e}")))?.to_bytes();
    let answer: Value = serde_json::from_slice(&body).map_err(|_| {
        Failure::query(format!("{server} answered {status}, which is not what a Prometheus API answers"))
    })?;
    match answer["status"].as_str() {
        Some("success") => Ok(answer),
        _ => Err(Failure::query(answer["error"].as_str().unwrap_or("the server gave no reason").to_owned())),
    }
}

/// Authority (with a port) and path prefix of a server's URL.
fn split_url(server: &str) -> Result<(String, String), Failure> {
    let Some(rest) = server.strip_prefix("http://") else {
        let message = match server.split_once("://") {
            Some(("https", _)) => "not built yet: asking over https; use http",
            _ => "a server's address begins with http://",
        };
        return Err(Failure::usage(format!("`{server}`: {message}")));
    };
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    if authority.is_empty() {
        return Err(Failure::usage(format!("`{server}` names no host")));
    }
    let has_port = authority
        .rsplit_once(':')
        .is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()));
    let authority = if has_port { authority.to_owned() } else { format!("{authority}:80") };
    let path = path.trim_end_matches('/');
    Ok((authority, if path.is_empty() { String::new() } else { format!("/{path}") }))
}

/// One line per series: `up{job="node"} => 1 @[1435781451.781]`.
fn lines(data: &Value) -> String {
    let mut text = String::new();
    match data["resultType"].as_str() {
        Some("vector") => {
            for sample in data["result"].as_array().into_iter().flatten() {
                text.push_str(&format!("{} => {}\n", series(&sample["metric"]), point(&sample["value"])));
            }
        }
        Some("matrix") => {
            for series_value in data["result"].as_array().into_iter().flatten() {
                text.push_str(&format!("{} =>\n", series(&series_value["metric"])));
                for value in series_value["values"].as_array().into_iter().flatten() {
                    text.push_str(&format!("{}\n", point(value)));
                }
            }
        }
        Some("scalar") => text.push_str(&format!("scalar: {}\n", point(&data["result"]))),
        _ => text.push_str(&format!("{}\n", data["result"][1].as_str().unwrap_or_default())),
    }
    text
}

fn series(metric: &Value) -> String {
    let pairs =
        metric.as_object().into_iter().flatten().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)));
    let labels = model::Labels::from_pairs(pairs);
    let name = labels.metric_name().to_owned();
    let rest = labels.without_name();
    if rest.is_empty() && !name.is_empty() { name } else { format!("{name}{rest}") }
}

fn point(value: &Value) -> String {
    format!("{} @[{}]", value[1].as_str().unwrap_or_default(), value[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_server_addresses() {
        for (server, expected) in [
            ("http://127.0.0.1:7070", Ok(("127.0.0.1:7070", ""))),
            ("http://127.0.0.1:7070/", Ok(("127.0.0.1:7070", ""))),
            ("http://host/prom/", Ok(("host:80", "/prom"))),
            ("http://[::1]:9090/a/b", Ok(("[::1]:9090", "/a/b"))),
            ("https://host", Err(2)),
            ("host:9090", Err(2)),
            ("http://", Err(2)),
        ] {
            let got = split_url(server).map_err(|failure| failure.exit_code);
            assert_eq!(got, expected.map(|(a, b)| (a.to_owned(), b.to_owned())), "{server}");
        }
    }

    #[test]
    fn prints_answers() {
        for (data, expected) in [
            (
                r#"{"resultType":"vector","result":[{"metric":{"__name__":"up","job":"a"},"value":[1.5,"1"]}]}"#,
                "up{job=\"a\"} => 1 @[1.5]\n",
            ),
            (
                r#"{"resultType":"vector","result":[{"metric":{"__name__":"up"},"value":[1,"NaN"]}]}"#,
                "up => NaN @[1]\n",
            ),
            (
                r#"{"resultType":"matrix","result":[{"metric":{},"values":[[1,"2"],[2,"3"]]}]}"#,
                "{} =>\n2 @[1]\n3 @[2]\n",
            ),
            (r#"{"resultType":"scalar","result":[1,"2"]}"#, "scalar: 2 @[1]\n"),
            (r#"{"resultType":"string","result":[1,"text"]}"#, "text\n"),
        ] {
            let data: Value = serde_json::from_str(data).expect("valid JSON");
            assert_eq!(lines(&data), expected);
        }
    }
}
