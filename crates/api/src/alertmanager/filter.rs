//! Which alerts, and which receivers, a request asks for.

use std::collections::BTreeSet;

use alerting::config::Receiver;
use alerting::manager::AlertView;
use alerting::{Config, Matcher, Syntax};
use goregex::Regex;
use model::Labels;

use super::error::ApiError;
use super::params::Params;

/// Which alerts are asked for. The original also takes `unprocessed`; an alert is not that at any time one could ask, so it changes nothing.
#[derive(Debug)]
pub(super) struct AlertFilter {
    matchers: Vec<Matcher>,
    active: bool,
    silenced: bool,
    inhibited: bool,
}

impl AlertFilter {
    /// # Errors
    /// When a matcher cannot be read.
    pub(super) fn of(params: &Params, syntax: Syntax) -> Result<AlertFilter, ApiError> {
        Ok(AlertFilter {
            matchers: params.matchers("filter", syntax)?,
            active: params.includes("active"),
            silenced: params.includes("silenced"),
            inhibited: params.includes("inhibited"),
        })
    }

    /// Whether an alert is one of them. That its group is muted makes no difference.
    pub(super) fn takes(&self, view: &AlertView) -> bool {
        let (silenced, inhibited) = (!view.silenced_by.is_empty(), !view.inhibited_by.is_empty());
        (self.active || silenced || inhibited)
            && (self.silenced || !silenced)
            && (self.inhibited || !inhibited)
            && self.matchers.iter().all(|matcher| matcher.matches_labels(&view.alert.labels))
    }
}

/// Which receivers are asked for: by their names, by their labels, or by both.
#[derive(Debug)]
pub(super) struct ReceiverFilter {
    name: Option<Regex>,
    matchers: Vec<Matcher>,
}

impl ReceiverFilter {
    /// # Errors
    /// When the pattern or a matcher cannot be read.
    pub(super) fn of(params: &Params, syntax: Syntax) -> Result<ReceiverFilter, ApiError> {
        Ok(ReceiverFilter { name: params.receiver()?, matchers: params.matchers("receiver_matchers", syntax)? })
    }

    /// By labels only.
    ///
    /// # Errors
    /// When a matcher cannot be read.
    pub(super) fn by_labels(params: &Params, syntax: Syntax) -> Result<ReceiverFilter, ApiError> {
        Ok(ReceiverFilter { name: None, matchers: params.matchers("receiver_matchers", syntax)? })
    }

    /// Whether a receiver is one of them.
    pub(super) fn takes(&self, receiver: &Receiver) -> bool {
        let labels = Labels::from_pairs(&receiver.labels);
        self.name.as_ref().is_none_or(|name| name.is_match(&receiver.name))
            && self.matchers.iter().all(|matcher| matcher.matches_labels(&labels))
    }

    /// The names of those that a configuration has.
    pub(super) fn names(&self, config: &Config) -> BTreeSet<String> {
        config.receivers.iter().filter(|receiver| self.takes(receiver)).map(|receiver| receiver.name.clone()).collect()
    }
}
