//! Which log files are followed, and which are not and why.

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use shipper::Status;

use crate::json::{push_list, push_string};
use crate::state::Api;

/// What is followed, and what is passed over or not taken whole, with the reason.
pub(super) async fn files(State(api): State<Arc<Api>>) -> Response {
    let status = api.files.lock().clone();
    ([(header::CONTENT_TYPE, "application/json")], file_status(&status)).into_response()
}

fn file_status(status: &Status) -> String {
    let mut out = String::from("{\"files\":");
    push_list(&mut out, &status.files, |out, file| {
        out.push_str("{\"path\":");
        push_string(out, &file.path.to_string_lossy());
        // Writing to a String cannot fail.
        write!(out, ",\"readBytes\":{},\"sizeBytes\":{},\"rotated\":{}}}", file.offset, file.size, file.rotated).ok();
    });
    out.push_str(",\"passed\":");
    push_list(&mut out, &status.passed, |out, passed| {
        out.push_str("{\"path\":");
        push_string(out, &passed.path.to_string_lossy());
        out.push_str(",\"reason\":");
        push_string(out, &passed.why);
        out.push('}');
    });
    let problems: Vec<&str> =
        [&status.positions_damaged, &status.save_error].into_iter().flatten().map(String::as_str).collect();
    out.push_str(",\"problems\":");
    push_list(&mut out, &problems, |out, problem| push_string(out, problem));
    out.push_str("}\n");
    out
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use shipper::{FileStatus, Passed};

    use super::*;

    #[test]
    fn files_are_told() {
        let status = Status {
            files: vec![FileStatus { path: "/var/log/a \"b\"".into(), offset: 7, size: 9, rotated: true }],
            passed: vec![Passed { path: "/var/log/wtmp".into(), why: "binary".to_owned() }],
            positions_damaged: Some("set aside".to_owned()),
            ..Status::default()
        };
        let told: Value = serde_json::from_str(&file_status(&status)).expect("JSON");
        assert_eq!(
            told,
            json!({
                "files": [{"path": "/var/log/a \"b\"", "readBytes": 7, "sizeBytes": 9, "rotated": true}],
                "passed": [{"path": "/var/log/wtmp", "reason": "binary"}],
                "problems": ["set aside"],
            })
        );
    }
}
