//! How a receiver is reached over HTTP: `http_config` and what stands in it.

use std::collections::BTreeMap;

use ::config::{Block, Node, Result};

use super::context::Context;
use super::field::{Field, Nested, Single, nested_fields, settings};
use super::secret::{Secret, Source};
use super::url;

settings! {
    /// The client's settings.
    HttpConfig {
        basic_auth: Option<BasicAuth>,
        authorization: Option<Authorization>,
        oauth2: Option<OAuth2>,
        bearer_token: Option<Source<Secret>>,
        tls_config: Option<TlsConfig>,
        follow_redirects: bool = true,
        enable_http2: bool = true,
        proxy_url: Option<ProxyUrl>,
        no_proxy: String,
        proxy_from_environment: bool,
        proxy_connect_header: BTreeMap<String, Vec<Secret>>,
        http_headers: BTreeMap<String, HeaderValues>,
    }
}

settings! {
    /// Name and password.
    BasicAuth {
        username: String,
        username_file: String,
        username_ref: String,
        password: Option<Source<Secret>>,
        password_ref: String,
    }
}

settings! {
    /// The header `Authorization`.
    Authorization {
        r#type: String,
        credentials: Option<Source<Secret>>,
        credentials_ref: String,
    }
}

settings! {
    /// Credentials that are changed for a token first.
    OAuth2 {
        client_id: String,
        client_secret: Option<Source<Secret>>,
        client_secret_ref: String,
        scopes: Vec<String>,
        token_url: String,
        endpoint_params: BTreeMap<String, String>,
        tls_config: Option<TlsConfig>,
        proxy_url: Option<ProxyUrl>,
        no_proxy: String,
        proxy_from_environment: bool,
        proxy_connect_header: BTreeMap<String, Vec<Secret>>,
    }
}

settings! {
    /// What an encrypted connection needs.
    TlsConfig {
        ca: Option<Source<String>>,
        ca_ref: String,
        cert: Option<Source<String>>,
        cert_ref: String,
        key: Option<Source<Secret>>,
        key_ref: String,
        server_name: String,
        insecure_skip_verify: bool,
        min_version: String,
        max_version: String,
        next_protos: Vec<String>,
    }
}

settings! {
    /// The values of a header.
    HeaderValues {
        values: Vec<String>,
        secrets: Vec<Secret>,
        files: Vec<String>,
    }
}

/// The address of a proxy, of any scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyUrl(pub String);

impl Single for ProxyUrl {
    fn of(node: &Node, _: &Context) -> Result<ProxyUrl> {
        let text = node.text()?;
        url::check_any(text).map_err(|error| node.error(error))?;
        Ok(ProxyUrl(text.to_owned()))
    }
}

impl Field for Option<ProxyUrl> {
    fn read(block: &mut Block<'_>, key: &str, context: &Context) -> Result<Option<Option<ProxyUrl>>> {
        let url = block.get(key).map(|node| ProxyUrl::of(node, context)).transpose()?;
        Ok(Some(url.filter(|url| !url.0.is_empty())))
    }
}

impl Field for BTreeMap<String, Vec<Secret>> {
    fn read(block: &mut Block<'_>, key: &str, context: &Context) -> Result<Option<BTreeMap<String, Vec<Secret>>>> {
        let entries = block.get(key).map_or(Ok(&[][..]), |node| node.entries("map[string][]string"))?;
        let secrets = |node: &Node| -> Result<Vec<Secret>> {
            node.items("[]string")?.iter().map(|item| Secret::of(item, context)).collect()
        };
        entries.iter().map(|entry| Ok((entry.key.clone(), secrets(&entry.value)?))).collect::<Result<_>>().map(Some)
    }
}

impl Field for BTreeMap<String, HeaderValues> {
    fn read(block: &mut Block<'_>, key: &str, context: &Context) -> Result<Option<BTreeMap<String, HeaderValues>>> {
        let Some(mut headers) = block.block(key, "config.Headers")? else { return Ok(None) };
        let names: Vec<String> =
            headers.node().entries("config.Headers")?.iter().map(|entry| entry.key.clone()).collect();
        let mut read = BTreeMap::new();
        for name in names {
            let is_reserved = RESERVED_HEADERS.iter().any(|reserved| reserved.eq_ignore_ascii_case(&name));
            if is_reserved {
                return Err(headers.node().error(format!("setting header {name:?} is not allowed")));
            }
            if let Some(values) = headers.block(&name, "config.Header")? {
                let mut values = values;
                let read_values = HeaderValues::read_fields(&mut values, context)?;
                values.finish()?;
                read.insert(name, read_values);
            }
        }
        Ok(Some(read))
    }
}

/// Headers that the client sets itself.
const RESERVED_HEADERS: &[&str] = &[
    "Authorization",
    "Host",
    "Content-Encoding",
    "Content-Length",
    "Content-Type",
    "User-Agent",
    "Connection",
    "Keep-Alive",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "Www-Authenticate",
    "Accept-Encoding",
    "X-Prometheus-Remote-Write-Version",
    "X-Prometheus-Remote-Read-Version",
    "X-Prometheus-Scrape-Timeout-Seconds",
];

nested_fields!(HttpConfig, BasicAuth, Authorization, OAuth2, TlsConfig);

impl Nested for HttpConfig {
    const GO_TYPE: &'static str = "config.plain";

    fn read(block: &mut Block<'_>, context: &Context) -> Result<HttpConfig> {
        let mut http = HttpConfig::read_fields(block, context)?;
        http.check().map_err(|why| block.node().error(why))?;
        if let (None, Some(token)) = (&http.authorization, http.bearer_token.take()) {
            http.authorization = Some(Authorization {
                r#type: BEARER.to_owned(),
                credentials: Some(token),
                credentials_ref: String::new(),
            });
        }
        Ok(http)
    }
}

