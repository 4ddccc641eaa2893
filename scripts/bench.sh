#!/bin/sh
# Builds a release and measures what matters beside its floor, in turns; prints one table (docs/performance.md). Wants a
# machine with nothing else to do, and half an hour for all of it. --help says what else it takes.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/packages.sh

# What is measured beside gilscope, or measured with. What is not here is left out by name.
find_peers() {
    want 'wrk:wrk perf:linux-perf valgrind:valgrind python3:python3'
    command -v apt-get >/dev/null 2>&1 || return 0
    peer_files='/usr/sbin/nginx:nginx-light'
    python3 -c 'import aiohttp' 2>/dev/null ||
        peer_files="$peer_files /usr/lib/python3/dist-packages/aiohttp/__init__.py:python3-aiohttp"
    need '' '' "$peer_files"
}

peers=
n_words=$#
while [ "$n_words" -gt 0 ]; do
    word=$1
    shift
    n_words=$((n_words - 1))
    if [ "$word" = --peers ]; then peers=yes; else set -- "$@" "$word"; fi
done

need "$build_modules" "$build_programs" "$build_files $run_files"
[ -z "$peers" ] || find_peers
build build/release --buildtype=release
# The models beside real interpreters: by name, and at the end of everything.
fidelity() {
    build/release/server/gilscope --fidelity
}
[ "$*" != fidelity ] || { fidelity && exit 0 || exit 1; }
[ $# -eq 0 ] || exec build/release/tests/bench/bench "$@"
status=0
build/release/tests/bench/bench || status=$?
fidelity || [ "$status" -ne 0 ] || status=1
exit "$status"
