#!/bin/sh
# Long versions of what scripts/test.sh tries for a moment.
#   scripts/soak.sh [MINUTES]               a server under mixed traffic, an hour by default
#   scripts/soak.sh --fuzz [MINUTES [NAME...]]   each fuzzer, or those that are named, an hour each by default
#   scripts/soak.sh --property [REQUESTS]   random requests made from the API document, a million by default
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/packages.sh

# want_whole WHAT VALUE: a whole number of at least 1, with few enough digits for a shell. Below a minute nothing is
# warm, and there would be nothing to hold the end against.
want_whole() {
    case $2 in
    *[!0-9]* | '' | 0* | ????????????*)
        say "$1 must be a whole number of at least 1, is '$2'"
        exit 2
        ;;
    esac
}

need_schemas() {
    python3 -c 'from jsonschema import Draft202012Validator' 2>/dev/null ||
        echo '/usr/lib/python3/dist-packages/jsonschema/__init__.py:python3-jsonschema'
}

case "${1-}" in
--fuzz) want_whole MINUTES "${2-60}" ;;
--property) want_whole REQUESTS "${2-1000000}" ;;
-*)
    say 'usage: scripts/soak.sh [MINUTES], or --fuzz [MINUTES [NAME...]], or --property [REQUESTS]'
    exit 2
    ;;
*) want_whole MINUTES "${1-60}" ;;
esac
need "$build_modules check:check" "$build_programs" "$build_files $run_files $(need_schemas)"
case "${1-}" in
--fuzz)
    minutes=${2-60}
    shift $(($# < 2 ? $# : 2))
    find_fuzzing || exit 1
    build_fuzzers
    exec tests/fuzz/run.sh build/fuzz "$((minutes * 60))" "$@"
    ;;
--property)
    build build/release --buildtype=release
    exec tests/api/test-property.py build/release "${2-1000000}" 0
    ;;
esac
build build/release --buildtype=release
exec tests/api/soak.py build/release "${1-60}"
