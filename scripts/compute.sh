#!/bin/sh
# What scripts/test.sh --all has to be computed while other tests wait: the builds with sanitizers, the analyses of the
# sources and of memory, and 20 s with each fuzzer. Usage: compute.sh WERROR [FUZZES]
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/packages.sh

# Where Linux schedules by session, a session of its own has its full share however nice its processes are; it has to be
# nice as a whole.
renice -n 19 -p $$ >/dev/null
{ echo 19 >/proc/self/autogroup; } 2>/dev/null || true
build build/asan --buildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false -Dwerror="$1"
build build/tsan --buildtype=debugoptimized -Db_sanitize=thread -Db_lundef=false -Dwerror="$1"
meson test -C build/test --no-rebuild --timeout-multiplier 3 --suite analysis --logbase analysis --print-errorlogs >build/analysis.out 2>&1 || true
[ -n "$2" ] || exit 0
# By clang, which warns of other things than gcc.
build_fuzzers -Dwerror="$1"
# Always the same way, so that a change is judged by what it does and not by luck; scripts/soak.sh goes others.
FUZZ_SEED=1 tests/fuzz/run.sh build/fuzz 20 >build/fuzzing.out 2>&1 || true
