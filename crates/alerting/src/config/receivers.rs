//! The kinds of integrations: one file each, and a line in the table.

use std::sync::Arc;

use ::config::{Block, Result};

use super::context::Context;
use super::global::Global;
use super::http::HttpConfig;

/// What the reader of each kind says about it.
trait Kind: Sized {
    /// Upstream's name of the type.
    const GO_TYPE: &'static str;
    /// Whether the end of alerts is sent unless the file says otherwise.
    const SEND_RESOLVED: bool = true;
    /// Whether it is reached over HTTP, so that it has a `http_config`.
    const HAS_HTTP: bool = true;
    /// The refusal of an entry with nothing in it; where there is none, it stands for an empty block.
    const MISSING: Option<&'static str>;

    /// Reads the keys of an entry that are the kind's own.
    ///
    /// # Errors
    /// At what makes no sense, in upstream's words.
    fn read(block: &mut Block<'_>, context: &Context, http: Option<&HttpConfig>) -> Result<Self>;

    /// Fills in what `global` says.
    ///
    /// # Errors
    /// When something is then still missing, in upstream's words.
    fn complete(&mut self, global: &Global, http: Option<&HttpConfig>) -> std::result::Result<(), &'static str> {
        let _ = (global, http);
        Ok(())
    }
}

/// One entry of a list such as `webhook_configs`.
#[derive(Clone, Debug)]
pub struct IntegrationConfig {
    /// The kind, as notifications and metrics name it: `webhook`.
    pub kind: &'static str,
    /// The number within the list, from 0.
    pub index: u32,
    /// Whether this version can send by it; one that it cannot counts each notification as failed.
    pub is_built: bool,
    /// Whether the end of alerts is sent.
    pub send_resolved: bool,
    /// How it is reached, for all kinds that are reached over HTTP: its own `http_config`, or the global one.
    pub http: Option<Arc<HttpConfig>>,
    /// What the kind itself needs.
    pub settings: Settings,
}

/// The table: each kind's key, name, module and type, and whether this version can send by it.
macro_rules! kinds {
    ($($key:literal, $name:literal, $built:literal => $module:ident::$type:ident;)*) => {
        $(pub mod $module;)*

        /// The settings of an integration.
        #[derive(Clone, Debug)]
        pub enum Settings {
            $(
                #[doc = concat!("Of `", $key, "`.")]
                $type(Box<$module::$type>),
            )*
        }

        /// The keys of all lists of integrations.
        pub const KEYS: &[&str] = &[$($key),*];

        /// Reads the lists of integrations of a receiver, in the order of the table. Kinds that cannot be sent by are named in the report.
        pub(super) fn read(block: &mut Block<'_>, context: &Context) -> Result<Vec<Unfinished>> {
            let mut read = Vec::new();
            $(
                if !$built {
                    block.not_built($key, "what goes to it counts as failed");
                }
                for (i, entry) in block.blocks($key, $module::$type::GO_TYPE)?.into_iter().enumerate() {
                    read.push(entry_of::<$module::$type>(entry, context, Row { kind: $name, is_built: $built, number: i }, |settings| {
                        Settings::$type(Box::new(settings))
                    })?);
                }
            )*
            Ok(read)
        }

        impl Settings {
            fn complete(&mut self, global: &Global, http: Option<&HttpConfig>) -> std::result::Result<(), &'static str> {
                match self {
                    $(Settings::$type(settings) => settings.complete(global, http),)*
                }
            }
        }

        /// Reads one entry of a list on its own, without global defaults; for tests of single entries.
        ///
        /// # Errors
        /// As for a whole file, and for a key that is no list of integrations.
        pub fn read_entry(key: &str, root: &::config::Node, syntax: crate::matcher::Syntax) -> Result<IntegrationConfig> {
            let report = ::config::Report::new();
            let context = Context::new(syntax);
            match key {
                $($key => {
                    let entry = Block::root(root, $module::$type::GO_TYPE, &report)?;
                    let row = Row { kind: $name, is_built: $built, number: 0 };
                    let unfinished = entry_of::<$module::$type>(entry, &context, row, |settings| {
                        Settings::$type(Box::new(settings))
                    })?;
                    Ok(unfinished.0)
                })*
                _ => Err(root.error(format!("{key} is no list of integrations"))),
            }
        }
    };
}

kinds! {
    "webhook_configs", "webhook", true => webhook::Webhook;
    "email_configs", "email", true => email::Email;
    "pagerduty_configs", "pagerduty", true => pagerduty::PagerDuty;
    "slack_configs", "slack", true => slack::Slack;
    "telegram_configs", "telegram", true => telegram::Telegram;
    "opsgenie_configs", "opsgenie", false => opsgenie::OpsGenie;
    "wechat_configs", "wechat", false => wechat::WeChat;
    "victorops_configs", "victorops", false => victorops::VictorOps;
    "pushover_configs", "pushover", false => pushover::Pushover;
    "sns_configs", "sns", false => sns::Sns;
    "discord_configs", "discord", false => discord::Discord;
    "webex_configs", "webex", false => webex::Webex;
    "msteams_configs", "msteams", false => msteams::MsTeams;
    "msteamsv2_configs", "msteamsv2", false => msteamsv2::MsTeamsV2;
    "jira_configs", "jira", false => jira::Jira;
    "incidentio_configs", "incidentio", false => incidentio::IncidentIo;
    "rocketchat_configs", "rocketchat", false => rocketchat::RocketChat;
    "mattermost_configs", "mattermost", false => mattermost::Mattermost;
}

/// An entry that has not got its global defaults yet.
pub(super) struct Unfinished(IntegrationConfig);

impl Unfinished {
    /// Fills in what `global` says.
    ///
    /// # Errors
    /// When something is then still missing, in upstream's words.
    pub(super) fn finish(self, global: &Global) -> std::result::Result<IntegrationConfig, &'static str> {
        let Unfinished(mut entry) = self;
        entry.settings.complete(global, entry.http.as_deref())?;
        if entry.http.is_none() && !matches!(entry.settings, Settings::Email(_)) {
            entry.http = Some(Arc::clone(&global.http_config));
        }
        Ok(entry)
    }
}

/// What the table says of a kind, and the number of the entry.
struct Row {
    kind: &'static str,
    is_built: bool,
    number: usize,
}

fn entry_of<K: Kind>(
    mut block: Block<'_>,
    context: &Context,
    row: Row,
    wrap: impl FnOnce(K) -> Settings,
) -> Result<Unfinished> {
    if let (true, Some(missing)) = (block.node().is_null(), K::MISSING) {
        return Err(block.node().error(missing));
    }
    let send_resolved = block.boolean("send_resolved")?.unwrap_or(K::SEND_RESOLVED);
    let http = if K::HAS_HTTP {
        <Option<HttpConfig> as super::field::Field>::read(&mut block, "http_config", context)?.flatten()
    } else {
        None
    };
    let settings = K::read(&mut block, context, http.as_ref())?;
    block.finish()?;
    let index = u32::try_from(row.number).unwrap_or(u32::MAX);
    Ok(Unfinished(IntegrationConfig {
        kind: row.kind,
        index,
        is_built: row.is_built,
        send_resolved,
        http: http.map(Arc::new),
        settings: wrap(settings),
    }))
}

/// A refusal of a whole entry.
fn refuse<T>(block: &Block<'_>, why: impl Into<String>) -> Result<T> {
    Err(block.node().error(why))
}
