//! The registry of collectors, and what a collector is.

use std::fmt::Debug;
use std::sync::Arc;

use goregex::Regex;
use model::Clock;

use crate::error::CollectError;
use crate::paths::Paths;
use crate::procfs::ProcFiles;
use crate::sink::Sink;

mod cpu;
mod cpufreq;
mod diskstats;
mod filesystem;
mod hwmon;
mod loadavg;
mod meminfo;
mod netclass;
mod netdev;
mod pressure;
mod stat;
mod thermal_zone;
mod time;
mod uname;
mod vmstat;

/// Measures one part of the host.
pub(crate) trait Collector: Debug + Send {
    /// As node_exporter calls it, in its flags and in the `collector` label.
    fn name(&self) -> &'static str;

    /// Puts what it reads into `sink`. On an error, what was put there before stays.
    fn collect(&mut self, paths: &Paths, procfs: &mut ProcFiles, sink: &mut Sink) -> Result<(), CollectError>;
}

/// A collector's name and how to make it.
pub(crate) type Maker = (&'static str, fn(&Arc<dyn Clock>) -> Box<dyn Collector>);

/// All collectors, one line each, by name.
pub(crate) fn registry() -> &'static [Maker] {
    &[
        (cpu::NAME, |_| Box::<cpu::Cpu>::default()),
        (cpufreq::NAME, |_| Box::<cpufreq::Cpufreq>::default()),
        (diskstats::NAME, |_| Box::<diskstats::Diskstats>::default()),
        (filesystem::NAME, |_| Box::<filesystem::Filesystem>::default()),
        (hwmon::NAME, |_| Box::<hwmon::Hwmon>::default()),
        (loadavg::NAME, |_| Box::<loadavg::Loadavg>::default()),
        (meminfo::NAME, |_| Box::<meminfo::Meminfo>::default()),
        (netclass::NAME, |_| Box::<netclass::Netclass>::default()),
        (netdev::NAME, |_| Box::<netdev::Netdev>::default()),
        (pressure::NAME, |_| Box::<pressure::Pressure>::default()),
        (stat::NAME, |_| Box::<stat::Stat>::default()),
        (thermal_zone::NAME, |_| Box::<thermal_zone::ThermalZone>::default()),
        (time::NAME, |clock| Box::new(time::Time::new(Arc::clone(clock)))),
        (uname::NAME, |_| Box::<uname::Uname>::default()),
        (vmstat::NAME, |_| Box::<vmstat::Vmstat>::default()),
    ]
}

/// Compiles a pattern that is written in this crate.
#[expect(
    clippy::expect_used,
    reason = "the patterns are constants, and every test that makes the collectors compiles them"
)]
fn compile(pattern: &'static str) -> Regex {
    Regex::new(pattern).expect("a valid pattern")
}
