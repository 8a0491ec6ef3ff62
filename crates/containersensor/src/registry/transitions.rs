//! What happened between two sightings of a container.

use crate::{Container, EventKind, Health, State};

/// Two sightings of a run differ less than this in its start, when one of them only estimates it.
const SAME_RUN_MS: i64 = 2_000;
/// An out-of-memory event and the end that follows from it are this close at most.
const SAME_OOM_NS: i64 = 5_000_000_000;
/// What a process that was killed leaves.
const KILLED: i64 = 137;

/// What a source tells of a container at some time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sighting {
    /// As it is now. `starts` does not count.
    pub(crate) container: Container,
    /// When that was so, in nanoseconds since the epoch.
    pub(crate) at_ns: i64,
    /// How a run ended that may be over, and followed by another, in what is told.
    pub(crate) end: Option<End>,
    /// Whether the source knows little: times are estimates, and what it leaves empty stays as it was.
    pub(crate) rough: bool,
}

/// The end of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) exit_code: Option<i64>,
    pub(crate) oom: bool,
    pub(crate) time_ns: i64,
}

/// What is remembered of a container beside itself.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Memory {
    /// The last event's time.
    pub(super) event_ns: i64,
    /// The last out-of-memory event's time.
    pub(super) oom_ns: i64,
    /// When the kernel killed one of its processes before anybody told of the container.
    pub(super) early_oom_ns: i64,
    /// Whether times are estimates.
    pub(super) rough: bool,
}

/// An event with the container right after it.
pub(super) type Step = (i64, Container, EventKind);

/// The way from one sighting to the next.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    pub(super) memory: &'a mut Memory,
    pub(super) steps: Vec<Step>,
}

