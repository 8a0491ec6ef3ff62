//! Servers on loopback, with TLS or without, and a proxy.
#![allow(dead_code, reason = "each test file uses a part")]

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use httpkit::{Identity, Method, Request, Source, Url};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// What a server answers to the head and body of a request.
type Answers = Arc<dyn Fn(&str) -> String + Send + Sync>;

/// A server; it ends with the value.
pub(crate) struct Server {
    pub(crate) port: u16,
    asked: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// A plain server.
    pub(crate) async fn plain(answers: impl Fn(&str) -> String + Send + Sync + 'static) -> Server {
        Server::start(None, Arc::new(answers)).await
    }

    /// A server with TLS.
    pub(crate) async fn secure(
        config: ServerConfig,
        answers: impl Fn(&str) -> String + Send + Sync + 'static,
    ) -> Server {
        Server::start(Some(TlsAcceptor::from(Arc::new(config))), Arc::new(answers)).await
    }

    async fn start(acceptor: Option<TlsAcceptor>, answers: Answers) -> Server {
        let (listener, port) = listener().await;
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&asked);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.expect("a connection");
                let (acceptor, answers, kept) = (acceptor.clone(), Arc::clone(&answers), Arc::clone(&kept));
                tokio::spawn(async move {
                    match acceptor {
                        None => serve(stream, &answers, &kept).await,
                        // Clients that do not trust it go away.
                        Some(acceptor) => {
                            if let Ok(stream) = acceptor.accept(stream).await {
                                serve(stream, &answers, &kept).await;
                            }
                        }
                    }
                });
            }
        });
        Server { port, asked, task }
    }

    /// What it was asked until now.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// An address of it.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// An address of it, with TLS.
    pub(crate) fn secure_url(&self, path: &str) -> String {
        format!("https://127.0.0.1:{}{path}", self.port)
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, answers: &Answers, kept: &Mutex<Vec<String>>) {
    let asked = whole_request(&mut stream).await;
    if asked.is_empty() {
        return;
    }
    kept.lock().unwrap().push(asked.clone());
    let answer = answers(&asked);
    // Who asked may be gone.
    stream.write_all(answer.as_bytes()).await.ok();
    stream.shutdown().await.ok();
}

/// A proxy that sends whatever it is asked for to one plain or secure server, whatever the address says.
pub(crate) async fn proxy(backend: u16, tunnel_status: &'static str) -> Server {
    let (listener, port) = listener().await;
    let asked = Arc::<Mutex<Vec<String>>>::default();
    let kept = Arc::clone(&asked);
    let task = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let kept = Arc::clone(&kept);
            tokio::spawn(async move {
                let asked = whole_request(&mut stream).await;
                kept.lock().unwrap().push(asked.clone());
                let is_tunnel = asked.starts_with("CONNECT ");
                if is_tunnel {
                    let head = format!("HTTP/1.1 {tunnel_status}\r\n\r\n");
                    stream.write_all(head.as_bytes()).await.expect("written");
                    if !tunnel_status.starts_with("200") {
                        return;
                    }
                }
                let mut onward = TcpStream::connect(("127.0.0.1", backend)).await.expect("the server");
                if !is_tunnel {
                    onward.write_all(asked.as_bytes()).await.expect("written");
                }
                tokio::io::copy_bidirectional(&mut stream, &mut onward).await.ok();
            });
        }
    });
    Server { port, asked, task }
}

async fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    (listener, port)
}

async fn whole_request<S: AsyncRead + Unpin>(stream: &mut S) -> String {
    let mut asked = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&asked).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = header(head, "content-length").map_or(0, |length| length.parse().unwrap());
            if body.len() >= length {
                return text;
            }
        }
        match stream.read(&mut buffer).await {
            Ok(n) if n > 0 => asked.extend_from_slice(&buffer[..n]),
            _ => return text,
        }
    }
}

/// A header of a request.
pub(crate) fn header<'a>(asked: &'a str, name: &str) -> Option<&'a str> {
    let head = asked.split("\r\n\r\n").next().unwrap_or_default();
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// An answer.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n{headers}\r\n{body}", body.len())
}

/// A GET.
pub(crate) fn get(url: &str) -> Request {
    Request::new(Method::GET, Url::parse(url).expect("an address")).expect("a request")
}

/// The file of a certificate or key.
pub(crate) fn file(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates")).join(format!("{name}.pem"))
}

/// What stands in it.
pub(crate) fn pem(name: &str) -> String {
    std::fs::read_to_string(file(name)).expect("a certificate")
}

/// What stands in it, as a source.
pub(crate) fn inline(name: &str) -> Source {
    Source::Inline(pem(name))
}

/// A client's certificate.
pub(crate) fn identity(name: &str) -> Identity {
    Identity { certificate: inline(name), key: inline(&format!("{name}.key")) }
}

/// How a server of a certificate speaks, in some versions of TLS; with `asks` clients must show a certificate of the authority.
pub(crate) fn server_config(
    name: &str,
    versions: &[&'static rustls::SupportedProtocolVersion],
    asks: bool,
) -> ServerConfig {
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_protocol_versions(versions).unwrap();
    let builder = if asks {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(pem("authority").as_bytes()).unwrap()).unwrap();
        let verifier = rustls::server::WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        builder.with_client_cert_verifier(verifier.build().unwrap())
    } else {
        builder.with_no_client_auth()
    };
    let chain = vec![CertificateDer::from_pem_slice(pem(name).as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(pem(&format!("{name}.key")).as_bytes()).unwrap();
    builder.with_single_cert(chain, key).unwrap()
}
