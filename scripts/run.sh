#!/bin/sh
# Installs what is missing, builds a release and starts the server on 127.0.0.1:8080. Arguments go to the
# server: scripts/run.sh --set server.port=9000
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/packages.sh

need "$build_modules" "$build_programs" "$build_files $run_files"
build build/release --buildtype=release
exec build/release/server/gilscope --config config.ini "$@"
