#!/usr/bin/env bash
# Names what is missing to build Menara, and how to get it.
set -u
missing=0
need() { # command, what it is, how to get it
    command -v "$1" >/dev/null 2>&1 && return
    echo "missing: $2 ($1). $3" >&2
    missing=1
}
need cargo "Rust 1.95" "Install it from https://rustup.rs"
need gcc "a C compiler" "apt-get install gcc"
need node "Node.js 20.19 or newer" "Install it from https://nodejs.org"
need npm "npm" "It comes with Node.js"
if command -v node >/dev/null 2>&1; then
    node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' || {
        echo "missing: Node.js 20.19 or newer; this is $(node --version)" >&2
        missing=1
    }
fi
exit "$missing"
