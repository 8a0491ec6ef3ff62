//! OAuth 2.0 by client credentials: a name and a secret are changed for a token, which is used until it expires.

use std::fmt;
use std::time::Duration;

use form_urlencoded::{Serializer, byte_serialize};
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::client::Client;
use crate::error::Error;
use crate::request::{Auth, Request, Response};
use crate::source::Source;
use crate::url::Url;

/// A token is no longer used so long before it expires.
const EARLY: Duration = Duration::from_secs(10);
/// As long as a token is believed to live at most.
const MAX_LIFE: Duration = Duration::from_secs(366 * 86_400);

/// What is changed for a token, and where.
#[derive(Clone, Debug)]
pub struct OAuth2Settings {
    /// The address where tokens are given out.
    pub token_url: Url,
    /// Who asks.
    pub client_id: String,
    /// What proves it; a file is read at each request.
    pub client_secret: Source,
    /// What the token is to be good for.
    pub scopes: Vec<String>,
    /// What else is sent along.
    pub params: Vec<(String, String)>,
}

/// A source of tokens.
pub struct OAuth2 {
    settings: OAuth2Settings,
    client: Client,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Token>,
    /// Whether this server wants name and secret in the body; unknown before the first token.
    in_body: Option<bool>,
}

struct Token {
    auth: Auth,
    /// The secret that it was given for.
    secret: String,
    expires: Option<Instant>,
}

impl OAuth2 {
    /// A source that asks by a client of its own.
    #[must_use]
    pub fn new(settings: OAuth2Settings, client: Client) -> OAuth2 {
        OAuth2 { settings, client, state: Mutex::default() }
    }

    /// A token: the last one as long as it is good, or a new one.
    ///
    /// # Errors
    /// When the secret cannot be read or the server gives no token within the limit.
    pub async fn token(&self, limit: Duration) -> Result<Auth, Error> {
        let started = Instant::now();
        let secret = self.settings.client_secret.read().map_err(Error::Unreadable)?;
        let timeout = |_| Error::Timeout { host: self.settings.token_url.place(), after: limit };
        // Whoever waits here gets the token that another asks for.
        let mut state = tokio::time::timeout(limit, self.state.lock()).await.map_err(timeout)?;
        if let Some(token) = &state.token
            && token.secret == secret
            && token.expires.is_none_or(|expires| Instant::now() < expires)
        {
            return Ok(token.auth.clone());
        }
        let mut last = Err(self.refused("nothing was asked"));
        let ways: &[bool] = match state.in_body {
            None => &[false, true],
            Some(false) => &[false],
            Some(true) => &[true],
        };
        for in_body in ways {
            let asked = Instant::now();
            let request = self.request(&secret, *in_body)?;
            let response = self.client.send_within(request, limit.saturating_sub(started.elapsed())).await?;
            last = self.read(&response);
            if let Ok((auth, life)) = last {
                let expires = life.map(|life| asked + life.min(MAX_LIFE).saturating_sub(EARLY));
                *state = State { token: Some(Token { auth: auth.clone(), secret, expires }), in_body: Some(*in_body) };
                return Ok(auth);
            }
        }
        last.map(|(auth, _)| auth)
    }

    /// Forgets a token that was not taken, so that the next one is new.
    pub async fn forget(&self, refused: &Auth) {
        self.state.lock().await.token.take_if(|token| token.auth == *refused);
    }

    /// What is asked: with name and secret in the head, as the standard wants, or in the body, as some servers want.
    fn request(&self, secret: &str, in_body: bool) -> Result<Request, Error> {
        let settings = &self.settings;
        let mut form = Serializer::new(String::new());
        let is_given = |name: &str| settings.params.iter().any(|(given, _)| given == name);
        if !is_given("grant_type") {
            form.append_pair("grant_type", "client_credentials");
        }
        if !settings.scopes.is_empty() && !is_given("scope") {
            form.append_pair("scope", &settings.scopes.join(" "));
        }
        form.extend_pairs(&settings.params);
        if in_body {
            form.append_pair("client_id", &settings.client_id);
            if !secret.is_empty() {
                form.append_pair("client_secret", secret);
            }
        }
        let request = Request::post(settings.token_url.clone(), "application/x-www-form-urlencoded", form.finish())?;
        if in_body {
            return Ok(request);
        }
        let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        request.auth(&Auth::Basic(encoded(&settings.client_id), encoded(secret)))
    }

    /// The token that an answer holds, and how long it lives.
    fn read(&self, response: &Response) -> Result<(Auth, Option<Duration>), Error> {
        let body: Value = serde_json::from_slice(&response.body).unwrap_or(Value::Null);
        if !response.status.is_success() {
            // The standard's short names of what is wrong; other words may repeat what was sent.
            let is_name = |name: &&str| name.len() < 64 && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            let name = body["error"].as_str().filter(is_name).unwrap_or_default();
            return Err(self.refused(format!("status {} {name}", response.status.as_u16()).trim_end()));
        }
        let Some(token) = body["access_token"].as_str().filter(|token| !token.is_empty()) else {
            return Err(self.refused("an answer without access_token"));
        };
        let kind = match body["token_type"].as_str().unwrap_or_default() {
            kind if kind.is_empty() || kind.eq_ignore_ascii_case("bearer") => "Bearer",
            kind if kind.eq_ignore_ascii_case("basic") => "Basic",
            kind if kind.eq_ignore_ascii_case("mac") => "MAC",
            kind => kind,
        };
        let life = &body["expires_in"];
        let seconds = life.as_u64().or_else(|| life.as_str()?.parse().ok()).filter(|seconds| *seconds > 0);
        Ok((Auth::Credentials(kind.to_owned(), token.to_owned()), seconds.map(Duration::from_secs)))
    }

    fn refused(&self, why: &str) -> Error {
        Error::Token { host: self.settings.token_url.place(), message: why.to_owned() }
    }
}

impl fmt::Debug for OAuth2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settings.fmt(f)
    }
}
