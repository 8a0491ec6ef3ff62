//! Mail as it comes in at a strict sink.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use common::{alert, disk, notification, tools};
use fakes::smtp::{Account as SinkAccount, CA, Mail, MailSink, Security, Settings as SinkSettings};
use jiff::tz::TimeZone;
use mail_parser::{Message, MessageParser, MimeHeaders};
use model::{Notification, NotifyOutcome};
use notify::email::{Account, Randomness, Settings, Threading, Tls};
use notify::{Email, Receiver as _, Source};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const HTML: &str = "{{ template \"email.default.html\" . }}";
const PASSWORD: &str = "hunter2-hunter2";
/// Of the example in RFC 2195, for the user `tim`.
const SECRET: &str = "tanstaaftanstaaf";
const CRAM_MD5: &str = "b913a602c7eda7a495b4e6e7334d3890";

/// To a sink, in the clear.
fn settings(sink: &MailSink) -> Settings {
    Settings {
        to: "you@example.org".to_owned(),
        from: "Menara <menara@example.org>".to_owned(),
        host: "127.0.0.1".to_owned(),
        port: sink.address().port(),
        hello: "here".to_owned(),
        account: Account::default(),
        headers: Vec::new(),
        html: HTML.to_owned(),
        text: String::new(),
        require_tls: false,
        implicit_tls: None,
        tls: Tls::default(),
        threading: None,
        own_host: "merapi".to_owned(),
    }
}

fn trusted() -> Tls {
    Tls { ca: Some(Source::Inline(CA.to_owned())), ..Tls::default() }
}

fn email(settings: Settings) -> Result<Email, String> {
    let n = AtomicU64::new(0);
    Email::new(settings, TimeZone::UTC, Randomness::new(move || n.fetch_add(1, Ordering::Relaxed)))
}

async fn send_with(settings: Settings, templates: &str, notification: &Notification) -> NotifyOutcome {
    email(settings).expect("settings").send(&tools(templates), "home", notification).await
}

async fn send(settings: Settings) -> NotifyOutcome {
    send_with(settings, "", &notification(vec![disk("bromo:9100", "/srv", false)])).await
}

fn is_sent(outcome: &NotifyOutcome) -> bool {
    matches!(outcome, NotifyOutcome::Sent(_))
}

fn said(outcome: NotifyOutcome) -> String {
    match outcome {
        NotifyOutcome::Sent(_) => "sent".to_owned(),
        NotifyOutcome::Retry { reason, .. } => format!("retry: {reason}"),
        NotifyOutcome::Failed { reason } => format!("failed: {reason}"),
    }
}

/// Header lines, unfolded, by name.
fn raw_headers(mail: &Mail) -> BTreeMap<String, String> {
    let (head, _) = mail.data.split_once("\n\n").expect("an empty line");
    let unfolded = head.replace("\n ", " ").replace("\n\t", " ");
    let lines: Vec<_> = unfolded.lines().map(|line| line.split_once(": ").expect("a header line")).collect();
    let headers: BTreeMap<_, _> = lines.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    assert_eq!(headers.len(), lines.len(), "a header stands twice: {head}");
    headers
}

fn read(mail: &Mail) -> Message<'_> {
    MessageParser::default().parse(mail.data.as_bytes()).expect("a mail")
}

