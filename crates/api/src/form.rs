//! Parameters from the query string and, on POST, from a form.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, header};
use http_body_util::{BodyExt, Limited};

/// Larger forms are refused, as Go's form parser does.
const MAX_FORM_BYTES: usize = 10 << 20;

/// The parameters of a request; a name may occur several times.
#[derive(Debug, Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads those of a request; the error says why its body cannot be read.
    pub(crate) async fn of(request: Request) -> Result<Form, String> {
        let (parts, body) = request.into_parts();
        let mut pairs = Vec::new();
        let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let is_form = content_type.is_some_and(|t| t.trim_start().starts_with("application/x-www-form-urlencoded"));
        if parts.method == Method::POST && is_form {
            // As in Go, the form comes before the query string.
            pairs.extend(read_body(body).await?);
        }
        pairs.extend(Form::parse(parts.uri.query().unwrap_or_default()).0);
        Ok(Form(pairs))
    }

    /// Those of a query string.
    pub(crate) fn parse(query: &str) -> Form {
        Form(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// The first value of a parameter; empty when it is absent.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    /// The last value of a parameter; empty when it is absent.
    pub(crate) fn last(&self, name: &str) -> &str {
        self.0.iter().rfind(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    /// All values of a parameter.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, value)| &**value)
    }
}

async fn read_body(body: Body) -> Result<Vec<(String, String)>, String> {
    let body = Limited::new(body, MAX_FORM_BYTES).collect().await.map_err(|error| error.to_string())?;
    Ok(form_urlencoded::parse(&body.to_bytes()).into_owned().collect())
}
