//! `http_config`: how a receiver is reached.

mod proxy;
mod tls;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ::alerting::config::{HttpConfig, Secret, Source};
use httpkit::{Client, OAuth2, OAuth2Settings, Options, Url};
use notify::{Credentials, Http};

use super::source;

/// As many as Go's clients follow.
const MAX_REDIRECTS: u32 = 10;

/// How a receiver is reached, with nothing of what its `http_config` asks for left out. `enable_http2` asks for nothing: it allows what servers
/// may not insist on.
pub(super) fn built(config: Option<&HttpConfig>, folder: &Path) -> Result<Http, String> {
    let standard = HttpConfig::standard();
    let config = config.unwrap_or(&standard);
    let proxy_keys = proxy::Keys {
        url: config.proxy_url.as_ref(),
        no_proxy: &config.no_proxy,
        from_environment: config.proxy_from_environment,
        connect_header: &config.proxy_connect_header,
    };
    let client = client(Options {
        tls: tls::built(config.tls_config.as_ref(), folder)?,
        proxy: proxy_keys.built()?,
        max_redirects: if config.follow_redirects { MAX_REDIRECTS } else { 0 },
        ..Options::default()
    })?;
    let mut http = Http::new(client);
    for (name, values) in &config.http_headers {
        let inline = values.values.iter().map(String::as_str).chain(values.secrets.iter().map(Secret::expose));
        for value in inline {
            http = http.header(name, httpkit::Source::Inline(value.to_owned()));
        }
        for file in &values.files {
            http = http.header(name, httpkit::Source::File(folder.join(file)));
        }
    }
    Ok(match credentials(config, folder)? {
        Some(credentials) => http.credentials(credentials),
        None => http,
    })
}

/// A client by its options. A certificate that cannot be read now may be there later, so that is no more than said.
fn client(options: Options) -> Result<Client, String> {
    // The limits of notifications and receivers hold, and no other.
    let client = Client::new(Options { timeout: Duration::MAX, ..options });
    match client.check() {
        Err(error) if error.is_temporary() => {
            tracing::warn!("tls_config: {error}; nothing is sent until that is right");
        }
        Err(error) => return Err(format!("tls_config: {error}")),
        Ok(()) => {}
    }
    Ok(client)
}

/// By what it is said who sends.
fn credentials(config: &HttpConfig, folder: &Path) -> Result<Option<Credentials>, String> {
    let secret = |given: &Option<Source<Secret>>| match given {
        None => Ok(httpkit::Source::Inline(String::new())),
        given => source(given.as_ref(), folder, |secret| secret.expose().to_owned()),
    };
    if let Some(basic) = &config.basic_auth {
        no_reference("basic_auth: username_ref", &basic.username_ref)?;
        no_reference("basic_auth: password_ref", &basic.password_ref)?;
        let name = match basic.username_file.as_str() {
            "" => httpkit::Source::Inline(basic.username.clone()),
            file => httpkit::Source::File(folder.join(file)),
        };
        return Ok(Some(Credentials::Basic { name, password: secret(&basic.password)? }));
    }
    if let Some(authorization) = &config.authorization {
        no_reference("authorization: credentials_ref", &authorization.credentials_ref)?;
        let (kind, credentials) = (authorization.r#type.clone(), secret(&authorization.credentials)?);
        return Ok(Some(Credentials::Header { kind, credentials }));
    }
    let Some(oauth2) = &config.oauth2 else { return Ok(None) };
    no_reference("oauth2: client_secret_ref", &oauth2.client_secret_ref)?;
    let settings = OAuth2Settings {
        token_url: Url::parse(&oauth2.token_url).map_err(|error| format!("oauth2: token_url: {error}"))?,
        client_id: oauth2.client_id.clone(),
        client_secret: secret(&oauth2.client_secret)?,
        scopes: oauth2.scopes.clone(),
        params: oauth2.endpoint_params.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
    };
    let proxy_keys = proxy::Keys {
        url: oauth2.proxy_url.as_ref(),
        no_proxy: &oauth2.no_proxy,
        from_environment: oauth2.proxy_from_environment,
        connect_header: &oauth2.proxy_connect_header,
    };
    let client = tls::built(oauth2.tls_config.as_ref(), folder).and_then(|tls| {
        client(Options { tls, proxy: proxy_keys.built()?, max_redirects: MAX_REDIRECTS, ..Options::default() })
    });
    let client = client.map_err(|why| format!("oauth2: {why}"))?;
    Ok(Some(Credentials::OAuth2(Arc::new(OAuth2::new(settings, client)))))
}

/// Keys that name a secret of a manager of secrets; there is none.
fn no_reference(key: &str, reference: &str) -> Result<(), String> {
    if reference.is_empty() { Ok(()) } else { Err(format!("not built yet: {key} in http_config")) }
}

#[cfg(test)]
mod tests;
