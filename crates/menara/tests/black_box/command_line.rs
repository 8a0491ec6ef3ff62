//! Arguments, exit codes, output.

use std::process::{Command, Output};

use crate::program::{BINARY, Program, command};

fn run(args: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } =
        Command::new(BINARY).args(args).env_remove("MENARA_SERVER").output().expect("it starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (status.code(), text(&stdout), text(&stderr))
}

#[test]
fn usage_errors_exit_with_two() {
    for args in [
        &[][..],
        &["nonsense"],
        &["query"],
        &["query", "up", "-o", "xml"],
        &["serve", "--listen", "x"],
        &["query", "up", "--server", "ftp://x"],
    ] {
        assert_eq!(run(args).0, Some(2), "{args:?}");
    }
    assert_eq!(run(&["version"]), (Some(0), format!("menara {}\n", env!("CARGO_PKG_VERSION")), String::new()));
    let (code, help, _) = run(&["--help"]);
    assert_eq!(code, Some(0));
    assert!(help.contains("serve") && help.contains("query") && !help.contains("\u{1b}["), "{help}");
}

#[test]
fn it_listens_on_loopback_only() {
    let dir = tempfile::tempdir().expect("a directory");
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:7070"] {
        let output = command(dir.path()).args(["--listen", address]).output().expect("it starts");
        assert_eq!(output.status.code(), Some(2), "{address}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("refused"), "{address}");
    }
}

#[test]
fn queries_from_the_command_line() {
    let dir = tempfile::tempdir().expect("a directory");
    let program = Program::start(dir.path());
    program.wait_for("the first reading", |p| p.number(r#"up{job="node"}"#));
    let server = format!("http://{}", program.address);
    let query = |args: &[&str]| run(&[&["query", "--server", &server], args].concat());
    let (code, out, _) = query(&["up{job=\"node\"}"]);
    assert_eq!(code, Some(0));
    assert!(out.starts_with("up{instance=") && out.contains("job=\"node\"} => 1 @["), "{out}");
    let (code, out, _) = query(&["-o", "json", "1+1"]);
    assert_eq!(code, Some(0));
    assert!(out.contains(r#""resultType":"scalar""#), "{out}");
    let (code, out, err) = query(&["sum("]);
    assert_eq!((code, &*out), (Some(1), ""));
    assert!(err.contains("parse error"), "{err}");
    drop(program);
    let (code, _, err) = query(&["up"]);
    assert_eq!(code, Some(3), "{err}");
}
