//! How a receiver is reached over HTTP: by a client of its own, and with what is added to each request.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use httpkit::{Auth, Client, OAuth2, Request, Response, Source, StatusCode};

/// How a receiver is reached. Clones share their client.
#[derive(Clone)]
pub struct Http {
    client: Client,
    credentials: Option<Credentials>,
    headers: Vec<(String, Source)>,
}

/// By what it is said who sends. Files are read at each request.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// A name and a password.
    Basic {
        /// The name.
        name: Source,
        /// The password.
        password: Source,
    },
    /// A type such as `Bearer`, and what proves it.
    Header {
        /// The type.
        kind: String,
        /// What stands behind it.
        credentials: Source,
    },
    /// A token that is asked for first, and again when it is no longer taken.
    OAuth2(Arc<OAuth2>),
}

/// Why there is no answer. No text holds a path, a header or a body.
#[derive(Debug)]
pub enum HttpError {
    /// What is to be added to requests cannot be read now, with the name of its file.
    Unreadable(String),
    /// The exchange failed.
    Exchange(httpkit::Error),
}

impl Http {
    /// By a client, with nothing added.
    #[must_use]
    pub fn new(client: Client) -> Http {
        Http { client, credentials: None, headers: Vec::new() }
    }

    /// Says who sends, in requests that do not say it themselves.
    #[must_use]
    pub fn credentials(mut self, credentials: Credentials) -> Http {
        self.credentials = Some(credentials);
        self
    }

    /// Adds a header to each request.
    #[must_use]
    pub fn header(mut self, name: &str, value: Source) -> Http {
        self.headers.push((name.to_owned(), value));
        self
    }

    /// Asks, and reads the whole answer, whatever its status.
    ///
    /// # Errors
    /// When there is no answer within the limit, or a file cannot be read.
    pub async fn send(&self, mut request: Request, limit: Duration) -> Result<Response, HttpError> {
        for (name, value) in &self.headers {
            request = request.header(name, &value.read().map_err(HttpError::Unreadable)?)?;
        }
        match &self.credentials {
            Some(credentials) if !request.has_auth() => self.send_as(request, credentials, limit).await,
            _ => Ok(self.client.send_within(request, limit).await?),
        }
    }

    async fn send_as(
        &self,
        request: Request,
        credentials: &Credentials,
        limit: Duration,
    ) -> Result<Response, HttpError> {
        let started = Instant::now();
        let left = || limit.saturating_sub(started.elapsed());
        let read = |source: &Source| source.read().map_err(HttpError::Unreadable);
        let auth = match credentials {
            Credentials::Basic { name, password } => Auth::Basic(read(name)?, read(password)?),
            Credentials::Header { kind, credentials } => Auth::Credentials(kind.clone(), read(credentials)?),
            Credentials::OAuth2(tokens) => {
                let token = tokens.token(left()).await?;
                let response = self.client.send_within(request.clone().auth(&token)?, left()).await?;
                if response.status != StatusCode::UNAUTHORIZED {
                    return Ok(response);
                }
                tokens.forget(&token).await;
                tokens.token(left()).await?
            }
        };
        Ok(self.client.send_within(request.auth(&auth)?, left()).await?)
    }
}

impl HttpError {
    /// Whether the same request may go well later.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            // A file may be on its way.
            HttpError::Unreadable(_) => true,
            HttpError::Exchange(error) => error.is_temporary(),
        }
    }
}

impl From<httpkit::Error> for HttpError {
    fn from(error: httpkit::Error) -> HttpError {
        HttpError::Exchange(error)
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HttpError::Unreadable(why) => f.write_str(why),
            HttpError::Exchange(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for HttpError {}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Http").field("credentials", &self.credentials).field("headers", &names).finish_non_exhaustive()
    }
}
