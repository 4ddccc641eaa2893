#!/bin/sh
# What gilscope is not built for is refused when it is configured, in words: builds without asserts, and machines of 32 bits.
# Usage: check-configure.sh ROOT
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# refuses WORDS OPTION: configuring with this option ends with an error that has these words
refuses() {
    if meson setup "$folder/build" "$1" "$2" >"$folder/said" 2>&1 || ! grep -q "ERROR: .*$3" "$folder/said"; then
        echo "with $2 no error has the words: $3"
        cat "$folder/said"
        exit 1
    fi
    rm -rf "$folder/build"
}

refuses "$1" -Db_ndebug=true 'keeps its asserts in every build'
refuses "$1" -Dc_args=-DNDEBUG 'keeps its asserts in every build'
# A compiler for 32 bits may not be here; what it lacks can be taken from the one that is.
refuses "$1" -Dc_args=-U__SIZEOF_INT128__ 'needs a machine of 64 bits'
