//! Silences are made, changed and ended.

use std::sync::Arc;

use crate::log::{Record, silence_size_bytes};
use crate::silence::{PlanContext, Silence, SilenceDraft, SilenceError, SilenceState};

use super::AlertManager;

impl AlertManager {
    /// Makes a silence, or changes one; a silence whose past would change ends, and another takes its place. Returns the id of the silence
    /// that then holds, which survives a crash.
    ///
    /// # Errors
    /// When it makes no sense, is about no silence, is one too many, or cannot be written down.
    pub fn set_silence(&mut self, draft: &SilenceDraft, now_ms: i64) -> Result<String, SilenceError> {
        let entropy = &mut self.options.entropy;
        let mut context = PlanContext {
            syntax: self.options.syntax,
            limits: self.options.silence_limits,
            new_id: &mut || entropy.uuid(),
            size_bytes: silence_size_bytes,
        };
        let plan = self.state.silences.plan(draft, now_ms, &mut context)?;
        let id = plan.last().map(|silence| silence.id.clone()).unwrap_or_default();
        self.put_silences(plan)?;
        Ok(id)
    }

    /// Ends a silence; one that has ended stays as it is.
    ///
    /// # Errors
    /// When there is none of this id, or the change cannot be written down.
    pub fn expire_silence(&mut self, id: &str, now_ms: i64) -> Result<(), SilenceError> {
        let silence = self.state.silences.get(id).ok_or(SilenceError::NotFound)?;
        if silence.state_at(now_ms) == SilenceState::Expired {
            return Ok(());
        }
        let ended = silence.ended_at(now_ms);
        self.put_silences(vec![ended])
    }

    /// All silences with their states, as upstream lists them: active ones by their end, pending ones by their start, ended ones latest
    /// first.
    #[must_use]
    pub fn silences(&self, now_ms: i64) -> Vec<(SilenceState, Arc<Silence>)> {
        self.state.silences.listed(now_ms)
    }

    /// One silence.
    #[must_use]
    pub fn silence(&self, id: &str) -> Option<&Arc<Silence>> {
        self.state.silences.get(id)
    }

    fn put_silences(&mut self, silences: Vec<Silence>) -> Result<(), SilenceError> {
        let record = Record::Silences(silences.into_iter().map(Arc::new).collect());
        self.write_safely(&record)?;
        if let Record::Silences(silences) = record {
            silences.into_iter().for_each(|silence| self.state.silences.put(Arc::unwrap_or_clone(silence)));
        }
        Ok(())
    }
}
