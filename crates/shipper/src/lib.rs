//! Finds log lines on this machine and hands them on.
//!
//! A [`Shipper`] looks for files ([`Settings`]), follows them through rotation, and delivers their lines to a [`LineSink`].
//! Positions move only when the sink has acknowledged, and the sink keeps them with the lines, so that every line arrives
//! once, also across a kill. A file is known by its inode and its first line, not by its name.

mod containers;
mod discover;
mod entries;
mod format;
mod glob;
mod identity;
mod join;
mod lines;
mod positions;
mod promtail;
mod read;
mod recognise;
mod scan;
mod settings;
mod shipper;
mod siblings;
mod sink;
mod status;
mod tail;
mod text;
mod watch;

pub use containers::{ContainerLog, ContainerLogs};
pub use format::LogFormat;
pub use glob::Glob;
pub use lines::MAX_LINE_BYTES;
pub use settings::{Settings, Target};
pub use shipper::{Options, Progress, Shipper};
pub use sink::{Delivery, LineSink};
pub use status::{Counters, FileStatus, LogState, Passed, Status};
pub use watch::{Stop, Stopper};
