//! Says whether the user interface is there to be embedded. Never runs npm: `make web` does.

use std::path::Path;

fn main() {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist");
    println!("cargo::rerun-if-changed={}", dist.display());
    println!("cargo::rustc-check-cfg=cfg(ui_built)");
    if dist.join("index.html").is_file() {
        println!("cargo::rustc-cfg=ui_built");
    } else if std::env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo::error=web/dist is missing: run `make build`, which builds the user interface first");
    }
}
