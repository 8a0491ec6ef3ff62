#!/usr/bin/env bash
# Builds the user interface into web/dist, unless what it is made from has not changed since.
set -euo pipefail
cd "$(dirname "$0")/../web"
made_from=$(find . -path ./node_modules -prune -o -path ./dist -prune -o -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
if [ -f dist/index.html ] && [ "$(cat dist/.made-from 2>/dev/null)" = "$made_from" ]; then
    echo "web/dist is up to date"
    exit 0
fi
npm ci --no-audit --no-fund --loglevel=error
npm run --silent check
npm run --silent build
echo "$made_from" > dist/.made-from
