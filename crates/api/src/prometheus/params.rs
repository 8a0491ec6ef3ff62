//! Parameters from the query string and, on POST, from a form; with the original's words for what is wrong with them.

use std::time::Duration;

use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use model::Matcher;
use model::labels::Quoted;
use storage::TimeRange;

use super::error::{ApiError, ErrorType};
use crate::form::Form;

/// What a query may take at the most, whatever the caller asks for.
const MAX_TIMEOUT: Duration = Duration::from_secs(120);

/// The parameters of a request; a name may occur several times.
#[derive(Debug, Default)]
pub(super) struct Params(Form);

impl<S: Send + Sync> FromRequest<S> for Params {
    type Rejection = Response;

    async fn from_request(request: Request, _state: &S) -> Result<Params, Response> {
        Form::of(request)
            .await
            .map(Params)
            .map_err(|error| ApiError::bad_data(format!("error parsing form values: {error}")).into_response())
    }
}

impl Params {
    #[cfg(test)]
    pub(super) fn parse(query: &str) -> Params {
        Params(Form::parse(query))
    }

    /// The first value of a parameter; empty when it is absent.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.get(name)
    }

    /// All values of a parameter.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.all(name)
    }

    /// A moment that must be given.
    pub(super) fn required_time_ms(&self, name: &str) -> Result<i64, ApiError> {
        parse_time_ms(self.get(name)).map_err(|reason| ApiError::bad_parameter(name, reason))
    }

    /// A moment that may be left out.
    pub(super) fn time_ms(&self, name: &str, default_ms: i64) -> Result<i64, ApiError> {
        match self.get(name) {
            "" => Ok(default_ms),
            text => parse_time_ms(text)
                .map_err(|reason| ApiError::bad_parameter(name, format!("invalid time value for '{name}': {reason}"))),
        }
    }

    /// The range that `start` and `end` name; all of time where they are absent.
    pub(super) fn range(&self) -> Result<TimeRange, ApiError> {
        Ok(TimeRange { start_ms: self.time_ms("start", i64::MIN)?, end_ms: self.time_ms("end", i64::MAX)? })
    }

    /// A duration that must be given, in milliseconds.
    pub(super) fn required_duration_ms(&self, name: &str) -> Result<i64, ApiError> {
        parse_duration_ms(self.get(name)).map_err(|reason| ApiError::bad_parameter(name, reason))
    }

    /// A duration that may be left out, in milliseconds.
    pub(super) fn duration_ms(&self, name: &str) -> Result<Option<i64>, ApiError> {
        if self.get(name).is_empty() { Ok(None) } else { self.required_duration_ms(name).map(Some) }
    }

    /// How long the request may take. A time that is over before it begins is an error at once.
    pub(super) fn timeout(&self) -> Result<Duration, ApiError> {
        match self.duration_ms("timeout")? {
            None => Ok(MAX_TIMEOUT),
            Some(ms) if ms > 0 => Ok(Duration::from_millis(ms.unsigned_abs()).min(MAX_TIMEOUT)),
            Some(_) => Err(ApiError::new(ErrorType::Timeout, "query timed out in query execution")),
        }
    }

    /// How many results are wanted; 0 means all.
    pub(super) fn limit(&self) -> Result<usize, ApiError> {
        let text = self.get("limit");
        match text.parse::<i64>() {
            _ if text.is_empty() => Ok(0),
            Ok(limit) => {
                usize::try_from(limit).map_err(|_| ApiError::bad_parameter("limit", "limit must be non-negative"))
            }
            Err(_) => {
                let reason = format!("strconv.Atoi: parsing {}: invalid syntax", Quoted(text));
                Err(ApiError::bad_parameter("limit", reason))
            }
        }
    }

    /// The selectors of `match[]`; the error is the bare reason, which not every route wraps in the same way.
    pub(super) fn selectors(&self) -> Result<Vec<Vec<Matcher>>, String> {
        let mut selectors = Vec::new();
        for text in self.all("match[]") {
            let matchers = promql_syntax::parse_selector(text).map_err(|error| error.to_string())?;
            if matchers.iter().all(Matcher::matches_empty) {
                return Err("match[] must contain at least one non-empty matcher".to_owned());
            }
            selectors.push(matchers);
        }
        Ok(selectors)
    }
}

/// The two texts for the ends of time that the original itself hands out.
const END_OF_TIME: [(&str, i64); 2] =
    [("-292273086-05-16T16:47:06Z", i64::MIN), ("292277025-08-18T07:12:54.999999999Z", i64::MAX)];

fn parse_time_ms(text: &str) -> Result<i64, String> {
    let end = END_OF_TIME.iter().find(|(name, _)| *name == text).map(|(_, ms)| *ms);
    end.or_else(|| model::time::parse_ms(text))
        .ok_or_else(|| format!("cannot parse {} to a valid timestamp", Quoted(text)))
}

fn parse_duration_ms(text: &str) -> Result<i64, String> {
    if let Some(seconds) = model::float::parse(text) {
        // Go holds durations in nanoseconds of 63 bits.
        return if seconds.is_finite() && seconds.abs() <= 9.223_372_036e9 {
            Ok((seconds * 1000.0) as i64)
        } else {
            Err(format!("cannot parse {} to a valid duration. It overflows int64", Quoted(text)))
        };
    }
    model::duration::parse_ms(text).map_err(|_| format!("cannot parse {} to a valid duration", Quoted(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: PartialEq + std::fmt::Debug>(got: Result<T, ApiError>, expected: Result<T, &str>) {
        assert_eq!(
            got.map_err(|e| format!("{e:?}")).map_err(|e| e.contains(expected.as_ref().err().unwrap_or(&"?"))),
            expected.map_err(|_| true)
        );
    }

    #[test]
    fn reads_parameters() {
        let params = Params::parse("time=12.5&step=15&timeout=5s&long=1e10&bad=x&limit=-1&start=0&start=9&a=%2B");
        check(params.time_ms("time", 0), Ok(12_500));
        check(params.time_ms("absent", 7), Ok(7));
        check(params.time_ms("bad", 7), Err("invalid time value for 'bad': cannot parse"));
        check(params.required_time_ms("absent"), Err("to a valid timestamp"));
        check(params.required_duration_ms("step"), Ok(15_000));
        check(params.required_duration_ms("long"), Err("It overflows int64"));
        check(params.required_duration_ms("bad"), Err("to a valid duration"));
        check(params.timeout(), Ok(Duration::from_secs(5)));
        check(params.limit(), Err("limit must be non-negative"));
        check(params.range(), Ok(TimeRange { start_ms: 0, end_ms: i64::MAX }));
        assert_eq!(params.get("a"), "+");
        check(Params::parse("limit=x").limit(), Err("strconv.Atoi"));
        check(Params::parse("timeout=999h").timeout(), Ok(MAX_TIMEOUT));
        check(Params::parse("timeout=-1").timeout(), Err("query timed out"));
    }
}
