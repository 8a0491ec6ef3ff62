use std::fs;

use super::*;

#[test]
#[expect(clippy::disallowed_methods, reason = "files of this test only")]
fn a_file_is_read_once_a_round() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("stat");
    let mut files = ProcFiles::new(directory.path().to_owned());
    for content in ["one", "", "a longer one", "short"] {
        fs::write(&path, content).unwrap();
        files.begin_round();
        assert_eq!(files.read("stat").unwrap(), content.as_bytes());
        fs::write(&path, "changed within the round").unwrap();
        assert_eq!(files.read("stat").unwrap(), content.as_bytes());
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "files of this test only")]
fn files_of_any_length_are_read_whole() {
    let directory = tempfile::tempdir().unwrap();
    let mut files = ProcFiles::new(directory.path().to_owned());
    for length in [0, 1, FIRST_READ_BYTES - 1, FIRST_READ_BYTES, FIRST_READ_BYTES + 1, 100_000, 3] {
        let content: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
        fs::write(directory.path().join("stat"), &content).unwrap();
        files.begin_round();
        assert_eq!(files.read("stat").unwrap(), content);
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "files of this test only")]
fn a_file_may_come_later() {
    let directory = tempfile::tempdir().unwrap();
    let mut files = ProcFiles::new(directory.path().to_owned());
    files.begin_round();
    assert!(files.read("stat").unwrap_err().is_absent());
    fs::write(directory.path().join("stat"), "here").unwrap();
    files.begin_round();
    assert_eq!(files.read("stat").unwrap(), b"here");
    fs::create_dir(directory.path().join("loadavg")).unwrap();
    assert!(!files.read("loadavg").unwrap_err().is_absent());
}
