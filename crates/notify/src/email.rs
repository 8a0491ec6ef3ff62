//! Mail: a message per notification, over SMTP.
//!
//! What is sent is always one `multipart/alternative` of ASCII lines: no label can begin a header, end the message or overlong a line.
//! A password goes over encrypted connections only, and to this machine.

mod auth;
mod message;
mod tls;
mod transport;

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use model::notify::ReceiverData;
use model::{Notification, NotifyOutcome};
use sha2::{Digest as _, Sha256};

use crate::Source;
use crate::receiver::{Answer, Receiver, Tools, failed, retry};
use message::{Mail, Marks, Words};
pub use tls::Tls;

/// Upstream's default of the key `html`, and what it names.
const UPSTREAM_HTML: &str = "{{ template \"email.default.html\" . }}";
const UPSTREAM_HTML_NAME: &str = "email.default.html";
/// The plain part that goes with it.
const OWN_TEXT: &str = "{{ template \"email.default.text\" . }}";
const OWN_TEXT_NAME: &str = "email.default.text";
const DEFAULT_SUBJECT: &str = "{{ template \"email.default.subject\" . }}";
/// On this port, connections are encrypted from the beginning.
const SMTPS_PORT: u16 = 465;

/// The settings of an entry of `email_configs`.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Who gets it: one address or several, as a template.
    pub to: String,
    /// Who it comes from: one address, as a template.
    pub from: String,
    /// The server's name or address.
    pub host: String,
    /// The server's port.
    pub port: u16,
    /// How the server is greeted.
    pub hello: String,
    /// Who signs in.
    pub account: Account,
    /// More header lines, their values as templates. What is not given here of `From`, `To` and `Subject` is filled in.
    pub headers: Vec<(String, String)>,
    /// The HTML part, a template; without it there is none.
    pub html: String,
    /// The plain part, a template; without it there is one of our own beside the HTML of our own, and none otherwise.
    pub text: String,
    /// Whether the connection must be encrypted.
    pub require_tls: bool,
    /// Whether it is so from the beginning; `None` leaves that to the port.
    pub implicit_tls: Option<bool>,
    /// How it is encrypted.
    pub tls: Tls,
    /// Whether the mails about a group are shown together.
    pub threading: Option<Threading>,
    /// The name of this machine, for the numbers of messages.
    pub own_host: String,
}

/// By what the server knows the sender. Without a name nobody signs in.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// The name.
    pub username: String,
    /// The password of `PLAIN` and `LOGIN`.
    pub password: Option<Source>,
    /// The secret of `CRAM-MD5`.
    pub secret: Option<Source>,
    /// Who else to act for, with `PLAIN`.
    pub identity: String,
}

/// Which mails about a group are shown together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threading {
    /// Those of a day.
    Daily,
    /// All.
    Whole,
}

/// Numbers that nobody can guess.
#[derive(Clone)]
pub struct Randomness(Arc<dyn Fn() -> u64 + Send + Sync>);

impl Randomness {
    /// Numbers from a source of them.
    pub fn new(next: impl Fn() -> u64 + Send + Sync + 'static) -> Randomness {
        Randomness(Arc::new(next))
    }

    fn next(&self) -> u64 {
        (self.0)()
    }
}

impl fmt::Debug for Randomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Randomness")
    }
}

/// Mail to some addresses.
#[derive(Debug)]
pub struct Email {
    settings: Settings,
    local: TimeZone,
    randomness: Randomness,
}

