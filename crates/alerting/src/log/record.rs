//! The records of the log. Drawn in `docs/format/alerting.md`.

use std::collections::BTreeMap;
use std::sync::Arc;

use durable::varint::{self, Reader};
use model::alert::Annotations;
use model::notify::{DataValue, Integration, ReceiverData};
use model::{Alert, Fingerprint, Labels, MatchOp};

use crate::dispatch::{GroupId, LogKey, Logged, LoggedSets, Posting};
use crate::matcher::Matcher;
use crate::silence::Silence;

/// The kinds of records.
const ALERTS: u8 = 1;
const SILENCES: u8 = 2;
const NOTIFIED: u8 = 3;
const TIMERS: u8 = 4;
const GROUP_GONE: u8 = 5;
const SETTLED: u8 = 6;

const FLAG_HAS_FLUSHED: u8 = 1;
const FLAG_IN_FLIGHT: u8 = 2;

/// A change, or a part of a snapshot: each record puts things in the place of what was there before.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Record {
    /// Alerts as they are kept, after merging.
    Alerts(Vec<Arc<Alert>>),
    /// Silences.
    Silences(Vec<Arc<Silence>>),
    /// Notifications that were sent.
    Notified(Vec<(LogKey, Logged)>),
    /// Timers of groups.
    Timers(Vec<(GroupId, GroupTimer)>),
    /// A group that has no alerts any more.
    GroupGone(GroupId),
    /// Alerts that have ended and left their group.
    Settled(GroupId, Vec<(Fingerprint, Posting)>),
}

/// What is kept of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GroupTimer {
    pub(crate) next_flush_ms: i64,
    pub(crate) has_flushed: bool,
    /// Notifications were under way, and nobody knows what became of them.
    pub(crate) in_flight: bool,
}

impl Record {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        match self {
            Record::Alerts(alerts) => put_all(&mut out, ALERTS, alerts, |out, alert| put_alert(out, alert)),
            Record::Silences(silences) => {
                put_all(&mut out, SILENCES, silences, |out, silence| put_silence(out, silence));
            }
            Record::Notified(entries) => put_all(&mut out, NOTIFIED, entries, put_notified),
            Record::Timers(timers) => put_all(&mut out, TIMERS, timers, |out, (id, timer)| {
                put_group(out, id);
                varint::put_signed(out, timer.next_flush_ms);
                let flag = |is_set: bool, flag: u8| if is_set { flag } else { 0 };
                out.push(flag(timer.has_flushed, FLAG_HAS_FLUSHED) | flag(timer.in_flight, FLAG_IN_FLIGHT));
            }),
            Record::GroupGone(id) => {
                out.push(GROUP_GONE);
                put_group(&mut out, id);
            }
            Record::Settled(id, alerts) => {
                out.push(SETTLED);
                put_group(&mut out, id);
                varint::put(&mut out, alerts.len() as u64);
                for (fingerprint, posting) in alerts {
                    out.extend_from_slice(&fingerprint.0.to_le_bytes());
                    varint::put_signed(&mut out, posting.updated_at_ms);
                    varint::put_signed(&mut out, posting.ends_at_ms);
                }
            }
        }
        out
    }

    /// Takes a record apart; `None` when it makes no sense although its checksum is right.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Record> {
        let mut reader = Reader::new(bytes);
        let record = match reader.byte()? {
            ALERTS => Record::Alerts(take_all(&mut reader, |reader| take_alert(reader).map(Arc::new))?),
            SILENCES => Record::Silences(take_all(&mut reader, |reader| take_silence(reader).map(Arc::new))?),
            NOTIFIED => Record::Notified(take_all(&mut reader, take_notified)?),
            TIMERS => Record::Timers(take_all(&mut reader, take_timer)?),
            GROUP_GONE => Record::GroupGone(take_group(&mut reader)?),
            SETTLED => {
                let id = take_group(&mut reader)?;
                Record::Settled(id, take_all(&mut reader, take_settled)?)
            }
            _ => return None,
        };
        reader.is_empty().then_some(record)
    }
}

