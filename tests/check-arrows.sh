#!/bin/sh
# Who may know whom: server -> handlers -> runs -> plan, results -> catalog -> base, and engine -> plan, results,
# catalog -> base.
# Includes are written from the root, so a wrong arrow shows in the line itself.
set -eu
cd "$1"
n_failed=0

# folder, and the folders it may include from
allow() {
    folder=$1
    shift
    wrong=$(grep -n '^#include "' "$folder"/*.c "$folder"/*.h /dev/null | grep -vE "#include \"($(echo "$folder $*" | tr ' ' '|'))/" || true)
    if [ -n "$wrong" ]; then
        printf '%s may include from itself and: %s\n%s\n' "$folder" "$*" "$wrong"
        n_failed=$((n_failed + 1))
    fi
}

allow base
allow catalog base
allow plan catalog base
allow results catalog base
allow engine plan results catalog base
allow fidelity results catalog base
allow guard base
allow origin base
allow runs plan results catalog base
allow handlers runs plan results catalog base
allow server fidelity handlers runs plan results catalog base

for pair in 'microhttpd.h:^(server/http[a-z-]*\.[ch]|origin/.*)$' 'sqlite3.h:^runs/archive'; do
    header=${pair%%:*}
    wrong=$(grep -ln "<$header>" base/* catalog/* plan/* results/* engine/* guard/* origin/* runs/* handlers/* server/* 2>/dev/null | grep -vE "${pair#*:}" || true)
    if [ -n "$wrong" ]; then
        printf '%s is included outside its place by:\n%s\n' "$header" "$wrong"
        n_failed=$((n_failed + 1))
    fi
done
if grep -nwi experiment base/*.[ch]; then
    echo 'base/ knows of experiments'
    n_failed=$((n_failed + 1))
fi
exit "$n_failed"
