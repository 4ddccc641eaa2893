#!/bin/sh
# Which lines and branches of the programs the unit and API tests run, by folder; with --html also line by line, on
# pages in build/coverage/html. Takes some six minutes on two CPUs.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/packages.sh

pages=
case "${1-}" in
'') ;;
--html) mkdir -p build/coverage/html; pages='--html-details build/coverage/html/index.html' ;;
*) say "usage: scripts/coverage.sh [--html]"; exit 2 ;;
esac
need "$build_modules check:check" "$build_programs gcovr:gcovr" "$build_files $run_files"
# Threads are counted side by side, and what leaves by _exit() says before what it has counted.
build build/coverage --buildtype=debug -Db_coverage=true \
    "-Dc_args=['-fprofile-update=atomic', '-include', '$(pwd)/tests/coverage-exit.h']"
find build/coverage -name '*.gcda' -delete
say '== unit and API tests: some minutes without a word'
meson test -C build/coverage --no-rebuild --timeout-multiplier 4 >build/coverage/tests.out 2>&1 ||
    say "Some tests failed, see build/coverage/tests.out; what they ran counts all the same"
# An assert's other branch is never taken.
gcovr --root . --exclude tests/ --exclude build/ --exclude-branches-by-pattern ' *assert\(.*' \
    --json-summary build/coverage/summary.json $pages build/coverage
exec scripts/count-coverage.py build/coverage/summary.json
