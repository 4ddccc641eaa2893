#!/bin/sh
# The page in a real browser: scripts/test-page.sh PATH-OF-GILSCOPE [PART OF "test-FILE: NAME"...]. Called by
# test.sh --all, which has installed what is needed.
set -eu
server=$(realpath "$1")
shift
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/node-modules.sh
need_modules tests/web
exec node tests/web/run.mjs "$server" "$@"
