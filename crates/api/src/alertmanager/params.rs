//! Parameters in the query string.

use std::convert::Infallible;

use alerting::{Matcher, Syntax};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use goregex::Regex;

use super::error::ApiError;
use crate::form::Form;

/// What is taken for yes; anything else is a no, as in the original.
const YES: [&str; 10] = ["true", "1", "yes", "ok", "y", "on", "selected", "checked", "t", "enabled"];

/// The parameters of a request; of a name that occurs several times the last value counts, unless all do.
#[derive(Debug, Default)]
pub(super) struct Params(Form);

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Params, Infallible> {
        Ok(Params(Form::parse(parts.uri.query().unwrap_or_default())))
    }
}

impl Params {
    #[cfg(test)]
    pub(super) fn parse(query: &str) -> Params {
        Params(Form::parse(query))
    }

    /// Whether something is to be in the answer; it is where the parameter is absent.
    pub(super) fn includes(&self, name: &str) -> bool {
        match self.last(name) {
            "" => true,
            value => YES.contains(&value.to_lowercase().as_str()),
        }
    }

    /// A matcher from each value of a parameter.
    pub(super) fn matchers(&self, name: &str, syntax: Syntax) -> Result<Vec<Matcher>, ApiError> {
        self.0.all(name).map(|text| syntax.parse_matcher(text).map_err(ApiError::bad_request)).collect()
    }

    /// The pattern for the names of receivers.
    pub(super) fn receiver(&self) -> Result<Option<Regex>, ApiError> {
        let pattern = self.last("receiver");
        if pattern.is_empty() {
            return Ok(None);
        }
        let refused = |error| ApiError::bad_request(format!("failed to parse receiver param: {error}"));
        Regex::new(&format!("^(?:{pattern})$")).map(Some).map_err(refused)
    }

    fn last(&self, name: &str) -> &str {
        self.0.last(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_switches() {
        let params = Params::parse("a=true&b=TRUE&c=false&d=x&e=&f=false&f=on&g=0&h=1");
        let included: Vec<&str> = ["a", "b", "c", "d", "e", "f", "g", "h", "absent"]
            .into_iter()
            .filter(|name| params.includes(name))
            .collect();
        assert_eq!(included, ["a", "b", "e", "f", "h", "absent"]);
    }
}
