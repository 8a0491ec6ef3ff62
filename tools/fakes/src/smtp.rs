//! A sink for mail: SMTP as strict as it is written, with STARTTLS, TLS from the beginning and authentication where a test asks for them.
//! It keeps what it was given and everything that was said to it.

mod session;
mod stream;

use std::collections::VecDeque;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::ServerConfig;

use crate::http::{Server, accept};
use session::Session;

/// The authority behind the sink's certificate, which holds for `localhost`, `127.0.0.1` and `mail.example.org`.
pub const CA: &str = include_str!("smtp/ca.pem");
/// The sink's certificate, which clients may show as well.
pub const CERTIFICATE: &str = include_str!("smtp/server.pem");
/// The key of the certificate.
pub const KEY: &str = include_str!("smtp/server.key");

/// The challenge of `CRAM-MD5`, the one of RFC 2195.
const CHALLENGE: &str = "<1896.697170952@postoffice.reston.mci.net>";

/// A mail, as its envelope and its lines came in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mail {
    /// The sender's address.
    pub from: String,
    /// The addresses of who gets it.
    pub to: Vec<String>,
    /// Headers and body, with lines that end in `\n`.
    pub data: String,
    /// Who had signed in; empty for nobody.
    pub user: String,
    /// Whether the connection was encrypted.
    pub is_encrypted: bool,
}

/// A line that was said to the sink, outside of mails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The line, without its end.
    pub line: String,
    /// Whether the connection was encrypted.
    pub is_encrypted: bool,
}

/// When connections are encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Security {
    /// Never.
    #[default]
    Plain,
    /// After `STARTTLS`, which clients may leave out.
    StartTls,
    /// From the beginning.
    Implicit,
}

/// Who may send.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// The mechanisms that are offered, in this order: `PLAIN LOGIN CRAM-MD5`. Others may be named; they are refused.
    pub mechanisms: String,
    /// The user's name.
    pub username: String,
    /// The password of `PLAIN` and `LOGIN`.
    pub password: String,
    /// What `CRAM-MD5` must answer to the challenge of RFC 2195, without the name: 32 hexadecimal digits.
    pub cram_md5: String,
}

/// What a sink is like.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// When connections are encrypted.
    pub security: Security,
    /// Who may send; `None` for anybody.
    pub account: Option<Account>,
    /// Whether addresses may be other than ASCII.
    pub smtputf8: bool,
    /// Whether clients have to show a certificate of the sink's authority.
    pub wants_certificate: bool,
}

/// A sink that listens; it stops when it goes out of scope.
#[derive(Debug)]
pub struct MailSink {
    server: Server,
    shared: Arc<Shared>,
}

/// What all connections see.
#[derive(Debug)]
struct Shared {
    settings: Settings,
    tls: Arc<ServerConfig>,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    mails: Vec<Mail>,
    said: Vec<Said>,
    /// The beginnings of lines and what is answered to the next of them.
    refusals: VecDeque<(String, String)>,
}

impl MailSink {
    /// Listens on a free port of loopback and takes what anybody sends.
    ///
    /// # Errors
    /// When there is no port.
    pub fn start() -> io::Result<MailSink> {
        MailSink::with(Settings::default())
    }

    /// Listens on a free port of loopback.
    ///
    /// # Errors
    /// When there is no port.
    pub fn with(settings: Settings) -> io::Result<MailSink> {
        let tls = stream::server_config(settings.wants_certificate)?;
        let shared = Arc::new(Shared { settings, tls, kept: Mutex::default() });
        let seen = Arc::clone(&shared);
        let speak = move |stream: TcpStream| Session::start(stream, &seen)?.run();
        let server = accept(SocketAddr::from(([127, 0, 0, 1], 0)), speak)?;
        Ok(MailSink { server, shared })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// All mails so far.
    #[must_use]
    pub fn mails(&self) -> Vec<Mail> {
        self.shared.look(|kept| kept.mails.clone())
    }

    /// All that was said so far.
    #[must_use]
    pub fn said(&self) -> Vec<Said> {
        self.shared.look(|kept| kept.said.clone())
    }

    /// Answers the next line that begins so with this refusal, such as `550 no such user`. `.` stands for the end of a mail, the empty text
    /// for the greeting. An answer of nothing ends the connection.
    pub fn refuse_next(&self, line: &str, answer: &str) {
        self.shared.look(|kept| kept.refusals.push_back((line.to_owned(), answer.to_owned())));
    }
}

impl Shared {
    fn look<T>(&self, look: impl FnOnce(&mut Kept) -> T) -> T {
        look(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The refusal of a line, if there is one for it.
    fn refusal(&self, line: &str) -> Option<String> {
        self.look(|kept| {
            let is_for =
                |beginning: &str| if beginning.is_empty() { line.is_empty() } else { line.starts_with(beginning) };
            let at = kept.refusals.iter().position(|(beginning, _)| is_for(beginning))?;
            kept.refusals.remove(at).map(|(_, answer)| answer)
        })
    }
}
