//! What recognises a retry: tokens of batches, and where the lines of sources end.

use std::collections::VecDeque;

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};
use storage::logs::{SourceId, SourceRange};
use storage::{BatchToken, TenantId};

use durable::varint::{self, Reader};

/// Tokens that are remembered; the oldest are forgotten first.
const MAX_TOKENS: usize = 1 << 16;
/// Tokens are forgotten after this time: nobody retries for that long.
const TOKEN_AGE_MS: i64 = 3_600_000;
/// Sources that are remembered; those that said nothing for longest are forgotten first.
const MAX_SOURCES: usize = 100_000;

/// Kept in memory, and written to the beginning of each file of the log.
#[derive(Debug, Default)]
pub(crate) struct Retries {
    tokens: HashSet<(TenantId, BatchToken), RandomState>,
    /// Oldest first, each with the time it came at.
    order: VecDeque<(i64, TenantId, BatchToken)>,
    ends: HashMap<(TenantId, SourceId), End, RandomState>,
}

#[derive(Clone, Copy, Debug)]
struct End {
    to: u64,
    touched_ms: i64,
}

impl Retries {
    /// Whether the batch was acknowledged before.
    pub(crate) fn knows(&self, tenant: TenantId, token: Option<BatchToken>, source: Option<SourceRange>) -> bool {
        let by_token = token.is_some_and(|token| self.tokens.contains(&(tenant, token)));
        by_token || source.is_some_and(|range| self.end(tenant, range.source).is_some_and(|end| range.to <= end))
    }

    pub(crate) fn end(&self, tenant: TenantId, source: SourceId) -> Option<u64> {
        self.ends.get(&(tenant, source)).map(|end| end.to)
    }

    pub(crate) fn remember(
        &mut self,
        tenant: TenantId,
        token: Option<BatchToken>,
        source: Option<SourceRange>,
        now_ms: i64,
    ) {
        if let Some(token) = token {
            self.remember_token(tenant, token, now_ms);
        }
        if let Some(range) = source {
            self.remember_end(tenant, range.source, range.to, now_ms);
        }
    }

    fn remember_token(&mut self, tenant: TenantId, token: BatchToken, now_ms: i64) {
        if !self.tokens.insert((tenant, token)) {
            return;
        }
        self.order.push_back((now_ms, tenant, token));
        while self.order.len() > MAX_TOKENS {
            self.forget_oldest_token();
        }
    }

    fn forget_oldest_token(&mut self) {
        if let Some((_, tenant, token)) = self.order.pop_front() {
            self.tokens.remove(&(tenant, token));
        }
    }

    fn remember_end(&mut self, tenant: TenantId, source: SourceId, to: u64, now_ms: i64) {
        let end = self.ends.entry((tenant, source)).or_insert(End { to, touched_ms: now_ms });
        *end = End { to: end.to.max(to), touched_ms: now_ms };
        if self.ends.len() > MAX_SOURCES {
            let mut times: Vec<i64> = self.ends.values().map(|end| end.touched_ms).collect();
            let (_, &mut oldest_ms, _) = times.select_nth_unstable(MAX_SOURCES / 10);
            self.ends.retain(|key, end| end.touched_ms > oldest_ms || *key == (tenant, source));
        }
    }

    /// Forgets tokens that are too old to come again.
    pub(crate) fn forget_old(&mut self, now_ms: i64) {
        while self.order.front().is_some_and(|(time_ms, ..)| now_ms.saturating_sub(*time_ms) > TOKEN_AGE_MS) {
            self.forget_oldest_token();
        }
        if self.order.len() * 4 < self.order.capacity() {
            self.order.shrink_to_fit();
            self.tokens.shrink_to_fit();
        }
    }

    /// Everything, for a checkpoint.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        varint::put(out, self.order.len() as u64);
        for (_, tenant, token) in &self.order {
            varint::put(out, u64::from(tenant.0));
            out.extend_from_slice(&token.0.to_le_bytes());
        }
        varint::put(out, self.ends.len() as u64);
        for ((tenant, source), end) in &self.ends {
            varint::put(out, u64::from(tenant.0));
            out.extend_from_slice(&source.0.to_le_bytes());
            varint::put(out, end.to);
        }
    }

    /// Takes in what a checkpoint holds.
    pub(crate) fn decode(&mut self, reader: &mut Reader<'_>, now_ms: i64) -> Option<()> {
        for _ in 0..reader.count()? {
            let (tenant, token) = (TenantId(reader.small()?), BatchToken(reader.u128()?));
            self.remember_token(tenant, token, now_ms);
        }
        for _ in 0..reader.count()? {
            let (tenant, source) = (TenantId(reader.small()?), SourceId(reader.u128()?));
            let to = reader.varint()?;
            self.remember_end(tenant, source, to, now_ms);
        }
        Some(())
    }
}
