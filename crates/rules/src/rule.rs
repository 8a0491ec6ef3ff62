//! A rule that is evaluated again and again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::alert::{ALERT_NAME, Annotations};
use model::labels::METRIC_NAME;
use model::{Labels, PostedAlert};

use crate::alerts::{ActiveAlert, AlertState, Alerts, Durations, Found};
use crate::evaluate::{Sample, Sources};
use crate::post;
use crate::spec::{AlertSpec, RuleKind, RuleSpec};
use crate::template::{Scene, Template};
use crate::view::{AlertView, AlertingView, Health, RuleView};

/// The series that shows which alerts there are.
const ALERTS: &str = "ALERTS";
/// The series that shows since when alerts are there, in seconds since the epoch.
pub(crate) const ALERTS_FOR_STATE: &str = "ALERTS_FOR_STATE";
const ALERT_STATE: &str = "alertstate";

/// What all evaluations share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Surroundings<'s> {
    pub(crate) sources: &'s Sources,
    pub(crate) external_labels: &'s Labels,
    pub(crate) alert_relabel: &'s [relabel::Rule],
    pub(crate) external_url: &'s str,
    pub(crate) resend_delay_ms: i64,
}

/// One evaluation of a group.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// The moment that is evaluated.
    pub(crate) time_ms: i64,
    /// How far before it queries look.
    pub(crate) offset_ms: i64,
    /// How many series or alerts a rule may make; 0 for any number.
    pub(crate) limit: u64,
}

/// A rule and its state.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) spec: Arc<RuleSpec>,
    pub(crate) health: Health,
    pub(crate) last_error: Option<String>,
    pub(crate) last_evaluation_ms: Option<i64>,
    pub(crate) evaluation_ns: i64,
    /// The series of the evaluation before, which end when they do not come again.
    pub(crate) series: BTreeSet<Labels>,
    pub(crate) alerts: Alerts,
    /// Whether what was known of its alerts before a restart has been taken over; its series are written only then, for they would hide it.
    pub(crate) is_restored: bool,
}

impl Rule {
    pub(crate) fn new(spec: Arc<RuleSpec>, is_restored: bool) -> Rule {
        Rule {
            spec,
            health: Health::Unknown,
            last_error: None,
            last_evaluation_ms: None,
            evaluation_ns: 0,
            series: BTreeSet::new(),
            alerts: Alerts::default(),
            is_restored,
        }
    }

    /// Evaluates the rule; what it gives is to be written at `time_ms - offset_ms`.
    ///
    /// # Errors
    /// Why it has no result.
    pub(crate) fn evaluate(&mut self, around: Surroundings<'_>, moment: Moment) -> Result<Vec<Sample>, String> {
        let spec = Arc::clone(&self.spec);
        let answer = around.sources.ask(&spec.expression, moment.time_ms - moment.offset_ms)?;
        match &spec.kind {
            RuleKind::Recording => record(&spec, answer, moment.limit),
            RuleKind::Alerting(alerting) => {
                let found = find(&spec, alerting, &answer, around, moment)?;
                let durations = Durations { for_ms: alerting.for_ms, keep_firing_for_ms: alerting.keep_firing_for_ms };
                let active = self.alerts.update(found, durations, moment.limit, moment.time_ms)?;
                if !self.is_restored {
                    return Ok(Vec::new());
                }
                Ok(active.into_iter().flat_map(|(labels, alert)| series(labels, alert)).collect())
            }
        }
    }

    /// The alerts of which the alert manager is to hear now.
    pub(crate) fn to_post(&self, around: Surroundings<'_>, interval_ms: i64, time_ms: i64) -> Vec<PostedAlert> {
        let url = post::generator_url(around.external_url, self.spec.expression.text());
        let valid_until_ms = time_ms.saturating_add(4 * interval_ms.max(around.resend_delay_ms));
        self.sendable(around.resend_delay_ms, time_ms)
            .filter_map(|(labels, alert)| {
                let labels = post::labels(labels, around.external_labels, around.alert_relabel)?;
                Some(post::posted(labels, alert, valid_until_ms, &url))
            })
            .collect()
    }

    fn sendable(&self, resend_delay_ms: i64, time_ms: i64) -> impl Iterator<Item = (&Labels, &ActiveAlert)> {
        self.alerts.by_labels.iter().filter(move |(_, alert)| alert.needs_sending(resend_delay_ms, time_ms))
    }

