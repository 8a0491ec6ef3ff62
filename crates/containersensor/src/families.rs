//! Containers' numbers and states as metric families: cAdvisor's under cAdvisor's names, and those of [`own_family_names`].
//!
//! Each area has a table with one [`Row`] per family and a function that takes its samples from one subject. Samples bear no timestamps: they
//! are of the moment of the reading, and a container that is gone ends at once. A label without a value is left out.

mod cpu;
mod disk;
mod labels;
mod machine;
mod memory;
mod network;
mod pressure;
mod samples;
mod spec;
mod state;

use std::collections::BTreeMap;

use exposition::{Family, Sample};
use model::MetricKind;

use self::labels::Label;
use self::samples::Samples;
use crate::container::Container;
use crate::settings::LabelChoice;
use crate::stats::{ContainerStats, CpuStats, Machine, MemoryStats, Spec};

/// What samples are about: a container, or the root cgroup.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The label `id`; `/` for the root.
    pub cgroup_path: &'a str,
    /// What its runtime tells; none for the root cgroup.
    pub container: Option<&'a Container>,
    /// Its numbers; none for a container that is not running.
    pub reading: Option<(&'a Spec, &'a ContainerStats)>,
}

/// What `cadvisor_version_info` tells besides the machine's kernel and system; what is empty is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Versions {
    /// Of the Docker daemon.
    pub docker: String,
    /// What stands where cAdvisor's version stood: `menara 0.1.0`.
    pub cadvisor: String,
    /// The revision it was built from.
    pub revision: String,
}

/// How much is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exposure {
    /// Which of the containers' own labels become `container_label_…`.
    pub labels: LabelChoice,
    /// Further labels of a subject by its cgroup path, such as `container_env_…` of chosen variables. Names are made valid.
    pub extra: BTreeMap<String, BTreeMap<String, String>>,
    /// Containers could not be read: `container_scrape_error` is 1.
    pub containers_failed: bool,
    /// The machine could not be read: `machine_scrape_error` is 1, and there are no other families of the machine.
    pub machine_failed: bool,
}

/// A family and where its samples come from.
struct Row {
    name: &'static str,
    help: &'static str,
    kind: MetricKind,
    /// Adds the samples of one subject; none where it does not know.
    extract: fn(&Subject<'_>, &mut Samples<'_>),
}

/// All families of containers, area by area.
const TABLES: [&[Row]; 8] = [
    state::SEEN,
    state::OWN,
    cpu::FAMILIES,
    memory::FAMILIES,
    disk::FAMILIES,
    network::FAMILIES,
    pressure::FAMILIES,
    spec::FAMILIES,
];

/// The families of what is given, sorted by name; those without samples are left out. No two subjects may have the same cgroup path.
#[must_use]
pub fn families(subjects: &[Subject<'_>], machine: &Machine, versions: &Versions, exposure: &Exposure) -> Vec<Family> {
    let labels: Vec<Vec<Label>> = subjects.iter().map(|subject| labels::of(subject, exposure)).collect();
    let mut families: Vec<Family> =
        TABLES.into_iter().flatten().filter_map(|row| row.family(subjects, &labels)).collect();
    machine::add(machine, versions, exposure, &mut families);
    families.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    families
}

/// The names of all families that are built, in no particular order.
pub fn family_names() -> impl Iterator<Item = &'static str> {
    TABLES.into_iter().flatten().map(|row| row.name).chain(machine::family_names())
}

/// The families that cAdvisor does not have: what a container's runtime tells of it. They are there for containers that do not run, too.
pub fn own_family_names() -> impl Iterator<Item = &'static str> {
    state::OWN.iter().map(|row| row.name)
}

impl Row {
    fn family(&self, subjects: &[Subject<'_>], labels: &[Vec<Label>]) -> Option<Family> {
        let mut samples: Vec<Sample> = Vec::new();
        for (subject, labels) in subjects.iter().zip(labels) {
            (self.extract)(subject, &mut Samples::new(&mut samples, labels));
        }
        (!samples.is_empty()).then(|| Family { samples, ..Family::new(self.name, self.help, self.kind) })
    }
}

const fn gauge(name: &'static str, help: &'static str, extract: fn(&Subject<'_>, &mut Samples<'_>)) -> Row {
    Row { name, help, kind: MetricKind::Gauge, extract }
}

const fn counter(name: &'static str, help: &'static str, extract: fn(&Subject<'_>, &mut Samples<'_>)) -> Row {
    Row { name, help, kind: MetricKind::Counter, extract }
}

impl<'a> Subject<'a> {
    fn stats(&self) -> Option<&'a ContainerStats> {
        self.reading.map(|(_, stats)| stats)
    }

    fn spec(&self) -> Option<&'a Spec> {
        self.reading.map(|(spec, _)| spec)
    }

    fn cpu(&self) -> Option<&'a CpuStats> {
        self.stats()?.cpu.as_ref()
    }

    fn memory(&self) -> Option<&'a MemoryStats> {
        self.stats()?.memory.as_ref()
    }
}

/// Nanoseconds as seconds.
fn ns(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1e9
}

/// Microseconds as seconds.
fn us(microseconds: u64) -> f64 {
    microseconds as f64 / 1e6
}

/// A time in milliseconds as whole seconds, which is how cAdvisor tells times.
fn whole_seconds(ms: i64) -> f64 {
    ms.div_euclid(1000) as f64
}

#[cfg(test)]
mod tests;
