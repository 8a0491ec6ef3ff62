//! `menara query`: asks a server and prints the answer.

use std::io::Write;

use serde_json::Value;

use crate::cli::{Output, QueryArgs};
use crate::client::{self, Failure, Server};

/// Runs the command.
pub(crate) fn run(args: &QueryArgs) -> Result<(), Failure> {
    let server = Server::new(&args.server)?;
    let answer = client::block_on(ask(&server, &args.expr))?;
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

async fn ask(server: &Server, expr: &str) -> Result<Value, Failure> {
    let (status, body) = server.post("/api/v1/query", &[("query", expr)]).await?;
    let answer: Value = serde_json::from_slice(&body).map_err(|_| {
        Failure::query(format!("{} answered {status}, which is not what a Prometheus API answers", server.url()))
    })?;
    match answer["status"].as_str() {
        Some("success") => Ok(answer),
        _ => Err(Failure::query(answer["error"].as_str().unwrap_or("the server gave no reason").to_owned())),
    }
}

/// One line per series: `up{job="node"} => 1 @[1435781451.781]`.
pub(crate) fn lines(data: &Value) -> String {
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
