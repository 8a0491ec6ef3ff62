//! Runs test cases that other projects have written against this one.

pub mod arguments;
pub mod ratchet;
pub mod report;
pub mod suite;
pub mod suites;
pub mod testscript;
