//! A server that answers as it is told and keeps what it was sent.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use fakes::http::{Request, Response, Server};
use model::NotifyOutcome;
use serde_json::Value;

pub(crate) struct Fake {
    server: Server,
    kept: Arc<Mutex<Vec<Request>>>,
}

impl Fake {
    /// Answers each request with a status and a body, and asks to be left alone for three seconds.
    pub(crate) fn start(answer: impl Fn(&Request) -> (u16, &'static str) + Send + Sync + 'static) -> Fake {
        let kept: Arc<Mutex<Vec<Request>>> = Arc::default();
        let keep = Arc::clone(&kept);
        let server = Server::start(SocketAddr::from(([127, 0, 0, 1], 0)), move |request| {
            keep.lock().unwrap().push(request.clone());
            let (status, body) = answer(request);
            let headers = vec![("Retry-After".to_owned(), "3".to_owned())];
            Response { status, headers, body: body.to_owned() }
        });
        Fake { server: server.expect("a port"), kept }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.address())
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.kept.lock().unwrap().clone()
    }

    /// What it was sent last, as JSON.
    pub(crate) fn body(&self) -> Value {
        let request = self.requests().pop().expect("a request");
        assert_eq!((request.method.as_str(), request.header("content-type")), ("POST", "application/json"));
        serde_json::from_slice(&request.body).expect("JSON")
    }
}

pub(crate) fn word(outcome: &NotifyOutcome) -> &'static str {
    match outcome {
        NotifyOutcome::Sent(_) => "sent",
        NotifyOutcome::Retry { .. } => "retry",
        NotifyOutcome::Failed { .. } => "failed",
    }
}

/// A call of a template by its name.
pub(crate) fn template(name: &str) -> String {
    format!("{{{{ template \"{name}\" . }}}}")
}
