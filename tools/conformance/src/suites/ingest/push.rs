//! Pushed bodies: read, taken in and looked up in a store.

use std::collections::BTreeSet;
use std::io::Read;
use std::sync::Arc;

use flate2::Compression;
use flate2::read::{DeflateEncoder, GzEncoder};
use intake::{Additions, Intake, IntakeLimits, PushOutcome};
use model::{Labels, ManualClock};
use serde_json::Value;
use storage::{LogStore, TenantId};
use testkit::{MemoryLogStore, StoredLine};

use super::levels::labels_of;
use super::{expect, text};

/// What a body became.
struct Pushed {
    lines: Vec<StoredLine>,
    outcome: PushOutcome,
}

/// A JSON body by itself: its streams, lines and metadata.
pub(super) fn json(case: &Value) -> Result<(), String> {
    let pushed = push(case, "", text(case, "body").as_bytes(), false);
    let Some(Pushed { lines, .. }) = if_valid(case, pushed)? else { return Ok(()) };
    let entries = case["expect_entries"].as_array().into_iter().flatten();
    let expected: Vec<StoredLine> = entries
        .flat_map(|stream| stream.as_array().into_iter().flatten())
        .map(|entry| StoredLine {
            labels: labels_of(&case["expect_labels"]),
            time_ns: entry["ts_ns"].as_i64().unwrap_or_default(),
            line: text(entry, "line").as_bytes().to_vec(),
            metadata: labels_of(&entry["structured_metadata"]).as_bytes().to_vec(),
        })
        .collect();
    expect("lines", &lines, &expected)
}

/// A request: content type, encoding, and what is added.
pub(super) fn http(case: &Value) -> Result<(), String> {
    let body = text(case, "body").as_bytes();
    let compressed = match text(case, "body_compressed_with") {
        "" => Ok(body.to_vec()),
        "gzip" => read_all(GzEncoder::new(body, Compression::default())),
        "deflate" => read_all(DeflateEncoder::new(body, Compression::default())),
        "snappy" => snap::raw::Encoder::new().compress_vec(body).map_err(|error| error.to_string()),
        other => Err(format!("unknown compression {other}")),
    }?;
    let discovery = case["service_name_discovery"].as_bool().unwrap_or_default();
    let pushed = push(case, text(case, "content_encoding_header"), &compressed, discovery);
    let Some(Pushed { lines, outcome }) = if_valid(case, pushed)? else { return Ok(()) };
    let streams: BTreeSet<Labels> = lines.into_iter().map(|line| line.labels).collect();
    let expected: BTreeSet<Labels> = case["expect_labels"].as_array().into_iter().flatten().map(labels_of).collect();
    expect("streams", &streams, &expected)?;
    for (what, got) in [("expect_total_bytes", outcome.bytes), ("expect_lines", outcome.lines)] {
        if let Some(expected) = case[what].as_u64() {
            expect(what, &got, &expected)?;
        }
    }
    Ok(())
}

fn push(case: &Value, encoding: &str, body: &[u8], discovery: bool) -> Result<Pushed, String> {
    let store = Arc::new(MemoryLogStore::new());
    let limits = IntakeLimits { max_age_ns: None, max_ahead_ns: None, ..IntakeLimits::default() };
    let additions = Additions { service_name: discovery, level: false };
    let clock = Arc::new(ManualClock::new(0));
    let intake = Intake::with_additions(Arc::clone(&store) as Arc<dyn LogStore>, clock, limits, additions);
    let mut outcome = Ok(PushOutcome::default());
    let read = api::loki::read::read_push(text(case, "content_type"), encoding, body, &mut |request| {
        outcome = intake.push(TenantId::default(), request, None, None);
    });
    read.map_err(|error| error.to_string())?;
    let outcome = outcome.map_err(|error| error.to_string())?;
    match &outcome.error {
        Some(error) => Err(error.clone()),
        None => Ok(Pushed { lines: store.dump(), outcome }),
    }
}

/// What a valid case gave; `None` for one that was refused as it should be.
fn if_valid(case: &Value, pushed: Result<Pushed, String>) -> Result<Option<Pushed>, String> {
    match (pushed, case["valid"].as_bool().unwrap_or(true)) {
        (Ok(pushed), true) => Ok(Some(pushed)),
        (Err(_), false) => Ok(None),
        (Ok(_), false) => Err("was taken, but should be refused".to_owned()),
        (Err(error), true) => Err(format!("error: {error}")),
    }
}

fn read_all(mut reader: impl Read) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}
