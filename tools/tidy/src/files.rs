//! Our own files.

use std::path::Path;

use crate::Workspace;

const MAX_LINES: usize = 500;
/// A file over the limit says why within its first lines, with these words.
const REASON_FOR_LENGTH: &str = "Longer than the limit because";
/// Endings of files that are text written here.
const TEXT: &[&str] = &["css", "html", "js", "md", "mjs", "rs", "sh", "toml", "ts", "tsx", "yml"];

fn ending(path: &Path) -> &str {
    path.extension().and_then(|e| e.to_str()).unwrap_or_default()
}

fn texts(workspace: &Workspace) -> impl Iterator<Item = (&Path, String)> {
    let paths = workspace.files.iter().filter(|path| TEXT.contains(&ending(path)) && !is_data(path));
    paths.filter_map(|path| workspace.text(path).map(|text| (path.as_path(), text)))
}

fn is_data(path: &Path) -> bool {
    path.components().any(|part| matches!(part.as_os_str().to_str(), Some("fixtures" | "golden")))
}

fn is_test(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name == "tests.rs"
        || name.contains(".test.")
        || path.components().any(|part| matches!(part.as_os_str().to_str(), Some("tests" | "e2e")))
}

pub(crate) fn length(workspace: &Workspace) -> Vec<String> {
    let code =
        texts(workspace).filter(|(path, _)| matches!(ending(path), "rs" | "ts" | "tsx" | "mjs") && !is_test(path));
    code.filter(|(_, text)| !text.lines().take(12).any(|line| line.contains(REASON_FOR_LENGTH)))
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > MAX_LINES)
        .map(|(path, lines)| format!("{} has {lines}", path.display()))
        .collect()
}

/// Everything runs on any x86-64 or aarch64; faster paths are chosen at run time.
pub(crate) fn target_cpu(workspace: &Workspace) -> Vec<String> {
    let forbidden = concat!("target", "-cpu=");
    let mut broken: Vec<String> = texts(workspace)
        .filter(|(path, text)| ending(path) != "md" && text.contains(forbidden))
        .map(|(path, _)| path.display().to_string())
        .collect();
    let makefile = workspace.text(Path::new("Makefile")).unwrap_or_default();
    if makefile.contains(forbidden) {
        broken.push("Makefile".to_owned());
    }
    broken
}

/// Words that promise work without saying whose.
pub(crate) fn leftovers(workspace: &Workspace) -> Vec<String> {
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
    let mut broken = Vec::new();
    for (path, text) in
        texts(workspace).filter(|(path, _)| matches!(ending(path), "rs" | "ts" | "tsx" | "mjs" | "sh" | "css"))
    {
        for (number, line) in text.lines().enumerate() {
            let is_word = |word: &str| line.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| part == word);
            if words.iter().any(|word| is_word(word)) {
                broken.push(format!("{}:{}", path.display(), number + 1));
            }
        }
    }
    broken
}

pub(crate) fn trailing_space(workspace: &Workspace) -> Vec<String> {
    let mut broken = Vec::new();
    for (path, text) in texts(workspace) {
        for (number, line) in text.lines().enumerate() {
            if line.ends_with([' ', '\t']) {
                broken.push(format!("{}:{}", path.display(), number + 1));
            }
        }
    }
    broken
}

pub(crate) fn format_pages(workspace: &Workspace) -> Vec<String> {
    let dir = Path::new("docs/format");
    let index = workspace.text(&dir.join("README.md")).unwrap_or_default();
    let pages = workspace.files.iter().filter(|path| path.parent() == Some(dir) && !path.ends_with("README.md"));
    let names = pages.filter_map(|path| path.file_name()?.to_str());
    names.filter(|name| !index.contains(*name)).map(|name| format!("{name} is missing there")).collect()
}

pub(crate) fn readme(workspace: &Workspace) -> Vec<String> {
    let text = workspace.text(Path::new("README.md")).unwrap_or_default();
    let head: String = text.lines().take(30).collect::<Vec<_>>().join("\n");
    let commands = ["make run", "make test"];
    commands
        .iter()
        .filter(|command| !head.contains(**command))
        .map(|command| format!("`{command}` is missing"))
        .collect()
}