const BEARER: &str = "Bearer";

impl HttpConfig {
    /// The client's settings where the file has none.
    #[must_use]
    pub fn standard() -> HttpConfig {
        HttpConfig {
            basic_auth: None,
            authorization: None,
            oauth2: None,
            bearer_token: None,
            tls_config: None,
            follow_redirects: true,
            enable_http2: true,
            proxy_url: None,
            no_proxy: String::new(),
            proxy_from_environment: false,
            proxy_connect_header: BTreeMap::new(),
            http_headers: BTreeMap::new(),
        }
    }

    fn check(&mut self) -> std::result::Result<(), &'static str> {
        let has_bearer = self.bearer_token.is_some();
        if (self.basic_auth.is_some() || self.oauth2.is_some()) && has_bearer {
            return Err("at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured");
        }
        if let Some(authorization) = &mut self.authorization {
            if has_bearer {
                return Err("authorization is not compatible with bearer_token & bearer_token_file");
            }
            authorization.r#type = match authorization.r#type.trim() {
                "" => BEARER.to_owned(),
                other => other.to_owned(),
            };
            if authorization.r#type.eq_ignore_ascii_case("basic") {
                return Err("authorization type cannot be set to \"basic\", use \"basic_auth\" instead");
            }
        }
        let ways = [self.basic_auth.is_some(), self.oauth2.is_some(), self.authorization.is_some()];
        if ways.iter().filter(|is_set| **is_set).count() > 1 {
            return Err("at most one of basic_auth, oauth2 & authorization must be configured");
        }
        let proxy = Proxy {
            url: self.proxy_url.as_ref(),
            no_proxy: &self.no_proxy,
            from_environment: self.proxy_from_environment,
            has_header: !self.proxy_connect_header.is_empty(),
        };
        proxy.check()
    }
}

impl Nested for BasicAuth {
    const GO_TYPE: &'static str = "config.plain";

    fn read(block: &mut Block<'_>, context: &Context) -> Result<BasicAuth> {
        let auth = BasicAuth::read_fields(block, context)?;
        let names = [&auth.username, &auth.username_file, &auth.username_ref];
        if names.iter().filter(|name| !name.is_empty()).count() > 1 {
            let message = "at most one of basic_auth username, username_file & username_ref must be configured";
            return Err(block.node().error(message));
        }
        if auth.password.is_some() && !auth.password_ref.is_empty() {
            let message = "at most one of basic_auth password, password_file & password_ref must be configured";
            return Err(block.node().error(message));
        }
        Ok(auth)
    }
}

impl Nested for Authorization {
    const GO_TYPE: &'static str = "config.Authorization";

    fn read(block: &mut Block<'_>, context: &Context) -> Result<Authorization> {
        Authorization::read_fields(block, context)
    }
}

impl Nested for OAuth2 {
    const GO_TYPE: &'static str = "config.plain";

    fn read(block: &mut Block<'_>, context: &Context) -> Result<OAuth2> {
        let oauth2 = OAuth2::read_fields(block, context)?;
        if oauth2.client_id.is_empty() {
            return Err(block.node().error("oauth2 client_id must be configured"));
        }
        if oauth2.token_url.is_empty() {
            return Err(block.node().error("oauth2 token_url must be configured"));
        }
        let proxy = Proxy {
            url: oauth2.proxy_url.as_ref(),
            no_proxy: &oauth2.no_proxy,
            from_environment: oauth2.proxy_from_environment,
            has_header: !oauth2.proxy_connect_header.is_empty(),
        };
        proxy.check().map_err(|why| block.node().error(why))?;
        Ok(oauth2)
    }
}

impl Nested for TlsConfig {
    const GO_TYPE: &'static str = "config.plain";

    fn read(block: &mut Block<'_>, context: &Context) -> Result<TlsConfig> {
        let tls = TlsConfig::read_fields(block, context)?;
        for version in [&tls.min_version, &tls.max_version] {
            if !["", "TLS10", "TLS11", "TLS12", "TLS13"].contains(&version.as_str()) {
                return Err(block.node().error(format!("unknown TLS version: {version}")));
            }
        }
        let has_cert = tls.cert.is_some() || !tls.cert_ref.is_empty();
        let has_key = tls.key.is_some() || !tls.key_ref.is_empty();
        let why = match (has_cert, has_key) {
            (true, false) => {
                "exactly one of key or key_file must be configured when a client certificate is configured"
            }
            (false, true) => "exactly one of cert or cert_file must be configured when a client key is configured",
            _ => return Ok(tls),
        };
        Err(block.node().error(why))
    }
}

/// The keys about a proxy, which stand in two kinds of blocks.
struct Proxy<'a> {
    url: Option<&'a ProxyUrl>,
    no_proxy: &'a str,
    from_environment: bool,
    has_header: bool,
}

impl Proxy<'_> {
    fn check(&self) -> std::result::Result<(), &'static str> {
        match self {
            Proxy { has_header: true, from_environment: false, url: None, .. } => Err(
                "if proxy_connect_header is configured, proxy_url or proxy_from_environment must also be configured",
            ),
            Proxy { from_environment: true, url: Some(_), .. } => {
                Err("if proxy_from_environment is configured, proxy_url must not be configured")
            }
            Proxy { from_environment: true, no_proxy, .. } if !no_proxy.is_empty() => {
                Err("if proxy_from_environment is configured, no_proxy must not be configured")
            }
            Proxy { url: None, no_proxy, .. } if !no_proxy.is_empty() => {
                Err("if no_proxy is configured, proxy_url must also be configured")
            }
            _ => Ok(()),
        }
    }
}