/// The length of a silence as it is written down.
pub(crate) fn silence_size_bytes(silence: &Silence) -> usize {
    let mut out = Vec::new();
    put_silence(&mut out, silence);
    out.len()
}

fn put_all<T>(out: &mut Vec<u8>, kind: u8, items: &[T], put: impl Fn(&mut Vec<u8>, &T)) {
    out.push(kind);
    varint::put(out, items.len() as u64);
    items.iter().for_each(|item| put(out, item));
}

fn take_all<T>(reader: &mut Reader<'_>, mut take: impl FnMut(&mut Reader<'_>) -> Option<T>) -> Option<Vec<T>> {
    let count = reader.count()?;
    // Every item has a byte at least, so a count that makes no sense does not reserve memory.
    let mut items = Vec::with_capacity(count.min(reader.rest().len()));
    for _ in 0..count {
        items.push(take(reader)?);
    }
    Some(items)
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    varint::put_bytes(out, text.as_bytes());
}

fn take_text(reader: &mut Reader<'_>) -> Option<String> {
    reader.text().map(ToOwned::to_owned)
}

fn put_texts(out: &mut Vec<u8>, texts: &BTreeMap<String, String>) {
    varint::put(out, texts.len() as u64);
    for (name, value) in texts {
        put_text(out, name);
        put_text(out, value);
    }
}

fn take_texts(reader: &mut Reader<'_>) -> Option<BTreeMap<String, String>> {
    let pairs = take_all(reader, |reader| Some((take_text(reader)?, take_text(reader)?)))?;
    Some(pairs.into_iter().collect())
}

fn take_labels(reader: &mut Reader<'_>) -> Option<Labels> {
    Labels::from_bytes(reader.bytes()?).ok()
}

fn put_alert(out: &mut Vec<u8>, alert: &Alert) {
    varint::put_bytes(out, alert.labels.as_bytes());
    put_texts(out, &alert.annotations);
    for at_ms in [alert.starts_at_ms, alert.ends_at_ms, alert.updated_at_ms] {
        varint::put_signed(out, at_ms);
    }
    put_text(out, &alert.generator_url);
    out.push(u8::from(alert.is_timeout));
}

fn take_alert(reader: &mut Reader<'_>) -> Option<Alert> {
    Some(Alert {
        labels: take_labels(reader)?,
        annotations: Annotations::new(take_texts(reader)?),
        starts_at_ms: reader.signed()?,
        ends_at_ms: reader.signed()?,
        updated_at_ms: reader.signed()?,
        generator_url: take_text(reader)?,
        is_timeout: take_bool(reader)?,
    })
}

fn take_bool(reader: &mut Reader<'_>) -> Option<bool> {
    match reader.byte()? {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    }
}

const OPS: [MatchOp; 4] = [MatchOp::Equal, MatchOp::NotEqual, MatchOp::Regex, MatchOp::NotRegex];

fn put_silence(out: &mut Vec<u8>, silence: &Silence) {
    put_text(out, &silence.id);
    varint::put(out, silence.matcher_sets.len() as u64);
    for set in &silence.matcher_sets {
        varint::put(out, set.len() as u64);
        for matcher in set {
            let op = OPS.iter().position(|op| *op == matcher.op()).unwrap_or_default();
            out.push(op as u8);
            put_text(out, matcher.name());
            put_text(out, matcher.value());
        }
    }
    for at_ms in [silence.starts_at_ms, silence.ends_at_ms, silence.updated_at_ms] {
        varint::put_signed(out, at_ms);
    }
    put_text(out, &silence.created_by);
    put_text(out, &silence.comment);
    put_texts(out, &silence.annotations);
}

fn take_silence(reader: &mut Reader<'_>) -> Option<Silence> {
    let take_matcher = |reader: &mut Reader<'_>| {
        let op = OPS.get(usize::from(reader.byte()?)).copied()?;
        Matcher::new(op, reader.text()?, reader.text()?).ok()
    };
    Some(Silence {
        id: take_text(reader)?,
        matcher_sets: take_all(reader, |reader| take_all(reader, take_matcher))?,
        starts_at_ms: reader.signed()?,
        ends_at_ms: reader.signed()?,
        updated_at_ms: reader.signed()?,
        created_by: take_text(reader)?,
        comment: take_text(reader)?,
        annotations: take_texts(reader)?,
    })
}

