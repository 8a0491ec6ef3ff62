//! The suites.

pub mod alertmanager;
pub mod cadvisor;
pub mod ingest;
pub mod logql;
pub mod promql_parse;
pub mod promqltest;
pub mod rules;
pub mod templates;
