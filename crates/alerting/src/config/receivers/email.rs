//! `email_configs`.

use std::collections::BTreeMap;

use ::config::{Block, Result};

use model::labels::Quoted;

use super::super::address::HostPort;
use super::super::context::Context;
use super::super::field::{Nested, nested_fields, settings};
use super::super::global::Global;
use super::super::http::{HttpConfig, TlsConfig};
use super::super::secret::{Secret, Source};
use super::{Kind, refuse};

settings! {
    /// A mail.
    Email {
        to: String,
        from: String,
        hello: String,
        smarthost: HostPort,
        auth_username: String,
        auth_password: Option<Source<Secret>>,
        auth_secret: Option<Source<Secret>>,
        auth_identity: String,
        headers: BTreeMap<String, String>,
        html: String = "{{ template \"email.default.html\" . }}",
        text: String,
        require_tls: Option<bool>,
        tls_config: Option<TlsConfig>,
        force_implicit_tls: Option<bool>,
        threading: Option<Threading>,
    }
}

settings! {
    /// Whether mails about one group form a thread.
    Threading {
        enabled: bool,
        thread_by_date: String,
    }
}

nested_fields!(Threading);

impl Nested for Threading {
    const GO_TYPE: &'static str = "email.ThreadingConfig";

    fn read(block: &mut Block<'_>, context: &Context) -> Result<Threading> {
        Threading::read_fields(block, context)
    }
}

impl Kind for Email {
    const GO_TYPE: &'static str = "email.plain";
    const SEND_RESOLVED: bool = false;
    const HAS_HTTP: bool = false;
    const MISSING: Option<&'static str> = Some("missing email config");

    fn read(block: &mut Block<'_>, context: &Context, _: Option<&HttpConfig>) -> Result<Email> {
        let mut email = Email::read_fields(block, context)?;
        let mut headers = BTreeMap::new();
        for (name, value) in &email.headers {
            let name = canonical_header(name);
            if headers.contains_key(&name) {
                return refuse(block, format!("duplicate header {} in email config", Quoted(&name)));
            }
            headers.insert(name, value.clone());
        }
        email.headers = headers;
        if email.to.is_empty() {
            return refuse(block, "missing to address in email config");
        }
        if let Some(threading) = email.threading.as_ref().filter(|threading| threading.enabled) {
            for header in ["References", "In-Reply-To"] {
                if email.headers.contains_key(header) {
                    let why =
                        format!("conflicting configuration: threading.enabled conflicts with custom {header} header");
                    return refuse(block, why);
                }
            }
            if !["none", "daily"].contains(&threading.thread_by_date.as_str()) {
                return refuse(block, "threading.thread_by_date must be either 'none' or 'daily'");
            }
        }
        Ok(email)
    }

    fn complete(&mut self, global: &Global, _: Option<&HttpConfig>) -> std::result::Result<(), &'static str> {
        let or = |own: &mut String, other: &String| {
            if own.is_empty() {
                own.clone_from(other);
            }
        };
        if self.smarthost.is_empty() {
            self.smarthost = global.smtp_smarthost.clone();
        }
        if self.smarthost.is_empty() {
            return Err("no global SMTP smarthost set");
        }
        or(&mut self.from, &global.smtp_from);
        if self.from.is_empty() {
            return Err("no global SMTP from set");
        }
        or(&mut self.hello, &global.smtp_hello);
        or(&mut self.auth_username, &global.smtp_auth_username);
        or(&mut self.auth_identity, &global.smtp_auth_identity);
        self.auth_password = self.auth_password.take().or_else(|| global.smtp_auth_password.clone());
        self.auth_secret = self.auth_secret.take().or_else(|| global.smtp_auth_secret.clone());
        self.tls_config = self.tls_config.take().or_else(|| global.smtp_tls_config.clone());
        self.require_tls = self.require_tls.or(Some(global.smtp_require_tls));
        self.force_implicit_tls = self.force_implicit_tls.or(global.smtp_force_implicit_tls);
        Ok(())
    }
}

/// A header's name with capitals as mail has them: `sUbject` is `Subject`. A name with other characters than a header may have stays.
fn canonical_header(name: &str) -> String {
    let is_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    if !name.bytes().all(is_token) {
        return name.to_owned();
    }
    let mut is_first = true;
    let capital = |c: char| {
        let c = if is_first { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
        is_first = c == '-';
        c
    };
    name.chars().map(capital).collect()
}
