//! What a sensor's file is called, and what its content means (the kernel's Documentation/hwmon/sysfs-interface.rst).

use super::chip::clean_name;

/// The kinds of sensors that are shown.
const KINDS: [&str; 14] = [
    "vrm",
    "beep_enable",
    "update_interval",
    "in",
    "cpu",
    "fan",
    "pwm",
    "temp",
    "curr",
    "power",
    "energy",
    "humidity",
    "intrusion",
    "freq",
];

/// The kernel counts voltages, currents, temperatures and times in thousandths of the unit.
const MILLI: f64 = 0.001;
/// And power, energy and humidity in millionths; dividing is what node_exporter does.
const MICRO_PER_ONE: f64 = 1_000_000.0;

/// Splits a file's name into kind, number (0 if it has none) and property (may be empty), if it belongs to a sensor.
pub(super) fn split_file_name(file: &str) -> Option<(&str, u64, &str)> {
    let digits_at = file.find(|c: char| c.is_ascii_digit()).unwrap_or(file.len());
    let (kind, rest) = file.split_at(digits_at);
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, property) = rest.split_at(digits);
    let (kind, number, property) = match property.strip_prefix('_') {
        None if property.is_empty() => (kind, number, ""),
        Some(property) if !property.is_empty() => (kind, number, property),
        // The digits are not the sensor's number: the property begins at the last underscore before them.
        _ => {
            let (kind, _) = kind.rsplit_once('_')?;
            (kind, "", &file[kind.len() + 1..])
        }
    };
    let number = if number.is_empty() { 0 } else { kerneltext::unsigned(number.as_bytes())? };
    KINDS.contains(&kind).then_some((kind, number, property))
}

/// One file of a sensor.
pub(super) struct SensorFile<'a> {
    pub(super) kind: &'a str,
    pub(super) property: &'a str,
    /// Whether the sensor also has a file without a property, as the `pwm1` beside `pwm1_enable`.
    pub(super) has_plain_value: bool,
}

/// A sample to be.
#[derive(Debug, PartialEq)]
pub(super) struct Reading {
    pub(super) name: String,
    pub(super) help: String,
    pub(super) is_counter: bool,
    /// Whether the sensor's label stands in the place of its number.
    pub(super) is_by_label: bool,
    pub(super) value: f64,
}

impl Reading {
    /// Nothing for a label and for what is not a number.
    pub(super) fn of(file: &SensorFile<'_>, content: &[u8]) -> Option<Reading> {
        let SensorFile { kind, property, .. } = *file;
        match (kind, property) {
            ("beep_enable", "") => {
                let value = f64::from(u8::from(content == b"1"));
                return Some(gauge("node_hwmon_beep_enabled".to_owned(), "Hardware beep enabled".to_owned(), value));
            }
            // These three have one value each, whatever else is beside it.
            ("beep_enable" | "vrm" | "update_interval", "label" | "input") | (_, "label") => return None,
            _ => {}
        }
        let value = kerneltext::number(content)?;
        Some(match kind {
            "beep_enable" => return None,
            "vrm" if property.is_empty() => {
                gauge("node_hwmon_voltage_regulator_version".to_owned(), "Hardware voltage regulator".to_owned(), value)
            }
            "update_interval" if property.is_empty() => gauge(
                "node_hwmon_update_interval_seconds".to_owned(),
                "Hardware monitor update interval".to_owned(),
                value * MILLI,
            ),
            "vrm" | "update_interval" => return None,
            _ => Reading::of_sensor(file, value),
        })
    }

    fn of_sensor(file: &SensorFile<'_>, value: f64) -> Reading {
        let SensorFile { kind, property, .. } = *file;
        let name = file.family_name();
        let described = |what: &str| format!("Hardware monitor {what} ({property})");
        match (kind, property) {
            (_, "fault" | "alarm") => gauge(name, format!("Hardware sensor {property} status ({kind})"), value),
            (_, "beep") => gauge(name + "_enabled", "Hardware monitor sensor has beeping enabled".to_owned(), value),
            ("in" | "cpu", _) => gauge(name + "_volts", described("for voltage"), value * MILLI),
            ("temp", "") => {
                gauge(name + "_celsius", "Hardware monitor for temperature (input)".to_owned(), value * MILLI)
            }
            ("temp", property) if property != "type" => {
                gauge(name + "_celsius", described("for temperature"), value * MILLI)
            }
            ("curr", _) => gauge(name + "_amps", described("for current"), value * MILLI),
            ("energy", _) => Reading {
                is_counter: true,
                ..gauge(name + "_joule_total", described("for joules used so far"), value / MICRO_PER_ONE)
            },
            ("power", "accuracy") => {
                gauge(name, "Hardware monitor power meter accuracy, as a ratio".to_owned(), value / MICRO_PER_ONE)
            }
            ("power", "average_interval" | "average_interval_min" | "average_interval_max") => {
                gauge(name + "_seconds", described("power usage update interval"), value * MILLI)
            }
            ("power", _) => gauge(name + "_watt", described("for power usage in watts"), value / MICRO_PER_ONE),
            ("humidity", _) => {
                const WHAT: &str = "for humidity, as a ratio (multiply with 100.0 to get the humidity as a percentage)";
                gauge(name, described(WHAT), value / MICRO_PER_ONE)
            }
            ("fan", "input" | "min" | "max" | "target") => {
                gauge(name + "_rpm", described("for fan revolutions per minute"), value)
            }
            ("freq", "input") => Reading {
                is_by_label: true,
                ..gauge(
                    name + "_freq_mhz",
                    "Hardware monitor for GPU frequency in MHz".to_owned(),
                    value / MICRO_PER_ONE,
                )
            },
            _ => gauge(name, format!("Hardware monitor {kind} element {property}"), value),
        }
    }
}

impl SensorFile<'_> {
    /// Without the unit. The measured value has no name of its own, unless there are two of them.
    fn family_name(&self) -> String {
        let kind = self.kind;
        match self.property {
            "input" if self.has_plain_value => format!("node_hwmon_{kind}_input"),
            "" | "input" => format!("node_hwmon_{kind}"),
            property => format!("node_hwmon_{kind}_{}", clean_name(property)),
        }
    }
}

fn gauge(name: String, help: String, value: f64) -> Reading {
    Reading { name, help, is_counter: false, is_by_label: false, value }
}

#[cfg(test)]
mod tests;
