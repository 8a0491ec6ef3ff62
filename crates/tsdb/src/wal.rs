//! The write-ahead log of a generation: one record per batch.
//!
//! A record names its group and series by the numbers that this log gave them; a series or group that the log does not know yet is spelt out
//! first. Values are the XOR with the series' last value before the batch, of which only the bytes that differ are kept. What the
//! numbers and last values are follows from the records before, so reading stops at the first damaged record. See `docs/format/wal.md`.

use std::path::{Path, PathBuf};

use storage::{BatchToken, TimeRange};

use crate::head::{Accepted, Head, NOT_LOGGED, RowInput};
use durable::varint::{self, Reader};

pub(crate) const MAGIC: [u8; 8] = *b"MenaraWL";
pub(crate) const VERSION: u32 = 1;
const FLAG_TOKEN: u8 = 1;
/// The record holds nothing but tokens of earlier batches.
const ONLY_TOKENS: u8 = 2;

/// The log file of a generation.
pub(crate) fn path(dir: &Path, generation: u64) -> PathBuf {
    dir.join(format!("{generation:010}.wal"))
}

/// The generation of a log file's name.
pub(crate) fn generation_of(name: &Path) -> Option<u64> {
    name.to_str()?.strip_suffix(".wal")?.parse().ok()
}

/// Encodes a batch. Series and groups that are not logged yet get the next numbers, which [`mark_logged`] makes valid
/// once the record is written.
pub(crate) fn encode(head: &Head, group: u32, accepted: &Accepted) -> Vec<u8> {
    let generation = &head.active;
    let mut out = Vec::with_capacity(64 + accepted.rows.len() * 4);
    out.push(if accepted.token.is_some() { FLAG_TOKEN } else { 0 });
    if let Some(token) = accepted.token {
        out.extend_from_slice(&token.0.to_le_bytes());
    }
    let group = &generation.groups[group as usize];
    if group.logged_as == NOT_LOGGED {
        varint::put(&mut out, u64::from(generation.n_logged_groups));
        varint::put(&mut out, group.name.len() as u64);
        out.extend_from_slice(group.name.as_bytes());
    } else {
        varint::put(&mut out, u64::from(group.logged_as));
    }
    put_times(&mut out, &accepted.times_ms);
    let numbers = put_new_series(&mut out, head, accepted);
    put_rows(&mut out, head, accepted, &numbers);
    out
}

/// Encodes the tokens remembered, so that retries are recognised across a seal and a restart. `None` without any.
pub(crate) fn encode_tokens(head: &Head) -> Option<Vec<u8>> {
    let tokens = head.tokens();
    if tokens.len() == 0 {
        return None;
    }
    let mut out = vec![ONLY_TOKENS];
    varint::put(&mut out, tokens.len() as u64);
    tokens.for_each(|token| out.extend_from_slice(&token.0.to_le_bytes()));
    Some(out)
}

/// Takes note of what the record just written has spelt out.
pub(crate) fn mark_logged(head: &mut Head, group: u32, accepted: &Accepted) {
    let generation = &mut head.active;
    let group = &mut generation.groups[group as usize];
    if group.logged_as == NOT_LOGGED {
        group.logged_as = generation.n_logged_groups;
        generation.n_logged_groups += 1;
    }
    for row in &accepted.rows {
        let slot = row.input.slot as usize;
        if generation.series.len() <= slot {
            generation.series.resize_with(slot + 1, Default::default);
        }
        if generation.series[slot].logged_as == NOT_LOGGED {
            generation.series[slot].logged_as = generation.n_logged_series;
            generation.n_logged_series += 1;
        }
    }
}

fn put_times(out: &mut Vec<u8>, times_ms: &[i64]) {
    varint::put(out, times_ms.len() as u64);
    let mut previous = 0;
    for &time_ms in times_ms {
        varint::put_signed(out, time_ms.wrapping_sub(previous));
        previous = time_ms;
    }
}

/// Spells out new series; returns the log number of each row's series.
fn put_new_series(out: &mut Vec<u8>, head: &Head, accepted: &Accepted) -> Vec<u32> {
    let mut next = head.active.n_logged_series;
    let mut new: hashbrown::HashMap<u32, u32, foldhash::fast::RandomState> = hashbrown::HashMap::default();
    let mut spelt = Vec::new();
    let mut numbers = Vec::with_capacity(accepted.rows.len());
    for row in &accepted.rows {
        let slot = row.input.slot;
        let known = head.active.logged_as(slot);
        numbers.push(if known == NOT_LOGGED {
            *new.entry(slot).or_insert_with(|| {
                let labels = head.table.labels(slot);
                varint::put(&mut spelt, labels.as_bytes().len() as u64);
                spelt.extend_from_slice(labels.as_bytes());
                next += 1;
                next - 1
            })
        } else {
            known
        });
    }
    varint::put(out, new.len() as u64);
    out.extend_from_slice(&spelt);
    numbers
}

fn put_rows(out: &mut Vec<u8>, head: &Head, accepted: &Accepted, numbers: &[u32]) {
    varint::put(out, accepted.rows.len() as u64);
    let mut expected = 0i64;
    for (row, &number) in accepted.rows.iter().zip(numbers) {
        varint::put_signed(out, i64::from(number) - expected);
        expected = i64::from(number) + 1;
        if accepted.times_ms.len() > 1 {
            varint::put(out, u64::from(row.input.time));
        }
        put_value(out, row.input.value_bits ^ last_bits(head, row.input.slot));
    }
}

