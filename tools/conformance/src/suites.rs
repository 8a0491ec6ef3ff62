//! The suites.

pub mod promql_parse;
pub mod promqltest;
