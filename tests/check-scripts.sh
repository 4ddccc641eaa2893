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
[ ! -e build/release.failed ] && [ ! -e build/release.log ] || { echo 'it leaves files behind'; exit 1; }
