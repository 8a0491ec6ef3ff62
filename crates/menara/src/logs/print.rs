//! How lines look.

use std::io::Write;

use model::Labels;
use serde_json::json;

use crate::cli::LineOutput;

/// A line and where it is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) time_ns: i64,
    pub(crate) labels: Vec<(String, String)>,
    pub(crate) text: String,
}

/// Writes lines to the output.
#[derive(Debug)]
pub(crate) struct Printer {
    output: LineOutput,
}

impl Printer {
    pub(crate) fn new(output: LineOutput) -> Printer {
        Printer { output }
    }

    /// Prints lines that are all there is, so that what they share can be told once. False when nobody reads any more.
    pub(crate) fn print_all(&mut self, lines: &[Line]) -> bool {
        let shared = if self.output == LineOutput::Default { shared_labels(lines) } else { Vec::new() };
        if !shared.is_empty() {
            // Who reads only the lines does not need it.
            writeln!(std::io::stderr(), "all lines: {}", Labels::from_pairs(shared.iter().cloned())).ok();
        }
        self.text(&render(lines, self.output, &shared))
    }

    /// Prints lines of which more may come. False when nobody reads any more.
    pub(crate) fn print(&mut self, lines: &[Line]) -> bool {
        self.text(&render(lines, self.output, &[]))
    }

    /// Prints text as it is. False when nobody reads any more.
    pub(crate) fn text(&mut self, text: &str) -> bool {
        let mut out = std::io::stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_ok()
    }
}

/// The labels, with their values, that all lines have.
pub(super) fn shared_labels(lines: &[Line]) -> Vec<(String, String)> {
    let mut shared = lines.first().map(|line| line.labels.clone()).unwrap_or_default();
    for line in lines {
        shared.retain(|pair| line.labels.contains(pair));
    }
    shared
}

pub(super) fn render(lines: &[Line], output: LineOutput, shared: &[(String, String)]) -> String {
    let mut text = String::new();
    for line in lines {
        let time = model::time::format_rfc3339_ns(line.time_ns);
        match output {
            LineOutput::Raw => text.push_str(&line.text),
            LineOutput::Jsonl => {
                let labels: serde_json::Map<_, _> =
                    line.labels.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
                text.push_str(&json!({"timestamp": time, "labels": labels, "line": line.text}).to_string());
            }
            LineOutput::Default => {
                let own = line.labels.iter().filter(|pair| !shared.contains(pair)).cloned();
                let own = Labels::from_pairs(own);
                text.push_str(&time);
                if !own.is_empty() {
                    text.push_str(&format!(" {own}"));
                }
                text.push(' ');
                text.push_str(&line.text);
            }
        }
        text.push('\n');
    }
    text
}