#[tokio::test]
async fn a_mail_has_headers_and_two_parts() {
    let sink = MailSink::start().expect("a port");
    let outcome = send(settings(&sink)).await;
    assert!(is_sent(&outcome), "{outcome:?}");
    let mails = sink.mails();
    let [mail] = mails.as_slice() else { panic!("{mails:?}") };
    assert_eq!((mail.from.as_str(), mail.to.as_slice()), ("menara@example.org", &["you@example.org".to_owned()][..]));
    let expected = [
        ("Date", "Tue, 14 Nov 2023 22:13:20 +0000".to_owned()),
        ("From", "Menara <menara@example.org>".to_owned()),
        ("MIME-Version", "1.0".to_owned()),
        ("Message-Id", format!("<1700000000000.{:032x}@merapi>", 1)),
        ("To", "you@example.org".to_owned()),
    ];
    let mut headers = raw_headers(mail);
    let subject = headers.remove("Subject").expect("a subject");
    assert!(subject.starts_with("[FIRING:1] Disk nearly full =?utf-8?b?"), "{subject}");
    let kind = headers.remove("Content-Type").expect("a type");
    assert!(kind.starts_with("multipart/alternative; boundary=\"=_"), "{kind}");
    assert_eq!(headers, expected.map(|(name, value)| (name.to_owned(), value)).into());
    let message = read(mail);
    assert_eq!(message.subject(), Some("[FIRING:1] Disk nearly full · bromo · /srv"));
    assert!(
        message.content_type().is_some_and(|kind| kind.ctype() == "multipart" && kind.subtype() == Some("alternative"))
    );
    let text = message.body_text(0).expect("a plain part");
    assert_eq!(
        text.trim_end(),
        "▲ warning: Disk nearly full\nbromo · /srv\nsince 14 Nov 21:45 (28 min)\n\n91 % & rising\n\n\
         Source: http://menara/graph?g0.expr=up\n\nalertname=Disk\ninstance=bromo:9100\nmountpoint=/srv\nseverity=warning\n\n\
         Open in Menara: http://menara/#/alerts?receiver=home"
            .replace('\n', if text.contains('\r') { "\r\n" } else { "\n" })
    );
    let html = message.body_html(0).expect("an HTML part");
    for part in [
        "Disk nearly full</div>",
        "bromo · /srv</div>",
        "since 14 Nov 21:45 (28 min)",
        "91 % &amp; rising",
        "href=\"http://menara/graph?g0.expr=up\"",
        "href=\"http://menara/#/alerts?receiver=home\"",
        "&#9650; warning",
    ] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
}

#[tokio::test]
async fn parts_are_those_that_were_asked_for() {
    let own = r#"{{ define "email.default.html" }}<i>{{ .Status }}</i>{{ end }}"#;
    let both = r#"{{ define "email.default.html" }}x{{ end }}{{ define "email.default.text" }}mine{{ end }}"#;
    for (html, text, templates, expected_html, expected_text) in [
        ("<b>{{ .CommonLabels.mountpoint }}</b>", "", "", Some("<b>/&lt;x&gt;</b>"), None),
        (
            "<b>{{ .CommonLabels.mountpoint }}</b>",
            "at {{ .CommonLabels.mountpoint }}",
            "",
            Some("<b>/&lt;x&gt;</b>"),
            Some("at /<x>"),
        ),
        ("", "at {{ .CommonLabels.mountpoint }}", "", None, Some("at /<x>")),
        ("", "", "", None, Some("")),
        ("{{template \"email.default.html\" .}}", "", own, Some("<i>firing</i>"), None),
        (HTML, "", both, Some("x"), Some("mine")),
        (HTML, "", "", Some("</html>"), Some("▲ warning")),
    ] {
        let sink = MailSink::start().expect("a port");
        let settings = Settings { html: html.to_owned(), text: text.to_owned(), ..settings(&sink) };
        let outcome = send_with(settings, templates, &notification(vec![disk("bromo", "/<x>", false)])).await;
        assert!(is_sent(&outcome), "{outcome:?}");
        let mails = sink.mails();
        let message = read(&mails[0]);
        let parts: Vec<(String, String)> = message.parts[1..]
            .iter()
            .map(|part| {
                let kind = part.content_type().expect("a type");
                let body = part.text_contents().unwrap_or_default().trim().to_owned();
                (kind.subtype().expect("a subtype").to_owned(), body)
            })
            .collect();
        let expected = [("plain", expected_text), ("html", expected_html)];
        let expected: Vec<_> = expected.into_iter().filter_map(|(kind, text)| Some((kind, text?))).collect();
        assert_eq!(parts.len(), expected.len(), "{html} {text}: {parts:?}");
        for ((kind, body), (expected_kind, expected_body)) in parts.iter().zip(expected) {
            assert_eq!(kind, expected_kind, "{html} {text}");
            assert!(body.contains(expected_body), "{expected_body} is not in {body}");
        }
    }
}

