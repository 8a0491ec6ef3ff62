//! A sink for mail: plain SMTP without authentication or TLS, which keeps what it was given.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use crate::http::{Server, accept};

/// A mail, as its envelope and its lines came in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mail {
    /// The sender's address.
    pub from: String,
    /// The addresses of who gets it.
    pub to: Vec<String>,
    /// Headers and body, with lines that end in `\n`.
    pub data: String,
}

/// A sink that listens; it stops when it goes out of scope.
#[derive(Debug)]
pub struct MailSink {
    server: Server,
    mails: Arc<Mutex<Vec<Mail>>>,
}

impl MailSink {
    /// Listens on a free port of loopback.
    ///
    /// # Errors
    /// When there is no port.
    pub fn start() -> io::Result<MailSink> {
        let mails: Arc<Mutex<Vec<Mail>>> = Arc::default();
        let kept = Arc::clone(&mails);
        let server = accept(SocketAddr::from(([127, 0, 0, 1], 0)), move |stream| speak(stream, &kept))?;
        Ok(MailSink { server, mails })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// All mails so far.
    #[must_use]
    pub fn mails(&self) -> Vec<Mail> {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn speak(stream: TcpStream, kept: &Mutex<Vec<Mail>>) -> io::Result<()> {
    let mut out = stream.try_clone()?;
    let mut lines = BufReader::new(stream).lines();
    let mut mail = Mail::default();
    out.write_all(b"220 fake ESMTP\r\n")?;
    while let Some(line) = lines.next().transpose()? {
        let upper = line.to_ascii_uppercase();
        let answer: &[u8] = if upper.starts_with("EHLO") {
            b"250-fake\r\n250 8BITMIME\r\n"
        } else if upper.starts_with("HELO") || upper == "NOOP" {
            b"250 fake\r\n"
        } else if upper.starts_with("MAIL FROM:") {
            mail = Mail { from: address(&line), ..Mail::default() };
            b"250 ok\r\n"
        } else if upper.starts_with("RCPT TO:") && !mail.from.is_empty() {
            mail.to.push(address(&line));
            b"250 ok\r\n"
        } else if upper == "DATA" && !mail.to.is_empty() {
            out.write_all(b"354 go on\r\n")?;
            mail.data = data(&mut lines)?;
            kept.lock().unwrap_or_else(PoisonError::into_inner).push(std::mem::take(&mut mail));
            b"250 kept\r\n"
        } else if upper == "RSET" {
            mail = Mail::default();
            b"250 ok\r\n"
        } else if upper == "QUIT" {
            return out.write_all(b"221 bye\r\n");
        } else if ["RCPT", "DATA"].iter().any(|command| upper.starts_with(command)) {
            b"503 out of order\r\n"
        } else {
            b"502 not known here\r\n"
        };
        out.write_all(answer)?;
    }
    Ok(())
}

/// Lines up to a lone dot; a dot that was doubled is one.
fn data(lines: &mut impl Iterator<Item = io::Result<String>>) -> io::Result<String> {
    let mut text = String::new();
    for line in lines {
        let line = line?;
        if line == "." {
            return Ok(text);
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
        text.push('\n');
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}

fn address(line: &str) -> String {
    let after = line.split_once(':').map_or("", |(_, after)| after);
    let inner = after.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or(after, |(inner, _)| inner);
    inner.trim().to_owned()
}