impl Walk<'_> {
    /// A container that was not there before.
    pub(super) fn appear(&mut self, seen: &Sighting) -> Container {
        let now = &seen.container;
        let created = Container {
            state: State::Created,
            health: Health::None,
            pid: None,
            exit_code: None,
            oom_killed: false,
            started_ms: None,
            finished_ms: None,
            restarts: now.restarts.map(|_| 0),
            starts: 0,
            ..now.clone()
        };
        let time_ns = now.created_ms.map_or(seen.at_ns, ns);
        self.memory.rough = seen.rough;
        self.push(time_ns, &created, EventKind::Created);
        self.pass(&created, seen)
    }

    /// A container that was there before anybody looked: no events.
    pub(super) fn settle(&mut self, seen: &Sighting) -> Container {
        self.memory.rough = seen.rough;
        let mut now = seen.container.clone();
        if now.state.is_alive() {
            now.exit_code = None;
            now.oom_killed = false;
        } else {
            now.pid = None;
            now.health = Health::None;
        }
        now
    }

    /// A container that was there before.
    pub(super) fn pass(&mut self, old: &Container, seen: &Sighting) -> Container {
        let mut now = seen.container.clone();
        now.starts = old.starts;
        if seen.rough {
            keep(old, &mut now);
        }
        let same = same_run(old, &now, seen.rough || self.memory.rough);
        if seen.rough && same {
            now.started_ms = old.started_ms.or(now.started_ms);
            now.pid = now.pid.or(old.pid);
        } else if seen.rough {
            now.started_ms = now.started_ms.or(Some(seen.at_ns / 1_000_000));
        }
        let exact = !seen.rough && !self.memory.rough;
        self.memory.rough = seen.rough;

        let mut last = old.clone();
        if old.name != now.name {
            last.name.clone_from(&now.name);
            self.push(seen.at_ns, &last, EventKind::Renamed { from: old.name.clone() });
        }
        let restarts = Restarts::between(old, &now, same);
        if !same {
            last = self.next_run(last, &mut now, seen, restarts, exact);
        }
        self.within_run(last, now, seen, restarts, same)
    }

    /// The run in `now` is another than that of `last`: ends the one and begins the other.
    fn next_run(
        &mut self,
        mut last: Container,
        now: &mut Container,
        seen: &Sighting,
        restarts: Restarts,
        exact: bool,
    ) -> Container {
        // The runtime's own time is that of the end before this run, unless this run ended as well.
        let finished_ms = now.finished_ms.filter(|_| now.state.is_alive());
        if last.state.is_alive() {
            let end = seen.end.filter(|end| last.started_ms.is_none_or(|started| end.time_ns >= ns(started)));
            let time_ns = finished_ms.map(ns).or(end.map(|end| end.time_ns)).unwrap_or(seen.at_ns);
            last = self.end(last, end, time_ns);
        } else if exact && finished_ms.is_some() && finished_ms != last.finished_ms {
            // A whole run was missed: how it ended is not known.
            (last.exit_code, last.oom_killed, last.finished_ms) = (None, false, finished_ms);
        }
        if restarts.before {
            last.state = State::Restarting;
            last.restarts = restarts.count.map(|count| count - u64::from(restarts.after));
            last.finished_ms = finished_ms.or(last.finished_ms);
            let time_ns = last.finished_ms.map_or(seen.at_ns, ns);
            self.push(time_ns, &last, EventKind::Restarting);
        }
        now.starts += 1;
        let begun = Container {
            state: State::Running,
            health: Health::None,
            exit_code: last.exit_code,
            oom_killed: last.oom_killed,
            finished_ms: last.finished_ms,
            ..now.clone()
        };
        let started_ns = now.started_ms.map_or(seen.at_ns, ns);
        if self.memory.oom_ns < started_ns {
            // Of the run before.
            self.memory.oom_ns = 0;
        }
        self.push(started_ns, &begun, EventKind::Started);
        begun
    }

    /// Both are of the same run.
    fn within_run(
        &mut self,
        last: Container,
        mut now: Container,
        seen: &Sighting,
        restarts: Restarts,
        same: bool,
    ) -> Container {
        let ended = last.state.is_alive() && !now.state.is_alive();
        if now.state.is_alive() {
            // What the runtime tells of a running container's last end is reset with its start.
            now.exit_code = last.exit_code;
            now.oom_killed = last.oom_killed;
            now.finished_ms = now.finished_ms.or(last.finished_ms);
        } else {
            now.pid = None;
            now.health = Health::None;
            let known = if ended { seen.end.and_then(|end| end.exit_code) } else { last.exit_code };
            now.exit_code = now.exit_code.or(known);
            now.oom_killed |= if ended { seen.end.is_some_and(|end| end.oom) } else { last.oom_killed };
            let end_ms =
                if ended { Some(seen.end.map_or(seen.at_ns, |end| end.time_ns) / 1_000_000) } else { last.finished_ms };
            now.finished_ms = now.finished_ms.or(end_ms);
        }
        if ended {
            let time_ns = now.finished_ms.map_or(seen.at_ns, ns);
            now.oom_killed |= self.ended_by_oom(now.exit_code, time_ns);
            let exited = Container { state: State::Exited, restarts: last.restarts, ..now.clone() };
            self.told_end(&exited, time_ns);
        }
        if restarts.after || (same && restarts.before && !now.state.is_alive()) {
            self.push(now.finished_ms.map_or(seen.at_ns, ns), &now, EventKind::Restarting);
        }
        match (last.state, now.state) {
            (State::Running, State::Paused) => self.push(seen.at_ns, &now, EventKind::Paused),
            (State::Paused, State::Running) => self.push(seen.at_ns, &now, EventKind::Unpaused),
            _ => {}
        }
        // Docker calls a container unhealthy while it is paused, because it is not checked; and a start is always `starting`.
        let checked = now.state == State::Running && last.state == State::Running;
        if checked && now.health != last.health && matches!(now.health, Health::Healthy | Health::Unhealthy) {
            self.push(seen.at_ns, &now, EventKind::Health(now.health));
        }
        now
    }

    /// A container that is not there any more.
    pub(super) fn vanish(&mut self, old: &Container, at_ns: i64, end: Option<End>) {
        let mut last = old.clone();
        if last.state.is_alive() {
            last = self.end(last, end, end.map_or(at_ns, |end| end.time_ns));
        }
        last.state = State::Removing;
        self.push(at_ns, &last, EventKind::Removed);
    }

    /// The kernel ended a process of a container. The container as it is known from then on.
    pub(super) fn oom(&mut self, container: &Container, at_ns: i64) -> Container {
        let mut now = container.clone();
        let repeated = at_ns.abs_diff(self.memory.oom_ns) < SAME_OOM_NS as u64;
        if !repeated {
            self.memory.oom_ns = at_ns;
        }
        if !now.state.is_alive()
            && now.finished_ms.is_some_and(|finished| self.ended_by_oom(now.exit_code, ns(finished)))
        {
            now.oom_killed = true;
        }
        if !repeated {
            self.push(at_ns, &now, EventKind::Oom);
        }
        now
    }

    /// Whether a run ended for want of memory though its runtime does not say so: it was killed, right when the kernel killed one of its processes. Docker
    /// misses it of a container that has just started, Podman with some monitors always.
    fn ended_by_oom(&self, exit_code: Option<i64>, time_ns: i64) -> bool {
        let kills = [self.memory.oom_ns, self.memory.early_oom_ns];
        exit_code == Some(KILLED)
            && kills.iter().any(|kill_ns| *kill_ns != 0 && time_ns.abs_diff(*kill_ns) < SAME_OOM_NS as u64)
    }

    /// Ends a run of which no sighting tells the end.
    fn end(&mut self, mut last: Container, end: Option<End>, time_ns: i64) -> Container {
        last.state = State::Exited;
        last.pid = None;
        last.health = Health::None;
        last.exit_code = end.and_then(|end| end.exit_code);
        last.oom_killed = end.is_some_and(|end| end.oom) || self.ended_by_oom(last.exit_code, time_ns);
        last.finished_ms = Some(time_ns / 1_000_000);
        self.told_end(&last, time_ns);
        last
    }

    fn told_end(&mut self, exited: &Container, time_ns: i64) {
        if exited.oom_killed {
            self.oom(exited, time_ns);
        }
        self.push(time_ns, exited, EventKind::Exited);
    }

    fn push(&mut self, time_ns: i64, container: &Container, kind: EventKind) {
        // A runtime may note a very short run's start after its end.
        let time_ns = time_ns.max(self.memory.event_ns.saturating_add(1));
        self.memory.event_ns = time_ns;
        self.steps.push((time_ns, container.clone(), kind));
    }
}

