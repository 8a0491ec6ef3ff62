//! An alert manager on a virtual clock, over a file system in memory.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use alerting::config::{Config, Settings, Source};
use alerting::{AlertManager, Entropy, Options, Syntax};
use model::notify::{NotifyOutcome, ReceiverData};
use model::{Integration, Notification, PostedAlert};
use serde_json::Value;
use testkit::{Random, SimFs};

use super::data::{labels, ms};

/// When cases begin, in milliseconds since the epoch.
pub(super) const ORIGIN_MS: i64 = 1_700_000_000_000;

/// What reached a receiver.
pub(super) struct Received {
    pub(super) at_ms: i64,
    pub(super) notification: Arc<Notification>,
}

/// What a collector does with a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Notes it and answers well.
    Heard,
    /// Answers well and does not note it.
    Dropped,
    /// Answers that it be sent again.
    Refused,
}

/// The alert manager and what was received.
pub(super) struct World {
    pub(super) manager: AlertManager,
    config: Arc<Config>,
    /// The host in the address of each webhook, which names its collector.
    collectors: BTreeMap<Integration, String>,
    pub(super) received: BTreeMap<String, Vec<Received>>,
    pub(super) now_ms: i64,
}

impl World {
    /// Starts with a configuration whose webhooks have the names of collectors as their hosts.
    pub(super) fn start(text: &str, syntax: Syntax, start_delay_ms: i64) -> Result<World, String> {
        let text = text.replace("{{", "").replace("}}", "");
        let report = ::config::Report::new();
        let config = alerting::config::load("alertmanager.yml", &text, syntax, &report).map_err(|e| e.to_string())?;
        let config = Arc::new(config);
        let mut random = Random(1);
        let mut options = Options::new(Entropy::new(move || random.next()));
        (options.syntax, options.start_delay_ms) = (syntax, start_delay_ms);
        // The cases say when upstream sends after a reload.
        options.timers_survive_reload = false;
        let fs = Arc::new(SimFs::new());
        let (manager, _) = AlertManager::open(fs, Path::new("/alerting"), Arc::clone(&config), options, ORIGIN_MS)
            .map_err(|error| error.to_string())?;
        let collectors = collectors(&config);
        let received = collectors.values().map(|name| (name.clone(), Vec::new())).collect();
        Ok(World { manager, config, collectors, received, now_ms: ORIGIN_MS })
    }

    /// Lets time pass, the end of it included. `answer` says what a collector does with what reaches it.
    pub(super) fn run_until(&mut self, until_ms: i64, answer: impl Fn(&str, i64) -> Answer) -> Result<(), String> {
        while self.manager.next_due_ms() <= until_ms {
            self.now_ms = self.now_ms.max(self.manager.next_due_ms());
            for action in self.manager.step(self.now_ms) {
                let collector = self.collectors.get(&*action.to).cloned().unwrap_or_default();
                let answer = answer(&collector, self.now_ms);
                if answer == Answer::Heard {
                    let received = Received { at_ms: self.now_ms, notification: action.notification };
                    self.received.entry(collector).or_default().push(received);
                }
                let outcome = match answer {
                    Answer::Refused => NotifyOutcome::Retry { reason: "refused".to_owned(), retry_after_ms: None },
                    Answer::Heard | Answer::Dropped => NotifyOutcome::Sent(ReceiverData::new()),
                };
                self.manager.done(action.id, outcome, self.now_ms).map_err(|error| error.to_string())?;
            }
        }
        self.now_ms = self.now_ms.max(until_ms);
        Ok(())
    }

    pub(super) fn reload(&mut self) {
        self.manager.reload(Arc::clone(&self.config), self.now_ms);
    }
}

fn collectors(config: &Config) -> BTreeMap<Integration, String> {
    let mut collectors = BTreeMap::new();
    for receiver in &config.receivers {
        for entry in &receiver.integrations {
            if let Settings::Webhook(webhook) = &entry.settings
                && let Some(Source::Inline(url)) = &webhook.url
            {
                let (receiver, kind) = (receiver.name.clone(), entry.kind.to_owned());
                let integration = Integration { receiver, kind, index: entry.index };
                collectors.insert(integration, url.0.expose().trim_start_matches("http://").to_owned());
            }
        }
    }
    collectors
}

/// An alert of a case, whose times count from the origin.
pub(super) fn posted(value: &Value) -> PostedAlert {
    let at = |key: &str| ms(&value[key]).map(|ms| ORIGIN_MS + ms);
    let annotations = labels(&value["annotations"]);
    PostedAlert {
        labels: labels(&value["labels"]),
        annotations: Arc::new(annotations.iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect()),
        starts_at_ms: at("starts_at"),
        ends_at_ms: at("ends_at"),
        generator_url: String::new(),
    }
}
