//! Time zones by name, for templates.

use gotemplate::functions::Zones;
use gotemplate::time::Zone;
use jiff::tz::TimeZone;

/// The zones of the system's database or, without one, of the one that the program brings along.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemZones;

impl SystemZones {
    /// The zone of this machine.
    pub(crate) fn local() -> Zone {
        Zone::Named(TimeZone::system())
    }
}

impl Zones for SystemZones {
    fn zone(&self, name: &str) -> Option<Zone> {
        match name {
            "" | "UTC" => Some(Zone::Utc),
            "Local" => Some(SystemZones::local()),
            _ => TimeZone::get(name).ok().map(Zone::Named),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_have_names() {
        assert!(matches!(SystemZones.zone("Asia/Jakarta"), Some(Zone::Named(_))));
        assert!(matches!(SystemZones.zone("UTC"), Some(Zone::Utc)));
        assert!(matches!(SystemZones.zone("Local"), Some(Zone::Named(_))));
        assert!(SystemZones.zone("Middle/Earth").is_none());
    }
}
