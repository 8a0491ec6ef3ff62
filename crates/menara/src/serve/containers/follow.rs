//! What follows from a change in the registry.

use std::sync::Arc;
use std::time::{Duration, Instant};

use containersensor::{ContainerSensor, DiskUsage, Event, LogFormat, Registry};
use intake::PushRequest;
use parking_lot::{Condvar, Mutex};
use shipper::ContainerLog;
use storage::TenantId;

use super::{Followers, JOB, lines};

/// How often the kernel is asked whether it killed processes of containers: no runtime tells of that reliably.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
/// Where no runtime tells of containers, the cgroup tree is walked this often …
const WALK_INTERVAL: Duration = Duration::from_secs(1);
/// … and at most this part of the time.
const WALK_SHARE: u32 = 200;
/// How soon events are offered again that the store refused.
const RETRY: Duration = Duration::from_secs(5);
/// Events that wait for a store that refuses; the oldest are dropped.
const MAX_WAITING: usize = 10_000;

/// Passes changes on, on a thread of its own.
pub(super) struct Follower {
    sensor: ContainerSensor,
    registry: Arc<Registry>,
    usage: Arc<DiskUsage>,
    followers: Followers,
    host: String,
    signal: Signal,
    /// Events that are not lines yet.
    waiting: Vec<Event>,
}

/// Wakes the follower.
#[derive(Clone, Debug, Default)]
pub(super) struct Signal(Arc<(Mutex<Wanted>, Condvar)>);

#[derive(Clone, Copy, Debug, Default)]
struct Wanted {
    stop: bool,
    changed: bool,
}

impl Follower {
    pub(super) fn new(
        sensor: ContainerSensor,
        registry: Arc<Registry>,
        usage: Arc<DiskUsage>,
        followers: Followers,
        host: String,
    ) -> Follower {
        // Containers that were there before are a change as well.
        let signal = Signal::default();
        signal.changed();
        Follower { sensor, registry, usage, followers, host, signal, waiting: Vec::new() }
    }

    pub(super) fn signal(&self) -> Signal {
        self.signal.clone()
    }

    /// Follows until it is time to stop.
    pub(super) fn run(mut self) {
        let mut walk_at = Instant::now();
        loop {
            let retry = (!self.waiting.is_empty()).then(|| Instant::now() + RETRY);
            let walk = self.registry.is_blind().then_some(walk_at);
            let look = self.has_living().then(|| Instant::now() + LOOK_INTERVAL);
            let wanted = self.signal.wait_until(retry.into_iter().chain(walk).chain(look).min());
            self.sensor.look_for_kills();
            if wanted.changed {
                self.pass_on();
            }
            self.write_events();
            if wanted.stop {
                return;
            }
            if self.registry.is_blind() && Instant::now() >= walk_at {
                walk_at = Instant::now() + WALK_INTERVAL.max(self.sensor.walk() * WALK_SHARE);
            }
        }
    }

    fn has_living(&self) -> bool {
        self.registry.containers().iter().any(|container| container.state.is_alive())
    }

    fn pass_on(&mut self) {
        let containers = self.registry.containers();
        let logs = containers.iter().filter_map(|container| {
            Some(ContainerLog {
                path: container.log.path.clone()?,
                format: match container.log.format {
                    LogFormat::DockerJson => shipper::LogFormat::DockerJson,
                    LogFormat::Cri => shipper::LogFormat::Cri,
                },
                labels: lines::log_labels(container, &self.host),
            })
        });
        self.usage.watch(containers.iter().map(|container| &**container));
        self.followers.logs.set(logs.collect());
        // Before that, a reading would find containers gone that are only not told yet.
        if self.registry.is_settled() {
            self.followers.sampler.changed(JOB);
        }
    }

    fn write_events(&mut self) {
        self.waiting.append(&mut self.registry.take_events());
        if self.waiting.is_empty() {
            return;
        }
        let mut request = PushRequest::new();
        request.allow_any_time();
        for event in &self.waiting {
            request.begin_canonical_stream(lines::event_labels(&event.container, &self.host).as_bytes());
            request.push_copied_line(event.time_ns, lines::event_line(event).as_bytes());
        }
        match self.followers.intake.push(TenantId::default(), &request, None, None) {
            Ok(outcome) => {
                if let Some(error) = outcome.error {
                    tracing::warn!("events of containers were refused: {error}");
                }
                self.waiting.clear();
            }
            Err(error) => {
                tracing::warn!("events of containers are not stored yet: {error}");
                let surplus = self.waiting.len().saturating_sub(MAX_WAITING);
                self.waiting.drain(..surplus);
            }
        }
    }
}

impl Signal {
    pub(super) fn changed(&self) {
        self.set(|wanted| wanted.changed = true);
    }

    pub(super) fn stop(&self) {
        self.set(|wanted| wanted.stop = true);
    }

    fn set(&self, set: impl FnOnce(&mut Wanted)) {
        let (wanted, signal) = &*self.0;
        set(&mut wanted.lock());
        signal.notify_all();
    }

    /// Waits until something is wanted or, if one is given, until a moment.
    fn wait_until(&self, moment: Option<Instant>) -> Wanted {
        let (wanted, signal) = &*self.0;
        let mut wanted = wanted.lock();
        while !wanted.stop && !wanted.changed {
            match moment {
                Some(moment) => {
                    if signal.wait_until(&mut wanted, moment).timed_out() {
                        break;
                    }
                }
                None => signal.wait(&mut wanted),
            }
        }
        let seen = *wanted;
        wanted.changed = false;
        seen
    }
}
