//! Receivers of `email_configs`.

use std::path::Path;

use ::alerting::config::receivers::email::{Email as Config, Threading as ThreadingConfig};
use ::alerting::config::{HostPort, Secret, Source, TlsConfig};
use jiff::tz::TimeZone;
use notify::Email;
use notify::email::{Account, Randomness, Settings, Threading, Tls};

use super::{Built, source};
use crate::serve::{directories, random};

pub(super) fn built(config: &Config, folder: &Path) -> Built {
    let secret = |from: &Option<Source<Secret>>| -> Result<_, String> {
        from.as_ref().map(|given| source(Some(given), folder, |secret| secret.expose().to_owned())).transpose()
    };
    let HostPort { host, port } = &config.smarthost;
    let settings = Settings {
        to: config.to.clone(),
        from: config.from.clone(),
        host: if host.is_empty() { "localhost".to_owned() } else { host.clone() },
        port: port_of(port)?,
        hello: config.hello.clone(),
        account: Account {
            username: config.auth_username.clone(),
            password: secret(&config.auth_password)?,
            secret: secret(&config.auth_secret)?,
            identity: config.auth_identity.clone(),
        },
        headers: config.headers.clone().into_iter().collect(),
        html: config.html.clone(),
        text: config.text.clone(),
        require_tls: config.require_tls.unwrap_or(true),
        implicit_tls: config.force_implicit_tls,
        tls: config.tls_config.as_ref().map(|tls| tls_of(tls, folder)).transpose()?.unwrap_or_default(),
        threading: config.threading.as_ref().and_then(threading_of),
        own_host: directories::host_name(),
    };
    // A number that repeats only makes a message look like another one.
    let randomness = Randomness::new(|| random::seed().unwrap_or_default());
    Ok(Box::new(Email::new(settings, TimeZone::system(), randomness)?))
}

/// A port by its number or the names that mail has for ports.
fn port_of(port: &str) -> Result<u16, String> {
    match port {
        "smtp" => Ok(25),
        "submission" => Ok(587),
        "smtps" | "submissions" => Ok(465),
        number => number.parse().map_err(|_| format!("smarthost: {number:?} is no port")),
    }
}

fn threading_of(config: &ThreadingConfig) -> Option<Threading> {
    let threading = if config.thread_by_date == "none" { Threading::Whole } else { Threading::Daily };
    config.enabled.then_some(threading)
}

fn tls_of(config: &TlsConfig, folder: &Path) -> Result<Tls, String> {
    let unbuilt = [
        ("ca_ref", !config.ca_ref.is_empty()),
        ("cert_ref", !config.cert_ref.is_empty()),
        ("key_ref", !config.key_ref.is_empty()),
        ("max_version", !["", "TLS13"].contains(&config.max_version.as_str())),
        ("next_protos", !config.next_protos.is_empty()),
    ];
    if let Some((key, _)) = unbuilt.iter().find(|(_, is_set)| *is_set) {
        return Err(format!("not built yet: {key} in tls_config"));
    }
    let text = |given: &Source<String>| source(Some(given), folder, Clone::clone);
    let identity = match (&config.cert, &config.key) {
        (Some(cert), Some(key)) => Some((text(cert)?, source(Some(key), folder, |key| key.expose().to_owned())?)),
        _ => None,
    };
    Ok(Tls {
        ca: config.ca.as_ref().map(text).transpose()?,
        identity,
        server_name: config.server_name.clone(),
        insecure_skip_verify: config.insecure_skip_verify,
        // Nothing older than 1.2 is spoken anyway.
        only_1_3: config.min_version == "TLS13",
    })
}
