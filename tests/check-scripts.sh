#!/bin/sh
# What scripts/packages.sh says while it configures and builds, with tools that only pretend.
# Usage: check-scripts.sh ROOT
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
. "$1/scripts/packages.sh"

meson() {
    echo 'meson talks a lot'
    mkdir -p "$2"
    echo "$verdict" >"$2/build.ninja"
    [ "$verdict" != no-meson ]
}

ninja() {
    if [ "${3-}" = -n ]; then
        [ "$verdict" != up-to-date ] || echo 'ninja: no work to do.'
        return 0
    fi
    for percent in 0 7 19 20 21 55 99 100; do printf '%3d%% [CC] file\n' "$percent"; done
    [ "$verdict" != no-ninja ] || { echo 'error: it does not compile'; return 1; }
}

# expect VERDICT STATUS LINE...: with tools that end so, build() says these lines
expect() {
    verdict=$1 status=$2
    shift 2
    rm -rf build
    got=0
    (build build/release) 2>said || got=$?
    printf '%s\n' "$@" >wanted
    if [ "$got" -ne "$status" ] || ! diff wanted said; then
        echo "$verdict: the status is $got"
        exit 1
    fi
}

expect fine 0 'Configuring build/release, some seconds' 'Building build/release; all of it takes about a minute on two CPUs' \
    '  20 %' '  40 %' '  80 %' '  100 %'
expect up-to-date 0 'Configuring build/release, some seconds'
expect no-meson 1 'Configuring build/release, some seconds' 'meson talks a lot' 'This failed: meson setup build/release'
verdict=no-ninja
(build build/release) 2>said && { echo 'a build that fails goes on'; exit 1; }
grep -qx 'error: it does not compile' said || { echo 'the error is not shown'; cat said; exit 1; }
# Of programs that are not there, those are installed that there are packages of.
mkdir bin
printf '#!/bin/sh\n[ "$2" = its-package ]\n' >bin/apt-cache
chmod +x bin/apt-cache
need() {
    echo "needs:$1:$2:$3"
}
(PATH="$folder/bin:$PATH"; want 'sh:shell no-such-program:its-package no-other-program:no-package') >wants 2>said
echo 'needs:: no-such-program:its-package:' | diff - wants
echo 'There is no no-other-program here, and no package of it; what needs it is skipped' | diff - said
# Of fuzzers, the one that ends badly is counted, and what it said is shown.
mkdir -p fuzz/tests
printf '#!/bin/sh\necho "#7 DONE   cov: 12 ft: 3 corp: 1/1b"\necho "stat::number_of_executed_units: 7"\n' >fuzz/tests/fuzz-good
printf '#!/bin/sh\necho it broke\nexit 77\n' >fuzz/tests/fuzz-bad
chmod +x fuzz/tests/fuzz-good fuzz/tests/fuzz-bad
"$1/tests/fuzz/run.sh" fuzz 1 good bad >said && { echo 'a finding is passed over'; exit 1; }
for line in 'fuzz-good: 7 executions, 12 edges, nothing found' 'it broke' \
    'fuzz-bad: no executions, no edges, FAILED with status 77' 'FAILED  bad' '1 passed, 1 failed'; do
    grep -qx "$line" said || { echo "not said: $line"; cat said; exit 1; }
done
[ ! -e build/release.failed ] && [ ! -e build/release.log ] || { echo 'it leaves files behind'; exit 1; }

# What failed is counted, and named in a line of its own each, whatever kind of test it was.
cat >log.json <<'END'
{"name": "ulid", "result": "OK", "stdout": "Running suite(s): ulid\n100%: Checks: 7, Failures: 0, Errors: 0\n", "stderr": ""}
{"name": "near", "result": "FAIL", "stdout": "33%: Checks: 3, Failures: 1, Errors: 1\na/near.c:8:F:near:one:0: 1 != 2\na/near.c:9:P:near:two:0: Passed\na/near.c:7:E:near:three:0: (after this point) Received signal 11\n", "stderr": ""}
{"name": "loop", "result": "FAIL", "stdout": "100%: Checks: 2, Failures: 0, Errors: 0\n", "stderr": "a race\nSUMMARY: ThreadSanitizer\n"}
{"name": "gate", "result": "TIMEOUT", "stdout": "", "stderr": ""}
{"name": "docs", "result": "FAIL", "stdout": "a page names what is not there\n"}
{"name": "nginx", "result": "SKIP", "stdout": "skipped\n"}
END
"$1/scripts/count-tests.py" 'unit and API' log.json >counted
diff - counted <<'END'
10 5
FAILED  unit and API: a/near.c:8:F:near:one:0: 1 != 2
FAILED  unit and API: a/near.c:7:E:near:three:0: (after this point) Received signal 11
FAILED  unit and API: loop: FAIL: SUMMARY: ThreadSanitizer
FAILED  unit and API: gate: TIMEOUT: it said nothing
FAILED  unit and API: docs: FAIL: a page names what is not there
END
# What is no number of minutes is refused in words, before anything is built.
for words in 0 0.3 -1 ten '' '--fuzz 0.5' '--fuzz 0' '--property 1e6' 123456789012; do
    got=0
    if [ -n "$words" ]; then
        # shellcheck disable=SC2086
        "$1/scripts/soak.sh" $words >said 2>&1 || got=$?
    else
        "$1/scripts/soak.sh" '' >said 2>&1 || got=$?
    fi
    [ "$got" -eq 2 ] && [ "$(wc -l <said)" -eq 1 ] && grep -Eq 'must be a whole number of at least 1|^usage: ' said ||
        { echo "soak.sh $words: status $got"; cat said; exit 1; }
done
