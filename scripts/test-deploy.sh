#!/bin/sh
# What deploys gilscope (deploy/, Dockerfile) against the schemas and linters of those who read it, and against what is
# promised of it. test.sh --all calls it by meson; once its packages are there it needs no network.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo 'skipped: there is no node, or no npm'
    exit 77
fi
. scripts/node-modules.sh
need_modules tests/deploy
exec node tests/deploy/check.mjs
