//! The suites.

pub mod ingest;
pub mod logql;
pub mod promql_parse;
pub mod promqltest;
