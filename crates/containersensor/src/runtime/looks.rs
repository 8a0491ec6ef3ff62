//! Which containers are to be inspected, and when.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::registry::End;

/// After an event's inspection comes another: what the daemon tells at first may be from before its restart policy acted, or before it wrote down what
/// a health check said.
pub(super) const SECOND_LOOK: Duration = Duration::from_millis(700);
/// When an inspection failed.
pub(super) const RETRY: Duration = Duration::from_secs(2);

/// Containers about which something is to be found out.
#[derive(Debug, Default)]
pub(super) struct Looks {
    wanted: BTreeMap<String, Look>,
}

/// What is wanted of one container.
#[derive(Clone, Copy, Debug, Default)]
struct Look {
    at_once: bool,
    /// A later look.
    due: Option<Instant>,
    in_flight: bool,
    at_ns: Option<i64>,
    end: Option<End>,
}

/// What is known of an inspection from the event that asked for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Hint {
    /// The event's time.
    pub(super) at_ns: Option<i64>,
    /// How a run ended.
    pub(super) end: Option<End>,
}

impl Looks {
    /// Looks at once, and once more.
    pub(super) fn look(&mut self, id: &str, at_ns: i64, now: Instant) {
        let look = self.wanted.entry(id.to_owned()).or_default();
        look.at_once = true;
        look.at_ns = Some(at_ns);
        look.due = Some(now + SECOND_LOOK);
    }

    /// Looks later.
    pub(super) fn look_at(&mut self, id: &str, due: Instant) {
        let look = self.wanted.entry(id.to_owned()).or_default();
        look.due = Some(look.due.map_or(due, |known| known.min(due)));
    }

    /// Remembers how a run ended, until the last look has been taken.
    pub(super) fn ended(&mut self, id: &str, end: End) {
        self.wanted.entry(id.to_owned()).or_default().end = Some(end);
    }

    /// What is known of a container's last end.
    pub(super) fn end(&self, id: &str) -> Option<End> {
        self.wanted.get(id).and_then(|look| look.end)
    }

    /// It is gone: an answer on its way is of no use.
    pub(super) fn forget(&mut self, id: &str) {
        self.wanted.remove(id);
    }

    /// Takes those that are to be inspected now; one container is not inspected twice at the same time.
    pub(super) fn take(&mut self, now: Instant, at_most: usize) -> Vec<String> {
        let due = |look: &Look| !look.in_flight && (look.at_once || look.due.is_some_and(|due| due <= now));
        let mut ids = Vec::new();
        for (id, look) in self.wanted.iter_mut().filter(|(_, look)| due(look)).take(at_most) {
            look.at_once = false;
            look.in_flight = true;
            look.due = look.due.filter(|due| *due > now);
            ids.push(id.clone());
        }
        ids
    }

    /// An answer came: what is known of it from its event; none when nobody waits for it any more.
    pub(super) fn answered(&mut self, id: &str) -> Option<Hint> {
        let look = self.wanted.get_mut(id)?;
        look.in_flight = false;
        let hint = Hint { at_ns: look.at_ns, end: look.end };
        if !look.at_once && look.due.is_none() {
            self.wanted.remove(id);
        } else {
            // A later look is not about the event's time.
            look.at_ns = look.at_ns.filter(|_| look.at_once);
        }
        Some(hint)
    }

    /// When the next look is due, if nothing else happens.
    pub(super) fn next_due(&self) -> Option<Instant> {
        self.wanted.values().filter(|look| !look.in_flight).filter_map(|look| look.due).min()
    }
}
