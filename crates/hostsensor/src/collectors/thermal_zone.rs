//! `thermal_zone`: temperatures of the thermal zones, and how far the cooling devices are turned up.

use std::io;
use std::path::Path;

use super::Collector;
use crate::error::CollectError;
use crate::paths::Paths;
use crate::procfs::ProcFiles;
use crate::sink::Sink;
use crate::sysfs::{self, Buffer, Directory};

const MILLIDEGREES_PER_DEGREE: f64 = 1000.0;

#[derive(Debug, Default)]
pub(crate) struct ThermalZone {
    buffer: Buffer,
}

impl Collector for ThermalZone {
    fn collect(&mut self, paths: &Paths, _procfs: &mut ProcFiles, sink: &mut Sink) -> Result<(), CollectError> {
        let class = paths.sysfs.join("class/thermal");
        self.show_zones(&class, sink)?;
        self.show_cooling_devices(&class, sink).map_err(|error| CollectError::read(&class, error))
    }
}

impl ThermalZone {
    fn show_zones(&mut self, class: &Path, sink: &mut Sink) -> Result<(), CollectError> {
        let family = sink.gauge("node_thermal_zone_temp", "Zone temperature in Celsius");
        for name in sysfs::numbered_entries(class, "thermal_zone") {
            let path = class.join(&name);
            // A sensor that has nothing to say right now is left out.
            let Ok((kind, temperature)) = self.read_zone(&path) else { continue };
            let temperature = kerneltext::signed(temperature)
                .ok_or_else(|| CollectError::malformed(path.join("temp"), temperature))?;
            let zone = name.trim_start_matches("thermal_zone");
            #[expect(clippy::cast_precision_loss, reason = "no temperature has more than fifteen digits")]
            let degrees = temperature as f64 / MILLIDEGREES_PER_DEGREE;
            sink.sample(family, &[("type", &kind), ("zone", zone)], degrees);
        }
        Ok(())
    }

    /// The type and the temperature.
    fn read_zone(&mut self, path: &Path) -> io::Result<(String, &[u8])> {
        let directory = Directory::open(path)?;
        let kind = kerneltext::text(directory.attribute("type", &mut self.buffer)?).into_owned();
        Ok((kind, directory.attribute("temp", &mut self.buffer)?))
    }

    fn show_cooling_devices(&mut self, class: &Path, sink: &mut Sink) -> io::Result<()> {
        let current = sink.gauge("node_cooling_device_cur_state", "Current throttle state of the cooling device");
        let maximum = sink.gauge("node_cooling_device_max_state", "Maximum throttle state of the cooling device");
        for name in sysfs::numbered_entries(class, "cooling_device") {
            let directory = Directory::open(&class.join(&name))?;
            let kind = kerneltext::text(directory.attribute("type", &mut self.buffer)?).into_owned();
            let labels = [("name", name.trim_start_matches("cooling_device")), ("type", &*kind)];
            for (family, attribute) in [(maximum, "max_state"), (current, "cur_state")] {
                let state = directory.attribute(attribute, &mut self.buffer)?;
                let state = kerneltext::signed(state).ok_or(io::ErrorKind::InvalidData)?;
                #[expect(clippy::cast_precision_loss, reason = "states are small numbers")]
                sink.sample(family, &labels, state as f64);
            }
        }
        Ok(())
    }
}
