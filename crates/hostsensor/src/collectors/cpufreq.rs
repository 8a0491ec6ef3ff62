//! `cpufreq`: current and permitted frequencies of each CPU, and its governor.

use std::io;

use super::Collector;
use crate::error::{CollectError, is_absent};
use crate::paths::Paths;
use crate::procfs::ProcFiles;
use crate::sink::Sink;
use crate::sysfs::{self, Buffer, Directory};

/// An attribute in kilohertz, and the family that shows it in hertz.
const FREQUENCIES: [(&str, &str, &str); 7] = [
    ("cpuinfo_cur_freq", "node_cpu_frequency_hertz", "Current CPU thread frequency in hertz."),
    ("cpuinfo_avg_freq", "node_cpu_frequency_avg_hertz", "Average CPU thread frequency in hertz."),
    ("cpuinfo_min_freq", "node_cpu_frequency_min_hertz", "Minimum CPU thread frequency in hertz."),
    ("cpuinfo_max_freq", "node_cpu_frequency_max_hertz", "Maximum CPU thread frequency in hertz."),
    ("scaling_cur_freq", "node_cpu_scaling_frequency_hertz", "Current scaled CPU thread frequency in hertz."),
    ("scaling_min_freq", "node_cpu_scaling_frequency_min_hertz", "Minimum scaled CPU thread frequency in hertz."),
    ("scaling_max_freq", "node_cpu_scaling_frequency_max_hertz", "Maximum scaled CPU thread frequency in hertz."),
];

const HERTZ_PER_KILOHERTZ: f64 = 1000.0;

#[derive(Debug, Default)]
pub(crate) struct Cpufreq {
    buffer: Buffer,
}

impl Collector for Cpufreq {
    fn collect(&mut self, paths: &Paths, _procfs: &mut ProcFiles, sink: &mut Sink) -> Result<(), CollectError> {
        let cpus = paths.sysfs.join("devices/system/cpu");
        for name in sysfs::numbered_entries(&cpus, "cpu") {
            let path = cpus.join(&name).join("cpufreq");
            match Directory::open(&path) {
                Ok(directory) => self
                    .show_cpu(name.trim_start_matches("cpu"), &directory, sink)
                    .map_err(|error| CollectError::read(&path, error))?,
                Err(error) if is_absent(&error) => {}
                Err(error) => return Err(CollectError::read(&path, error)),
            }
        }
        Ok(())
    }
}

impl Cpufreq {
    fn show_cpu(&mut self, cpu: &str, directory: &Directory, sink: &mut Sink) -> io::Result<()> {
        for (attribute, name, help) in FREQUENCIES {
            let kilohertz = match directory.attribute(attribute, &mut self.buffer) {
                Ok(value) => kerneltext::unsigned(value).ok_or(io::ErrorKind::InvalidData)?,
                Err(error) if is_absent(&error) => continue,
                Err(error) => return Err(error),
            };
            let family = sink.gauge(name, help);
            sink.sample(family, &[("cpu", cpu)], kerneltext::as_float(kilohertz) * HERTZ_PER_KILOHERTZ);
        }
        let governor = kerneltext::text(directory.attribute("scaling_governor", &mut self.buffer)?).into_owned();
        let available = directory.attribute("scaling_available_governors", &mut self.buffer)?;
        let family = sink.gauge("node_cpu_scaling_governor", "Current enabled CPU frequency governor.");
        for each in kerneltext::fields(available) {
            let each = kerneltext::text(each);
            let is_enabled = each == governor;
            sink.sample_once(family, &[("cpu", cpu), ("governor", &each)], f64::from(u8::from(is_enabled)));
        }
        Ok(())
    }
}
