//! Stopping, killing, starting again: what was there is there.

use crate::program::{BINARY, Program, command};

#[test]
fn a_signal_ends_it_in_order() {
    for signal in ["INT", "TERM"] {
        let dir = tempfile::tempdir().expect("a directory");
        let program = Program::start(dir.path());
        program.wait_for("the first reading", |p| p.number(r#"up{job="node"}"#));
        let before = program.own_samples();
        program.signal(signal);
        assert_eq!(program.wait().code(), Some(0), "SIG{signal}");
        let again = Program::start(dir.path());
        assert!(again.own_samples() >= before, "SIG{signal}: samples are gone");
    }
}

#[test]
fn ten_kills_take_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut seen = 0.0;
    for round in 0..10 {
        let program = Program::start(dir.path());
        assert!(program.own_samples() >= seen, "round {round}: {} of {seen} are left", program.own_samples());
        // Each start reads the sensors at once; killed as soon as that shows.
        seen = program.wait_for("another sample", |p| Some(p.own_samples()).filter(|&n| n > seen));
        program.kill();
    }
    assert!(seen >= 10.0);
}

#[test]
fn one_data_directory_has_one_menara() {
    let dir = tempfile::tempdir().expect("a directory");
    let program = Program::start(dir.path());
    let second = command(dir.path()).args(["--listen", "127.0.0.1:0"]).output().expect("it starts");
    let message = String::from_utf8_lossy(&second.stderr).into_owned();
    assert_eq!(second.status.code(), Some(1));
    assert!(message.contains("another Menara is using"), "{message}");
    let elsewhere = tempfile::tempdir().expect("a directory");
    let listen = program.address.to_string();
    let same_port = command(elsewhere.path()).args(["--listen", &listen]).output().expect("it starts");
    let message = String::from_utf8_lossy(&same_port.stderr).into_owned();
    assert_eq!(same_port.status.code(), Some(1));
    assert!(message.contains("cannot listen on"), "{message}");
    assert!(std::path::Path::new(BINARY).is_file());
}
