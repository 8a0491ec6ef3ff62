//! Lines over a connection that may become encrypted.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use super::{CA, CERTIFICATE, KEY};

/// The longest line of SMTP with its end, by RFC 5321; credentials may be longer.
const MAX_LINE_BYTES: usize = 1000;

/// A connection.
#[derive(Debug)]
pub(super) enum Stream {
    Plain(TcpStream),
    Encrypted(Box<StreamOwned<ServerConnection, TcpStream>>),
}

/// A connection, read line by line.
#[derive(Debug)]
pub(super) struct Lines {
    stream: Stream,
    read: Vec<u8>,
}

/// With the certificate of the sink.
pub(super) fn server_config(wants_certificate: bool) -> io::Result<Arc<ServerConfig>> {
    let provider = Arc::new(ring::default_provider());
    let certificate = |pem: &str| CertificateDer::from_pem_slice(pem.as_bytes()).map_err(io::Error::other);
    let key = PrivateKeyDer::from_pem_slice(KEY.as_bytes()).map_err(io::Error::other)?;
    let mut roots = RootCertStore::empty();
    roots.add(certificate(CA)?).map_err(io::Error::other)?;
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let verifier = if wants_certificate { verifier } else { verifier.allow_unauthenticated() };
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_client_cert_verifier(verifier.build().map_err(io::Error::other)?)
        .with_single_cert(vec![certificate(CERTIFICATE)?], key)
        .map_err(io::Error::other)?;
    Ok(Arc::new(config))
}

impl Lines {
    pub(super) fn new(stream: TcpStream) -> Lines {
        Lines { stream: Stream::Plain(stream), read: Vec::new() }
    }

    pub(super) fn is_encrypted(&self) -> bool {
        matches!(self.stream, Stream::Encrypted(_))
    }

    /// Goes on encrypted. What was sent in advance is an attack and ends the connection.
    pub(super) fn encrypt(self, config: &Arc<ServerConfig>) -> io::Result<Lines> {
        match self.stream {
            Stream::Plain(stream) if self.read.is_empty() => {
                let connection = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
                let stream = Stream::Encrypted(Box::new(StreamOwned::new(connection, stream)));
                Ok(Lines { stream, read: self.read })
            }
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    /// The next line without its end; `None` when the client has gone.
    ///
    /// # Errors
    /// Also at a line that is not ended by CR LF, is too long or is not UTF-8.
    pub(super) fn next(&mut self) -> io::Result<Option<String>> {
        loop {
            if let Some(end) = self.read.iter().position(|byte| *byte == b'\n') {
                let rest = self.read.split_off(end + 1);
                let line = std::mem::replace(&mut self.read, rest);
                let is_good = line.len() <= MAX_LINE_BYTES;
                let line = line.strip_suffix(b"\r\n").filter(|line| is_good && !line.contains(&b'\r'));
                let line = line.and_then(|line| std::str::from_utf8(line).ok());
                return line.map(|line| Some(line.to_owned())).ok_or_else(|| io::ErrorKind::InvalidData.into());
            }
            let mut buffer = [0; 4096];
            let n = match &mut self.stream {
                Stream::Plain(stream) => stream.read(&mut buffer)?,
                Stream::Encrypted(stream) => stream.read(&mut buffer)?,
            };
            if n == 0 {
                return Ok(None);
            }
            self.read.extend_from_slice(buffer.get(..n).unwrap_or_default());
        }
    }

    pub(super) fn say(&mut self, text: &str) -> io::Result<()> {
        match &mut self.stream {
            Stream::Plain(stream) => stream.write_all(format!("{text}\r\n").as_bytes()),
            Stream::Encrypted(stream) => {
                stream.write_all(format!("{text}\r\n").as_bytes())?;
                stream.flush()
            }
        }
    }
}
