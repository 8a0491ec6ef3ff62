//! `hwmon`: temperatures, fans, voltages and whatever else the chips of `/sys/class/hwmon` measure.

use std::path::Path;

use self::chip::Chip;
use self::sensor::{Reading, SensorFile};
use super::Collector;
use crate::error::CollectError;
use crate::paths::Paths;
use crate::procfs::ProcFiles;
use crate::sink::Sink;
use crate::sysfs::{self, Buffer};

mod chip;
mod sensor;

#[derive(Debug, Default)]
pub(crate) struct Hwmon {
    buffer: Buffer,
}

impl Collector for Hwmon {
    /// A chip that cannot be read does not hide the others; the last one's error is the collector's.
    fn collect(&mut self, paths: &Paths, _procfs: &mut ProcFiles, sink: &mut Sink) -> Result<(), CollectError> {
        let class = paths.sysfs.join("class/hwmon");
        let names = match sysfs::entries(&class) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(CollectError::NoData),
            names => names.map_err(|error| CollectError::read(&class, error))?,
        };
        let mut outcome = Ok(());
        for directory in names.iter().map(|name| class.join(name)).filter(|path| path.is_dir()) {
            if let Err(error) = self.show_chip(&directory, sink) {
                outcome = Err(error);
            }
        }
        outcome
    }
}

impl Hwmon {
    fn show_chip(&mut self, directory: &Path, sink: &mut Sink) -> Result<(), CollectError> {
        let to_error = |error| CollectError::read(directory, error);
        let chip = Chip::read(directory, &mut self.buffer).map_err(to_error)?;
        if let Some(driver) = &chip.driver {
            let family = sink.gauge("node_hwmon_chip_names", "Annotation metric for human-readable chip names");
            sink.sample_once(family, &[("chip", &chip.name), ("chip_name", driver)], 1.0);
        }
        for ((kind, number), files) in &chip.sensors {
            let sensor = format!("{kind}{number}");
            let label = files.get("label").map(|label| kerneltext::text(label));
            if let Some(label) = &label {
                let family = sink.gauge("node_hwmon_sensor_label", "Label for given chip and sensor");
                let labels = [("chip", &*chip.name), ("label", label), ("sensor", &*sensor)];
                sink.sample_once(family, &labels, 1.0);
            }
            let has_plain_value = files.contains_key("");
            for (property, value) in files {
                let file = SensorFile { kind, property, has_plain_value };
                let Some(reading) = Reading::of(&file, value) else { continue };
                let family = if reading.is_counter {
                    sink.counter(reading.name, reading.help)
                } else {
                    sink.gauge(reading.name, reading.help)
                };
                // Clock generators are told apart by what they drive, not by their number.
                let by_label = label.as_deref().filter(|_| reading.is_by_label).map(chip::clean_name);
                if reading.is_by_label && by_label.is_none() {
                    continue;
                }
                let sensor = by_label.as_deref().unwrap_or(&sensor);
                sink.sample_once(family, &[("chip", &chip.name), ("sensor", sensor)], reading.value);
            }
        }
        Ok(())
    }
}
