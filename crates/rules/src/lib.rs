//! Recording and alerting rules, read and evaluated as Prometheus does.
//!
//! [`RuleSet`] reads rule files, [`PrometheusConfig`] what `prometheus.yml` says about rules, and [`Manager`] evaluates groups: it is
//! told what time it is, asks the stores, writes what recording rules make and hands alerts to an [`AlertSink`](model::AlertSink).
//! Nothing here waits, sleeps or speaks to a network; who runs it calls [`Manager::step`] when [`Manager::next_due_ms`] has come.
//!
//! Rules ask the metric store in PromQL. A set may also be read in [`Language::LogQl`], as Loki's ruler reads it; what such rules
//! record goes to the metric store all the same.

mod alerts;
mod defaults;
mod evaluate;
mod file;
mod glob;
mod group;
mod manager;
mod post;
mod prometheus;
mod restore;
mod rule;
mod set;
mod spec;
mod template;
mod validate;
mod view;
mod write;

pub use alerts::AlertState;
pub use evaluate::{Logs, Sources};
pub use glob::matching as matching_files;
pub use manager::{Manager, Options, Settings};
pub use prometheus::PrometheusConfig;
pub use set::{LoadError, RuleSet};
pub use spec::{AlertSpec, Expression, GroupSpec, Language, RuleKind, RuleSpec};
pub use template::{Query, Scene, Template};
pub use view::{AlertView, AlertingView, GroupView, Health, RuleView, RulesView};
