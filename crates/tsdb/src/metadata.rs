//! What expositions said about metric families, kept in one small file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use durable::FileSystem;
use model::{Metadata, MetricKind};
use storage::{Error, ErrorKind, Result};

use crate::error::io_error;
use durable::varint::{self, Reader};

const MAGIC: [u8; 8] = *b"MenaraMD";
const VERSION: u32 = 1;
const MAX_FILE_BYTES: u64 = 64 << 20;
/// Different things that can be remembered about one family; sources that disagree without end must not fill the memory.
const MAX_ENTRIES_PER_FAMILY: usize = 16;

/// Metadata of all families, in memory and on disk. See `docs/format/metadata.md`.
#[derive(Debug)]
pub(crate) struct MetadataFile {
    path: PathBuf,
    families: BTreeMap<String, BTreeSet<Metadata>>,
    /// Something in memory is not in the file, because writing it failed.
    unwritten: bool,
}

impl MetadataFile {
    /// Reads the file; one that does not exist is empty.
    pub(crate) fn open(fs: &dyn FileSystem, path: PathBuf) -> Result<MetadataFile> {
        let families = match durable::fs::read_all(fs, &path, MAX_FILE_BYTES) {
            Ok(bytes) => {
                decode(&bytes).map_err(|what| Error::new(ErrorKind::Corrupt, format!("{}: {what}", path.display())))?
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
            Err(e) => return Err(io_error("cannot read the metadata", e)),
        };
        Ok(MetadataFile { path, families, unwritten: false })
    }

    /// An empty set that will be written to the path.
    pub(crate) fn empty(path: PathBuf) -> MetadataFile {
        MetadataFile { path, families: BTreeMap::new(), unwritten: false }
    }

    /// Remembers entries; the file is written when something is new.
    pub(crate) fn put(&mut self, fs: &dyn FileSystem, entries: &[(&str, Metadata)]) -> Result<()> {
        for (name, metadata) in entries {
            let known = self.families.get(*name);
            if known.is_some_and(|known| known.contains(metadata) || known.len() >= MAX_ENTRIES_PER_FAMILY) {
                continue;
            }
            self.unwritten |= self.families.entry((*name).to_owned()).or_default().insert(metadata.clone());
        }
        if !self.unwritten {
            return Ok(());
        }
        durable::write_atomic(fs, &self.path, &encode(&self.families))
            .map_err(|e| io_error("cannot write the metadata", e))?;
        self.unwritten = false;
        Ok(())
    }

    pub(crate) fn get(&self, name: Option<&str>) -> Vec<(String, Vec<Metadata>)> {
        let wanted = self.families.iter().filter(|(family, _)| name.is_none_or(|name| name == *family));
        wanted.map(|(family, entries)| (family.clone(), entries.iter().cloned().collect())).collect()
    }
}

fn encode(families: &BTreeMap<String, BTreeSet<Metadata>>) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&VERSION.to_le_bytes());
    let text = |out: &mut Vec<u8>, text: &str| {
        varint::put(out, text.len() as u64);
        out.extend_from_slice(text.as_bytes());
    };
    varint::put(&mut out, families.len() as u64);
    for (name, entries) in families {
        text(&mut out, name);
        varint::put(&mut out, entries.len() as u64);
        for entry in entries {
            out.push(kind_number(entry.kind));
            text(&mut out, &entry.help);
            text(&mut out, &entry.unit);
        }
    }
    let checksum = crc32c::crc32c(&out);
    out.extend_from_slice(&checksum.to_le_bytes());
    out
}

fn decode(bytes: &[u8]) -> std::result::Result<BTreeMap<String, BTreeSet<Metadata>>, String> {
    let (body, checksum) = bytes.split_last_chunk::<4>().ok_or("metadata file is cut short")?;
    let mut reader = Reader::new(body);
    if reader.take(8) != Some(&MAGIC[..]) {
        return Err("not a metadata file, its first bytes differ".to_owned());
    }
    match reader.u32() {
        Some(VERSION) => {}
        Some(version) => {
            return Err(format!("metadata version {version} is not known to this program, which writes {VERSION}"));
        }
        None => return Err("metadata file is cut short".to_owned()),
    }
    if crc32c::crc32c(body) != u32::from_le_bytes(*checksum) {
        return Err("checksum of the metadata file is wrong".to_owned());
    }
    decode_families(reader).ok_or_else(|| "metadata file makes no sense".to_owned())
}

fn decode_families(mut reader: Reader<'_>) -> Option<BTreeMap<String, BTreeSet<Metadata>>> {
    let mut families = BTreeMap::new();
    for _ in 0..reader.count()? {
        let name = reader.text()?.to_owned();
        let mut entries = BTreeSet::new();
        for _ in 0..reader.count()? {
            let kind = kind_of_number(reader.byte()?)?;
            entries.insert(Metadata { kind, help: reader.text()?.to_owned(), unit: reader.text()?.to_owned() });
        }
        families.insert(name, entries);
    }
    reader.is_empty().then_some(families)
}

/// The numbers stand in files: they never change.
const KINDS: [(u8, MetricKind); 8] = [
    (0, MetricKind::Unknown),
    (1, MetricKind::Counter),
    (2, MetricKind::Gauge),
    (3, MetricKind::Histogram),
    (4, MetricKind::GaugeHistogram),
    (5, MetricKind::Summary),
    (6, MetricKind::Info),
    (7, MetricKind::StateSet),
];

fn kind_number(kind: MetricKind) -> u8 {
    KINDS.iter().find(|(_, k)| *k == kind).map_or(0, |(number, _)| *number)
}

fn kind_of_number(number: u8) -> Option<MetricKind> {
    KINDS.iter().find(|(n, _)| *n == number).map(|(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_and_refuses_damage() {
        let entry = |kind, help: &str| Metadata { kind, help: help.to_owned(), unit: String::new() };
        let mut families: BTreeMap<String, BTreeSet<Metadata>> = BTreeMap::new();
        families.entry("up".to_owned()).or_default().insert(entry(MetricKind::Gauge, "alive"));
        families.entry("up".to_owned()).or_default().insert(entry(MetricKind::StateSet, "other"));
        families.entry("x_total".to_owned()).or_default().insert(entry(MetricKind::Counter, ""));
        let bytes = encode(&families);
        assert_eq!(decode(&bytes), Ok(families));
        for len in 0..bytes.len() {
            assert!(decode(&bytes[..len]).is_err());
        }
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(decode(&flipped).is_err(), "bit {bit}");
        }
    }
}