#[tokio::test]
async fn headers_are_filled_in_and_nobody_can_add_to_them() {
    let evil = "x\r\nBcc: evil@example.com\r\n\r\n.\r\nQUIT\u{2028}y\0z";
    let long = "w".repeat(5000);
    for (name, value, header, expected) in [
        ("Subject", "Disk {{ .CommonLabels.mountpoint }}", "Subject", "Disk /srv"),
        ("Subject", "{{ .CommonLabels.evil }}", "Subject", "x Bcc: evil@example.com . QUIT y z"),
        ("X-Ünïcode", "x", "", ""),
        ("X Y", "x", "", ""),
        ("X-A\r\nBcc", "x", "", ""),
        ("X-State", "é {{ .Status }} ü", "X-State", "é firing ü"),
        ("To", "Owner \u{e9} <a@example.org>, b@example.org", "To", "Owner é <a@example.org>, b@example.org"),
        ("To", "undisclosed-recipients:;", "To", "undisclosed-recipients:;"),
        (
            "Reply-To",
            "\"{{ .CommonLabels.evil }}\" <a@example.org>",
            "Reply-To",
            "x Bcc: evil@example.com . QUIT y z <a@example.org>",
        ),
        ("Message-Id", "<mine@x>", "Message-Id", "<mine@x>"),
        ("Content-Type", "text/plain", "Content-Type", "multipart/alternative"),
        ("Content-Transfer-Encoding", "base64", "Content-Type", "multipart/alternative"),
        ("Date", "yesterday", "Date", "Tue, 14 Nov 2023 22:13:20 +0000"),
        ("subject", "lower", "subject", "lower"),
        ("X-Long", "{{ .CommonLabels.long }}", "X-Long", "…"),
    ] {
        let sink = MailSink::start().expect("a port");
        let settings = Settings { headers: vec![(name.to_owned(), value.to_owned())], ..settings(&sink) };
        if header.is_empty() {
            assert!(email(settings).is_err_and(|why| why.contains("is no name of a header")), "{name}");
            continue;
        }
        let labels = [("alertname", "Disk"), ("mountpoint", "/srv"), ("evil", evil), ("long", &long)];
        let outcome = send_with(settings, "", &notification(vec![alert(&labels, &[], 1, false)])).await;
        assert!(is_sent(&outcome), "{name}: {value}: {outcome:?}");
        let mails = sink.mails();
        assert_eq!((mails.len(), mails[0].to.len()), (1, 1), "{value}");
        let headers = raw_headers(&mails[0]);
        assert!(!headers.contains_key("Bcc"), "{headers:?}");
        let message = read(&mails[0]);
        assert_eq!(message.parts.len(), 3, "{name}");
        let given = decoded(&message, header);
        if ["…", "multipart/alternative"].contains(&expected) {
            assert!(given.contains(expected), "{name}: {value}: {given}");
        } else {
            assert_eq!(given, expected, "{name}: {value}");
        }
    }
}

/// What a header says, addresses as `name <address>`.
fn decoded(message: &Message<'_>, name: &str) -> String {
    let addresses = match name {
        "To" => message.to(),
        "Reply-To" => message.reply_to(),
        _ => None,
    };
    let shown = |address: &mail_parser::Addr<'_>| match (&address.name, &address.address) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (name, address) => address.as_ref().or(name.as_ref()).map(ToString::to_string).unwrap_or_default(),
    };
    if let Some(list) = addresses.and_then(|addresses| addresses.as_list()).filter(|list| !list.is_empty()) {
        return list.iter().map(shown).collect::<Vec<_>>().join(", ");
    }
    if name.eq_ignore_ascii_case("subject") {
        return message.subject().unwrap_or_default().to_owned();
    }
    let raw = message.header_raw(name).unwrap_or_default().trim().to_owned();
    // A header that the parser does not know, read as a subject.
    let again = format!("Subject: {raw}\n\n");
    let read = MessageParser::default().parse(again.as_bytes()).and_then(|read| read.subject().map(str::to_owned));
    read.unwrap_or(raw)
}

