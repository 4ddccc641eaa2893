#!/bin/sh
# run.sh BUILD SECONDS [NAME...]: lets the fuzzers of a build with -Dfuzz=true work, two at once, each for so long. They
# begin with the corpus in the tree and with what they have found before (BUILD/corpus). What ends one is a finding: it
# is kept in BUILD/findings, and can be tried again by BUILD/tests/fuzz-NAME FILE. The last line counts them. With
# FUZZ_SEED they take the same way each time.
set -eu
here=$(dirname "$(readlink -f "$0")")

# What libFuzzer has printed: executions, edges that were reached, and what it found.
report() {
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$2")
    edges=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$2" | tail -n 1)
    echo "fuzz-$1: ${executions:-no} executions, ${edges:-no} edges, $3"
}

if [ "$1" = --one ]; then
    build=$2 seconds=$3 name=$4
    mkdir -p "$build/corpus/$name" "$build/findings"
    status=0
    ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
        "$build/tests/fuzz-$name" -max_total_time="$seconds" -seed="${FUZZ_SEED:-0}" -max_len=4096 -timeout=120 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="$build/findings/$name-" "$build/corpus/$name" "$here/corpus/$name" \
        >"$build/findings/$name.log" 2>&1 || status=$?
    if [ "$status" -eq 0 ]; then
        report "$name" "$build/findings/$name.log" 'nothing found'
    else
        tail -n 60 "$build/findings/$name.log"
        report "$name" "$build/findings/$name.log" "FAILED with status $status"
        echo "$name" >>"$build/findings/failed"
    fi
    exit 0
fi

build=$(readlink -f "$1") seconds=$2
shift 2
[ $# -gt 0 ] || set -- $(cd "$here/corpus" && ls)
rm -rf "$build/findings"
mkdir -p "$build/findings"
printf '%s\n' "$@" | xargs -n 1 -P 2 "$here/run.sh" --one "$build" "$seconds"
n_failed=0
[ ! -e "$build/findings/failed" ] || n_failed=$(wc -l <"$build/findings/failed")
[ "$n_failed" -eq 0 ] || sed 's/^/FAILED  /' "$build/findings/failed"
echo "$(($# - n_failed)) passed, $n_failed failed"
[ "$n_failed" -eq 0 ]
