//! The HTTP client of everything that speaks to other servers: `http` and `https`, one connection per request, a deadline for the whole
//! exchange, answers of bounded size. Redirects are not followed: whoever was named is asked, and nobody else.
//!
//! Errors name the host and the port and never the path or the headers, which may hold secrets (a bot's token, a webhook's key).

mod client;
mod error;
mod request;
mod tls;
mod url;

pub use client::{Client, Options};
pub use error::Error;
pub use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
pub use request::{Auth, Request, Response};
pub use url::Url;
