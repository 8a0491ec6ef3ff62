//! A notification as templates see it.

use std::borrow::Cow;
use std::rc::Rc;

use gotemplate::time::Time;
use gotemplate::{Args, Kind, Object, Signature, Value};
use model::notify::NotifiedAlert;
use model::{Alert, Notification};

use super::labels::Labels;
use crate::words::{common, quote_meta};

const NONE: Signature = Signature::of(&[]);

/// A struct: the names of its fields in templates and in JSON, and their values.
#[derive(Debug)]
struct Fields<'a> {
    type_name: &'static str,
    fields: Vec<(&'static str, &'static str, Value<'a>)>,
}

/// A list of alerts.
#[derive(Clone, Debug)]
struct Alerts<'a>(Rc<Vec<(bool, Value<'a>)>>);

/// The data of a notification, with the labels of the route as they are filled in.
pub(super) fn of<'a>(
    receiver: &str,
    external_url: &'a str,
    notification: &'a Notification,
    route_labels: Vec<(&'a str, String)>,
) -> Value<'a> {
    let labels = |pairs: Vec<(&'a str, &'a str)>| Value::object(Labels::of(pairs));
    let status = if notification.is_firing() { "firing" } else { "resolved" };
    let alerts = notification.alerts.iter().map(|alert| (!alert.is_resolved, of_alert(alert))).collect();
    let routes = route_labels.into_iter().map(|(name, value)| (Cow::Borrowed(name), Cow::Owned(value))).collect();
    Value::object(Fields {
        type_name: "*template.Data",
        fields: vec![
            ("Receiver", "receiver", quote_meta(receiver).into()),
            ("Status", "status", status.into()),
            ("Alerts", "alerts", Value::object(Alerts(Rc::new(alerts)))),
            ("GroupLabels", "groupLabels", labels(notification.group_labels.iter().collect())),
            ("CommonLabels", "commonLabels", labels(common::labels(notification))),
            ("CommonAnnotations", "commonAnnotations", labels(common::annotations(notification))),
            ("RouteLabels", "routeLabels", Value::object(Labels(Rc::new(routes)))),
            ("ExternalURL", "externalURL", external_url.into()),
            ("NotificationReason", "notification_reason", notification.reason.as_str().into()),
        ],
    })
}

fn of_alert(notified: &NotifiedAlert) -> Value<'_> {
    let alert: &Alert = &notified.alert;
    let time = |ms: i64| Value::from(Time::from_unix_nanos(ms.saturating_mul(1_000_000)));
    let annotations = alert.annotations.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    Value::object(Fields {
        type_name: "template.Alert",
        fields: vec![
            ("Status", "status", if notified.is_resolved { "resolved" } else { "firing" }.into()),
            ("Labels", "labels", Value::object(Labels::of(&alert.labels))),
            ("Annotations", "annotations", Value::object(Labels::of(annotations))),
            ("StartsAt", "startsAt", time(alert.starts_at_ms)),
            ("EndsAt", "endsAt", if notified.is_resolved { time(alert.ends_at_ms) } else { Time::zero().into() }),
            ("GeneratorURL", "generatorURL", alert.generator_url.as_str().into()),
            ("Fingerprint", "fingerprint", alert.fingerprint().to_string().into()),
        ],
    })
}

impl<'a> Object<'a> for Fields<'a> {
    fn type_name(&self) -> &'static str {
        self.type_name
    }

    fn kind(&self) -> Kind {
        Kind::Struct
    }

    fn field(&self, name: &str) -> Option<Value<'a>> {
        self.fields.iter().find(|(field, _, _)| *field == name).map(|(_, _, value)| value.clone())
    }

    fn entries(&self) -> Vec<(Cow<'a, str>, Value<'a>)> {
        self.fields.iter().map(|(name, _, value)| (Cow::Borrowed(*name), value.clone())).collect()
    }

    fn json_entries(&self) -> Vec<(Cow<'a, str>, Value<'a>)> {
        self.fields.iter().map(|(_, name, value)| (Cow::Borrowed(*name), value.clone())).collect()
    }
}

impl<'a> Object<'a> for Alerts<'a> {
    fn type_name(&self) -> &'static str {
        "template.Alerts"
    }

    fn kind(&self) -> Kind {
        Kind::List
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn at(&self, index: usize) -> Option<Value<'a>> {
        self.0.get(index).map(|(_, alert)| alert.clone())
    }

    fn method(&self, name: &str) -> Option<&'static Signature> {
        matches!(name, "Firing" | "Resolved").then_some(&NONE)
    }

    fn call(&self, name: &str, _args: &mut Args<'_, 'a>) -> Result<Value<'a>, String> {
        let wanted = match name {
            "Firing" => true,
            "Resolved" => false,
            _ => return Err(format!("no method {name}")),
        };
        let kept = self.0.iter().filter(|(is_firing, _)| *is_firing == wanted).cloned().collect();
        Ok(Value::object(Alerts(Rc::new(kept))))
    }
}
