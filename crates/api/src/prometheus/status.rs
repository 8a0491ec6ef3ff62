//! `/status/…`.

use std::sync::Arc;

use axum::extract::State;

use super::envelope::{Answer, Success};
use crate::json;
use crate::state::Api;

/// The version whose API is spoken. Clients such as Grafana look at it to know what they may ask for, so it comes first and
/// Menara's own follows as build metadata.
const API_VERSION: &str = "3.14.0";

pub(super) async fn buildinfo(State(api): State<Arc<Api>>) -> Answer {
    let version = format!("{API_VERSION}+menara.{}", api.build.version);
    let mut data = String::from("{");
    let fields = [
        ("version", &*version),
        ("revision", ""),
        ("branch", ""),
        ("buildUser", ""),
        ("buildDate", ""),
        ("goVersion", ""),
    ];
    for (i, (name, value)) in fields.into_iter().enumerate() {
        if i > 0 {
            data.push(',');
        }
        json::push_string(&mut data, name);
        data.push(':');
        json::push_string(&mut data, value);
    }
    data.push('}');
    Ok(Success { data, ..Success::default() })
}
