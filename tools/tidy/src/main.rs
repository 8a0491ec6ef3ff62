//! The rules of the house that compiler and clippy do not know. `make lint` runs it, and so does `cargo test`.

mod dependencies;
mod files;
mod floors;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use serde_json::Value;

/// A rule: its name, and what breaks it.
type Rule = (&'static str, fn(&Workspace) -> Vec<String>);

/// All rules; a new one is a line here.
const RULES: &[Rule] = &[
    ("a crate uses only crates on lower floors", floors::check),
    ("dependencies have permissive licences", dependencies::licences),
    ("there is one TLS provider at most", dependencies::tls),
    ("versions stand in the workspace manifest", dependencies::versions),
    ("a file is 500 lines at most, tests apart", files::length),
    ("no machine is built for in particular", files::target_cpu),
    ("no work is left without an owner", files::leftovers),
    ("lines end where their text ends", files::trailing_space),
    ("every format page is in the index", files::format_pages),
    ("the README begins with the two commands", files::readme),
];

fn main() -> ExitCode {
    let broken = broken_rules();
    for line in &broken {
        // Without an error stream the exit code still says it.
        writeln!(std::io::stderr(), "{line}").ok();
    }
    if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What breaks which rule, a line each.
fn broken_rules() -> Vec<String> {
    let workspace = match Workspace::load() {
        Ok(workspace) => workspace,
        Err(error) => return vec![format!("tidy: {error}")],
    };
    let lines = RULES.iter().flat_map(|(rule, check)| check(&workspace).into_iter().map(move |line| (rule, line)));
    lines.map(|(rule, line)| format!("tidy: {rule}: {line}")).collect()
}

/// What the rules look at.
struct Workspace {
    root: PathBuf,
    /// `cargo metadata`, dependencies included.
    metadata: Value,
    /// All files that git knows or would take up, relative to the root.
    files: Vec<PathBuf>,
}

impl Workspace {
    fn load() -> Result<Workspace, String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let root = root.canonicalize().map_err(|e| e.to_string())?;
        let metadata = run(&root, "cargo", &["metadata", "--format-version", "1", "--locked"])?;
        let metadata = serde_json::from_str(&metadata).map_err(|e| e.to_string())?;
        let files = run(&root, "git", &["ls-files", "--cached", "--others", "--exclude-standard"])?;
        let files = files.lines().map(PathBuf::from).filter(|path| root.join(path).is_file()).collect();
        Ok(Workspace { root, metadata, files })
    }

    /// A file's text; binary files have none.
    fn text(&self, path: &Path) -> Option<String> {
        std::fs::read_to_string(self.root.join(path)).ok()
    }
}

fn run(dir: &Path, program: &str, args: &[&str]) -> Result<String, String> {
    let output = Command::new(program).args(args).current_dir(dir).output().map_err(|e| format!("{program}: {e}"))?;
    if !output.status.success() {
        return Err(format!("{program}: {}", String::from_utf8_lossy(&output.stderr)));
    }
    String::from_utf8(output.stdout).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_house_is_tidy() {
        assert_eq!(super::broken_rules(), Vec::<String>::new());
    }
}