fn put_notified(out: &mut Vec<u8>, (key, entry): &(LogKey, Logged)) {
    put_text(out, &key.group_key);
    put_text(out, &key.integration.receiver);
    put_text(out, &key.integration.kind);
    varint::put(out, u64::from(key.integration.index));
    varint::put_signed(out, entry.sets.at_ms);
    varint::put_signed(out, entry.expires_at_ms);
    for hashes in [&entry.sets.firing, &entry.sets.resolved] {
        varint::put(out, hashes.len() as u64);
        hashes.iter().for_each(|hash| out.extend_from_slice(&hash.to_le_bytes()));
    }
    varint::put(out, entry.receiver_data.len() as u64);
    for (name, value) in &entry.receiver_data {
        put_text(out, name);
        match value {
            DataValue::Text(text) => {
                out.push(0);
                put_text(out, text);
            }
            DataValue::Integer(number) => {
                out.push(1);
                varint::put_signed(out, *number);
            }
            DataValue::Float(number) => {
                out.push(2);
                out.extend_from_slice(&number.to_bits().to_le_bytes());
            }
        }
    }
}

fn take_notified(reader: &mut Reader<'_>) -> Option<(LogKey, Logged)> {
    let group_key = reader.text()?.into();
    let integration =
        Arc::new(Integration { receiver: take_text(reader)?, kind: take_text(reader)?, index: reader.small()? });
    let (at_ms, expires_at_ms) = (reader.signed()?, reader.signed()?);
    let (firing, resolved) = (take_hashes(reader)?, take_hashes(reader)?);
    let data = take_all(reader, |reader| {
        let name = take_text(reader)?;
        let value = match reader.byte()? {
            0 => DataValue::Text(take_text(reader)?),
            1 => DataValue::Integer(reader.signed()?),
            2 => DataValue::Float(f64::from_bits(reader.u64()?)),
            _ => return None,
        };
        Some((name, value))
    })?;
    let receiver_data: ReceiverData = data.into_iter().collect();
    let sets = LoggedSets { firing, resolved, at_ms };
    Some((LogKey { group_key, integration }, Logged { sets, receiver_data, expires_at_ms }))
}

/// Hashes are sorted, as they are looked up by halving.
fn take_hashes(reader: &mut Reader<'_>) -> Option<Vec<u64>> {
    let count = reader.count()?;
    let mut hashes = Vec::with_capacity(count.min(reader.rest().len()));
    for _ in 0..count {
        hashes.push(reader.u64()?);
    }
    hashes.is_sorted().then_some(hashes)
}

fn put_group(out: &mut Vec<u8>, id: &GroupId) {
    put_text(out, &id.route);
    varint::put_bytes(out, id.labels.as_bytes());
}

fn take_group(reader: &mut Reader<'_>) -> Option<GroupId> {
    Some(GroupId { route: reader.text()?.into(), labels: take_labels(reader)? })
}

fn take_settled(reader: &mut Reader<'_>) -> Option<(Fingerprint, Posting)> {
    let fingerprint = Fingerprint(reader.u64()?);
    Some((fingerprint, Posting { updated_at_ms: reader.signed()?, ends_at_ms: reader.signed()? }))
}

fn take_timer(reader: &mut Reader<'_>) -> Option<(GroupId, GroupTimer)> {
    let id = take_group(reader)?;
    let next_flush_ms = reader.signed()?;
    let flags = reader.byte()?;
    if flags & !(FLAG_HAS_FLUSHED | FLAG_IN_FLIGHT) != 0 {
        return None;
    }
    let (has_flushed, in_flight) = (flags & FLAG_HAS_FLUSHED != 0, flags & FLAG_IN_FLIGHT != 0);
    Some((id, GroupTimer { next_flush_ms, has_flushed, in_flight }))
}

#[cfg(test)]
mod tests;
