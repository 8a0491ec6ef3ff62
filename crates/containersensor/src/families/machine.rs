//! The machine, and who tells of it.

use std::borrow::Cow;

use exposition::{Family, Sample};
use model::MetricKind;

use super::labels::Label;
use super::samples::Samples;
use super::{Exposure, Versions};
use crate::stats::Machine;

/// A family of the machine and where its samples come from. All are gauges.
struct Row {
    name: &'static str,
    help: &'static str,
    extract: fn(&Machine, &mut Samples<'_>),
}

const FAMILIES: &[Row] = &[
    row("machine_cpu_physical_cores", "Number of physical CPU cores.", |m, out| one(out, m.physical_cores)),
    row("machine_cpu_cores", "Number of logical CPU cores.", |m, out| one(out, m.cores)),
    row("machine_cpu_sockets", "Number of CPU sockets.", |m, out| one(out, m.sockets)),
    row("machine_cpu_books", "Number of CPU books.", |m, out| one(out, m.books)),
    row("machine_cpu_drawers", "Number of CPU drawers.", |m, out| one(out, m.drawers)),
    row("machine_memory_bytes", "Amount of memory installed on the machine.", |m, out| one(out, m.memory_bytes)),
    row("machine_swap_bytes", "Amount of swap memory available on the machine.", |m, out| one(out, m.swap_bytes)),
    row("machine_dimm_count", "Number of RAM DIMM (all types memory modules) value labeled by dimm type.", |m, out| {
        m.memory_by_type.iter().for_each(|(kind, dimms)| out.push(&[("type", kind)], dimms.count as f64));
    }),
    row(
        "machine_dimm_capacity_bytes",
        "Total RAM DIMM capacity (all types memory modules) value labeled by dimm type.",
        |m, out| m.memory_by_type.iter().for_each(|(kind, dimms)| out.push(&[("type", kind)], dimms.capacity as f64)),
    ),
    row(
        "machine_nvm_capacity",
        "NVM capacity value labeled by NVM mode (memory mode or app direct mode).",
        |m, out| {
            out.push(&[("mode", "memory_mode")], m.nvm.memory_mode_capacity as f64);
            out.push(&[("mode", "app_direct_mode")], m.nvm.app_direct_mode_capacity as f64);
        },
    ),
    row("machine_nvm_avg_power_budget_watts", "NVM power budget.", |m, out| one(out, m.nvm.avg_power_budget)),
];

const VERSION_INFO: &str = "cadvisor_version_info";
const VERSION_INFO_HELP: &str = "A metric with a constant '1' value labeled by kernel version, OS version, docker version, cadvisor version \
                                 & cadvisor revision.";
const CONTAINER_ERROR: &str = "container_scrape_error";
const CONTAINER_ERROR_HELP: &str = "1 if there was an error while getting container metrics, 0 otherwise";
const MACHINE_ERROR: &str = "machine_scrape_error";
const MACHINE_ERROR_HELP: &str = "1 if there was an error while getting machine metrics, 0 otherwise.";

/// Adds what is not about one container.
pub(super) fn add(machine: &Machine, versions: &Versions, exposure: &Exposure, families: &mut Vec<Family>) {
    families.push(failure(CONTAINER_ERROR, CONTAINER_ERROR_HELP, exposure.containers_failed));
    families.push(failure(MACHINE_ERROR, MACHINE_ERROR_HELP, exposure.machine_failed));
    let versions = version_labels(machine, versions);
    if !versions.is_empty() {
        families.push(family(
            VERSION_INFO,
            VERSION_INFO_HELP,
            vec![Sample { suffix: "", labels: versions, value: 1.0 }],
        ));
    }
    if exposure.machine_failed {
        return;
    }
    let labels = non_empty([
        ("boot_id", &machine.boot_id),
        ("machine_id", &machine.machine_id),
        ("system_uuid", &machine.system_uuid),
    ]);
    for row in FAMILIES {
        let mut samples = Vec::new();
        (row.extract)(machine, &mut Samples::new(&mut samples, &labels));
        if !samples.is_empty() {
            families.push(family(row.name, row.help, samples));
        }
    }
}

/// The names of the families that [`add`] may add.
pub(super) fn family_names() -> impl Iterator<Item = &'static str> {
    FAMILIES.iter().map(|row| row.name).chain([VERSION_INFO, CONTAINER_ERROR, MACHINE_ERROR])
}

const fn row(name: &'static str, help: &'static str, extract: fn(&Machine, &mut Samples<'_>)) -> Row {
    Row { name, help, extract }
}

fn one(out: &mut Samples<'_>, value: u64) {
    out.push(&[], value as f64);
}

fn failure(name: &'static str, help: &'static str, failed: bool) -> Family {
    family(name, help, vec![Sample { suffix: "", labels: Vec::new(), value: f64::from(u8::from(failed)) }])
}

fn family(name: &'static str, help: &'static str, samples: Vec<Sample>) -> Family {
    Family { samples, ..Family::new(name, help, MetricKind::Gauge) }
}

fn version_labels(machine: &Machine, versions: &Versions) -> Vec<Label> {
    non_empty([
        ("cadvisorRevision", &versions.revision),
        ("cadvisorVersion", &versions.cadvisor),
        ("dockerVersion", &versions.docker),
        ("kernelVersion", &machine.kernel_version),
        ("osVersion", &machine.os_version),
    ])
}

fn non_empty<const N: usize>(labels: [(&'static str, &String); N]) -> Vec<Label> {
    let told = labels.into_iter().filter(|(_, value)| !value.is_empty());
    told.map(|(name, value)| (Cow::Borrowed(name), value.clone())).collect()
}