#[tokio::test]
async fn addresses_are_lists_of_any_form() {
    for (from, to, utf8, expected) in [
        ("a@x.org", "b@x.org", false, Ok("a@x.org > b@x.org")),
        ("A <a@x.org>", "b@x.org, \"C, D\" <c@x.org>,", false, Ok("a@x.org > b@x.org c@x.org")),
        ("a@x.org", "{{ .CommonLabels.instance }}@x.org", false, Ok("a@x.org > bromo@x.org")),
        ("a@x.org", "b@bücher.example", false, Ok("a@x.org > b@xn--bcher-kva.example")),
        ("a@x.org", "jürgen@x.org", true, Ok("a@x.org > jürgen@x.org")),
        ("a@x.org", "jürgen@x.org", false, Err("the server takes only addresses in ASCII")),
        ("a@x.org, b@x.org", "c@x.org", false, Err("must be exactly one 'from' address (got: 2)")),
        ("nobody", "c@x.org", false, Err("parse 'from' addresses: \"nobody\"")),
        ("a@x.org", "", false, Err("parse 'to' addresses: \"\"")),
        ("a@x.org", "b@x.org> SIZE=1\r\nDATA", false, Err("parse 'to' addresses")),
        ("a@x.org", "{{ .Nothing.At.All }}", false, Err("execute 'to' template")),
        ("{{", "b@x.org", false, Err("execute 'from' template")),
    ] {
        let sink = MailSink::with(SinkSettings { smtputf8: utf8, ..SinkSettings::default() }).expect("a port");
        let settings = Settings { from: from.to_owned(), to: to.to_owned(), ..settings(&sink) };
        let outcome = send_with(settings, "", &notification(vec![disk("bromo", "/", false)])).await;
        match (expected, &outcome) {
            (Ok(expected), NotifyOutcome::Sent(_)) => {
                let mail = &sink.mails()[0];
                assert_eq!(format!("{} > {}", mail.from, mail.to.join(" ")), expected);
            }
            (Err(expected), NotifyOutcome::Failed { reason }) => {
                assert!(reason.contains(expected), "{reason}");
                assert!(sink.mails().is_empty());
            }
            _ => panic!("{from} {to}: {outcome:?}"),
        }
    }
}

#[tokio::test]
async fn connections_are_encrypted_as_the_settings_want_it() {
    let plain = Tls::default;
    let careless = || Tls { insecure_skip_verify: true, ..Tls::default() };
    let named = |name: &str| Tls { server_name: name.to_owned(), ..trusted() };
    for (security, require_tls, implicit_tls, tls, expected) in [
        (Security::StartTls, true, None, trusted(), "encrypted"),
        (Security::StartTls, true, None, careless(), "encrypted"),
        (Security::StartTls, true, None, named("mail.example.org"), "encrypted"),
        (Security::StartTls, true, None, Tls { only_1_3: true, ..trusted() }, "encrypted"),
        (Security::StartTls, true, None, named("mail.example.com"), "retry: send STARTTLS command: "),
        (Security::StartTls, true, None, plain(), "retry: send STARTTLS command: "),
        (Security::StartTls, false, None, plain(), "plain"),
        (Security::Plain, false, None, plain(), "plain"),
        (Security::Plain, true, None, plain(), "failed: 'require_tls' is true (default) but \"127.0.0.1:"),
        (Security::Implicit, true, Some(true), trusted(), "encrypted"),
        (Security::Implicit, false, Some(true), trusted(), "encrypted"),
        (Security::Implicit, true, Some(true), plain(), "retry: establish TLS connection to server: "),
        (Security::Plain, false, Some(true), trusted(), "retry: establish TLS connection to server: "),
        (Security::StartTls, true, Some(false), trusted(), "encrypted"),
        (
            Security::StartTls,
            true,
            None,
            Tls { ca: Some(Source::File("/nowhere/ca.pem".into())), ..Tls::default() },
            "failed: parse TLS configuration: cannot read /nowhere/ca.pem",
        ),
    ] {
        let sink = MailSink::with(SinkSettings { security, ..SinkSettings::default() }).expect("a port");
        let settings = Settings { require_tls, implicit_tls, tls: tls.clone(), ..settings(&sink) };
        let said = match send(settings).await {
            NotifyOutcome::Sent(_) if sink.mails()[0].is_encrypted => "encrypted".to_owned(),
            NotifyOutcome::Sent(_) => "plain".to_owned(),
            other => said(other),
        };
        assert!(said.starts_with(expected), "{security:?} {require_tls} {implicit_tls:?} {tls:?}: {said}");
    }
}