/// A byte with the number of significant bytes (high half) and of zero bytes below them (low half), then the significant bytes.
fn put_value(out: &mut Vec<u8>, xor: u64) {
    if xor == 0 {
        return out.push(0);
    }
    let low_zeros = xor.trailing_zeros() / 8;
    let significant = 8 - xor.leading_zeros() / 8 - low_zeros;
    out.push((significant << 4 | low_zeros) as u8);
    let bytes = (xor >> (8 * low_zeros)).to_le_bytes();
    out.extend_from_slice(&bytes[..significant as usize]);
}

fn last_bits(head: &Head, slot: u32) -> u64 {
    head.active.series.get(slot as usize).map_or(0, |series| series.tail.last_bits())
}

/// Rebuilds a generation from its log.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    /// Log number to slot.
    slots: Vec<u32>,
    /// Log number to name.
    groups: Vec<String>,
}

/// A batch read back.
#[derive(Debug)]
struct DecodedBatch {
    group: usize,
    token: Option<BatchToken>,
    times_ms: Vec<i64>,
    rows: Vec<RowInput>,
}

impl Decoder {
    /// Does to the head what the record says, as it was done when the record was written. `None` when it makes no sense although
    /// its checksum is right; the head is then as it was, apart from series without samples.
    pub(crate) fn replay(&mut self, record: &[u8], head: &mut Head) -> Option<()> {
        let mut reader = Reader::new(record);
        let flags = reader.byte()?;
        if flags == ONLY_TOKENS {
            for _ in 0..reader.count()? {
                head.remember_token(take_token(&mut reader)?);
            }
            return reader.is_empty().then_some(());
        }
        let batch = self.decode(flags, reader, head)?;
        let plan = head.plan(&self.groups[batch.group], batch.token, &batch.times_ms, &batch.rows, TimeRange::ALL);
        head.apply(plan.group, &plan.accepted);
        self.mark(head, plan.group, batch.group);
        Some(())
    }

    fn decode(&mut self, flags: u8, mut reader: Reader<'_>, head: &mut Head) -> Option<DecodedBatch> {
        let token = match flags {
            0 => None,
            FLAG_TOKEN => Some(take_token(&mut reader)?),
            _ => return None,
        };
        let group = self.group(&mut reader)?;
        let times_ms = take_times(&mut reader)?;
        self.take_new_series(&mut reader, head)?;
        let rows = self.take_rows(&mut reader, head, times_ms.len())?;
        reader.is_empty().then_some(DecodedBatch { group, token, times_ms, rows })
    }

    /// Gives series and groups the numbers that they have in the log.
    fn mark(&self, head: &mut Head, group: u32, logged_as: usize) {
        let generation = &mut head.active;
        generation.groups[group as usize].logged_as = logged_as as u32;
        generation.n_logged_groups = self.groups.len() as u32;
        for number in generation.n_logged_series..self.slots.len() as u32 {
            let slot = self.slots[number as usize] as usize;
            if generation.series.len() <= slot {
                generation.series.resize_with(slot + 1, Default::default);
            }
            generation.series[slot].logged_as = number;
        }
        generation.n_logged_series = self.slots.len() as u32;
    }

    fn group(&mut self, reader: &mut Reader<'_>) -> Option<usize> {
        let number = reader.count()?;
        if number == self.groups.len() {
            self.groups.push(reader.text()?.to_owned());
        }
        (number < self.groups.len()).then_some(number)
    }

    fn take_new_series(&mut self, reader: &mut Reader<'_>, head: &mut Head) -> Option<()> {
        for _ in 0..reader.count()? {
            let len = reader.count()?;
            let labels = reader.take(len)?;
            let hash = head.table.hash(labels);
            let (slot, _) = head.table.insert(hash, labels).ok()?;
            self.slots.push(slot);
        }
        Some(())
    }

    fn take_rows(&self, reader: &mut Reader<'_>, head: &Head, n_times: usize) -> Option<Vec<RowInput>> {
        let n_rows = reader.count()?;
        let mut rows = Vec::with_capacity(n_rows.min(reader.rest().len()));
        let mut expected = 0i64;
        for _ in 0..n_rows {
            let number = expected.checked_add(reader.signed()?)?;
            expected = number.checked_add(1)?;
            let slot = *self.slots.get(usize::try_from(number).ok()?)?;
            let time = if n_times > 1 { u32::try_from(reader.varint()?).ok()? } else { 0 };
            if time as usize >= n_times {
                return None;
            }
            let value_bits = take_value(reader)? ^ last_bits(head, slot);
            rows.push(RowInput { slot, time, value_bits });
        }
        Some(rows)
    }
}

fn take_token(reader: &mut Reader<'_>) -> Option<BatchToken> {
    Some(BatchToken(u128::from_le_bytes(reader.take(16)?.try_into().ok()?)))
}

fn take_times(reader: &mut Reader<'_>) -> Option<Vec<i64>> {
    let n = reader.count()?;
    let mut times_ms = Vec::with_capacity(n.min(reader.rest().len()));
    let mut previous = 0i64;
    for _ in 0..n {
        previous = previous.wrapping_add(reader.signed()?);
        times_ms.push(previous);
    }
    times_ms.windows(2).all(|pair| pair[0] < pair[1]).then_some(times_ms)
}

fn take_value(reader: &mut Reader<'_>) -> Option<u64> {
    let shape = reader.byte()?;
    let (significant, low_zeros) = (usize::from(shape >> 4), usize::from(shape & 15));
    if significant + low_zeros > 8 {
        return None;
    }
    let mut bytes = [0; 8];
    bytes[low_zeros..low_zeros + significant].copy_from_slice(reader.take(significant)?);
    Some(u64::from_le_bytes(bytes))
}
