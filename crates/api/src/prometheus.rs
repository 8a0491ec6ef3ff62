//! The HTTP API of Prometheus, `/api/v1`, as far as it is built.

mod answer;
mod error;
mod labels;
mod metadata;
mod params;
mod query;
mod rules;
mod status;
mod value;

use crate::route::{Route, on_get, on_get_or_form};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        on_get_or_form("/api/v1/query", query::instant),
        on_get_or_form("/api/v1/query_range", query::range),
        on_get_or_form("/api/v1/format_query", query::format),
        on_get_or_form("/api/v1/labels", labels::names),
        on_get("/api/v1/label/{name}/values", labels::values),
        on_get_or_form("/api/v1/series", labels::series),
        on_get("/api/v1/metadata", metadata::metadata),
        on_get("/api/v1/rules", rules::rules),
        on_get("/api/v1/alerts", rules::alerts),
        on_get("/api/v1/status/buildinfo", status::buildinfo),
    ]
}
