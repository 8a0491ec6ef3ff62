//! `netclass`: what network devices are and how they are set up, from `/sys/class/net`.

use std::io;
use std::path::Path;

use super::Collector;
use crate::error::{CollectError, is_absent};
use crate::paths::Paths;
use crate::procfs::ProcFiles;
use crate::sink::Sink;
use crate::sysfs::{self, Buffer, Directory};

/// An attribute that is a whole number.
struct Attribute {
    file: &'static str,
    name: &'static str,
    help: &'static str,
    is_counter: bool,
}

const fn gauge(file: &'static str, name: &'static str, help: &'static str) -> Attribute {
    Attribute { file, name, help, is_counter: false }
}

const fn counter(file: &'static str, name: &'static str, help: &'static str) -> Attribute {
    Attribute { file, name, help, is_counter: true }
}

const ATTRIBUTES: [Attribute; 15] = [
    gauge("addr_assign_type", "node_network_address_assign_type", "Network device property: address_assign_type"),
    gauge("carrier", "node_network_carrier", "Network device property: carrier"),
    counter("carrier_changes", "node_network_carrier_changes_total", "Network device property: carrier_changes_total"),
    counter(
        "carrier_up_count",
        "node_network_carrier_up_changes_total",
        "Network device property: carrier_up_changes_total",
    ),
    counter(
        "carrier_down_count",
        "node_network_carrier_down_changes_total",
        "Network device property: carrier_down_changes_total",
    ),
    gauge("dev_id", "node_network_device_id", "Network device property: device_id"),
    gauge("dormant", "node_network_dormant", "Network device property: dormant"),
    gauge("ifindex", "node_network_iface_id", "Network device property: iface_id"),
    gauge("iflink", "node_network_iface_link", "Network device property: iface_link"),
    gauge("link_mode", "node_network_iface_link_mode", "Network device property: iface_link_mode"),
    gauge("mtu", "node_network_mtu_bytes", "Network device property: mtu_bytes"),
    gauge("name_assign_type", "node_network_name_assign_type", "Network device property: name_assign_type"),
    gauge("netdev_group", "node_network_net_dev_group", "Network device property: net_dev_group"),
    gauge("tx_queue_len", "node_network_transmit_queue_length", "Network device property: transmit_queue_length"),
    gauge("type", "node_network_protocol_type", "Network device property: protocol_type"),
];

/// `IFF_UP`: somebody has turned the device on.
const FLAG_UP: i64 = 1;

const BITS_PER_MEGABIT: i64 = 1000 * 1000;
const BITS_PER_BYTE: i64 = 8;

#[derive(Debug, Default)]
pub(crate) struct Netclass {
    buffer: Buffer,
}

impl Collector for Netclass {
    fn collect(&mut self, paths: &Paths, _procfs: &mut ProcFiles, sink: &mut Sink) -> Result<(), CollectError> {
        let class = paths.sysfs.join("class/net");
        let devices = sysfs::entries(&class).map_err(|error| CollectError::read(&class, error).absent_is_no_data())?;
        for device in devices {
            // What is not a directory is a switch of a driver, not a device; and a device may just have gone.
            if let Ok(directory) = Directory::open(&class.join(&device)) {
                self.show(&class, &device, &directory, sink)?;
            }
        }
        Ok(())
    }
}

impl Netclass {
    fn show(&mut self, class: &Path, device: &str, directory: &Directory, sink: &mut Sink) -> Result<(), CollectError> {
        let to_error = |error| CollectError::read(&class.join(device), error);
        for attribute in &ATTRIBUTES {
            let Some(value) = self.number(directory, attribute.file).map_err(to_error)? else { continue };
            let family = if attribute.is_counter {
                sink.counter(attribute.name, attribute.help)
            } else {
                sink.gauge(attribute.name, attribute.help)
            };
            sink.sample(family, &[("device", device)], as_float(value));
        }
        // A device that does not know its speed says -1, which node_exporter converts like any other.
        if let Some(megabits) = self.number(directory, "speed").map_err(to_error)? {
            let family = sink.gauge("node_network_speed_bytes", "Network device property: speed_bytes");
            let bytes = megabits.saturating_mul(BITS_PER_MEGABIT) / BITS_PER_BYTE;
            sink.sample(family, &[("device", device)], as_float(bytes));
        }
        self.show_state(device, directory, sink).map_err(to_error)
    }

    fn show_state(&mut self, device: &str, directory: &Directory, sink: &mut Sink) -> io::Result<()> {
        let flags = self.number(directory, "flags")?;
        if let Some(flags) = flags {
            let family = sink.gauge("node_network_flags", "Network device property: flags");
            sink.sample(family, &[("device", device)], as_float(flags));
        }
        let operstate = self.text(directory, "operstate")?;
        let family = sink.gauge("node_network_up", "Value is 1 if operstate is 'up', 0 otherwise.");
        sink.sample(family, &[("device", device)], f64::from(u8::from(operstate == "up")));

        let family =
            sink.gauge("node_network_info", "Non-numeric data from /sys/class/net/<iface>, value is always 1.");
        let labels = [
            ("address", &*self.text(directory, "address")?),
            ("adminstate", admin_state(flags)),
            ("broadcast", &*self.text(directory, "broadcast")?),
            ("device", device),
            ("duplex", &*self.text(directory, "duplex")?),
            ("ifalias", &*self.text(directory, "ifalias")?),
            ("operstate", &*operstate),
        ];
        sink.sample(family, &labels, 1.0);
        Ok(())
    }

    fn number(&mut self, directory: &Directory, attribute: &str) -> io::Result<Option<i64>> {
        Ok(self.value(directory, attribute)?.and_then(kerneltext::signed))
    }

    /// Empty if the device has no such attribute.
    fn text(&mut self, directory: &Directory, attribute: &str) -> io::Result<String> {
        Ok(self.value(directory, attribute)?.map(|value| kerneltext::text(value).into_owned()).unwrap_or_default())
    }

    /// An attribute's value, unless the device has none: drivers then leave the file out or refuse to answer, as when
    /// a device that is down is asked for its speed; or the device has just gone.
    fn value(&mut self, directory: &Directory, attribute: &str) -> io::Result<Option<&[u8]>> {
        const EINVAL: i32 = rustix::io::Errno::INVAL.raw_os_error();
        const ENODEV: i32 = rustix::io::Errno::NODEV.raw_os_error();
        const EOPNOTSUPP: i32 = rustix::io::Errno::OPNOTSUPP.raw_os_error();
        match directory.attribute(attribute, &mut self.buffer) {
            Ok(value) => Ok(Some(value)),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) if matches!(error.raw_os_error(), Some(EINVAL | ENODEV | EOPNOTSUPP)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn admin_state(flags: Option<i64>) -> &'static str {
    match flags {
        None => "unknown",
        Some(flags) if flags & FLAG_UP != 0 => "up",
        Some(_) => "down",
    }
}

#[expect(clippy::cast_precision_loss, reason = "a sample is a float by definition")]
fn as_float(value: i64) -> f64 {
    value as f64
}
