//! The HTTP client of everything that speaks to other servers: `http` and `https`, one connection per request, a deadline for the whole
//! exchange, answers of bounded size. What a client does beyond that stands in its [`Options`]: certificates of its own, proxies, redirects.
//! Without them redirects are not followed: whoever was named is asked, and nobody else. What proves who asks may stand in files
//! ([`Source`]) or be changed for a token first ([`OAuth2`]).
//!
//! Errors name the host and the port and never the path or the headers, which may hold secrets (a bot's token, a webhook's key).

mod client;
mod error;
mod oauth2;
mod proxy;
mod redirect;
mod request;
mod source;
mod tls;
mod url;

pub use client::{Client, Options};
pub use error::Error;
pub use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
pub use oauth2::{OAuth2, OAuth2Settings};
pub use proxy::Proxy;
pub use request::{Auth, Request, Response};
pub use source::Source;
pub use tls::{Identity, Tls, TlsVersion};
pub use url::Url;
