//! Measures the host: what Prometheus' node_exporter 1.12 measures with its default flags, under the same names,
//! types, labels and help texts, for the collectors that [`collector_names`] lists.
//!
//! [`HostSensor::read`] reads `/proc`, `/sys` and a few system calls, and answers with metric families in memory. It
//! never fails: a collector that could not read its files says so in `node_scrape_collector_success`.

mod collectors;
mod error;
mod paths;
mod procfs;
mod sensor;
mod sink;
mod sysfs;

pub use paths::Paths;
pub use sensor::{HostSensor, Snapshot, UnknownCollector, collector_names};
