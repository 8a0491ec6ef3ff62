//! The HTTP API of Loki, `/loki/api/v1`, as far as it is built.
//!
//! One process serves one tenant: `X-Scope-OrgID` is ignored, as Loki ignores it without `auth_enabled`.

mod answer;
mod error;
mod index;
mod labels;
mod params;
mod push;
mod query;
mod state;
mod status;
mod tail;
mod value;

pub use params::{Bounds, RangeParams};
pub use push::{LokiBodies, PushError};
pub use state::LokiState;

/// How parameters of a request are read, for tools that check it.
pub mod read {
    pub use super::params::{bounds, default_step_ns, range_params, time_ns};
    pub use super::push::read_push;
}

use crate::route::{Route, on_get, on_get_or_form, on_post};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        on_post("/loki/api/v1/push", push::push),
        on_post("/api/prom/push", push::push_legacy),
        on_get_or_form("/loki/api/v1/query", query::instant),
        on_get_or_form("/loki/api/v1/query_range", query::range),
        on_get_or_form("/loki/api/v1/format_query", query::format),
        on_get_or_form("/loki/api/v1/labels", labels::names),
        on_get_or_form("/loki/api/v1/label", labels::names),
        on_get_or_form("/loki/api/v1/label/{name}/values", labels::values),
        on_get_or_form("/loki/api/v1/series", labels::series),
        on_get_or_form("/loki/api/v1/index/stats", index::stats),
        on_get_or_form("/loki/api/v1/index/volume", index::volume),
        on_get_or_form("/loki/api/v1/index/volume_range", index::volume_range),
        on_get("/loki/api/v1/tail", tail::tail),
        on_get("/loki/api/v1/status/buildinfo", status::buildinfo),
        on_get("/ready", status::ready),
    ]
}

#[cfg(test)]
mod tests;
