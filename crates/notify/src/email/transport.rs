//! The way to the server.

use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};

use super::Settings;
use super::auth::{self, Credentials};
use super::message::Mail;

/// How long a server may take to say goodbye.
const FAREWELL: Duration = Duration::from_secs(5);
/// So much of what a server says is told.
const MAX_REASON_CHARS: usize = 300;

/// Why a mail was not taken.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) reason: String,
    /// Whether it would be refused again.
    pub(super) is_permanent: bool,
}

impl Fault {
    pub(super) fn permanent(reason: String) -> Fault {
        Fault { reason, is_permanent: true }
    }

    /// A step that failed. What the server refuses with 5xx, and what cannot be said to it at all, is refused again.
    pub(super) fn at(step: &str, error: &Error) -> Fault {
        let reason = format!("{step}: {error}");
        let reason = reason.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_REASON_CHARS).collect();
        Fault { reason, is_permanent: error.is_permanent() || error.is_client() }
    }
}

/// Sends a mail over a connection of its own.
pub(super) async fn send(settings: &Settings, credentials: &Credentials<'_>, mail: &Mail) -> Result<(), Fault> {
    let hello = ClientId::Domain(settings.hello.clone());
    let mut connection = connect(settings, &hello).await?;
    let is_safe = connection.is_encrypted() || settings.is_local();
    let result = match auth::sign_in(&mut connection, &hello, credentials, is_safe).await {
        Ok(()) => hand_over(&mut connection, mail).await,
        Err(fault) => Err(fault),
    };
    // Whether the mail was taken is known; a server that does not say goodbye must not make it go out again.
    tokio::spawn(async move { tokio::time::timeout(FAREWELL, connection.quit()).await.is_ok() });
    result
}

/// Connects, encrypted as the settings want it. When it returns, it is if it must be.
async fn connect(settings: &Settings, hello: &ClientId) -> Result<AsyncSmtpConnection, Fault> {
    let Settings { host, port, require_tls, tls, .. } = settings;
    let is_implicit = settings.uses_implicit_tls();
    let parameters = || {
        let parameters = tls.parameters(host);
        parameters.map_err(|why| Fault::permanent(format!("parse TLS configuration: {why}")))
    };
    let at_once = is_implicit.then(parameters).transpose()?;
    let connection = AsyncSmtpConnection::connect_tokio1((host.as_str(), *port), None, hello, at_once, None).await;
    let what = if is_implicit { "establish TLS connection to server" } else { "establish connection to server" };
    let mut connection = connection.map_err(|error| Fault::at(what, &error))?;
    if *require_tls && !is_implicit {
        if !connection.can_starttls() {
            let server = if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
            let why =
                format!("'require_tls' is true (default) but {server:?} does not advertise the STARTTLS extension");
            return Err(Fault::permanent(why));
        }
        let begun = connection.starttls(parameters()?, hello).await;
        begun.map_err(|error| Fault::at("send STARTTLS command", &error))?;
    }
    Ok(connection)
}

async fn hand_over(connection: &mut AsyncSmtpConnection, mail: &Mail) -> Result<(), Fault> {
    let mut addresses = mail.to.iter().chain([&mail.from]);
    let mut parameters = Vec::new();
    if !addresses.all(|address| AsRef::<str>::as_ref(address).is_ascii()) {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(Fault::permanent("the server takes only addresses in ASCII".to_owned()));
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    let from = MailFrom::new(Some(mail.from.clone()), parameters);
    connection.command(from).await.map_err(|error| Fault::at("send MAIL command", &error))?;
    for to in &mail.to {
        let taken = connection.command(Rcpt::new(to.clone(), Vec::new())).await;
        taken.map_err(|error| Fault::at(&format!("send RCPT command for {to}"), &error))?;
    }
    connection.command(Data).await.map_err(|error| Fault::at("send DATA command", &error))?;
    let taken = connection.message(&mail.bytes).await;
    taken.map_err(|error| Fault::at("delivery failure", &error)).map(|_| ())
}
