//! Counts requests by route and status code.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use exposition::Family;
use model::MetricKind;
use parking_lot::Mutex;

use crate::state::Api;

/// Requests answered, by route and status code.
#[derive(Debug, Default)]
pub struct RequestCounters(Mutex<BTreeMap<(String, u16), u64>>);

impl RequestCounters {
    /// The counters as a metric family.
    #[must_use]
    pub fn family(&self) -> Family {
        let help = "HTTP requests answered, by route and status code.";
        let mut family = Family::new("menara_http_requests_total", help, MetricKind::Counter);
        for ((handler, code), count) in self.0.lock().iter() {
            let labels = vec![("code".into(), code.to_string()), ("handler".into(), handler.clone())];
            family.push(labels, *count as f64);
        }
        family
    }

    fn add(&self, handler: String, code: u16) {
        *self.0.lock().entry((handler, code)).or_default() += 1;
    }
}

/// Middleware: counts the answer under the route that gave it; requests that no route took share one name, so that
/// callers cannot make up series.
pub(crate) async fn count(api: Arc<Api>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>();
    let handler = path.map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let response = next.run(request).await;
    api.requests.add(handler, response.status().as_u16());
    response
}
