//! What is said over one connection.

use std::io;
use std::net::TcpStream;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::stream::Lines;
use super::{CHALLENGE, Mail, Said, Security, Shared};

/// One connection.
pub(super) struct Session {
    lines: Lines,
    shared: Arc<Shared>,
    has_greeted: bool,
    user: String,
    mail: Mail,
}

impl Session {
    pub(super) fn start(stream: TcpStream, shared: &Arc<Shared>) -> io::Result<Session> {
        let mut lines = Lines::new(stream);
        if shared.settings.security == Security::Implicit {
            lines = lines.encrypt(&shared.tls)?;
        }
        Ok(Session {
            lines,
            shared: Arc::clone(shared),
            has_greeted: false,
            user: String::new(),
            mail: Mail::default(),
        })
    }

    /// Speaks until the client says goodbye or is gone.
    pub(super) fn run(mut self) -> io::Result<()> {
        if let Some(answer) = self.shared.refusal("") {
            return self.lines.say(&answer);
        }
        self.lines.say("220 fake ESMTP")?;
        while let Some(line) = self.next()? {
            if let Some(answer) = self.shared.refusal(&line) {
                if answer.is_empty() {
                    return Ok(());
                }
                self.lines.say(&answer)?;
                continue;
            }
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            match verb.to_ascii_uppercase().as_str() {
                "QUIT" => return self.lines.say("221 bye"),
                "STARTTLS" if self.offers_starttls() => {
                    self.lines.say("220 go ahead")?;
                    let lines = self.lines.encrypt(&self.shared.tls)?;
                    // What was said in the clear does not count any more.
                    self = Session { lines, has_greeted: false, user: String::new(), mail: Mail::default(), ..self };
                }
                verb => {
                    let answer = self.answer(verb, rest)?;
                    self.lines.say(&answer)?;
                }
            }
        }
        Ok(())
    }

    fn next(&mut self) -> io::Result<Option<String>> {
        let line = self.lines.next()?;
        if let Some(line) = &line {
            let said = Said { line: line.clone(), is_encrypted: self.lines.is_encrypted() };
            self.shared.look(|kept| kept.said.push(said));
        }
        Ok(line)
    }

    fn offers_starttls(&self) -> bool {
        self.shared.settings.security == Security::StartTls && !self.lines.is_encrypted()
    }

    fn answer(&mut self, verb: &str, rest: &str) -> io::Result<String> {
        let answer = match verb {
            "EHLO" if !rest.is_empty() => return Ok(self.greet()),
            "EHLO" => "501 who are you?",
            "NOOP" => "250 ok",
            "RSET" => {
                self.mail = Mail::default();
                "250 ok"
            }
            "AUTH" | "MAIL" | "RCPT" | "DATA" if !self.has_greeted => "503 say EHLO first",
            "AUTH" => return self.sign_in(rest),
            "MAIL" => self.begin(rest),
            "RCPT" => self.add(rest),
            "DATA" if self.mail.to.is_empty() => "503 out of order",
            "DATA" => return self.take(),
            _ => "502 not known here",
        };
        Ok(answer.to_owned())
    }

    fn greet(&mut self) -> String {
        self.has_greeted = true;
        self.mail = Mail::default();
        let settings = &self.shared.settings;
        let mut lines = vec!["fake".to_owned()];
        if settings.smtputf8 {
            lines.push("SMTPUTF8".to_owned());
        }
        if self.offers_starttls() {
            lines.push("STARTTLS".to_owned());
        }
        if let Some(account) = &settings.account {
            lines.push(format!("AUTH {}", account.mechanisms));
        }
        let continued: String = lines.iter().map(|line| format!("250-{line}\r\n")).collect();
        format!("{continued}250 8BITMIME")
    }

    fn begin(&mut self, rest: &str) -> &'static str {
        let settings = &self.shared.settings;
        let Some(from) = address(rest, "FROM:") else { return "501 no address" };
        if settings.account.is_some() && self.user.is_empty() {
            return "530 sign in first";
        }
        let takes_all = settings.smtputf8 && rest.ends_with(" SMTPUTF8");
        if !from.is_ascii() && !takes_all {
            return "553 not ASCII";
        }
        self.mail = Mail { from, user: self.user.clone(), is_encrypted: self.lines.is_encrypted(), ..Mail::default() };
        "250 ok"
    }

    fn add(&mut self, rest: &str) -> &'static str {
        match address(rest, "TO:") {
            _ if self.mail.from.is_empty() => "503 out of order",
            Some(to) if to.is_ascii() || self.shared.settings.smtputf8 => {
                self.mail.to.push(to);
                "250 ok"
            }
            _ => "501 no address",
        }
    }

    /// Takes a mail: lines up to a lone dot; a dot that was doubled is one.
    fn take(&mut self) -> io::Result<String> {
        self.lines.say("354 go on")?;
        let mut mail = std::mem::take(&mut self.mail);
        while let Some(line) = self.lines.next()? {
            if line != "." {
                mail.data.push_str(line.strip_prefix('.').unwrap_or(&line));
                mail.data.push('\n');
                continue;
            }
            if let Some(answer) = self.shared.refusal(".") {
                return if answer.is_empty() { Err(io::ErrorKind::ConnectionAborted.into()) } else { Ok(answer) };
            }
            if !mail.data.is_ascii() && !self.shared.settings.smtputf8 {
                return Ok("554 not ASCII".to_owned());
            }
            self.shared.look(|kept| kept.mails.push(mail));
            return Ok("250 kept".to_owned());
        }
        Err(io::ErrorKind::UnexpectedEof.into())
    }

    fn sign_in(&mut self, rest: &str) -> io::Result<String> {
        let Some(account) = self.shared.settings.account.clone() else {
            return Ok("502 nobody signs in here".to_owned());
        };
        let (mechanism, first) = rest.split_once(' ').unwrap_or((rest, ""));
        if !account.mechanisms.split(' ').any(|offered| offered == mechanism) {
            return Ok("504 not offered".to_owned());
        }
        let is_known = match mechanism {
            "PLAIN" => decoded(first) == format!("\0{}\0{}", account.username, account.password),
            "LOGIN" => {
                let (username, password) = (self.ask("Username:")?, self.ask("Password:")?);
                (username, password) == (account.username.clone(), account.password)
            }
            "CRAM-MD5" => self.ask(CHALLENGE)? == format!("{} {}", account.username, account.cram_md5),
            _ => return Ok("504 not known".to_owned()),
        };
        if !is_known {
            // As careless as some servers are.
            return Ok(format!("535 not you: {rest} {}", decoded(first)));
        }
        self.user = account.username;
        Ok("235 welcome".to_owned())
    }

    fn ask(&mut self, what: &str) -> io::Result<String> {
        self.lines.say(&format!("334 {}", STANDARD.encode(what)))?;
        Ok(decoded(&self.next()?.unwrap_or_default()))
    }
}

fn decoded(text: &str) -> String {
    STANDARD.decode(text).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

/// The address of `FROM:<someone@somewhere> …`.
fn address(rest: &str, what: &str) -> Option<String> {
    let after =
        rest.get(what.len()..).filter(|_| rest.get(..what.len()).is_some_and(|key| key.eq_ignore_ascii_case(what)))?;
    let (inner, _) = after.trim_start().strip_prefix('<')?.split_once('>')?;
    inner.contains('@').then(|| inner.to_owned())
}
