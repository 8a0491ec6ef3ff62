//! Secure connections: whom a client trusts, and by what it proves who it is itself.

mod trust;

use std::fmt;
use std::sync::Arc;

use parking_lot::Mutex;
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};

use crate::error::Error;
use crate::source::Source;
use trust::{Anybody, Given};

/// What a secure connection is made by. Files are read at each connection, so that renewed certificates count without a restart.
#[derive(Clone, Debug, Default)]
pub struct Tls {
    /// Certificates in PEM of the authorities that are trusted, or of the server itself; those that browsers trust if there are none.
    /// The latter are built in, so that a container without certificates can speak to the world.
    pub authorities: Option<Source>,
    /// By what the client proves who it is.
    pub identity: Option<Identity>,
    /// The name that the server must have, if it is not that of the address.
    pub server_name: Option<String>,
    /// Whether any server is believed, whoever it is.
    pub skips_verification: bool,
    /// The oldest version that is spoken.
    pub min_version: Option<TlsVersion>,
    /// The newest version that is spoken.
    pub max_version: Option<TlsVersion>,
}

/// A certificate and its key, both in PEM.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The certificate, and those between it and its authority.
    pub certificate: Source,
    /// The private key.
    pub key: Source,
}

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    /// TLS 1.2.
    Tls12,
    /// TLS 1.3.
    Tls13,
}

/// Makes connections secure, and remembers what it made of the files as long as they stay the same.
pub(crate) struct Securer {
    settings: Tls,
    last: Mutex<Option<(Material, Arc<ClientConfig>)>>,
}

/// What the sources held.
#[derive(Clone, PartialEq, Eq)]
struct Material {
    authorities: Option<String>,
    identity: Option<(String, String)>,
}

impl Securer {
    pub(crate) fn new(settings: Tls) -> Securer {
        Securer { settings, last: Mutex::new(None) }
    }

    /// The name that a server must have, if it is not that of the address.
    pub(crate) fn server_name(&self) -> Option<&str> {
        self.settings.server_name.as_deref()
    }

    /// By what the next connection is made.
    ///
    /// # Errors
    /// When a file cannot be read, or something is no certificate or key.
    pub(crate) fn config(&self) -> Result<Arc<ClientConfig>, Error> {
        let read = |source: &Source| source.read().map_err(Error::Unreadable);
        let material = Material {
            authorities: self.settings.authorities.as_ref().map(read).transpose()?,
            identity: match &self.settings.identity {
                Some(Identity { certificate, key }) => Some((read(certificate)?, read(key)?)),
                None => None,
            },
        };
        let mut last = self.last.lock();
        match &*last {
            Some((of, config)) if *of == material => Ok(Arc::clone(config)),
            _ => {
                let config = Arc::new(self.settings.build(&material)?);
                *last = Some((material, Arc::clone(&config)));
                Ok(config)
            }
        }
    }
}

impl Tls {
    fn build(&self, material: &Material) -> Result<ClientConfig, Error> {
        let provider = Arc::new(ring::default_provider());
        let unusable = |error: rustls::Error| Error::Setting(format!("TLS: {error}"));
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&self.versions()?)
            .map_err(unusable)?;
        let builder = match &material.authorities {
            _ if self.skips_verification => {
                builder.dangerous().with_custom_certificate_verifier(Arc::new(Anybody::new(&provider)))
            }
            None => {
                let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
                builder.with_root_certificates(roots)
            }
            Some(pem) => builder.dangerous().with_custom_certificate_verifier(Arc::new(self.given(pem, provider)?)),
        };
        let (Some((certificate, key)), Some(identity)) = (&material.identity, &self.identity) else {
            return Ok(builder.with_no_client_auth());
        };
        let chain = certificates(&identity.certificate, certificate)?;
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes())
            .map_err(|_| refused(&identity.key, "no private key in PEM"))?;
        builder.with_client_auth_cert(chain, key).map_err(|error| refused(&identity.key, &error.to_string()))
    }

    /// Trust in the authorities that were given.
    fn given(&self, pem: &str, provider: Arc<CryptoProvider>) -> Result<Given, Error> {
        let Some(source) = &self.authorities else { return Err(Error::Setting("TLS: no authorities".to_owned())) };
        let certificates = certificates(source, pem)?;
        let mut roots = RootCertStore::empty();
        for certificate in &certificates {
            roots.add(certificate.clone()).map_err(|error| refused(source, &error.to_string()))?;
        }
        let usual = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
            .build()
            .map_err(|error| refused(source, &error.to_string()))?;
        Ok(Given::new(usual, certificates))
    }

    fn versions(&self) -> Result<Vec<&'static SupportedProtocolVersion>, Error> {
        let (min, max) = (self.min_version, self.max_version);
        let is_spoken = |version| min.is_none_or(|min| min <= version) && max.is_none_or(|max| version <= max);
        let all = [(TlsVersion::Tls12, &TLS12), (TlsVersion::Tls13, &TLS13)];
        let spoken: Vec<_> =
            all.into_iter().filter(|(version, _)| is_spoken(*version)).map(|(_, supported)| supported).collect();
        if spoken.is_empty() {
            return Err(Error::Setting("TLS: the oldest version is newer than the newest one".to_owned()));
        }
        Ok(spoken)
    }
}

fn certificates(source: &Source, pem: &str) -> Result<Vec<CertificateDer<'static>>, Error> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    match read {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(refused(source, "no certificate in PEM")),
    }
}

/// A file may be right at the next attempt; what stands in the configuration stays wrong.
fn refused(source: &Source, why: &str) -> Error {
    match source {
        Source::Inline(_) => Error::Setting(format!("TLS: {why}")),
        Source::File(path) => Error::Unreadable(format!("{}: {why}", path.display())),
    }
}

impl fmt::Debug for Securer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settings.fmt(f)
    }
}
