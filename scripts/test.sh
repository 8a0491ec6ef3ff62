#!/usr/bin/env bash
# All tests. Gets what they need first; without root, missing packages are listed and nothing is run.
set -euo pipefail
cd "$(dirname "$0")/.."

# Debian packages that tests start: a browser, the programs that Menara is compared with, and the container runtimes that it watches, with
# the busybox that their image is made of.
packages=(chromium prometheus prometheus-alertmanager prometheus-node-exporter docker.io podman runc busybox-static)

step() { printf '\n== %s\n' "$1"; SECONDS=0; }
took() { printf -- '-- %s: %d s\n' "$1" "$SECONDS"; }

install_packages() {
    local missing=() package
    for package in "${packages[@]}"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing+=("$package")
    done
    [ "${#missing[@]}" -eq 0 ] && return
    if [ "$(id -u)" -ne 0 ]; then
        echo "missing Debian packages: ${missing[*]}" >&2
        echo "install them with: sudo apt-get install ${missing[*]}" >&2
        exit 1
    fi
    # No service of a package may start by itself: the tests start what they need.
    local policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod +x "$policy"
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    fi
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
}

step "packages"
install_packages
took packages

step "web: build, unit tests"
scripts/build-web.sh
[ -d web/node_modules ] || (cd web && npm ci --no-audit --no-fund --loglevel=error)
(cd web && npm run --silent test)
took web

step "lint"
make --no-print-directory lint
took lint

step "cargo test"
cargo test --locked --workspace --quiet
took "cargo test"

step "user interface in Chromium"
scripts/test-ui.sh
took "user interface"

if [ -d "${SHARED:-../shared}/conformance" ]; then
    step "conformance"
    make --no-print-directory conformance
    took conformance
else
    echo "conformance: ../shared is absent, skipped"
fi
