//! Lines of the past that a tail begins with, and which of the first live ones they already hold.

use std::collections::HashMap;

use logql::{LogEntry, QueryValue, StreamResult};
use logql_syntax::ast::Expr;
use storage::{CancelToken, TenantId};

use super::Tail;
use crate::state::Api;

/// Lines of the past.
#[derive(Debug, Default)]
pub(super) struct History {
    /// By their labels; the lines of each in the order of time.
    pub(super) streams: Vec<StreamResult>,
    /// How often each line is among them. The tail had begun when they were read, so a line may come on both ways.
    known: HashMap<(i64, Vec<u8>), usize>,
}

/// Reads the newest lines of the past; blocks.
pub(super) fn read(api: &Api, tail: &Tail, cancel: &CancelToken) -> Result<History, logql::QueryError> {
    let expr = Expr::Log(tail.expr.clone());
    let result = api.log_engine.range(&*api.logs, TenantId::default(), &expr, &tail.past, cancel)?;
    let QueryValue::Streams(mut streams) = result.value else { return Ok(History::default()) };
    let mut known = HashMap::new();
    for stream in &mut streams {
        stream.entries.reverse();
        for entry in &stream.entries {
            *known.entry(key(stream, entry)).or_default() += 1;
        }
    }
    Ok(History { streams, known })
}

impl History {
    /// Takes away the lines that were told as past ones. To be asked only for what came while the past was read.
    pub(super) fn remove_known(&mut self, streams: &mut Vec<StreamResult>) {
        if self.known.is_empty() {
            return;
        }
        for stream in &mut *streams {
            let (labels, stream_labels) = (stream.labels.clone(), stream.stream_labels.clone());
            let shell = StreamResult { labels, stream_labels, entries: Vec::new() };
            stream.entries.retain(|entry| match self.known.get_mut(&key(&shell, entry)) {
                Some(count) if *count > 0 => {
                    *count -= 1;
                    false
                }
                _ => true,
            });
        }
        streams.retain(|stream| !stream.entries.is_empty());
    }
}

fn key(stream: &StreamResult, entry: &LogEntry) -> (i64, Vec<u8>) {
    let mut text = entry.line.clone();
    text.push(0);
    text.extend_from_slice(stream.labels.to_string().as_bytes());
    (entry.time_ns, text)
}
