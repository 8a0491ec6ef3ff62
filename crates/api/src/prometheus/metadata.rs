//! `/metadata`.

use std::sync::Arc;

use axum::extract::State;
use storage::TenantId;

use super::answer::{Answer, Success};
use super::error::ApiError;
use super::params::Params;
use crate::json;
use crate::state::Api;

pub(super) async fn metadata(State(api): State<Arc<Api>>, params: Params) -> Answer {
    let number = |name: &'static str| match params.get(name) {
        "" => Ok(None),
        text => text.parse::<i64>().map(Some).map_err(|_| ApiError::bad_data(format!("{name} must be a number"))),
    };
    // Negative numbers mean no limit, as upstream.
    let as_count = |n: Option<i64>| n.and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
    let limit = as_count(number("limit")?);
    let limit_per_metric = as_count(number("limit_per_metric")?.filter(|&n| n > 0));
    let metric = Some(params.get("metric")).filter(|metric| !metric.is_empty()).map(ToOwned::to_owned);
    let shared = Arc::clone(&api);
    let found =
        api.pool.run(params.timeout()?, move |_| shared.metrics.metadata(TenantId::default(), metric.as_deref()));
    let mut data = String::from("{");
    for (i, (name, entries)) in found.await??.into_iter().take(limit).enumerate() {
        if i > 0 {
            data.push(',');
        }
        json::push_string(&mut data, &name);
        data.push(':');
        let entries: Vec<_> = entries.into_iter().take(limit_per_metric).collect();
        json::push_list(&mut data, &entries, |out, entry| {
            for (field, value) in
                [("{\"type\":", entry.kind.as_str()), (",\"help\":", &entry.help), (",\"unit\":", &entry.unit)]
            {
                out.push_str(field);
                json::push_string(out, value);
            }
            out.push('}');
        });
    }
    data.push('}');
    Ok(Success::new(|out| out.push_str(&data)))
}
