//! Measures containers: what cAdvisor measures by default, under the same names, types and labels, and what it cannot tell: states, restarts,
//! exit codes, health.
//!
//! Three parts meet in [`ContainerSensor`](sensor): `runtime` keeps a [`Registry`] of containers, told by the sockets of Docker and Podman or,
//! without them, by their files; `cgroup` and its siblings read numbers from the kernel; `families` turn both into metric families.

mod container;
mod event;
pub mod families;
mod kernel;
mod registry;
mod runtime;
mod sensor;
mod settings;
pub mod stats;

pub use container::{Container, Health, LogFile, LogFormat, Runtime, State};
pub use event::{Event, EventKind};
pub use families::Versions;
pub use kernel::{Cgroup, DiskUsage, Kernel};
pub use registry::{Registry, SourceState, SourceStatus};
pub use runtime::Watcher;
pub use sensor::ContainerSensor;
pub use settings::{LabelChoice, Settings};
