//! Randomness from the operating system.

use std::fs::File;
use std::io::Read;

use anyhow::Context;

/// A number nobody can guess.
pub(crate) fn seed() -> anyhow::Result<u64> {
    let mut bytes = [0; 8];
    let mut source = File::open("/dev/urandom").context("cannot open /dev/urandom")?;
    source.read_exact(&mut bytes).context("cannot read /dev/urandom")?;
    Ok(u64::from_le_bytes(bytes))
}