impl Email {
    /// Mail by its settings. `local` says when a day ends for threads.
    ///
    /// # Errors
    /// When a header's name or the greeting holds what it may not.
    pub fn new(mut settings: Settings, local: TimeZone, randomness: Randomness) -> Result<Email, String> {
        if let Some((name, _)) = settings.headers.iter().find(|(name, _)| !message::is_header_name(name)) {
            return Err(format!("{name:?} is no name of a header"));
        }
        if !settings.hello.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(format!("hello: {:?} is no name of a host", settings.hello));
        }
        let defaults = [("From", settings.from.as_str()), ("To", &settings.to), ("Subject", DEFAULT_SUBJECT)];
        let is_given = |name: &str| settings.headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name));
        let missing = defaults.into_iter().filter(|(name, _)| !is_given(name));
        let missing: Vec<_> = missing.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        settings.headers.splice(0..0, missing);
        Ok(Email { settings, local, randomness })
    }

    async fn deliver(&self, tools: &Tools, receiver: &str, notification: &Notification) -> NotifyOutcome {
        let credentials = match auth::Credentials::read(&self.settings.account) {
            Ok(credentials) => credentials,
            Err(reason) => return failed(reason),
        };
        let mail = match self.mail(tools, receiver, notification) {
            Ok(mail) => mail,
            Err(reason) => return failed(reason),
        };
        match transport::send(&self.settings, &credentials, &mail).await {
            Ok(()) => NotifyOutcome::Sent(ReceiverData::new()),
            Err(fault) if fault.is_permanent => failed(credentials.hide(fault.reason)),
            Err(fault) => retry(credentials.hide(fault.reason)),
        }
    }

    fn mail(&self, tools: &Tools, receiver: &str, notification: &Notification) -> Result<Mail, String> {
        let Settings { to, from, headers, html, .. } = &self.settings;
        let fill = |what: &str, template: &str| {
            let filled = tools.templater.text(template, receiver, notification);
            filled.map_err(|why| format!("execute {what} template: {why}"))
        };
        let headers =
            headers.iter().map(|(name, value)| Ok((name.as_str(), fill(&format!("{name:?} header"), value)?)));
        let body = tools.templater.html(html, receiver, notification);
        let words = Words {
            from: fill("'from'", from)?,
            to: fill("'to'", to)?,
            headers: headers.collect::<Result<_, String>>()?,
            text: fill("text", self.text(tools))?,
            html: body.map_err(|why| format!("execute html template: {why}"))?,
        };
        message::compose(words, &self.marks(tools, notification))
    }

    /// The template of the plain part.
    fn text(&self, tools: &Tools) -> &str {
        let Settings { html, text, .. } = &self.settings;
        let bare = |text: &str| text.split_whitespace().collect::<String>();
        let is_default = text.is_empty() && bare(html) == bare(UPSTREAM_HTML);
        let is_ours = tools.templater.contains(OWN_TEXT_NAME) || !tools.templater.contains(UPSTREAM_HTML_NAME);
        if is_default && is_ours { OWN_TEXT } else { text }
    }

    fn marks(&self, tools: &Tools, notification: &Notification) -> Marks {
        let now_ms = tools.clock.now_ms();
        let random = u128::from(self.randomness.next()) << 64 | u128::from(self.randomness.next());
        let host: String =
            self.settings.own_host.chars().filter(|c| c.is_ascii_alphanumeric() || "-.".contains(*c)).collect();
        let host = if host.is_empty() { "localhost" } else { &host };
        Marks {
            now_ms,
            message_id: format!("<{now_ms}.{random:032x}@{host}>"),
            // No line of a part holds these two characters in a row.
            boundary: format!("=_{random:032x}"),
            thread: self.settings.threading.map(|threading| self.thread(threading, now_ms, &notification.group_key)),
        }
    }

    /// The number of a message that was never sent, which the mails about a group all answer.
    fn thread(&self, threading: Threading, now_ms: i64, group_key: &str) -> String {
        let hash = Sha256::digest(group_key.as_bytes());
        let hash: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let day = match (threading, Timestamp::from_millisecond(now_ms)) {
            (Threading::Daily, Ok(now)) => now.to_zoned(self.local.clone()).strftime("%Y-%m-%d").to_string(),
            _ => String::new(),
        };
        format!("<alert-{hash}-{day}@alertmanager>")
    }
}

impl Settings {
    fn uses_implicit_tls(&self) -> bool {
        self.implicit_tls.unwrap_or(self.port == SMTPS_PORT)
    }

    /// Whether what is sent never leaves this machine.
    fn is_local(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

impl Receiver for Email {
    fn send<'a>(&'a self, tools: &'a Tools, receiver: &'a str, notification: &'a Notification) -> Answer<'a> {
        Box::pin(self.deliver(tools, receiver, notification))
    }
}
