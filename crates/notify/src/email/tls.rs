//! Encrypted connections.

use lettre::transport::smtp::client::{Certificate, CertificateStore, Identity, TlsParameters, TlsVersion};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use crate::Source;

/// How a connection is encrypted: `tls_config`.
#[derive(Clone, Debug, Default)]
pub struct Tls {
    /// Who may vouch for the server, as PEM; `None` for the authorities that browsers trust.
    pub ca: Option<Source>,
    /// The certificate that is shown to the server, as PEM, and its key.
    pub identity: Option<(Source, Source)>,
    /// The name that the server's certificate must hold; empty for the server's name.
    pub server_name: String,
    /// Whether any certificate will do.
    pub insecure_skip_verify: bool,
    /// Whether nothing older than TLS 1.3 is spoken.
    pub only_1_3: bool,
}

impl Tls {
    /// What a connection to a host is made with. Files are read, so that changed ones count without a reload.
    ///
    /// # Errors
    /// When a file cannot be read, or what it holds cannot be used.
    pub(super) fn parameters(&self, host: &str) -> Result<TlsParameters, String> {
        let name = if self.server_name.is_empty() { host } else { &self.server_name };
        let mut builder = TlsParameters::builder(name.to_owned())
            .certificate_store(CertificateStore::WebpkiRoots)
            .dangerous_accept_invalid_certs(self.insecure_skip_verify)
            .dangerous_accept_invalid_hostnames(self.insecure_skip_verify)
            .set_min_tls_version(if self.only_1_3 { TlsVersion::Tlsv13 } else { TlsVersion::Tlsv12 });
        if let Some(ca) = &self.ca {
            let ca = Certificate::from_pem(ca.read()?.as_bytes()).map_err(|error| format!("ca: {error}"))?;
            builder = builder.certificate_store(CertificateStore::None).add_root_certificate(ca);
        }
        if let Some((certificate, key)) = &self.identity {
            builder = builder.identify_with(identity(&certificate.read()?, &key.read()?)?);
        }
        builder.build().map_err(|error| error.to_string())
    }
}

/// A certificate of our own.
fn identity(certificate: &str, key: &str) -> Result<Identity, String> {
    let read = CertificateDer::pem_slice_iter(certificate.as_bytes()).collect::<Result<Vec<_>, _>>();
    let read = read.map_err(|error| format!("cert: {error}"))?;
    let certificate = match read.as_slice() {
        [certificate] => certificate,
        [] => return Err("cert: no certificate".to_owned()),
        // The library takes one only.
        _ => return Err("not built yet: more than one certificate in cert".to_owned()),
    };
    // What it calls PEM of the certificate, it takes as DER. What exactly is wrong with a key is not said.
    Identity::from_pem(certificate, key.as_bytes()).map_err(|_| "cert and key cannot be used".to_owned())
}
