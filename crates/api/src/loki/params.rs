//! Parameters from the query string and, on POST, from a form; read as Loki reads them and with its words for what is wrong.

use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use logql::{Direction, RangeRequest};
use model::labels::Quoted;

use super::error::ApiError;
use crate::form::Form;

const SECOND_NS: i64 = 1_000_000_000;
/// How far back a query looks that does not say.
const DEFAULT_SINCE_NS: i64 = 3_600 * SECOND_NS;
/// Lines of an answer to a query that does not say.
const DEFAULT_LIMIT: usize = 100;
/// Points of an answer to a query that does not say.
const DEFAULT_POINTS: i64 = 250;
const MAX_POINTS: i64 = 11_000;

/// The parameters of a request; a name may occur several times.
#[derive(Debug, Default)]
pub(super) struct Params(Form);

/// The stretch of time that a request asks for, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// First moment.
    pub start_ns: i64,
    /// Last moment.
    pub end_ns: i64,
}

/// The parameters of a range query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RangeParams {
    /// The expression, not parsed.
    pub query: String,
    /// The rest.
    pub request: RangeRequest,
}

impl<S: Send + Sync> FromRequest<S> for Params {
    type Rejection = Response;

    async fn from_request(request: Request, _state: &S) -> Result<Params, Response> {
        Form::of(request).await.map(Params).map_err(|error| ApiError::bad_request(error).into_response())
    }
}

impl Params {
    /// Those of a query string.
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

    /// The stretch of time of a request; it begins `default_since_ns` ago where nothing says.
    pub(super) fn bounds(&self, now_ns: i64, default_since_ns: i64) -> Result<Bounds, ApiError> {
        let bounds = bounds_from(now_ns, self.get("start"), self.get("end"), self.get("since"), default_since_ns);
        bounds.map_err(ApiError::bad_request)
    }

    /// How much is wanted.
    pub(super) fn limit(&self) -> Result<usize, ApiError> {
        limit(self.get("limit")).map_err(ApiError::bad_request)
    }

    /// Everything that a range query says.
    pub(super) fn range(&self, now_ns: i64) -> Result<RangeParams, ApiError> {
        self.read_range(now_ns).map_err(ApiError::bad_request)
    }

    /// The distance of points.
    pub(super) fn step_ns(&self, bounds: Bounds) -> Result<i64, ApiError> {
        let step_ns = match self.get("step") {
            "" => Ok(default_step_ns(bounds)),
            text => seconds_or_duration_ns(text),
        };
        step_ns.and_then(|step_ns| check_step(bounds, step_ns)).map_err(ApiError::bad_request)
    }

    fn read_range(&self, now_ns: i64) -> Result<RangeParams, String> {
        let bounds = bounds_from(now_ns, self.get("start"), self.get("end"), self.get("since"), DEFAULT_SINCE_NS)?;
        if bounds.end_ns < bounds.start_ns {
            return Err("end timestamp must not be before or equal to start time".to_owned());
        }
        let limit = limit(self.get("limit"))?;
        let direction = match self.get("direction").to_ascii_uppercase().as_str() {
            "" | "BACKWARD" => Direction::Backward,
            "FORWARD" => Direction::Forward,
            _ => return Err(format!("invalid direction '{}'", self.get("direction"))),
        };
        let step_ns = match self.get("step") {
            "" => default_step_ns(bounds),
            text => seconds_or_duration_ns(text)?,
        };
        let step_ns = check_step(bounds, step_ns)?;
        let interval_ns = interval_ns(self.get("interval"))?;
        let Bounds { start_ns, end_ns } = bounds;
        let request = RangeRequest { start_ns, end_ns, step_ns, interval_ns, limit, direction };
        Ok(RangeParams { query: self.get("query").to_owned(), request })
    }
}

/// Reads the parameters of a range query from a query string.
///
/// # Errors
/// Loki's text for what is wrong.
pub fn range_params(query_string: &str, now_ns: i64) -> Result<RangeParams, String> {
    Params::parse(query_string).read_range(now_ns)
}

/// The stretch of time that `start`, `end` and `since` name, an hour where nothing says; each may be empty.
///
/// # Errors
/// Loki's text for what is wrong.
pub fn bounds(now_ns: i64, start: &str, end: &str, since: &str) -> Result<Bounds, String> {
    bounds_from(now_ns, start, end, since, DEFAULT_SINCE_NS)
}

