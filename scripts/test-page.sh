#!/bin/sh
# The page in a real browser: scripts/test-page.sh PATH-OF-GILSCOPE. Called by test.sh --all, which has installed
# what is needed.
set -eu
server=$(realpath "$1")
cd "$(dirname "$0")/../tests/web"
# With the packages of the lock file there, nothing is fetched.
if ! cmp -s package-lock.json node_modules/.installed-lock; then
    npm ci --no-audit --no-fund >&2
    cp package-lock.json node_modules/.installed-lock
fi
exec node run.mjs "$server"
