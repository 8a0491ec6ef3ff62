use super::*;

/// A suite whose case passes, fails or panics as the name of the folder of cases says.
struct ByFolderName;

impl Suite for ByFolderName {
    fn name(&self) -> &'static str {
        "by-folder-name"
    }

    fn run(&self, cases: &Path) -> io::Result<Vec<CaseResult>> {
        let name = cases.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let case = || match name.as_str() {
            "passes" => Ok(()),
            "fails" => Err("one\ntwo".to_owned()),
            _ => panic!("no {name}"),
        };
        Ok(if name == "absent" { Vec::new() } else { vec![crate::suite::run_case("case:1".to_owned(), case)] })
    }
}

/// Checks the report on a folder of cases other than the default one, and whether all is well.
fn check(folder: &str, verbose: bool, report: &str, well: bool) {
    let arguments = Arguments { cases: Some(PathBuf::from(folder)), verbose, ..Arguments::default() };
    let mut out = Vec::new();
    let found = run_suite(&ByFolderName, &arguments, &mut out).expect("a report");
    assert_eq!((String::from_utf8_lossy(&out).as_ref(), found), (report, well), "{folder}");
}

#[test]
fn suites_are_reported() {
    check("passes", true, "by-folder-name: 1 passed, 0 failed\n", true);
    check("fails", false, "by-folder-name: 0 passed, 1 failed\n", false);
    check("fails", true, "FAIL case:1\n    one\n    two\nby-folder-name: 0 passed, 1 failed\n", false);
    check("panics", true, "FAIL case:1\n    panic: no panics\nby-folder-name: 0 passed, 1 failed\n", false);
    check("absent", true, "by-folder-name: 0 passed, 0 failed\n", true);
}

#[test]
fn an_unknown_suite_is_an_error() {
    let arguments = Arguments { suite: Some("no-such".to_owned()), ..Arguments::default() };
    let error = run(&arguments, &mut Vec::new()).expect_err("there is no such suite");
    assert_eq!(error.to_string(), "unknown suite: no-such");
}

#[test]
fn suites_have_different_names() {
    let mut names: Vec<&str> = SUITES.iter().map(|suite| suite.name()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), SUITES.len());
}
