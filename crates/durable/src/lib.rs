//! Synchronous files that survive crashes: a file layer that tests can make fail, atomic replacement, and a
//! checksummed record log with group commit.
//!
//! Engines do all their file work through [`FileSystem`], so that a test can cut the power, fill the disk or tear a write
//! at any moment without touching the machine.

pub mod atomic;
pub mod fs;
pub mod log;
mod real;
pub mod varint;

pub use atomic::write_atomic;
pub use fs::{FileSystem, LogFile, ReadFile, Space};
pub use log::{LogReader, LogWriter, Replay, SyncMode};
pub use real::RealFs;
