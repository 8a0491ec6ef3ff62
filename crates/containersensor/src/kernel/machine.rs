//! What the machine is.

use std::path::Path;

use super::files::{self, Buffer, Directory};
use super::memory_info::MemoryInfo;
use super::topology::Topology;
use crate::settings::Settings;
use crate::stats::{Dimms, Machine, Nvm};

/// The unit of a memory module's size in sysfs.
const MEBIBYTE: u64 = 1 << 20;

/// Reads all there is to know; what cannot be read stays empty or zero.
pub(super) fn read(settings: &Settings) -> Machine {
    let mut buffer = Buffer::default();
    let memory = MemoryInfo::read(&settings.procfs, &mut buffer).unwrap_or_default();
    let topology = Topology::read(settings, &mut buffer);
    let mut first = |paths: &[std::path::PathBuf]| {
        let mut contents = paths.iter().filter_map(|path| {
            let content = kerneltext::trimmed(files::table(path, &mut buffer)?);
            // Device trees end their strings as C does.
            Some(content.trim_end_matches('\0').to_owned())
        });
        contents.find(|content| !content.is_empty()).unwrap_or_default()
    };
    let (procfs, sysfs) = (&settings.procfs, &settings.sysfs);
    let machine_id_files =
        ["/etc/machine-id", "/var/lib/dbus/machine-id"].map(|path| settings.of_host(Path::new(path)));
    let machine_id = first(&machine_id_files);
    let system_uuid = first(&[
        sysfs.join("class/dmi/id/product_uuid"),
        procfs.join("device-tree/system-id"),
        procfs.join("device-tree/vm,uuid"),
    ]);
    Machine {
        system_uuid: if system_uuid.is_empty() { machine_id.clone() } else { system_uuid },
        machine_id,
        boot_id: first(&[procfs.join("sys/kernel/random/boot_id")]),
        kernel_version: first(&[procfs.join("sys/kernel/osrelease")]),
        os_version: os_version(&first(
            &["/etc/os-release", "/usr/lib/os-release"].map(|path| settings.of_host(Path::new(path))),
        )),
        cores: topology.cores,
        physical_cores: topology.physical_cores,
        sockets: topology.sockets,
        books: topology.books,
        drawers: topology.drawers,
        memory_bytes: memory.memory_total,
        swap_bytes: memory.swap_total,
        memory_by_type: memory_by_type(&sysfs.join("devices/system/edac/mc")),
        nvm: Nvm::default(),
    }
}

/// The name for people in os-release(5), without the quotes of a shell.
fn os_version(content: &str) -> String {
    let name = content.lines().find_map(|line| line.trim().strip_prefix("PRETTY_NAME="));
    let name = name.map(|name| name.trim_matches(['"', '\'']).replace('\\', ""));
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| "Linux".to_owned())
}

/// The memory modules that the controllers with error correction know, by their type.
fn memory_by_type(controllers: &Path) -> std::collections::BTreeMap<String, Dimms> {
    let mut buffer = Buffer::default();
    let mut types = std::collections::BTreeMap::<String, Dimms>::new();
    for controller in numbered(controllers, "mc") {
        for module in numbered(&controllers.join(&controller), "dimm") {
            let Some(dir) = Directory::open(&controllers.join(&controller).join(module)) else { continue };
            let Some(kind) = dir.attribute("dimm_mem_type", &mut buffer).map(kerneltext::trimmed) else { continue };
            let Some(size) = dir.number("size", &mut buffer) else { continue };
            let dimms = types.entry(kind).or_default();
            dimms.capacity = dimms.capacity.saturating_add(size.saturating_mul(MEBIBYTE));
            dimms.count += 1;
        }
    }
    types
}

/// The names in a directory that are `prefix` and a number, in no particular order; none if there is no such directory.
pub(super) fn numbered(directory: &Path, prefix: &str) -> Vec<String> {
    let names = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let names = names.filter_map(|entry| entry.file_name().into_string().ok());
    let is_numbered =
        |name: &String| name.strip_prefix(prefix).is_some_and(|rest| kerneltext::unsigned(rest.as_bytes()).is_some());
    names.filter(is_numbered).collect()
}
