//! `/labels`, `/label/<name>/values`, `/series`.

use std::sync::Arc;

use axum::extract::{Path, State};
use promql::Annotations;
use storage::{Limits, Series, TenantId};

use super::answer::{Answer, Success};
use super::error::ApiError;
use super::params::Params;
use crate::json;
use crate::state::Api;

pub(super) async fn names(State(api): State<Arc<Api>>, params: Params) -> Answer {
    let limit = params.limit()?;
    let range = params.range()?;
    let selectors = params.selectors().map_err(ApiError::bad_data)?;
    let shared = Arc::clone(&api);
    let names = api.pool.run(params.timeout()?, move |cancel| {
        shared.metrics.label_names(TenantId::default(), &selectors, range, cancel)
    });
    Ok(strings(names.await??, limit))
}

pub(super) async fn values(State(api): State<Arc<Api>>, Path(name): Path<String>, params: Params) -> Answer {
    let limit = params.limit()?;
    let name = unescape(&name)
        .ok_or_else(|| ApiError::bad_data(format!("invalid label name: {}", model::labels::Quoted(&name))))?;
    let range = params.range()?;
    let selectors = params.selectors().map_err(ApiError::bad_data)?;
    let shared = Arc::clone(&api);
    let values = api.pool.run(params.timeout()?, move |cancel| {
        shared.metrics.label_values(TenantId::default(), &name, &selectors, range, cancel)
    });
    Ok(strings(values.await??, limit))
}

pub(super) async fn series(State(api): State<Arc<Api>>, params: Params) -> Answer {
    let selectors = params.selectors().map_err(|reason| ApiError::bad_parameter("match[]", reason))?;
    if selectors.is_empty() {
        return Err(ApiError::bad_data("no match[] parameter provided"));
    }
    let range = params.range()?;
    let limit = params.limit()?;
    let shared = Arc::clone(&api);
    let answered = api.pool.run(params.timeout()?, move |cancel| {
        let (tenant, limits) = (TenantId::default(), Limits::default());
        let mut found = shared.metrics.select_series(tenant, &selectors, range, &limits, cancel)?;
        let annotations = truncated(&mut found, limit);
        let push = |out: &mut String, series: &Series| json::push_labels(out, &series.labels);
        Ok(Success::new(|out| json::push_list(out, &found, push)).with(annotations))
    });
    answered.await?
}

fn strings(mut texts: Vec<String>, limit: usize) -> Success {
    let annotations = truncated(&mut texts, limit);
    Success::new(|out| json::push_strings(out, texts.iter().map(String::as_str))).with(annotations)
}

fn truncated<T>(items: &mut Vec<T>, limit: usize) -> Annotations {
    let mut annotations = Annotations::default();
    if limit > 0 && items.len() > limit {
        items.truncate(limit);
        annotations.warnings.push("results truncated due to limit".to_owned());
    }
    annotations
}

/// Names with characters that paths do not carry come as `U__` with `_HEX_` for such a character and `__` for an underscore;
/// `None` for a name that no label can have.
fn unescape(name: &str) -> Option<String> {
    let Some(escaped) = name.strip_prefix("U__") else { return (!name.is_empty()).then(|| name.to_owned()) };
    // What is not a valid escape is taken as it stands.
    Some(decode_escapes(escaped).unwrap_or_else(|| name.to_owned()))
}

fn decode_escapes(escaped: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = escaped;
    while let Some((before, after)) = rest.split_once('_') {
        out.push_str(before);
        if let Some(after) = after.strip_prefix('_') {
            out.push('_');
            rest = after;
        } else {
            let (code, after) = after.split_once('_')?;
            out.push(char::from_u32(u32::from_str_radix(code, 16).ok()?)?);
            rest = after;
        }
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unescapes_names() {
        for (name, expected) in [
            ("job", Some("job")),
            ("", None),
            ("U__my_2e_label", Some("my.label")),
            ("U__a__b", Some("a_b")),
            ("U__bad_zz_", Some("U__bad_zz_")),
            ("U__", Some("")),
        ] {
            assert_eq!(unescape(name).as_deref(), expected, "{name}");
        }
    }
}
