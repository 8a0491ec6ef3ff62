//! Prometheus' relabelling, as scrape targets, remote write and log shippers apply it.
//!
//! A [`Rule`] is one entry of a `relabel_configs` list, checked when it is read. [`apply`] runs a list over a label set and
//! says whether the set is kept.

mod action;
mod case;
mod error;
mod read;
mod rule;

pub use action::Action;
pub use error::InvalidRule;
pub use read::read;
pub use rule::{NameScheme, Rule, RuleParts, apply};
