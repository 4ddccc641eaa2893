#!/bin/sh
# Builds a release and runs the benchmarks. They want a machine with nothing else to do.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/packages.sh

need "$build_modules check:check" "$build_programs" "$build_files $run_files"
build build/release --buildtype=release
exec meson test -C build/release --benchmark --verbose "$@"