#[tokio::test]
async fn a_certificate_of_our_own_is_shown() {
    use fakes::smtp::{CERTIFICATE, KEY};
    let chain = format!("{CERTIFICATE}{CA}");
    for (identity, expected) in [
        (Some((CERTIFICATE, KEY)), "sent"),
        (None, "retry: "),
        (Some((CERTIFICATE, "key")), "failed: parse TLS configuration: cert and key cannot be used"),
        (Some(("", KEY)), "failed: parse TLS configuration: cert: no certificate"),
        (Some((CA, KEY)), "failed: parse TLS configuration: "),
        (Some((&chain, KEY)), "failed: parse TLS configuration: not built yet: more than one certificate in cert"),
    ] {
        let security = Security::StartTls;
        let sink = SinkSettings { security, wants_certificate: true, ..SinkSettings::default() };
        let sink = MailSink::with(sink).expect("a port");
        let inline = |text: &str| Source::Inline(text.to_owned());
        let identity = identity.map(|(certificate, key)| (inline(certificate), inline(key)));
        let said =
            said(send(Settings { require_tls: true, tls: Tls { identity, ..trusted() }, ..settings(&sink) }).await);
        assert!(said.starts_with(expected), "{said}");
    }
}

#[tokio::test]
async fn the_first_way_to_sign_in_is_taken_that_can_be() {
    let password = || Some(Source::Inline(PASSWORD.to_owned()));
    let secret = || Some(Source::Inline(SECRET.to_owned()));
    for (offered, password, secret, expected) in [
        ("PLAIN LOGIN", password(), None, "AUTH PLAIN "),
        ("LOGIN PLAIN", password(), None, "AUTH LOGIN"),
        ("CRAM-MD5 PLAIN", password(), secret(), "AUTH CRAM-MD5"),
        ("CRAM-MD5 PLAIN", password(), None, "AUTH PLAIN "),
        ("PLAIN CRAM-MD5", None, secret(), "AUTH CRAM-MD5"),
        ("XOAUTH2 LOGIN", password(), secret(), "AUTH LOGIN"),
        ("XOAUTH2 NTLM", password(), secret(), "find auth mechanism: unknown auth mechanism: XOAUTH2 NTLM"),
        ("PLAIN", None, secret(), "find auth mechanism: missing password for PLAIN auth mechanism"),
        ("CRAM-MD5", password(), None, "find auth mechanism: missing secret for CRAM-MD5 auth mechanism"),
        (
            "PLAIN",
            Some(Source::Inline("hunter3".to_owned())),
            None,
            "auth: permanent error (535): not you: PLAIN <secret> ",
        ),
        ("LOGIN", Some(Source::Inline("hunter3".to_owned())), None, "auth: permanent error (535): not you: LOGIN"),
        ("PLAIN", Some(Source::File("/nowhere/password".into())), None, "cannot read /nowhere/password"),
    ] {
        let account = SinkAccount {
            mechanisms: offered.to_owned(),
            username: "tim".to_owned(),
            password: PASSWORD.to_owned(),
            cram_md5: CRAM_MD5.to_owned(),
        };
        let sink = MailSink::with(SinkSettings { account: Some(account), ..SinkSettings::default() }).expect("a port");
        let account = Account { username: "tim".to_owned(), password, secret, identity: String::new() };
        match send(Settings { account, ..settings(&sink) }).await {
            NotifyOutcome::Sent(_) => {
                assert_eq!(sink.mails()[0].user, "tim", "{offered}");
                assert!(sink.said().iter().any(|said| said.line.starts_with(expected)), "{offered}: {:?}", sink.said());
            }
            NotifyOutcome::Failed { reason } => {
                assert!(reason.starts_with(expected), "{offered}: {reason}");
                assert!(!reason.contains("hunter"), "{reason}");
            }
            other => panic!("{offered}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn passwords_go_over_safe_connections_only() {
    let dir = std::env::temp_dir().join(format!("menara-email-{}", std::process::id()));
    File::create(&dir).and_then(|mut file| writeln!(file, "{PASSWORD}")).expect("a file");
    for (host, security, mechanisms, expected) in [
        // This machine, but it does not look like it.
        ("127.1", Security::Plain, "PLAIN LOGIN", None),
        ("127.1", Security::Plain, "PLAIN CRAM-MD5", Some(false)),
        ("127.0.0.1", Security::Plain, "PLAIN", Some(false)),
        ("127.0.0.1", Security::StartTls, "PLAIN LOGIN", Some(true)),
        ("localhost", Security::Plain, "LOGIN", Some(false)),
    ] {
        let account = SinkAccount {
            mechanisms: mechanisms.to_owned(),
            username: "tim".to_owned(),
            password: PASSWORD.to_owned(),
            cram_md5: CRAM_MD5.to_owned(),
        };
        let sink = MailSink::with(SinkSettings { account: Some(account), security, ..SinkSettings::default() })
            .expect("a port");
        let account = Account {
            username: "tim".to_owned(),
            password: Some(Source::File(dir.clone())),
            secret: Some(Source::Inline(SECRET.to_owned())),
            identity: String::new(),
        };
        let is_encrypted = security != Security::Plain;
        let settings =
            Settings { host: host.to_owned(), account, require_tls: is_encrypted, tls: trusted(), ..settings(&sink) };
        let outcome = send(settings).await;
        assert_eq!(sink.mails().first().map(|mail| mail.is_encrypted), expected, "{host}: {outcome:?}");
        let auth: Vec<_> = sink.said().into_iter().filter(|said| said.line.starts_with("AUTH")).collect();
        assert_eq!(auth.len(), usize::from(expected.is_some()), "{host}: {auth:?}");
        assert!(auth.iter().all(|said| said.is_encrypted == is_encrypted), "{host}: {auth:?}");
    }
    std::fs::remove_file(dir).expect("it is there");
}

#[tokio::test]
async fn refusals_are_told_apart() {
    for (line, answer, expected) in [
        ("", "554 go away", "failed: establish connection to server: permanent error (554): go away"),
        ("", "421 later", "retry: establish connection to server: transient error (421): later"),
        ("", "", "retry: establish connection to server: "),
        ("MAIL", "550 not from you", "failed: send MAIL command: permanent error (550): not from you"),
        (
            "RCPT",
            "550 no such user",
            "failed: send RCPT command for you@example.org: permanent error (550): no such user",
        ),
        ("RCPT", "451 greylisted", "retry: send RCPT command for you@example.org: transient error (451): greylisted"),
        ("DATA", "452 full", "retry: send DATA command: transient error (452): full"),
        (".", "554 spam", "failed: delivery failure: permanent error (554): spam"),
        (".", "451 try again", "retry: delivery failure: transient error (451): try again"),
        (".", "", "retry: delivery failure: "),
        ("EHLO", "550 who?", "failed: establish connection to server: permanent error (550): who?"),
        ("QUIT", "500 no", "sent"),
        ("QUIT", "", "sent"),
    ] {
        let sink = MailSink::start().expect("a port");
        sink.refuse_next(line, answer);
        let said = said(send(settings(&sink)).await);
        assert!(said.starts_with(expected), "{line} {answer}: {said}");
        assert_eq!(sink.mails().len(), usize::from(expected == "sent"), "{line} {answer}");
    }
    let sink = MailSink::start().expect("a port");
    let gone = settings(&sink);
    drop(sink);
    let outcome = send(gone).await;
    assert!(
        matches!(&outcome, NotifyOutcome::Retry { reason, .. } if reason.starts_with("establish connection")),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn mails_about_a_group_form_a_thread() {
    // The first 16 digits of SHA-256 of the key of the group.
    const ROOT: &str = "<alert-849f8175e1fa4477";
    for (threading, expected) in [
        (None, None),
        (Some(Threading::Daily), Some("-2023-11-14@alertmanager>")),
        (Some(Threading::Whole), Some("-@alertmanager>")),
    ] {
        let sink = MailSink::start().expect("a port");
        for ended in [false, true] {
            let settings = Settings { threading, ..settings(&sink) };
            let outcome = send_with(settings, "", &notification(vec![disk("bromo", "/", ended)])).await;
            assert!(is_sent(&outcome), "{outcome:?}");
        }
        let mails = sink.mails();
        assert_eq!(mails.len(), 2);
        for mail in &mails {
            let headers = raw_headers(mail);
            let expected = expected.map(|end| format!("{ROOT}{end}"));
            assert_eq!(headers.get("References"), expected.as_ref());
            assert_eq!(headers.get("In-Reply-To"), expected.as_ref());
        }
    }
}

#[tokio::test]
async fn the_greeting_is_checked() {
    let sink = MailSink::start().expect("a port");
    assert!(email(Settings { hello: "here\r\nRSET".to_owned(), ..settings(&sink) }).is_err());
    let outcome = send(Settings { hello: "merapi.home".to_owned(), ..settings(&sink) }).await;
    assert!(is_sent(&outcome), "{outcome:?}");
    assert_eq!(sink.said()[0].line, "EHLO merapi.home");
}

/// The four settings of upstream's own tests, for servers with and without accounts.
#[test]
fn upstreams_servers_can_be_described() {
    let Some(dir) = testkit::material("alertmanager/notify/email/testdata") else { return };
    let files = std::fs::read_dir(&dir).expect("a folder");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut n = 0;
    for file in files {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("text");
        let values: BTreeMap<_, _> = text.lines().filter_map(|line| line.split_once(": ")).collect();
        let value = |key: &str| values.get(key).copied().unwrap_or_default().to_owned();
        let account = values.contains_key("username").then(|| SinkAccount {
            mechanisms: "PLAIN LOGIN".to_owned(),
            username: value("username"),
            password: value("password"),
            cram_md5: String::new(),
        });
        let sink = MailSink::with(SinkSettings { account, ..SinkSettings::default() }).expect("a port");
        let password = values.contains_key("password").then(|| Source::Inline(value("password")));
        let account = Account { username: value("username"), password, ..Account::default() };
        let outcome = runtime.block_on(send(Settings { account, ..settings(&sink) }));
        assert!(is_sent(&outcome), "{text}: {outcome:?}");
        assert_eq!(sink.mails()[0].user, value("username"));
        n += 1;
    }
    assert_eq!(n, 4);
}

/// Texts with all that could break a mail.
fn nasty() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\r\n".to_owned()),
        Just("\n.\n".to_owned()),
        Just("\r\n\r\n--=_00".to_owned()),
        Just("=?utf-8?q?x?=".to_owned()),
        Just("<b>\"'&{{ .Labels }}".to_owned()),
        Just("x".repeat(400)),
        Just("ü".repeat(300)),
        Just("javascript:alert(1)".to_owned()),
        "\\PC{0,12}",
        any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48, rng_seed: RngSeed::Fixed(20_261_125), failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn any_alert_makes_a_mail(
        texts in proptest::collection::vec((nasty(), nasty(), nasty(), nasty()), 1..4),
        ended in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let sink = MailSink::start().expect("a port");
        let alerts = texts.iter().map(|(name, host, summary, url)| {
            let labels = [("alertname", name.as_str()), ("host", host), ("severity", url)];
            let annotations = [("summary", summary.as_str()), ("description", name), ("runbook_url", url), (host, summary)];
            alert(&labels, &annotations, 3, ended)
        });
        let notification = notification(alerts.collect());
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let headers = vec![
            header("X-All", "{{ .CommonLabels }}"),
            header("From", "{{ .CommonLabels.host }} <me@example.org>"),
            header("Cc", "\"{{ .CommonLabels.host }}\" <me@example.org>"),
        ];
        let outcome = runtime.block_on(send_with(Settings { headers, ..settings(&sink) }, "", &notification));
        prop_assert!(is_sent(&outcome), "{outcome:?}");
        let mails = sink.mails();
        prop_assert_eq!(mails.len(), 1);
        let mail = &mails[0];
        prop_assert!(mail.data.is_ascii());
        prop_assert!(mail.data.lines().all(|line| line.len() <= 998));
        let names: Vec<String> = raw_headers(mail).into_keys().collect();
        let expected = ["Cc", "Content-Type", "Date", "From", "MIME-Version", "Message-Id", "Subject", "To", "X-All"];
        prop_assert_eq!(names, expected);
        let message = read(mail);
        prop_assert_eq!(message.parts.len(), 3);
        let subject = message.subject().unwrap_or_default().to_owned();
        prop_assert!(subject.starts_with(if ended { "[RESOLVED]" } else { "[FIRING:" }), "{}", subject);
        let html = message.body_html(0).unwrap_or_default().into_owned();
        prop_assert!(html.trim_end().ends_with("</html>"));
        prop_assert!(!html.contains("<b>") && !html.contains("\"javascript:"));
        prop_assert!(message.body_text(0).is_some_and(|text| text.contains("Open in Menara")));
    }
}