/// When the restart policy is told to have acted between two sightings.
#[derive(Clone, Copy, Debug, Default)]
struct Restarts {
    count: Option<u64>,
    /// Before the run of the second sighting (of the same run: after its end).
    before: bool,
    /// After it.
    after: bool,
}

impl Restarts {
    fn between(old: &Container, now: &Container, same: bool) -> Restarts {
        let after = now.state == State::Restarting && (old.state != State::Restarting || !same);
        let rose = now.restarts.zip(old.restarts).map_or(0, |(now, old)| now.saturating_sub(old));
        Restarts { count: now.restarts, before: rose > u64::from(after), after }
    }
}

/// Whether both are of the same run.
fn same_run(old: &Container, now: &Container, rough: bool) -> bool {
    let (was_alive, is_alive) = (old.state.is_alive(), now.state.is_alive());
    let Some(now_ms) = now.started_ms else { return was_alive || !is_alive };
    // When a run began may come to be known later.
    let Some(old_ms) = old.started_ms else {
        return rough && (was_alive || (old.state != State::Created && !is_alive));
    };
    if !rough {
        return old_ms == now_ms;
    }
    match (old.pid, now.pid) {
        (Some(old), Some(now)) => old == now,
        // A run that was over does not come back to life.
        (None, Some(_)) if !was_alive => false,
        _ => now_ms <= old_ms + SAME_RUN_MS,
    }
}

/// What a rough sighting does not tell stays as it was.
fn keep(old: &Container, now: &mut Container) {
    fn text(old: &str, now: &mut String) {
        if now.is_empty() {
            old.clone_into(now);
        }
    }
    text(&old.name, &mut now.name);
    text(&old.image, &mut now.image);
    text(&old.image_id, &mut now.image_id);
    text(&old.restart_policy, &mut now.restart_policy);
    text(&old.pod, &mut now.pod);
    if now.labels.is_empty() {
        now.labels.clone_from(&old.labels);
    }
    if now.log.driver.is_empty() {
        now.log = old.log.clone();
    }
    now.has_health_check |= old.has_health_check;
    now.restarts = now.restarts.or(old.restarts);
    now.created_ms = now.created_ms.or(old.created_ms);
    now.upper_dir = now.upper_dir.take().or_else(|| old.upper_dir.clone());
}

fn ns(ms: i64) -> i64 {
    ms.saturating_mul(1_000_000)
}
