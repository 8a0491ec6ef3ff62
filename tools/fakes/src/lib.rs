//! Servers that stand for others in tests: as strict as the real ones, on loopback, with what they were sent to be looked at.

pub mod http;
pub mod smtp;
pub mod telegram;
