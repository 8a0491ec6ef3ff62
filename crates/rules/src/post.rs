//! Handing alerts over.

use model::{Labels, PostedAlert};

use crate::alerts::{ActiveAlert, AlertState};

/// The labels of an alert on its way out: with those external ones that it does not have itself, relabelled. `None` when it is dropped.
pub(crate) fn labels(labels: &Labels, external_labels: &Labels, relabel: &[relabel::Rule]) -> Option<Labels> {
    let mut out = labels.to_builder();
    for (name, value) in external_labels {
        if out.get(name).is_empty() {
            out.set(name, value);
        }
    }
    relabel::apply(relabel, &out.build())
}

/// An alert as the alert manager is told of it. `valid_until_ms` is when a firing alert ends unless it is told of again.
pub(crate) fn posted(labels: Labels, alert: &ActiveAlert, valid_until_ms: i64, generator_url: &str) -> PostedAlert {
    let ends_at_ms = match alert.state {
        AlertState::Inactive => alert.resolved_at_ms.unwrap_or(valid_until_ms),
        AlertState::Pending | AlertState::Firing => valid_until_ms,
    };
    PostedAlert {
        labels,
        annotations: alert.annotations.clone(),
        starts_at_ms: alert.fired_at_ms,
        ends_at_ms: Some(ends_at_ms),
        generator_url: generator_url.to_owned(),
    }
}

/// Where people look at an expression.
pub(crate) fn generator_url(external_url: &str, query: &str) -> String {
    format!("{external_url}/graph?g0.expr={}&g0.tab=1", query_escape(query))
}

/// A text within the query of a URL, as Go escapes it.
fn query_escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_holds_the_expression() {
        assert_eq!(
            generator_url("http://h:1", "a{b=\"ü\"} + 1"),
            "http://h:1/graph?g0.expr=a%7Bb%3D%22%C3%BC%22%7D+%2B+1&g0.tab=1"
        );
    }
}
