//! `tls_config`: whom a client trusts, and by what it proves who it is.

use std::path::Path;

use ::alerting::config::TlsConfig;
use httpkit::{Identity, Tls, TlsVersion};

use super::no_reference;
use crate::serve::alerting::receivers::source;

/// What a secure connection is made by.
pub(super) fn built(config: Option<&TlsConfig>, folder: &Path) -> Result<Tls, String> {
    let Some(config) = config else { return Ok(Tls::default()) };
    for (key, reference) in [("ca_ref", &config.ca_ref), ("cert_ref", &config.cert_ref), ("key_ref", &config.key_ref)] {
        no_reference(&format!("tls_config: {key}"), reference)?;
    }
    if !config.next_protos.iter().all(|protocol| protocol == "http/1.1") {
        return Err("not built yet: tls_config: next_protos other than http/1.1 in http_config".to_owned());
    }
    let authorities = match &config.ca {
        None => None,
        given => Some(source(given.as_ref(), folder, String::clone)?),
    };
    let identity = match (&config.cert, &config.key) {
        (None, None) => None,
        (certificate, key) => Some(Identity {
            certificate: source(certificate.as_ref(), folder, String::clone)?,
            key: source(key.as_ref(), folder, |key| key.expose().to_owned())?,
        }),
    };
    Ok(Tls {
        authorities,
        identity,
        server_name: (!config.server_name.is_empty()).then(|| config.server_name.clone()),
        skips_verification: config.insecure_skip_verify,
        min_version: version(&config.min_version),
        max_version: match config.max_version.as_str() {
            old @ ("TLS10" | "TLS11") => {
                return Err(format!(
                    "not built yet: tls_config: max_version {old}; TLS12 is the oldest that is spoken"
                ));
            }
            other => version(other),
        },
    })
}

/// A version by its name. Of versions that are too old to be spoken as the oldest one wanted, nothing is left.
fn version(name: &str) -> Option<TlsVersion> {
    match name {
        "TLS12" => Some(TlsVersion::Tls12),
        "TLS13" => Some(TlsVersion::Tls13),
        _ => None,
    }
}
