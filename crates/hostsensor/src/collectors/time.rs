//! `time`: the system's time, its zone, and the clock sources of the kernel.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use model::Clock;

use super::Collector;
use crate::error::CollectError;
use crate::paths::Paths;
use crate::procfs::ProcFiles;
use crate::sink::Sink;
use crate::sysfs::{self, Buffer};

#[derive(Debug)]
pub(crate) struct Time {
    clock: Arc<dyn Clock>,
    zone: TimeZone,
    buffer: Buffer,
}

impl Time {
    /// The zone is the process', as it is at the start.
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Time {
        Time { clock, zone: TimeZone::system(), buffer: Buffer::default() }
    }
}

impl Collector for Time {
    fn collect(&mut self, paths: &Paths, _procfs: &mut ProcFiles, sink: &mut Sink) -> Result<(), CollectError> {
        let now_ms = self.clock.now_ms();
        let family = sink.gauge("node_time_seconds", "System time in seconds since epoch (1970).");
        #[expect(clippy::cast_precision_loss, reason = "exact for the next 280,000 years")]
        let now_ms_float = now_ms as f64;
        sink.sample(family, &[], now_ms_float / 1000.0);

        let (abbreviation, offset_seconds) = zone_at(&self.zone, now_ms);
        let family = sink.gauge("node_time_zone_offset_seconds", "System time zone offset in seconds.");
        sink.sample(family, &[("time_zone", &abbreviation)], f64::from(offset_seconds));
        self.show_clock_sources(paths, sink)
    }
}

impl Time {
    fn show_clock_sources(&mut self, paths: &Paths, sink: &mut Sink) -> Result<(), CollectError> {
        let available = sink.gauge(
            "node_time_clocksource_available_info",
            "Available clocksources read from '/sys/devices/system/clocksource'.",
        );
        let current = sink.gauge(
            "node_time_clocksource_current_info",
            "Current clocksource read from '/sys/devices/system/clocksource'.",
        );
        let devices = paths.sysfs.join("devices/system/clocksource");
        for (at, device) in sysfs::numbered_entries(&devices, "clocksource").iter().enumerate() {
            let at = at.to_string();
            for (family, attribute) in [(available, "available_clocksource"), (current, "current_clocksource")] {
                let path = devices.join(device).join(attribute);
                let names =
                    sysfs::attribute(&path, &mut self.buffer).map_err(|error| CollectError::read(&path, error))?;
                for name in kerneltext::fields(names) {
                    sink.sample_once(family, &[("clocksource", &kerneltext::text(name)), ("device", &at)], 1.0);
                }
            }
        }
        Ok(())
    }
}

/// The zone's abbreviation and its seconds east of Greenwich. A machine without a zone is in UTC, as Go has it.
fn zone_at(zone: &TimeZone, now_ms: i64) -> (String, i32) {
    let utc = || ("UTC".to_owned(), 0);
    if zone.is_unknown() {
        return utc();
    }
    Timestamp::from_millisecond(now_ms).map_or_else(
        |_| utc(),
        |now| {
            let info = zone.to_offset_info(now);
            (info.abbreviation().to_owned(), info.offset().seconds())
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones() {
        const WINTER_MS: i64 = 1_700_000_000_000;
        const SUMMER_MS: i64 = 1_720_000_000_000;
        for (zone, now_ms, expected) in [
            (TimeZone::UTC, WINTER_MS, ("UTC", 0)),
            (TimeZone::unknown(), WINTER_MS, ("UTC", 0)),
            (TimeZone::posix("WIB-7").unwrap(), WINTER_MS, ("WIB", 25200)),
            (TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap(), WINTER_MS, ("CET", 3600)),
            (TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap(), SUMMER_MS, ("CEST", 7200)),
            (TimeZone::posix("WIB-7").unwrap(), i64::MAX, ("UTC", 0)),
        ] {
            assert_eq!(zone_at(&zone, now_ms), (expected.0.to_owned(), expected.1));
        }
    }
}
