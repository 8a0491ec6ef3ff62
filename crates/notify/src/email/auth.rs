//! Signing in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::Ehlo;
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use md5::Md5;

use super::Account;
use super::transport::Fault;

/// What an account holds now.
pub(super) struct Credentials<'a> {
    account: &'a Account,
    password: String,
    secret: String,
}

/// A way to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mechanism {
    CramMd5,
    Plain,
    Login,
}

impl Credentials<'_> {
    /// Reads the secrets of an account, which may stand in files.
    ///
    /// # Errors
    /// When a file cannot be read, with its name.
    pub(super) fn read(account: &Account) -> Result<Credentials<'_>, String> {
        if account.username.is_empty() {
            return Ok(Credentials { account, password: String::new(), secret: String::new() });
        }
        let value = |source: &Option<crate::Source>| source.as_ref().map_or(Ok(String::new()), crate::Source::read);
        Ok(Credentials { account, password: value(&account.password)?, secret: value(&account.secret)? })
    }

    /// A text without the secrets, should a server have repeated them.
    pub(super) fn hide(&self, text: String) -> String {
        let coded = [STANDARD.encode(&self.password), STANDARD.encode(&self.secret), self.plain()];
        let secrets = [&self.password, &self.secret].into_iter().chain(&coded);
        // A shorter one is found anywhere, and hides nothing.
        secrets.filter(|secret| secret.len() > 2).fold(text, |text, secret| text.replace(secret, "<secret>"))
    }

    /// What `PLAIN` says.
    fn plain(&self) -> String {
        let Account { identity, username, .. } = self.account;
        if self.password.is_empty() {
            String::new()
        } else {
            STANDARD.encode(format!("{identity}\0{username}\0{}", self.password))
        }
    }

    /// Takes the first way that the server offers and that there is a secret for.
    fn choose(&self, offered: &str, is_safe: bool) -> Result<Mechanism, String> {
        let mut reasons = Vec::new();
        for name in offered.split_whitespace() {
            let (mechanism, what, secret) = match name {
                "CRAM-MD5" => (Mechanism::CramMd5, "secret", &self.secret),
                "PLAIN" => (Mechanism::Plain, "password", &self.password),
                "LOGIN" => (Mechanism::Login, "password", &self.password),
                _ => continue,
            };
            if secret.is_empty() {
                reasons.push(format!("missing {what} for {name} auth mechanism"));
            } else if mechanism != Mechanism::CramMd5 && !is_safe {
                reasons.push(format!("no password is sent over an unencrypted connection ({name})"));
            } else {
                return Ok(mechanism);
            }
        }
        Err(if reasons.is_empty() { format!("unknown auth mechanism: {offered}") } else { reasons.join("; ") })
    }
}

/// Signs in, if there is an account and the server wants to know. `is_safe` says whether a password may be sent.
pub(super) async fn sign_in(
    connection: &mut AsyncSmtpConnection,
    hello: &ClientId,
    credentials: &Credentials<'_>,
    is_safe: bool,
) -> Result<(), Fault> {
    if credentials.account.username.is_empty() {
        return Ok(());
    }
    // Asked once more: the order of the ways is not kept by the library, nor those that it does not know.
    let greeted = connection.command(Ehlo::new(hello.clone())).await;
    let greeted = greeted.map_err(|error| Fault::at("send EHLO command", &error))?;
    let Some(offered) = greeted.message().find_map(|line| line.strip_prefix("AUTH ")) else { return Ok(()) };
    let mechanism = credentials.choose(offered, is_safe);
    let mechanism = mechanism.map_err(|why| Fault::permanent(format!("find auth mechanism: {why}")))?;
    let username = &credentials.account.username;
    let signed_in = match mechanism {
        Mechanism::CramMd5 => {
            let challenge = say(connection, "AUTH CRAM-MD5").await?;
            say(connection, &cram_md5(username, &credentials.secret, &challenge)?).await?
        }
        Mechanism::Plain => say(connection, &format!("AUTH PLAIN {}", credentials.plain())).await?,
        Mechanism::Login => {
            say(connection, "AUTH LOGIN").await?;
            say(connection, &STANDARD.encode(username)).await?;
            say(connection, &STANDARD.encode(&credentials.password)).await?
        }
    };
    if signed_in.has_code(235) { Ok(()) } else { Err(Fault::permanent("auth: the server asks for more".to_owned())) }
}

async fn say(connection: &mut AsyncSmtpConnection, line: &str) -> Result<Response, Fault> {
    connection.command(format!("{line}\r\n")).await.map_err(|error| Fault::at("auth", &error))
}

/// The answer to a challenge, by RFC 2195.
fn cram_md5(username: &str, secret: &str, challenge: &Response) -> Result<String, Fault> {
    let challenge = STANDARD.decode(challenge.first_line().unwrap_or_default().trim());
    let challenge = challenge.map_err(|_| Fault::permanent("auth: the challenge is not base64".to_owned()))?;
    let hash = Hmac::<Md5>::new_from_slice(secret.as_bytes()).map(|hmac| hmac.chain_update(challenge).finalize());
    let hash = hash.map_err(|_| Fault::permanent("auth: the secret cannot be used".to_owned()))?.into_bytes();
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(STANDARD.encode(format!("{username} {hash}")))
}
