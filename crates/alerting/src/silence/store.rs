//! All silences. Changes are planned first, so that they can be written down before they hold.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::Labels;

use super::{Silence, SilenceDraft, SilenceError, SilenceState};
use crate::matcher::Syntax;

/// How many silences there may be, and how large one may be; 0 for any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SilenceLimits {
    /// Silences, ended ones among them.
    pub max_silences: usize,
    /// Bytes of one as it is written down.
    pub max_silence_bytes: usize,
}

/// The silences by their ids.
#[derive(Clone, Debug, Default)]
pub(crate) struct Silences {
    by_id: BTreeMap<String, Arc<Silence>>,
}

impl Silences {
    /// Puts a silence in the place of the one with its id.
    pub(crate) fn put(&mut self, silence: Silence) {
        self.by_id.insert(silence.id.clone(), Arc::new(silence));
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Arc<Silence>> {
        self.by_id.get(id)
    }

    /// In the order of their ids.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Silence>> {
        self.by_id.values()
    }

    /// Forgets what ended longer ago than `retention_ms`.
    pub(crate) fn forget(&mut self, now_ms: i64, retention_ms: i64) {
        self.by_id.retain(|_, silence| silence.ends_at_ms.saturating_add(retention_ms) > now_ms);
    }

    /// The ids of the silences that keep an alert back now, sorted.
    pub(crate) fn silencing(&self, labels: &Labels, now_ms: i64) -> Vec<String> {
        self.iter()
            .filter(|silence| silence.state_at(now_ms) == SilenceState::Active && silence.matches(labels))
            .map(|silence| silence.id.clone())
            .collect()
    }

    /// All silences as upstream lists them: active ones by their end, pending ones by their start, ended ones latest first.
    pub(crate) fn listed(&self, now_ms: i64) -> Vec<(SilenceState, Arc<Silence>)> {
        let mut listed: Vec<_> = self.iter().map(|silence| (silence.state_at(now_ms), Arc::clone(silence))).collect();
        listed.sort_by_key(|(state, silence)| {
            let rank = match state {
                SilenceState::Active => silence.ends_at_ms,
                SilenceState::Pending => silence.starts_at_ms,
                SilenceState::Expired => -silence.ends_at_ms,
            };
            (*state, rank)
        });
        listed
    }

    /// What has to be put so that a draft is fulfilled, the wanted silence last. A silence whose past would change ends, and a new one
    /// takes its place.
    ///
    /// # Errors
    /// When the draft makes no sense, is about no silence, or is one too many.
    pub(crate) fn plan(
        &self,
        draft: &SilenceDraft,
        now_ms: i64,
        context: &mut PlanContext<'_>,
    ) -> Result<Vec<Silence>, SilenceError> {
        let mut draft = draft.clone();
        draft.starts_at_ms.get_or_insert(now_ms);
        let mut wanted = draft.check(context.syntax).map_err(SilenceError::Invalid)?;
        wanted.updated_at_ms = now_ms;
        let before = match wanted.id.as_str() {
            "" => None,
            id => Some(self.get(id).ok_or(SilenceError::NotFound)?),
        };
        if before.is_some_and(|before| before.can_become(&wanted, now_ms)) {
            context.check_size(&wanted)?;
            return Ok(vec![wanted]);
        }
        let max = context.limits.max_silences;
        if max > 0 && self.by_id.len() >= max {
            let n = self.by_id.len();
            return Err(SilenceError::Limit(format!("exceeded maximum number of silences: {n} (limit: {max})")));
        }
        wanted.id = (context.new_id)();
        wanted.starts_at_ms = wanted.starts_at_ms.max(now_ms);
        wanted.ends_at_ms = wanted.ends_at_ms.max(wanted.starts_at_ms);
        context.check_size(&wanted)?;
        let ended = before.filter(|before| before.state_at(now_ms) != SilenceState::Expired);
        Ok(ended.map(|before| before.ended_at(now_ms)).into_iter().chain([wanted]).collect())
    }
}

/// What planning needs besides the silences.
pub(crate) struct PlanContext<'a> {
    pub(crate) syntax: Syntax,
    pub(crate) limits: SilenceLimits,
    pub(crate) new_id: &'a mut dyn FnMut() -> String,
    pub(crate) size_bytes: fn(&Silence) -> usize,
}

impl PlanContext<'_> {
    fn check_size(&self, silence: &Silence) -> Result<(), SilenceError> {
        let (size, max) = ((self.size_bytes)(silence), self.limits.max_silence_bytes);
        if max == 0 || size <= max {
            return Ok(());
        }
        Err(SilenceError::Limit(format!("silence exceeded maximum size: {size} bytes (limit: {max} bytes)")))
    }
}
