//! Configuration files: a YAML reader that knows positions, and a report of what was honoured, ignored and refused.
//!
//! [`parse`] turns text into [`Node`]s. Each crate reads its own block of a file with a [`Block`], which keeps account of the
//! keys: one that is read is honoured, one that upstream knows and we do not need is [ignored by name](Block::ignored) or
//! [not built yet](Block::not_built), and one that nobody asked for is an error, as in upstream's strict YAML. Nothing is
//! dropped in silence.
//!
//! Null, written or left out, is an absent key everywhere, as Go's YAML has it: a stock `prometheus.yml` says `rule_files:`
//! with nothing but comments behind it.

mod block;
mod error;
mod node;
mod report;
mod yaml;

pub use block::Block;
pub use error::{Error, Position, Result};
pub use node::{Entry, Node, Scalar, ScalarTag, Value};
pub use report::{Fate, Notice, Report};
pub use yaml::parse;
