#!/bin/sh
# cppcheck finds nothing in any C file of the programs. Usage: check-cppcheck.sh ROOT. Skipped (77) where there is none.
set -eu
cd "$1"
command -v cppcheck >/dev/null || { echo 'skipped: there is no cppcheck here'; exit 77; }
# It does not know of locals that clean up after themselves, of asserts that stay, and of memory that is touched so that it is
# there; it stumbles over a literal of a struct behind a question mark; and readdir() is for one thread at a time here, too.
suppressed=
for what in internalAstError memleak memleakOnRealloc readdirCalled resourceLeak selfAssignment; do
    suppressed="$suppressed --suppress=$what"
done
exec cppcheck -j "$(nproc)" --quiet --error-exitcode=1 --enable=warning,performance,portability $suppressed \
    --library=posix --library=gnu --std=c11 -I. -D_GNU_SOURCE --include=tests/cppcheck.h [a-z]*/*.c
