use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode, header};
use tower::ServiceExt;

use super::{ROOT, UiFile, at_depth};

fn page() -> UiFile {
    UiFile {
        bytes: Bytes::from(format!("<head>{ROOT}<script src=\"./theme.js\"></script></head>")),
        gzip: Some(Bytes::from_static(b"compressed")),
        content_type: "text/html; charset=utf-8",
        etag: "\"abc\"".to_owned(),
    }
}

#[test]
fn a_page_further_down_names_the_root() {
    for (depth, root) in [(1, "../"), (3, "../../../")] {
        let moved = at_depth(&page(), depth).expect("the page is text");
        let text = String::from_utf8(moved.bytes.to_vec()).expect("the page is text");
        assert_eq!(text, format!("<head><base href=\"{root}\" /><script src=\"./theme.js\"></script></head>"));
        assert!(moved.gzip.is_none(), "what was compressed is another page");
        assert_eq!(moved.etag, format!("\"abc-{depth}\""));
    }
}

#[test]
fn the_source_of_the_page_names_its_root_as_the_server_expects() {
    assert!(include_str!("../../../../web/index.html").contains(ROOT));
}

#[tokio::test]
async fn every_page_has_its_address() {
    for (path, expected) in [
        ("/", StatusCode::OK),
        ("/logs", StatusCode::OK),
        ("/alerts", StatusCode::OK),
        ("/graph", StatusCode::OK),
        ("/hosts/bromo", StatusCode::OK),
        ("/hosts/a%2Fb", StatusCode::OK),
        ("/hosts/bromo/containers/web", StatusCode::OK),
        ("/hosts/bromo/containers/4bf92f3577b3", StatusCode::OK),
        ("/hosts", StatusCode::NOT_FOUND),
        ("/hosts/bromo/containers", StatusCode::NOT_FOUND),
        ("/hosts/bromo/containers/web/more", StatusCode::NOT_FOUND),
    ] {
        let request = Request::get(path).header(header::HOST, "127.0.0.1:7070").body(Body::empty()).expect("a request");
        let response = crate::router(crate::tests::api()).oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), expected, "{path}");
        if expected == StatusCode::OK {
            assert_eq!(response.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8", "{path}");
        }
    }
}
