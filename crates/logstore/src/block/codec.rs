//! Compression contexts, kept between uses and dropped when nobody needs them.

use std::fmt;
use std::io;

use parking_lot::Mutex;
use zstd::bulk::{Compressor, Decompressor};

/// More was measured to cost much and gain little: the texts repeat themselves plainly or not at all.
const LEVEL: i32 = 1;
/// Decompressors kept for the next reads.
const MAX_IDLE: usize = 4;

/// Compresses and decompresses, from any thread.
#[derive(Default)]
pub(crate) struct Codec {
    compressor: Mutex<Option<Compressor<'static>>>,
    decompressors: Mutex<Vec<Decompressor<'static>>>,
}

impl Codec {
    pub(crate) fn compress(&self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut slot = self.compressor.lock();
        let compressor = match &mut *slot {
            Some(compressor) => compressor,
            empty => empty.insert(Compressor::new(LEVEL)?),
        };
        // The bound would take a quarter more than the text for the moment.
        let mut compressed = compressor.compress(bytes)?;
        compressed.shrink_to_fit();
        Ok(compressed)
    }

    /// Decompresses bytes that must become exactly `raw_bytes`.
    pub(crate) fn decompress(&self, bytes: &[u8], raw_bytes: usize) -> io::Result<Vec<u8>> {
        let idle = self.decompressors.lock().pop();
        let mut decompressor = idle.map_or_else(Decompressor::new, Ok)?;
        let result = decompressor.decompress(bytes, raw_bytes);
        let mut idle = self.decompressors.lock();
        if idle.len() < MAX_IDLE {
            idle.push(decompressor);
        }
        drop(idle);
        let raw = result?;
        if raw.len() == raw_bytes { Ok(raw) } else { Err(io::Error::from(io::ErrorKind::InvalidData)) }
    }

    pub(crate) fn drop_idle(&self) {
        *self.compressor.lock() = None;
        *self.decompressors.lock() = Vec::new();
    }
}

impl fmt::Debug for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Codec")
    }
}
