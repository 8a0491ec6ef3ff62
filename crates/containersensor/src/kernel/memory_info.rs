//! The machine's memory, from `/proc/meminfo`.

use std::path::Path;

use super::files::{self, Buffer};

/// Bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct MemoryInfo {
    pub(super) memory_total: u64,
    pub(super) swap_total: u64,
    pub(super) swap_free: u64,
}

impl MemoryInfo {
    /// None when the file cannot be read or does not say how much memory there is.
    pub(super) fn read(procfs: &Path, buffer: &mut Buffer) -> Option<MemoryInfo> {
        let content = files::table(&procfs.join("meminfo"), buffer)?;
        let bytes = |name: &[u8]| {
            let line = kerneltext::lines(content).find(|line| kerneltext::fields(line).next() == Some(name))?;
            kerneltext::unsigned(kerneltext::fields(line).nth(1)?)?.checked_mul(1024)
        };
        Some(MemoryInfo {
            memory_total: bytes(b"MemTotal:")?,
            swap_total: bytes(b"SwapTotal:").unwrap_or(0),
            swap_free: bytes(b"SwapFree:").unwrap_or(0),
        })
    }
}
