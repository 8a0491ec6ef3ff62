//! Cases of other projects, which stand beside the checkout.

use std::path::{Path, PathBuf};

use crate::not_run;

/// A file or folder of the conformance material: below `$SHARED`, or where the checkout has it beside it. Otherwise says `NOT RUN`, and fails when
/// `CI=true`.
///
/// # Panics
/// In CI, where the material must be there.
#[must_use]
pub fn material(path: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("SHARED").map_or_else(beside, PathBuf::from);
    let found = shared.join("conformance").join(path);
    if found.try_exists().unwrap_or(false) {
        return Some(found);
    }
    not_run(path, &format!("{} is absent", found.display()));
    None
}
