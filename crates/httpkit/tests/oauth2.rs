//! Tokens for credentials.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

mod common;

use std::time::Duration;

use common::{Server, answer, header};
use httpkit::{Auth, Client, OAuth2, OAuth2Settings, Options, Source, Url};

const LIMIT: Duration = Duration::from_secs(10);

fn tokens(server: &Server, secret: Source) -> OAuth2 {
    let settings = OAuth2Settings {
        token_url: Url::parse(&server.url("/SECRETPATH")).unwrap(),
        client_id: "me:1".to_owned(),
        client_secret: secret,
        scopes: vec!["read".to_owned(), "write".to_owned()],
        params: vec![("audience".to_owned(), "a&b".to_owned())],
    };
    OAuth2::new(settings, Client::new(Options::default()))
}

fn secret() -> Source {
    Source::Inline("se/cret".to_owned())
}

fn token(kind: &str, token: &str) -> Auth {
    Auth::Credentials(kind.to_owned(), token.to_owned())
}

fn body(asked: &str) -> &str {
    asked.split_once("\r\n\r\n").expect("a body").1
}

#[tokio::test]
async fn a_token_is_asked_for_as_the_standard_says() {
    let server = Server::plain(|_| answer("200 OK", "", r#"{"access_token":"t","token_type":"bearer"}"#)).await;
    let tokens = tokens(&server, secret());
    for _ in 0..3 {
        assert!(tokens.token(LIMIT).await.expect("a token") == token("Bearer", "t"));
    }
    let [asked] = &server.asked()[..] else { panic!("{:?}", server.asked()) };
    assert!(asked.starts_with("POST /SECRETPATH HTTP/1.1\r\n"), "{asked}");
    // "me%3A1:se%2Fcret"
    assert_eq!(header(asked, "authorization"), Some("Basic bWUlM0ExOnNlJTJGY3JldA=="));
    assert_eq!(header(asked, "content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(body(asked), "grant_type=client_credentials&scope=read+write&audience=a%26b");
}

#[tokio::test]
async fn servers_that_want_the_secret_in_the_body_get_it_there() {
    let server = Server::plain(|asked| {
        if body(asked).ends_with("&client_id=me%3A1&client_secret=se%2Fcret")
            && header(asked, "authorization").is_none()
        {
            answer("200 OK", "", r#"{"access_token":"t","token_type":"Bearer","expires_in":1}"#)
        } else {
            answer("401 Unauthorized", "", r#"{"error":"invalid_client"}"#)
        }
    })
    .await;
    let tokens = tokens(&server, secret());
    for n_asked in [2, 3, 4] {
        assert!(tokens.token(LIMIT).await.expect("a token") == token("Bearer", "t"));
        assert_eq!(server.asked().len(), n_asked, "the way is known, and a token that is about to expire is none");
    }
}

#[tokio::test]
async fn tokens_are_used_until_they_expire() {
    for (life, n_asked) in [
        (r#","expires_in":3600"#, 1),
        (r#","expires_in":"3600""#, 1),
        (r#","expires_in":0"#, 1),
        (r#","expires_in":18446744073709551615"#, 1),
        ("", 1),
        (r#","expires_in":9"#, 2),
        (r#","expires_in":"9""#, 2),
    ] {
        let text = format!(r#"{{"access_token":"t"{life}}}"#);
        let server = Server::plain(move |_| answer("200 OK", "", &text)).await;
        let tokens = tokens(&server, secret());
        for _ in 0..2 {
            assert!(tokens.token(LIMIT).await.expect("a token") == token("Bearer", "t"));
        }
        assert_eq!(server.asked().len(), n_asked, "{life}");
    }
}

#[tokio::test]
async fn kinds_are_written_as_servers_know_them() {
    for (kind, expected) in [("", "Bearer"), ("BEARER", "Bearer"), ("mac", "MAC"), ("basic", "Basic"), ("DPoP", "DPoP")]
    {
        let text = format!(r#"{{"access_token":"t","token_type":"{kind}"}}"#);
        let server = Server::plain(move |_| answer("200 OK", "", &text)).await;
        assert!(tokens(&server, secret()).token(LIMIT).await.expect("a token") == token(expected, "t"), "{kind}");
    }
}

#[tokio::test]
async fn refusals_are_named_without_secrets() {
    for (status, text, expected) in [
        ("400 Bad Request", r#"{"error":"invalid_scope","error_description":"SECRET"}"#, "status 400 invalid_scope"),
        ("401 Unauthorized", r#"{"error":"SECRET"}"#, "status 401"),
        ("500 Internal Server Error", "SECRET", "status 500"),
        ("200 OK", r#"{"token":"SECRET"}"#, "an answer without access_token"),
        ("200 OK", r#"{"access_token":""}"#, "an answer without access_token"),
    ] {
        let server = Server::plain(move |_| answer(status, "", text)).await;
        let Err(error) = tokens(&server, secret()).token(LIMIT).await else { panic!("{status}: a token") };
        assert_eq!(error.to_string(), format!("127.0.0.1:{} gives no token: {expected}", server.port));
        assert!(error.is_unsent() && error.is_temporary());
    }
}

#[tokio::test]
async fn a_token_is_new_after_a_new_secret_or_a_refusal() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("secret");
    let number = std::sync::atomic::AtomicU32::new(0);
    let server = Server::plain(move |_| {
        let number = number.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        answer("200 OK", "", &format!(r#"{{"access_token":"t{number}"}}"#))
    })
    .await;
    let tokens = tokens(&server, Source::File(path.clone()));
    let Err(error) = tokens.token(LIMIT).await else { panic!("no secret") };
    assert!(error.to_string().starts_with("cannot read "), "{error}");
    for (secret, refused, expected) in
        [("a\n", None, "t0"), ("a", Some("t0"), "t1"), ("a", Some("t0"), "t1"), ("b", None, "t2"), ("b", None, "t2")]
    {
        std::fs::write(&path, secret).unwrap();
        if let Some(refused) = refused {
            tokens.forget(&token("Bearer", refused)).await;
        }
        assert!(tokens.token(LIMIT).await.expect("a token") == token("Bearer", expected), "{expected}");
    }
    assert!(!format!("{tokens:?}").contains("SECRET"));
}
