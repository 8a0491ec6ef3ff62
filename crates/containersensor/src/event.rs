//! What happens to containers.

use std::sync::Arc;

use crate::{Container, Health};

/// Something that happened to a container. Events are transitions of what is known, so they are the same whether a socket tells or files do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When, by the runtime where it tells, in nanoseconds since the epoch. Rises strictly with each event of one container.
    pub time_ns: i64,
    /// The container right after it.
    pub container: Arc<Container>,
    /// What happened.
    pub kind: EventKind,
}

/// The kinds of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// It is there.
    Created,
    /// A run began.
    Started,
    /// A run ended; how, stands in the container.
    Exited,
    /// The kernel ended a process of it for want of memory.
    Oom,
    /// Its restart policy starts it again; how often by now, stands in the container.
    Restarting,
    /// It was frozen.
    Paused,
    /// It goes on.
    Unpaused,
    /// Its health check says something else than before.
    Health(Health),
    /// It has another name.
    Renamed {
        /// The name before.
        from: String,
    },
    /// It is gone.
    Removed,
}
