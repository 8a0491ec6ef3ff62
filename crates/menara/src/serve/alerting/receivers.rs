//! The receivers that a configuration names, as notifiers: a file per kind that this version can send by.

mod email;
mod http;
mod pagerduty;
mod slack;
mod telegram;
mod webhook;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ::alerting::config::{Config, IntegrationConfig, Settings, Source};
use model::{Clock, Integration};
use notify::telegram::QuietBots;
use notify::{Notifiers, Receiver, Tools};

use super::configuration::Site;
use crate::configuration;

/// A receiver, or why there is none.
type Built = Result<Box<dyn Receiver>, String>;

/// All receivers that can be told. One that cannot is named; what goes to it counts as failed.
pub(super) fn notifiers(
    config: &Config,
    site: &Site,
    clock: &Arc<dyn Clock>,
    quiet: &Arc<QuietBots>,
) -> anyhow::Result<Notifiers> {
    let folder = &site.folder;
    let tools = Tools {
        templater: Arc::new(configuration::templater(config, folder, &site.external_url)?),
        clock: Arc::clone(clock),
        language: site.language,
    };
    let mut notifiers = Notifiers::new(tokio::runtime::Handle::current(), tools);
    for receiver in &config.receivers {
        for entry in &receiver.integrations {
            let integration =
                Integration { receiver: receiver.name.clone(), kind: entry.kind.to_owned(), index: entry.index };
            match built(entry, folder, quiet) {
                Some(Ok(receiver)) => notifiers.add(integration, receiver),
                Some(Err(why)) => tracing::warn!("{integration}: {why}; what goes to it counts as failed"),
                // Named when the file was read.
                None => {}
            }
        }
    }
    Ok(notifiers)
}

/// The receiver of an entry; `None` for a kind that this version cannot send by.
fn built(entry: &IntegrationConfig, folder: &Path, quiet: &Arc<QuietBots>) -> Option<Built> {
    let http = entry.http.as_deref();
    match &entry.settings {
        Settings::Email(settings) => Some(email::built(settings, folder)),
        Settings::PagerDuty(settings) => Some(pagerduty::built(settings, http, folder)),
        Settings::Slack(settings) => Some(slack::built(settings, http, folder)),
        Settings::Telegram(settings) => Some(telegram::built(settings, http, folder, quiet)),
        Settings::Webhook(settings) => Some(webhook::built(settings, http, folder)),
        _ if entry.is_built => Some(Err("not built yet: sending by this kind".to_owned())),
        _ => None,
    }
}

/// How long an attempt may take; `None` for as long as the notification has.
fn limit(timeout: Duration) -> Option<Duration> {
    (!timeout.is_zero()).then_some(timeout)
}

/// A value and where it comes from; files are relative to the configuration's folder.
fn source<T>(source: Option<&Source<T>>, folder: &Path, text: impl Fn(&T) -> String) -> Result<notify::Source, String> {
    match source {
        Some(Source::Inline(value)) => Ok(notify::Source::Inline(text(value))),
        Some(Source::File(path)) => Ok(notify::Source::File(folder.join(path))),
        None => Err("a value is missing".to_owned()),
    }
}
