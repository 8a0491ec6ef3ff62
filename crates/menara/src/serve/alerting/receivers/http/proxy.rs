//! The keys about proxies, which stand in `http_config` and in its `oauth2`.

use std::collections::BTreeMap;

use ::alerting::config::{ProxyUrl, Secret};
use httpkit::{Proxy, Source};

/// The keys as they were read.
pub(super) struct Keys<'a> {
    pub(super) url: Option<&'a ProxyUrl>,
    pub(super) no_proxy: &'a str,
    pub(super) from_environment: bool,
    pub(super) connect_header: &'a BTreeMap<String, Vec<Secret>>,
}

impl Keys<'_> {
    /// The proxies, if any are wanted. The environment is that of the start.
    pub(super) fn built(&self) -> Result<Option<Proxy>, String> {
        self.built_with(|name| std::env::var(name).ok())
    }

    /// As `built`, with another environment.
    pub(super) fn built_with(&self, variable: impl Fn(&str) -> Option<String>) -> Result<Option<Proxy>, String> {
        let proxy = match self.url {
            Some(url) => Proxy::fixed(&url.0, self.no_proxy),
            None if self.from_environment => Proxy::from_environment(variable),
            None => return Ok(None),
        };
        let mut proxy = proxy.map_err(|error| error.to_string())?;
        for (name, values) in self.connect_header {
            for value in values {
                proxy = proxy.connect_header(name, Source::Inline(value.expose().to_owned()));
            }
        }
        Ok(Some(proxy))
    }
}
