//! A webhook's message read back, for services that an Alertmanager sends to.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::notify::{NotifiedAlert, NotifyReason, ReceiverData};
use model::{Alert, Labels, Notification};
use serde_json::{Map, Value};

/// Reads a message that came in at `now_ms`, to be sent on until the deadline. Only what is shown has to be there: alerts with labels
/// and a beginning.
///
/// # Errors
/// What is wrong with it.
pub fn read(body: &[u8], now_ms: i64, deadline_ms: i64) -> Result<Notification, String> {
    let message: Value = serde_json::from_slice(body).map_err(|error| format!("that is no JSON: {error}"))?;
    let message = message.as_object().ok_or("the message is not an object")?;
    if let Some(version) = message.get("version").filter(|version| *version != "4") {
        return Err(format!("not built yet: messages of version {version}"));
    }
    let alerts = message.get("alerts").and_then(Value::as_array).ok_or("the message has no list of alerts")?;
    if alerts.is_empty() {
        return Err("the list of alerts is empty".to_owned());
    }
    let alerts = alerts.iter().enumerate().map(|(i, alert)| {
        let alert = alert.as_object().ok_or_else(|| "it is not an object".to_owned());
        alert.and_then(|alert| read_alert(alert, now_ms)).map_err(|why| format!("alerts[{i}]: {why}"))
    });
    Ok(Notification {
        group_key: text(message, "groupKey")?.to_owned(),
        group_labels: Labels::from_pairs(texts(message, "groupLabels")?),
        route_labels: Arc::new(Vec::new()),
        reason: NotifyReason::FirstNotification,
        alerts: alerts.collect::<Result<_, _>>()?,
        receiver_data: ReceiverData::new(),
        now_ms,
        deadline_ms,
    })
}

fn read_alert(alert: &Map<String, Value>, now_ms: i64) -> Result<NotifiedAlert, String> {
    let labels = texts(alert, "labels")?;
    if labels.is_empty() {
        return Err("it has no labels".to_owned());
    }
    let starts_at_ms = time(alert, "startsAt")?.ok_or("it has no startsAt")?;
    let is_resolved = match text(alert, "status")? {
        "firing" | "" => false,
        "resolved" => true,
        other => return Err(format!("status {other:?} is neither firing nor resolved")),
    };
    let ends_at_ms = time(alert, "endsAt")?.unwrap_or(now_ms);
    let annotations = texts(alert, "annotations")?;
    let alert = Alert {
        labels: Labels::from_pairs(labels),
        annotations: Arc::new(annotations.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect()),
        starts_at_ms,
        ends_at_ms,
        generator_url: text(alert, "generatorURL")?.to_owned(),
        updated_at_ms: now_ms,
        is_timeout: false,
    };
    Ok(NotifiedAlert { alert: Arc::new(alert), is_resolved })
}

/// A text; empty if it is absent.
fn text<'v>(object: &'v Map<String, Value>, key: &str) -> Result<&'v str, String> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(""),
        Some(value) => value.as_str().ok_or_else(|| format!("{key} is not a text")),
    }
}

/// Texts by name; none if they are absent.
fn texts<'v>(object: &'v Map<String, Value>, key: &str) -> Result<BTreeMap<&'v str, &'v str>, String> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(BTreeMap::new()),
        Some(Value::Object(texts)) => {
            let pairs = texts.iter().map(|(name, value)| {
                let value = value.as_str().ok_or_else(|| format!("{key}.{name} is not a text"))?;
                Ok((name.as_str(), value))
            });
            pairs.collect()
        }
        Some(_) => Err(format!("{key} is not an object")),
    }
}

fn time(object: &Map<String, Value>, key: &str) -> Result<Option<i64>, String> {
    match text(object, key)? {
        "" => Ok(None),
        time => model::time::parse_ms(time).map(Some).ok_or_else(|| format!("{key} {time:?} is not a time")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_read_back() {
        let body = br#"{"version":"4","groupKey":"{}:{}","groupLabels":{"alertname":"Disk"},"alerts":[
            {"status":"firing","labels":{"alertname":"Disk"},"annotations":{"summary":"s"},"startsAt":"2023-11-14T22:13:20.5+01:00",
             "endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://p/"},
            {"status":"resolved","labels":{"a":"b"},"startsAt":"2023-11-14T22:13:20Z","endsAt":"2023-11-14T22:14:20Z"}]}"#;
        let read = read(body, 1_700_000_100_000, 1).expect("a message");
        assert!(read.is_firing());
        let again = crate::webhook::message("x", "", &read, 0);
        let sent: Value = serde_json::from_slice(body).expect("JSON");
        assert_eq!(again["groupLabels"], sent["groupLabels"]);
        assert_eq!(again["alerts"][0]["startsAt"], "2023-11-14T21:13:20.5Z");
        for (i, key) in [
            (0, "labels"),
            (0, "annotations"),
            (0, "endsAt"),
            (0, "generatorURL"),
            (1, "startsAt"),
            (1, "endsAt"),
            (1, "status"),
        ] {
            assert_eq!(again["alerts"][i][key], sent["alerts"][i][key], "{i} {key}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (body, expected) in [
            ("", "that is no JSON"),
            ("[]", "not an object"),
            ("{}", "no list of alerts"),
            (r#"{"alerts":[]}"#, "empty"),
            (r#"{"version":"5","alerts":[]}"#, "not built yet: messages of version \"5\""),
            (r#"{"alerts":[7]}"#, "alerts[0]: it is not an object"),
            (r#"{"alerts":[{}]}"#, "alerts[0]: it has no labels"),
            (r#"{"alerts":[{"labels":{"a":1}}]}"#, "labels.a is not a text"),
            (r#"{"alerts":[{"labels":{"a":"b"}}]}"#, "it has no startsAt"),
            (r#"{"alerts":[{"labels":{"a":"b"},"startsAt":"noon"}]}"#, "startsAt \"noon\" is not a time"),
            (r#"{"alerts":[{"labels":{"a":"b"},"startsAt":"2023-11-14T22:13:20Z","status":"odd"}]}"#, "status \"odd\""),
        ] {
            let error = read(body.as_bytes(), 0, 0).expect_err("it is wrong");
            assert!(error.contains(expected), "{body}: {error}");
        }
    }
}