    /// Notes that the alert manager has heard of them.
    pub(crate) fn mark_posted(&mut self, resend_delay_ms: i64, time_ms: i64) {
        for alert in self.alerts.by_labels.values_mut() {
            if alert.needs_sending(resend_delay_ms, time_ms) {
                alert.last_sent_at_ms = Some(time_ms);
            }
        }
    }

    /// Whether another rule goes on where this one was: the same name and labels.
    pub(crate) fn is_continued_by(&self, other: &Rule) -> bool {
        self.spec.name == other.spec.name && self.spec.labels == other.spec.labels
    }

    pub(crate) fn view(&self) -> RuleView {
        let alerting = match &self.spec.kind {
            RuleKind::Recording => None,
            RuleKind::Alerting(alerting) => Some(self.alerting_view(alerting)),
        };
        RuleView {
            name: self.spec.name.clone(),
            query: self.spec.expression.text().to_owned(),
            labels: self.spec.labels.clone(),
            health: self.health,
            last_error: self.last_error.clone(),
            last_evaluation_ms: self.last_evaluation_ms,
            evaluation_ns: self.evaluation_ns,
            alerting,
        }
    }

    fn alerting_view(&self, alerting: &AlertSpec) -> AlertingView {
        let active = self.alerts.by_labels.iter().filter(|(_, alert)| alert.state != AlertState::Inactive);
        let alerts = active.map(|(labels, alert)| AlertView {
            labels: labels.clone(),
            annotations: alert.annotations.clone(),
            state: alert.state,
            active_at_ms: alert.active_at_ms,
            keep_firing_since_ms: alert.keep_firing_since_ms,
            value: alert.value,
        });
        AlertingView {
            for_ms: alerting.for_ms,
            keep_firing_for_ms: alerting.keep_firing_for_ms,
            annotations: alerting.annotation_texts().map(|(n, text)| (n.to_owned(), text.to_owned())).collect(),
            state: self.alerts.state(),
            alerts: alerts.collect(),
        }
    }
}

/// The samples that a recording rule makes of an answer.
fn record(spec: &RuleSpec, answer: Vec<Sample>, limit: u64) -> Result<Vec<Sample>, String> {
    let mut seen = BTreeSet::new();
    let mut samples = Vec::with_capacity(answer.len());
    for (labels, value) in answer {
        let mut out = labels.to_builder();
        out.set(METRIC_NAME, &spec.name);
        for (name, value) in &spec.labels {
            out.set(name, value);
        }
        let labels = out.build();
        if !seen.insert(labels.clone()) {
            return Err("vector contains metrics with the same labelset after applying rule labels".to_owned());
        }
        samples.push((labels, value));
    }
    if limit > 0 && samples.len() as u64 > limit {
        return Err(format!("exceeded limit of {limit} with {} series", samples.len()));
    }
    Ok(samples)
}

/// The alerts that an answer stands for.
fn find(
    spec: &RuleSpec,
    alerting: &AlertSpec,
    answer: &[Sample],
    around: Surroundings<'_>,
    moment: Moment,
) -> Result<BTreeMap<Labels, Found>, String> {
    let language = spec.expression.language();
    let query = |text: &str| around.sources.ask_text(language, text, moment.time_ms);
    let scene = Scene {
        query: &query,
        time_ms: moment.time_ms,
        external_labels: around.external_labels,
        external_url: around.external_url,
    };
    let mut found = BTreeMap::new();
    for (labels, value) in answer {
        let expand = |template: &Template| {
            template
                .expand(labels, *value, &scene)
                .unwrap_or_else(|error| format!("<error expanding template: {error}>"))
        };
        let mut out = labels.to_builder();
        out.remove(METRIC_NAME);
        for (name, template) in &alerting.labels {
            out.set(name, &expand(template));
        }
        out.set(ALERT_NAME, &spec.name);
        let texts = alerting.annotations.iter().map(|(name, template)| (name.clone(), expand(template)));
        let annotations: Annotations = Arc::new(texts.collect());
        if found.insert(out.build(), Found { annotations, value: *value }).is_some() {
            return Err("vector contains metrics with the same labelset after applying alert labels".to_owned());
        }
    }
    Ok(found)
}

/// The samples that show an alert.
fn series(labels: &Labels, alert: &ActiveAlert) -> [Sample; 2] {
    let mut shown = labels.to_builder();
    shown.set(METRIC_NAME, ALERTS).set(ALERT_STATE, alert.state.as_str());
    let mut since = labels.to_builder();
    since.set(METRIC_NAME, ALERTS_FOR_STATE);
    [(shown.build(), 1.0), (since.build(), alert.active_at_ms.div_euclid(1000) as f64)]
}
