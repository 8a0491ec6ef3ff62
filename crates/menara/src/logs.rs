//! `menara logs`: prints log lines, of the past and as they come.

mod follow;
mod print;

use logql_syntax::ast::Expr;
use model::Clock;
use model::duration::parse_ms;
use serde_json::Value;

use crate::cli::LogsArgs;
use crate::client::{self, Failure, Server};
use crate::clock::SystemClock;
use crate::query;
use print::{Line, Printer};

/// Runs the command.
pub(crate) fn run(args: &LogsArgs) -> Result<(), Failure> {
    let server = Server::new(&args.server)?;
    let since_ms = parse_ms(&args.since).map_err(|e| Failure::usage(format!("--since {}: {e}", args.since)))?;
    let mut printer = Printer::new(args.output);
    if args.follow {
        let start_ns = SystemClock.now_ns().saturating_sub(since_ms.saturating_mul(1_000_000));
        return client::block_on(follow::follow(&server, args, start_ns, &mut printer));
    }
    let data = client::block_on(ask(&server, args))?;
    if data["resultType"].as_str() == Some("streams") {
        let mut lines = lines(&data["result"]);
        lines.sort_by_key(|line| line.time_ns);
        printer.print_all(&lines);
    } else {
        printer.text(&query::lines(&data));
    }
    Ok(())
}

/// Asks for lines, or for the value of a metric query as it is now. What cannot be read here is left for the server to judge.
async fn ask(server: &Server, args: &LogsArgs) -> Result<Value, Failure> {
    let limit = args.limit.to_string();
    let (path, parameters) = match logql_syntax::parse(&args.query) {
        Ok(Expr::Metric(_)) => ("/loki/api/v1/query", vec![("query", &*args.query)]),
        _ => {
            let lines = [("since", &*args.since), ("limit", &*limit), ("direction", "backward")];
            ("/loki/api/v1/query_range", [&[("query", &*args.query)], &lines[..]].concat())
        }
    };
    let (status, body) = server.post(path, &parameters).await?;
    // Errors of this API are plain text.
    if !status.is_success() {
        return Err(Failure::query(String::from_utf8_lossy(&body).trim_end()));
    }
    let answer: Value = serde_json::from_slice(&body).map_err(|_| {
        Failure::query(format!("{} answered {status}, which is not what a Loki API answers", server.url()))
    })?;
    Ok(answer["data"].clone())
}

/// The lines of a list of streams, in the order of the list.
fn lines(streams: &Value) -> Vec<Line> {
    let mut lines = Vec::new();
    for stream in streams.as_array().into_iter().flatten() {
        let pairs = stream["stream"].as_object().into_iter().flatten();
        let labels: Vec<(String, String)> =
            pairs.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect();
        for value in stream["values"].as_array().into_iter().flatten() {
            let time_ns = value[0].as_str().and_then(|text| text.parse().ok());
            if let (Some(time_ns), Some(text)) = (time_ns, value[1].as_str()) {
                lines.push(Line { time_ns, labels: labels.clone(), text: text.to_owned() });
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests;
