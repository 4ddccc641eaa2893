#!/bin/sh
# What scripts/packages.sh installs, the image has too: what a build needs where it is built, what a run needs
# where it runs. Usage: check-packages.sh ROOT
set -eu
cd "$1"
. scripts/packages.sh
n_failed=0

# stage NUMBER: the text of the image's first or second stage
stage() {
    awk -v wanted="$1" '/^FROM/ { stage++ } stage == wanted' Dockerfile
}

# has NUMBER WHAT ENTRIES
has() {
    for entry in $3; do
        package=${entry#*:}
        if ! stage "$1" | grep -qw -- "$package"; then
            echo "the image does not install $package, which $2 needs"
            n_failed=$((n_failed + 1))
        fi
    done
}

has 1 'a build' "$build_modules $build_files"
has 2 'a run' "$run_files"
exit "$n_failed"
