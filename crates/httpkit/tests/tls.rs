//! Whom a client believes, and what it shows.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

mod common;

use common::{Server, answer, file, get, identity, inline, pem, server_config};
use httpkit::{Client, Error, Identity, Options, Source, Tls, TlsVersion};
use rustls::version::{TLS12, TLS13};

fn client(tls: Tls) -> Client {
    Client::new(Options { tls, ..Options::default() })
}

fn trusting(name: &str) -> Tls {
    Tls { authorities: Some(inline(name)), ..Tls::default() }
}

/// Asks a server by its settings; what comes of it must be `expected`, which is empty for an answer.
async fn check(what: &str, server: rustls::ServerConfig, tls: Tls, expected: &str) {
    let server = Server::secure(server, |_| answer("200 OK", "", "hello")).await;
    let result = client(tls).send(get(&server.secure_url("/SECRET"))).await;
    match result {
        Ok(response) => assert_eq!((response.text().as_str(), expected), ("hello", ""), "{what}"),
        Err(error) => {
            let shown = format!("{error}");
            assert!(!expected.is_empty() && shown.contains(expected), "{what}: {shown}");
            assert!(!shown.contains("SECRET") && !shown.contains("BEGIN"), "{what}: {shown}");
            assert_eq!(server.asked(), Vec::<String>::new(), "{what}");
        }
    }
}

#[tokio::test]
async fn servers_are_believed_by_their_authority_or_themselves() {
    let unknown = "UnknownIssuer";
    for (what, certificate, tls, expected) in [
        ("nobody vouches", "server", Tls::default(), unknown),
        ("the authority, inline", "server", trusting("authority"), ""),
        (
            "the authority, in a file",
            "server",
            Tls { authorities: Some(Source::File(file("authority"))), ..Tls::default() },
            "",
        ),
        (
            "one of several authorities",
            "server",
            Tls { authorities: Some(Source::Inline(pem("self") + &pem("authority"))), ..Tls::default() },
            "",
        ),
        ("another authority", "server", trusting("self"), unknown),
        ("another's own certificate", "server", trusting("named"), unknown),
        ("anybody", "server", Tls { skips_verification: true, ..Tls::default() }, ""),
        ("anybody, with an authority", "server", Tls { skips_verification: true, ..trusting("self") }, ""),
        ("the wrong name", "named", trusting("authority"), "not valid for name"),
        (
            "the name asked for",
            "named",
            Tls { server_name: Some("server.test".to_owned()), ..trusting("authority") },
            "",
        ),
        (
            "another name asked for",
            "server",
            Tls { server_name: Some("server.test".to_owned()), ..trusting("authority") },
            "not valid for name",
        ),
        ("no name", "server", Tls { server_name: Some("a b".to_owned()), ..trusting("authority") }, "invalid"),
        ("its own certificate", "self", trusting("self"), ""),
        ("its own certificate, unknown", "self", trusting("authority"), "CaUsedAsEndEntity"),
        (
            "its own certificate with another name",
            "self",
            Tls { server_name: Some("server.test".to_owned()), ..trusting("self") },
            "not valid for name",
        ),
        ("its own certificate, too late", "expired", trusting("expired"), "Expired"),
    ] {
        check(what, server_config(certificate, &[&TLS12, &TLS13], false), tls, expected).await;
    }
}

#[tokio::test]
async fn versions_are_agreed_on() {
    let tls = |min, max| Tls { min_version: min, max_version: max, ..trusting("authority") };
    let (old, new) = (Some(TlsVersion::Tls12), Some(TlsVersion::Tls13));
    for (what, spoken, tls, expected) in [
        ("any, old", &TLS12, tls(None, None), ""),
        ("any, new", &TLS13, tls(None, None), ""),
        ("old is enough", &TLS13, tls(old, None), ""),
        ("too old", &TLS12, tls(new, None), "no secure connection"),
        ("too new", &TLS13, tls(None, old), "no secure connection"),
        ("just old", &TLS12, tls(old, old), ""),
        ("just new", &TLS13, tls(new, new), ""),
        ("none", &TLS13, tls(new, old), "the oldest version is newer"),
    ] {
        check(what, server_config("server", &[spoken], false), tls, expected).await;
    }
}

#[tokio::test]
async fn servers_that_ask_are_shown_a_certificate() {
    for version in [&TLS12, &TLS13] {
        let files = Identity { certificate: Source::File(file("client")), key: Source::File(file("client.key")) };
        for (what, identity, expected) in [
            (
                "none",
                None,
                if version.version == rustls::ProtocolVersion::TLSv1_3 {
                    "gave no proper answer"
                } else {
                    "no secure connection"
                },
            ),
            ("inline", Some(identity("client")), ""),
            ("files", Some(files), ""),
        ] {
            let tls = Tls { identity, ..trusting("authority") };
            check(what, server_config("server", &[version], true), tls, expected).await;
        }
    }
}

#[tokio::test]
async fn what_is_no_certificate_is_refused_by_name() {
    let nonsense = || Source::Inline("SECRET".to_owned());
    let missing = || Source::File("/nowhere/x.pem".into());
    let own = |certificate, key| Tls { identity: Some(Identity { certificate, key }), ..Tls::default() };
    for (tls, expected, is_temporary) in [
        (Tls { authorities: Some(nonsense()), ..Tls::default() }, "TLS: no certificate in PEM", false),
        (Tls { authorities: Some(missing()), ..Tls::default() }, "cannot read /nowhere/x.pem: ", true),
        (own(nonsense(), inline("client.key")), "TLS: no certificate in PEM", false),
        (own(inline("client"), nonsense()), "TLS: no private key in PEM", false),
        (own(inline("client"), missing()), "cannot read /nowhere/x.pem: ", true),
        (own(Source::File(file("client.key")), inline("client.key")), "client.key.pem: no certificate in PEM", true),
        (own(inline("client"), Source::File(file("client"))), "client.pem: no private key in PEM", true),
        (own(inline("client"), inline("server.key")), "TLS: ", false),
    ] {
        let error = client(tls).check().expect_err("refused");
        let shown = error.to_string();
        assert!(shown.contains(expected) && !shown.contains("SECRET"), "{expected}: {shown}");
        assert_eq!((error.is_temporary(), error.is_unsent()), (is_temporary, true), "{shown}");
    }
    assert!(client(Tls { identity: Some(identity("client")), ..trusting("authority") }).check().is_ok());
}

#[tokio::test]
async fn renewed_files_count_at_the_next_connection() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("authority.pem");
    let client = client(Tls { authorities: Some(Source::File(path.clone())), ..Tls::default() });
    let server = server_config("server", &[&TLS12, &TLS13], false);
    let server = Server::secure(server, |_| answer("200 OK", "", "hello")).await;
    let send = || client.send(get(&server.secure_url("/")));
    assert!(matches!(send().await, Err(Error::Unreadable(_))));
    std::fs::write(&path, pem("self")).unwrap();
    assert!(matches!(send().await, Err(Error::Tls { .. })));
    for _ in 0..2 {
        std::fs::write(&path, pem("authority")).unwrap();
        assert_eq!(send().await.expect("an answer").text(), "hello");
    }
    std::fs::write(&path, pem("self")).unwrap();
    assert!(matches!(send().await, Err(Error::Tls { .. })));
}
