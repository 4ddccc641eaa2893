#!/bin/sh
# Installs what is missing, builds and runs the tests; the last line counts them. --all adds the builds with
# sanitizers, the page in a real browser, and runtimes on interpreters that it installs.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/packages.sh

all=
case "${1-}" in
'') ;;
--all) all=yes ;;
*) say "usage: scripts/test.sh [--all]"; exit 2 ;;
esac
n_passed=0
n_failed=0
werror=false
[ "${CI-}" != true ] || werror=true

# run_suite NAME DIRECTORY [MESON TEST ARGUMENTS]: adds to the counts. Check's line counts a program's tests; a
# program that says none, because it crashed or is a script, counts as one.
run_suite() {
    name=$1 directory=$2
    shift 2
    say "== $name: a minute or two without a word"
    $wrapper meson test -C "$directory" --no-rebuild --print-errorlogs "$@" >"$directory/tests.out" 2>&1 || true
    grep -E '^ *[0-9]+/[0-9]+ ' "$directory/tests.out" >&2 || cat "$directory/tests.out" >&2
    grep -q '^Ok:' "$directory/tests.out" || { say "no test ran"; n_failed=$((n_failed + 1)); return; }
    counts=$(scripts/count-tests.py "$directory/meson-logs/testlog.json")
    n_passed=$((n_passed + ${counts% *}))
    n_failed=$((n_failed + ${counts#* }))
    [ "${counts#* }" -eq 0 ] || sed -n '/^=* [0-9]*\/[0-9]* =*$/,/^$/p; /FAIL\|ERROR\|TIMEOUT/,$p' "$directory/tests.out" >&2
}

# ThreadSanitizer of gcc 12 cannot live with much randomness of addresses; without it there is nothing to fear.
wrapper=
no_random_addresses() {
    if setarch -R true 2>/dev/null; then wrapper='setarch -R'; fi
}

modules="$build_modules check:check"
programs="$build_programs python3:python3 setarch:util-linux"
[ -z "$all" ] || programs="$programs chromium:chromium node:nodejs npm:npm"
# Answers are held against the API document by this library. Any python3 that has it will do, wherever it has it.
files=
python3 -c 'from jsonschema import Draft202012Validator' 2>/dev/null ||
    files='/usr/lib/python3/dist-packages/jsonschema/__init__.py:python3-jsonschema'
need "$modules" "$programs" "$build_files $run_files $files"
# Without --all the runtimes are tried with the interpreters that are there; none is needed.
[ -z "$all" ] || want 'pypy3:pypy3 jython:jython ruby:ruby'

build build/test --buildtype=release -Dwerror=$werror
run_suite 'unit and API' build/test
if [ -n "$all" ]; then
    run_suite 'runtimes on every interpreter' build/test --suite runtimes
    build build/asan --buildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false -Dwerror=$werror
    run_suite 'AddressSanitizer, UndefinedBehaviorSanitizer' build/asan --timeout-multiplier 4
    build build/tsan --buildtype=debugoptimized -Db_sanitize=thread -Db_lundef=false -Dwerror=$werror
    no_random_addresses
    run_suite 'ThreadSanitizer' build/tsan --suite unit --timeout-multiplier 6
    wrapper=
    say '== browser'
    scripts/test-page.sh build/test/server/gilscope >build/page.out 2>&1 || true
    cat build/page.out >&2
    line=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' build/page.out | tail -n 1)
    if [ -n "$line" ]; then
        n_passed=$((n_passed + ${line%% *}))
        line=${line#*, }
        n_failed=$((n_failed + ${line%% *}))
    else
        n_failed=$((n_failed + 1))
    fi
fi

printf '%s passed, %s failed\n' "$n_passed" "$n_failed"
[ "$n_failed" -eq 0 ]
