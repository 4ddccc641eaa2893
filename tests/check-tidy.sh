#!/bin/sh
# clang-tidy finds nothing in any C file: .clang-tidy says what it looks for, clang's own warnings among it.
# Usage: check-tidy.sh ROOT BUILD. Skipped (77) where there is no clang-tidy.
set -eu
cd "$1"
command -v clang-tidy >/dev/null || { echo 'skipped: there is no clang-tidy here'; exit 77; }
said=$(mktemp)
trap 'rm -f "$said"' EXIT
status=0
find . \( -path ./build -o -name node_modules \) -prune -o -name '*.c' -print0 | sort -z |
    xargs -0 -P "$(nproc)" -n 4 clang-tidy -p "$2" --quiet 2>"$said" || status=1
# How much it has passed over is said of each file, and is nothing to tell.
grep -v 'warnings\? generated\.$' "$said" || true
exit "$status"