fn bounds_from(now_ns: i64, start: &str, end: &str, since: &str, default_since_ns: i64) -> Result<Bounds, String> {
    let since_ns = match since {
        "" => default_since_ns,
        text => duration_ns(text).map_err(|reason| format!("could not parse 'since' parameter: {reason}"))?,
    };
    let end_ns = time_ns(end, now_ns).map_err(|reason| format!("could not parse 'end' parameter: {reason}"))?;
    // An end in the future does not move the start there.
    let default_start_ns = end_ns.min(now_ns).saturating_sub(since_ns);
    let start_ns =
        time_ns(start, default_start_ns).map_err(|reason| format!("could not parse 'start' parameter: {reason}"))?;
    Ok(Bounds { start_ns, end_ns })
}

/// A moment: seconds with a fraction, seconds (up to ten digits) or nanoseconds since the epoch, or RFC 3339; the default where the
/// text is empty.
///
/// # Errors
/// Go's text for what is wrong.
pub fn time_ns(text: &str, default_ns: i64) -> Result<i64, String> {
    if text.is_empty() {
        return Ok(default_ns);
    }
    if text.contains('.')
        && let Some(seconds) = model::float::parse(text).filter(|seconds| seconds.is_finite())
    {
        // Fractions count to the millisecond, as far as a float is sure of them.
        let (whole, fraction) = (seconds.trunc(), (seconds.fract() * 1000.0).round() / 1000.0);
        return Ok((whole as i64).saturating_mul(SECOND_NS).saturating_add((fraction * SECOND_NS as f64) as i64));
    }
    match text.parse::<i64>() {
        Ok(seconds) if text.len() <= 10 => Ok(seconds.saturating_mul(SECOND_NS)),
        Ok(ns) => Ok(ns),
        Err(_) => rfc3339_ns(text).ok_or_else(|| {
            let quoted = Quoted(text);
            format!(
                "parsing time {quoted} as \"2006-01-02T15:04:05.999999999Z07:00\": cannot parse {quoted} as \"2006\""
            )
        }),
    }
}

fn rfc3339_ns(text: &str) -> Option<i64> {
    // Go wants the offset and both parts; jiff's wider forms are not its.
    let looks_rfc3339 = text.len() >= 20 && text.as_bytes()[10] == b'T';
    let timestamp: jiff::Timestamp = text.parse().ok().filter(|_| looks_rfc3339)?;
    i64::try_from(timestamp.as_nanosecond()).ok()
}

/// The distance of points for a stretch of time: a 250th of it in whole seconds, at least one.
#[must_use]
pub fn default_step_ns(bounds: Bounds) -> i64 {
    let span_ns = bounds.end_ns.saturating_sub(bounds.start_ns);
    (span_ns / SECOND_NS / DEFAULT_POINTS).max(1) * SECOND_NS
}

fn check_step(bounds: Bounds, step_ns: i64) -> Result<i64, String> {
    if step_ns <= 0 {
        let reason = "zero or negative query resolution step widths are not accepted. Try a positive integer";
        return Err(reason.to_owned());
    }
    if bounds.end_ns.saturating_sub(bounds.start_ns) / step_ns > MAX_POINTS {
        let reason = "exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step parameter";
        return Err(reason.to_owned());
    }
    Ok(step_ns)
}

/// The least distance of two lines; 0 where the text is empty.
///
/// # Errors
/// Loki's text for what is wrong.
fn interval_ns(text: &str) -> Result<i64, String> {
    match text {
        "" => Ok(0),
        text => match seconds_or_duration_ns(text)? {
            ns if ns < 0 => Err("interval must be >= 0".to_owned()),
            ns => Ok(ns),
        },
    }
}

/// A number of seconds or a duration.
fn seconds_or_duration_ns(text: &str) -> Result<i64, String> {
    if let Some(seconds) = model::float::parse(text) {
        let ns = seconds * SECOND_NS as f64;
        // 2^63 itself does not fit.
        if ns.is_nan() || ns.abs() >= i64::MAX as f64 {
            return Err(format!("cannot parse {} to a valid duration. It overflows int64", Quoted(text)));
        }
        return Ok(ns as i64);
    }
    duration_ns(text).map_err(|_| format!("cannot parse {} to a valid duration", Quoted(text)))
}

fn duration_ns(text: &str) -> Result<i64, String> {
    // A duration that parses fits in nanoseconds.
    model::duration::parse_ms(text).map(|ms| ms.saturating_mul(1_000_000)).map_err(|error| error.to_string())
}

fn limit(text: &str) -> Result<usize, String> {
    match text.parse::<i64>() {
        _ if text.is_empty() => Ok(DEFAULT_LIMIT),
        Ok(limit) if limit > 0 => Ok(usize::try_from(limit).unwrap_or(usize::MAX)),
        Ok(_) => Err("limit must be a positive value".to_owned()),
        Err(_) => Err(format!("strconv.Atoi: parsing {}: invalid syntax", Quoted(text))),
    }
}

#[cfg(test)]
mod tests;
