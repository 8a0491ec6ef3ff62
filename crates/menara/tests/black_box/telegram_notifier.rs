//! `menara telegram-notifier` between an Alertmanager and a strict Bot API.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use fakes::telegram::{BotApi, Refusal, Settings};
use testkit::http::{self, Response};

use crate::program::BINARY;

const TOKEN: &str = "12:SECRET";
const MESSAGE: &str = r#"{"version":"4","groupKey":"{}:{}","status":"firing","receiver":"home","groupLabels":{"alertname":"Disk"},
    "commonLabels":{},"commonAnnotations":{},"externalURL":"http://am","truncatedAlerts":0,"alerts":[{"status":"resolved",
    "labels":{"alertname":"Disk","instance":"bromo:9100","severity":"critical"},"annotations":{"summary":"Disk <full>"},
    "startsAt":"2023-11-14T22:13:20Z","endsAt":"2023-11-14T22:41:20Z","generatorURL":"http://p/","fingerprint":"00"}]}"#;

fn write(path: &Path, text: &str) {
    File::create(path).and_then(|mut file| file.write_all(text.as_bytes())).expect("a file");
}

/// A running notifier; killed when it goes out of scope.
struct Notifier {
    child: Child,
    address: SocketAddr,
}

impl Notifier {
    fn start(dir: &Path, api_url: &str, language: &[&str]) -> Notifier {
        let token_file = dir.join("token");
        write(&token_file, &format!("{TOKEN}\n"));
        let mut child = command(&token_file)
            .args(["--listen", "127.0.0.1:0", "--allow", "-100,7", "--api-url", api_url])
            .args(language)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        let address = line.strip_prefix("webhooks at http://").and_then(|line| line.split_once('/'));
        let address = address.expect("it prints where it listens").0.parse().expect("an address");
        Notifier { child, address }
    }

    fn post(&self, path: &str, headers: &str, body: &str) -> Response {
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n{body}",
            self.address
        );
        http::send(self.address, &request).expect("it answers")
    }
}

impl Drop for Notifier {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn command(token_file: &Path) -> Command {
    let mut command = Command::new(BINARY);
    command.arg("telegram-notifier").arg("--token-file").arg(token_file);
    // What messages show where Telegram does not know better.
    command.env("TZ", "UTC").env("LC_ALL", "id_ID.UTF-8");
    command
}

#[test]
fn webhooks_become_messages() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut settings = Settings::new(TOKEN, &[-100, 7]);
    settings.topics.insert(-100, [3].into());
    let api = BotApi::start(settings).expect("a port");
    let notifier = Notifier::start(dir.path(), &api.url(), &["--message-language", "en"]);
    for (path, expected) in [("/alert/7", (7, None)), ("/alert/-100/3", (-100, Some(3)))] {
        let response = notifier.post(path, "", MESSAGE);
        assert_eq!((response.status, response.body.as_str()), (200, "sent\n"), "{path}");
        let sent = api.messages().pop().expect("a message");
        assert_eq!((sent.chat, sent.given["message_thread_id"].as_i64()), expected, "{path}");
        assert_eq!(sent.text, "✅ Over: Disk <full>\nbromo · was critical for 28 min (14 Nov 22:13 to 22:41)");
    }
    let calls = api.calls().len();
    for (path, headers, body, status) in [
        ("/alert/8", "", MESSAGE, 403),
        ("/alert/me", "", MESSAGE, 403),
        ("/alert/7", "Origin: http://evil\r\n", MESSAGE, 403),
        ("/alert/7", "", "{", 400),
        ("/alert/7", "", "{}", 400),
        ("/alert/7/x", "", MESSAGE, 400),
        ("/alert", "", MESSAGE, 404),
    ] {
        assert_eq!(notifier.post(path, headers, body).status, status, "{path} {headers} {body}");
    }
    assert_eq!(http::get(notifier.address, "/alert/7").expect("it answers").status, 405);
    assert_eq!(api.calls().len(), calls, "Telegram was not bothered");
}

#[test]
fn messages_are_in_the_language_of_the_environment() {
    let dir = tempfile::tempdir().expect("a directory");
    let api = BotApi::start(Settings::new(TOKEN, &[7])).expect("a port");
    let notifier = Notifier::start(dir.path(), &api.url(), &[]);
    assert_eq!(notifier.post("/alert/7", "", MESSAGE).status, 200);
    let expected = "✅ Pulih: Disk <full>\nbromo · kritis selama 28 menit (14 Nov 22.13 sampai 22.41)";
    assert_eq!(api.messages()[0].text, expected);
}

#[test]
fn refusals_of_telegram_are_handed_on() {
    let dir = tempfile::tempdir().expect("a directory");
    let api = BotApi::start(Settings::new(TOKEN, &[7])).expect("a port");
    let notifier = Notifier::start(dir.path(), &api.url(), &[]);
    let response = notifier.post("/alert/-100", "", MESSAGE);
    assert_eq!((response.status, response.body.as_str()), (502, "Telegram refuses: Bad Request: chat not found\n"));
    api.refuse_next(Refusal::too_many(40));
    let response = notifier.post("/alert/7", "", MESSAGE);
    assert_eq!((response.status, response.header("retry-after")), (502, Some("40")));
    drop(api);
    let response = notifier.post("/alert/-100", "", MESSAGE);
    assert_eq!(response.status, 502);
    assert!(!response.body.contains("SECRET"), "{}", response.body);
}

#[test]
fn arguments_that_make_no_sense_are_refused() {
    let dir = tempfile::tempdir().expect("a directory");
    let (token, empty) = (dir.path().join("token"), dir.path().join("empty"));
    write(&token, TOKEN);
    write(&empty, "\n");
    for (file, args, expected) in [
        (&token, &["--allow", "7", "--listen", "0.0.0.0:0"][..], "refused"),
        (&token, &[], "--allow"),
        (&token, &["--allow", "me"], "--allow"),
        (&token, &["--allow", "7", "--api-url", "ftp://x"], "--api-url"),
        (&token, &["--allow", "7", "--message-language", "de"], "--message-language"),
        (&empty, &["--allow", "7"], "it is empty"),
        (&dir.path().join("none"), &["--allow", "7"], "cannot read"),
    ] {
        let output = command(file).args(args).output().expect("it starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains(expected) && !said.contains("SECRET"), "{args:?}: {said}");
    }
}
