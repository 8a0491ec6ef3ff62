//! What comes from outside.

use serde_json::Value;

use crate::Workspace;
use crate::floors::members;

/// Licences that ask for nothing but their own text.
const PERMISSIVE: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    // Of data: the certificates that browsers trust.
    "CDLA-Permissive-2.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];
/// TLS is rustls with ring, when it comes; two providers in one program panic at the first handshake.
const OTHER_TLS: &[&str] = &["aws-lc-rs", "aws-lc-sys", "native-tls", "openssl", "openssl-sys"];

fn foreign(metadata: &Value) -> impl Iterator<Item = &Value> {
    metadata["packages"].as_array().into_iter().flatten().filter(|package| !package["source"].is_null())
}

pub(crate) fn licences(workspace: &Workspace) -> Vec<String> {
    let broken =
        foreign(&workspace.metadata).filter(|package| !is_permissive(package["license"].as_str().unwrap_or_default()));
    broken.map(|package| format!("{} is under `{}`", package["name"], package["license"])).collect()
}

/// Whether an SPDX expression can be met with permissive licences alone: one of an `OR`, all of an `AND`.
fn is_permissive(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ").replace(['(', ')'], "");
    let met = |name: &str| PERMISSIVE.contains(&name.trim());
    expression.split(" AND ").all(|part| part.split(" OR ").any(met))
}

pub(crate) fn tls(workspace: &Workspace) -> Vec<String> {
    let names = foreign(&workspace.metadata).filter_map(|package| package["name"].as_str());
    names.filter(|name| OTHER_TLS.contains(name)).map(|name| format!("{name} came in")).collect()
}

/// A dependency's version stands once, in the root manifest.
pub(crate) fn versions(workspace: &Workspace) -> Vec<String> {
    let mut broken = Vec::new();
    for package in members(&workspace.metadata) {
        let manifest = package["manifest_path"].as_str().unwrap_or_default();
        let text = std::fs::read_to_string(manifest).unwrap_or_default();
        let mut in_dependencies = false;
        for line in text.lines().map(str::trim) {
            if line.starts_with('[') {
                in_dependencies = line.contains("dependencies");
            } else if in_dependencies && line.contains('=') && !line.contains("workspace = true") {
                broken.push(format!("{}: `{line}`", package["name"]));
            }
        }
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::is_permissive;

    #[test]
    fn reads_licence_expressions() {
        for (expression, expected) in [
            ("MIT", true),
            ("MIT OR Apache-2.0", true),
            ("MIT/Apache-2.0", true),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("GPL-3.0-only OR MIT", true),
            ("GPL-3.0-only", false),
            ("MIT AND AGPL-3.0", false),
            ("MPL-2.0", false),
            ("", false),
        ] {
            assert_eq!(is_permissive(expression), expected, "{expression}");
        }
    }
}
