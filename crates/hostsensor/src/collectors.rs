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
    /// Puts what it reads into `sink`. On an error, what was put there before stays.
    fn collect(&mut self, paths: &Paths, procfs: &mut ProcFiles, sink: &mut Sink) -> Result<(), CollectError>;
}

/// A collector's name, as node_exporter has it in its flags and in the `collector` label, and how to make it.
pub(crate) type Maker = (&'static str, fn(&Arc<dyn Clock>) -> Box<dyn Collector>);

/// All collectors, one line each, by name.
pub(crate) fn registry() -> &'static [Maker] {
    &[
        ("cpu", |_| Box::<cpu::Cpu>::default()),
        ("cpufreq", |_| Box::<cpufreq::Cpufreq>::default()),
        ("diskstats", |_| Box::<diskstats::Diskstats>::default()),
        ("filesystem", |_| Box::<filesystem::Filesystem>::default()),
        ("hwmon", |_| Box::<hwmon::Hwmon>::default()),
        ("loadavg", |_| Box::<loadavg::Loadavg>::default()),
        ("meminfo", |_| Box::<meminfo::Meminfo>::default()),
        ("netclass", |_| Box::<netclass::Netclass>::default()),
        ("netdev", |_| Box::<netdev::Netdev>::default()),
        ("pressure", |_| Box::<pressure::Pressure>::default()),
        ("stat", |_| Box::<stat::Stat>::default()),
        ("thermal_zone", |_| Box::<thermal_zone::ThermalZone>::default()),
        ("time", |clock| Box::new(time::Time::new(Arc::clone(clock)))),
        ("uname", |_| Box::<uname::Uname>::default()),
        ("vmstat", |_| Box::<vmstat::Vmstat>::default()),
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
