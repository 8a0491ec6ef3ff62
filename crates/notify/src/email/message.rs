//! A mail as it is sent: header lines, a plain part, an HTML part.

use std::time::{Duration, SystemTime};

use lettre::Address;
use lettre::message::header::{
    Bcc, Cc, ContentTransferEncoding, ContentType, Date, From, HeaderName, HeaderValue, Headers, MIME_VERSION_1_0,
    ReplyTo, To,
};
use lettre::message::{Mailbox, Mailboxes, MultiPart, SinglePart};

/// A line of a mail has at most 998 bytes, and a word is not divided.
const MAX_WORD_BYTES: usize = 300;
/// A header that goes on for longer is not read by anybody.
const MAX_VALUE_CHARS: usize = 2000;
/// The last second that mail has a date for: the end of the year 9999.
const LAST_SECOND: u64 = 253_402_300_799;

/// A mail, and where it goes.
#[derive(Debug)]
pub(super) struct Mail {
    pub(super) from: Address,
    pub(super) to: Vec<Address>,
    pub(super) bytes: Vec<u8>,
}

/// What is to be said, as templates made it.
pub(super) struct Words<'a> {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) headers: Vec<(&'a str, String)>,
    pub(super) text: String,
    pub(super) html: String,
}

/// What tells one mail from another.
pub(super) struct Marks {
    pub(super) now_ms: i64,
    pub(super) message_id: String,
    /// What stands between the parts.
    pub(super) boundary: String,
    /// What the mail answers.
    pub(super) thread: Option<String>,
}

/// Puts a mail together.
///
/// # Errors
/// When who sends or gets it is not an address, in upstream's words as far as they go.
pub(super) fn compose(words: Words<'_>, marks: &Marks) -> Result<Mail, String> {
    let from = mailboxes(&words.from).map_err(|why| format!("parse 'from' addresses: {why}"))?;
    let [from] = from.as_slice() else {
        return Err(format!("must be exactly one 'from' address (got: {})", from.len()));
    };
    let to = mailboxes(&words.to).map_err(|why| format!("parse 'to' addresses: {why}"))?;
    let mut whole = MultiPart::builder().build();
    let headers = whole.headers_mut();
    for (name, value) in &words.headers {
        set(headers, name, value)?;
    }
    if headers.get_raw("Message-Id").is_none() {
        set(headers, "Message-Id", &marks.message_id)?;
    }
    if let Some(thread) = &marks.thread {
        set(headers, "References", thread)?;
        set(headers, "In-Reply-To", thread)?;
    }
    // What the mail is made of stands fast, whatever headers were asked for.
    headers.remove_raw("Content-Transfer-Encoding");
    headers.set(Date::from(moment(marks.now_ms)));
    headers.set(MIME_VERSION_1_0);
    let kind = format!("multipart/alternative; boundary=\"{}\"", marks.boundary);
    headers.set(ContentType::parse(&kind).map_err(|error| error.to_string())?);
    if !words.text.is_empty() || words.html.is_empty() {
        whole = whole.singlepart(part(ContentType::TEXT_PLAIN, words.text));
    }
    if !words.html.is_empty() {
        whole = whole.singlepart(part(ContentType::TEXT_HTML, words.html));
    }
    let to = to.into_iter().map(|mailbox| mailbox.email).collect();
    Ok(Mail { from: from.email.clone(), to, bytes: whole.formatted() })
}

/// Whether a header may have this name.
pub(super) fn is_header_name(name: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_graphic() && byte != b':';
    !name.is_empty() && name.len() <= 70 && name.bytes().all(is_allowed)
}

fn set(headers: &mut Headers, name: &str, value: &str) -> Result<(), String> {
    let addresses = || mailboxes(value).map(Mailboxes::from).ok();
    match (name.to_ascii_lowercase().as_str(), addresses()) {
        ("from", Some(addresses)) => headers.set(From::from(addresses)),
        ("to", Some(addresses)) => headers.set(To::from(addresses)),
        ("cc", Some(addresses)) => headers.set(Cc::from(addresses)),
        ("bcc", Some(addresses)) => headers.set(Bcc::from(addresses)),
        ("reply-to", Some(addresses)) => headers.set(ReplyTo::from(addresses)),
        _ => {
            let name = HeaderName::new_from_ascii(name.to_owned()).map_err(|error| format!("{name:?}: {error}"))?;
            headers.insert_raw(HeaderValue::new(name, cut(&one_line(value), MAX_VALUE_CHARS)));
        }
    }
    Ok(())
}

/// The addresses of a list, hosts in ASCII.
fn mailboxes(list: &str) -> Result<Vec<Mailbox>, String> {
    let list = one_line(list);
    let list = list.trim_matches([',', ' ']);
    let read: Mailboxes = list.parse().map_err(|error| format!("{list:?}: {error}"))?;
    let read: Vec<Mailbox> = read.into_iter().map(|mailbox| in_ascii(mailbox, list)).collect::<Result<_, String>>()?;
    if read.is_empty() { Err(format!("{list:?}: no address")) } else { Ok(read) }
}

fn in_ascii(mailbox: Mailbox, list: &str) -> Result<Mailbox, String> {
    let Mailbox { name, email } = mailbox;
    let host = idna::domain_to_ascii(email.domain()).unwrap_or_else(|_| email.domain().to_owned());
    let email = Address::new(email.user(), host).map_err(|error| format!("{list:?}: {error}"))?;
    let name = name.map(|name| cut(name.trim(), MAX_WORD_BYTES)).filter(|name| !name.is_empty());
    Ok(Mailbox { name, email })
}

fn part(kind: ContentType, text: String) -> SinglePart {
    // Without a null, which has no place in mail.
    let text = text.replace('\0', "\u{fffd}");
    SinglePart::builder().header(kind).header(ContentTransferEncoding::QuotedPrintable).body(text)
}

/// A text on one line: white space and control characters become single spaces, and words are not longer than a line.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.map(|word| cut_bytes(word, MAX_WORD_BYTES)).collect::<Vec<_>>().join(" ")
}

fn cut(text: &str, max_chars: usize) -> String {
    if text.chars().count() <= max_chars {
        return text.to_owned();
    }
    text.chars().take(max_chars - 1).chain(['…']).collect()
}

fn cut_bytes(word: &str, max_bytes: usize) -> String {
    if word.len() <= max_bytes {
        return word.to_owned();
    }
    let end = (0..=max_bytes).rev().find(|end| word.is_char_boundary(*end)).unwrap_or(0);
    format!("{}…", word.get(..end).unwrap_or_default())
}

fn moment(ms: i64) -> SystemTime {
    let seconds = u64::try_from(ms.div_euclid(1000)).unwrap_or(0).min(LAST_SECOND);
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}
