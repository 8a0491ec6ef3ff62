//! Alerts as mail: from another server's POST to the mail server.

use std::borrow::Cow;
use std::fs::File;
use std::io::Write as _;

use fakes::smtp::{Mail, MailSink};
use mail_parser::MessageParser;
use serde_json::Value;
use testkit::http;

use crate::program::Program;

const ALERT: &str = r#"{"labels":{"alertname":"DiskFull","instance":"bromo:9100","mountpoint":"/srv/media","severity":"critical"},
    "annotations":{"summary":"/srv/media nearly full","description":"96 % used, 12 GiB left"},
    "generatorURL":"http://prometheus.home/graph?g0.expr=up"#;

fn config(sink: &MailSink) -> String {
    format!(
        "global: {{smtp_smarthost: '{}', smtp_from: 'Menara <menara@example.org>', smtp_require_tls: false}}\n\
         route: {{receiver: home, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}}\n\
         receivers: [{{name: home, email_configs: [{{to: 'a@example.org, b@example.org', send_resolved: true}}]}}]\n",
        sink.address()
    )
}

fn post(program: &Program, rest: &str) {
    let body = format!("[{ALERT}\"{rest}}}]");
    let (address, length) = (program.address, body.len());
    let request = format!(
        "POST /api/v2/alerts HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    );
    let response = http::send(address, &request).expect("it answers");
    assert_eq!(response.status, 200, "{}", response.body);
}

/// Subject, plain part and HTML part.
fn read(mail: &Mail) -> (String, String, String) {
    let message = MessageParser::default().parse(mail.data.as_bytes()).expect("a mail");
    let part = |text: Option<Cow<'_, str>>| text.expect("a part").replace('\r', "");
    (message.subject().expect("a subject").to_owned(), part(message.body_text(0)), part(message.body_html(0)))
}

#[test]
fn an_alert_arrives_once_and_says_when_it_is_over() {
    let dir = tempfile::tempdir().expect("a directory");
    let sink = MailSink::start().expect("a port");
    let folder = dir.path().join("config");
    std::fs::create_dir_all(&folder).expect("a directory");
    let file = File::create(folder.join("alertmanager.yml"));
    file.and_then(|mut file| file.write_all(config(&sink).as_bytes())).expect("a file");
    let program = Program::start_with(dir.path(), &["--no-shipped-rules"]);
    post(&program, "");
    program.wait_for("the mail", |_| sink.mails().first().cloned());
    let known: Value = serde_json::from_str(&program.get("/api/v2/alerts").body).expect("JSON");
    let since = known[0]["startsAt"].as_str().expect("a time");
    post(&program, &format!(r#","startsAt":"{since}","endsAt":"{since}""#));
    program.wait_for("the end", |_| sink.mails().get(1).cloned());
    let mails = sink.mails();
    let [fires, over] = mails.as_slice() else { panic!("not once: {mails:?}") };
    assert_eq!(
        (fires.from.as_str(), fires.to.join(" ").as_str()),
        ("menara@example.org", "a@example.org b@example.org")
    );
    let (subject, text, html) = read(fires);
    assert_eq!(subject, "[FIRING:1] /srv/media nearly full · bromo");
    assert!(text.starts_with("▲ critical: /srv/media nearly full\nbromo\nsince "), "{text}");
    assert!(text.contains("\n96 % used, 12 GiB left\n\nSource: http://prometheus.home/graph?g0.expr=up\n"), "{text}");
    assert!(text.contains(&format!("Open in Menara: http://{}/#/alerts?receiver=home", program.address)), "{text}");
    assert!(
        html.contains("&#9632; critical") && html.contains("href=\"http://prometheus.home/graph?g0.expr=up\""),
        "{html}"
    );
    let (subject, text, html) = read(over);
    assert_eq!(subject, "[RESOLVED] /srv/media nearly full · bromo");
    assert!(text.starts_with("✓ resolved: /srv/media nearly full\nbromo\nover since "), "{text}");
    assert!(html.contains("&#10003; resolved") && !html.contains("96 % used"), "{html}");
}
