#!/usr/bin/env bash
# The user interface in real Chromium: its states against a fake API, then the real program on this machine's data.
set -euo pipefail
cd "$(dirname "$0")/.."
(cd web && npm run --silent test:ui)

cargo build --locked --quiet --package menara
work=$(mktemp -d)
menara=
stop() {
    [ -n "$menara" ] && kill "$menara" 2>/dev/null && wait "$menara" || true
    rm -rf "$work"
}
trap stop EXIT
# A file for the log page's test to append to, besides this machine's own data.
mkdir "$work/config" "$work/logs"
cat >"$work/config/promtail.yaml" <<YAML
scrape_configs:
  - job_name: ui
    static_configs:
      - targets: [localhost]
        labels:
          job: ui
          __path__: $work/logs/*.log
YAML
mkfifo "$work/out"
target/debug/menara serve --data-dir "$work/data" --config-dir "$work/config" --listen 127.0.0.1:0 \
    >"$work/out" 2>"$work/err" &
menara=$!
# The line with the address is the last one that a start prints.
url=
while read -r part rest; do
    [ "$part" = web ] && { url=$rest; break; }
done <"$work/out"
[ -n "$url" ] || { cat "$work/err" >&2; exit 1; }
(cd web && MENARA_URL="$url" MENARA_TAILED_FILE="$work/logs/app.log" npm run --silent test:e2e)
kill -TERM "$menara"
wait "$menara"
menara=
