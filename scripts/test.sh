#!/bin/sh
# Installs what is missing, builds and runs the tests; the last line counts them, and those before it name what failed.
# --all adds the builds with sanitizers, the page in a real browser, the analyses of sources and memory, runtimes on
# interpreters that it installs, and fuzzing.
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

# phase NAME: what begins, and how long all took so far.
begun=$(date +%s)
phase() {
    took=$(($(date +%s) - begun))
    say "$(printf '== %s (%d:%02d so far)' "$1" $((took / 60)) $((took % 60)))"
}

# count_suite NAME DIRECTORY OUTPUT LOG: adds to the counts what `meson test` has printed and logged. Check's line counts a
# program's tests; a program that says none, because it crashed or is a script, counts as one.
count_suite() {
    grep -E '^ *[0-9]+/[0-9]+ ' "$3" >&2 || cat "$3" >&2
    if ! grep -q '^Ok:' "$3"; then
        echo "FAILED  $1: no test ran" >>build/failed.out
        n_failed=$((n_failed + 1))
        return
    fi
    scripts/count-tests.py "$1" "$2/meson-logs/$4.json" >build/count.out
    counts=$(head -n 1 build/count.out)
    sed 1d build/count.out >>build/failed.out
    n_passed=$((n_passed + ${counts% *}))
    n_failed=$((n_failed + ${counts#* }))
    [ "${counts#* }" -eq 0 ] || sed -n '/^=* [0-9]*\/[0-9]* =*$/,/^$/p; /FAIL\|ERROR\|TIMEOUT/,$p' "$3" >&2
}

# count_script NAME OUTPUT: the same of what counts by itself, in its last line.
count_script() {
    cat "$2" >&2
    grep '^FAILED  ' "$2" | sed "s/^FAILED  /&$1: /" | sort -u >>build/failed.out
    line=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$2" | tail -n 1)
    if [ -z "$line" ]; then
        echo "FAILED  $1: it did not come to its end" >>build/failed.out
        line='0 passed, 1 failed'
    fi
    n_passed=$((n_passed + ${line%% *}))
    line=${line#*, }
    n_failed=$((n_failed + ${line%% *}))
}

# run_suite NAME DIRECTORY PATIENCE [MESON TEST ARGUMENTS]. Deadlines, Check's and meson's, end what hangs; they are so many
# times as long as on an idle machine.
run_suite() {
    name=$1 directory=$2 patience=$3
    shift 3
    phase "$name: a minute or two without a word"
    CK_TIMEOUT_MULTIPLIER=$patience $wrapper meson test -C "$directory" --no-rebuild --timeout-multiplier "$patience" \
        --print-errorlogs "$@" >"$directory/tests.out" 2>&1 || true
    count_suite "$name" "$directory" "$directory/tests.out" testlog
}

# run_script NAME COMMAND...
run_script() {
    name=$1
    shift
    phase "$name"
    "$@" >build/script.out 2>&1 || true
    count_script "$name" build/script.out
}

# ThreadSanitizer of gcc 12 cannot live with much randomness of addresses; without it there is nothing to fear.
wrapper=
no_random_addresses() {
    if setarch -R true 2>/dev/null; then wrapper='setarch -R'; fi
}

# What only computes goes on beside the tests that mostly wait, with what they leave of the CPUs. It is a group of processes
# of its own, of which nothing is left when this ends early.
compute_beside() {
    setsid scripts/compute.sh "$werror" "$fuzzes" >build/compute.out 2>&1 &
    computing=$!
    trap 'kill -- "-$computing" 2>/dev/null || true' EXIT
    trap 'exit 1' HUP INT TERM
}

end_computing() {
    phase 'what was computed beside: what is left of it'
    wait "$computing" || { cat build/compute.out >&2; exit 1; }
    trap - EXIT HUP INT TERM
    count_suite 'analysis' build/test build/analysis.out analysis
    [ -z "$fuzzes" ] || count_script 'fuzzing' build/fuzzing.out
}

modules="$build_modules check:check"
programs="$build_programs setarch:util-linux"
[ -z "$all" ] || programs="$programs chromium:chromium node:nodejs npm:npm"
# Answers are held against the API document by this library. Any python3 that has it will do, wherever it has it.
files=
python3 -c 'from jsonschema import Draft202012Validator' 2>/dev/null ||
    files='/usr/lib/python3/dist-packages/jsonschema/__init__.py:python3-jsonschema'
need "$modules" "$programs" "$build_files $run_files $files"
# Without --all the runtimes are tried with the interpreters that are there; none is needed.
fuzzes=
if [ -n "$all" ]; then
    want 'pypy3:pypy3 jython:jython ruby:ruby clang-tidy:clang-tidy cppcheck:cppcheck valgrind:valgrind'
    ! find_fuzzing || fuzzes=yes
fi

build build/test --buildtype=release -Dwerror=$werror
: >build/failed.out
[ -z "$all" ] || compute_beside
run_suite 'unit and API' build/test 3
if [ -n "$all" ]; then
    run_script 'browser' scripts/test-page.sh build/test/server/gilscope
    run_suite 'runtimes on every interpreter' build/test 3 --suite runtimes
    run_suite 'what deploys it' build/test 3 --suite deploy
    end_computing
    # Most of these wait for a server, so that there is room for one more at once.
    more="--num-processes $(($(nproc) + 1))"
    run_suite 'AddressSanitizer, UndefinedBehaviorSanitizer' build/asan 6 --no-suite script $more
    no_random_addresses
    run_suite 'ThreadSanitizer' build/tsan 8 --suite threads $more
    wrapper=
    run_script 'ten thousand random requests' tests/api/test-property.py build/test 10000
fi

phase 'all is done'
cat build/failed.out
printf '%s passed, %s failed\n' "$n_passed" "$n_failed"
[ "$n_failed" -eq 0 ]
