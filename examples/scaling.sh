#!/bin/sh
# How a countdown scales with tasks and CPUs, with and without a global lock, as CSV for a spreadsheet or a data frame:
#   examples/scaling.sh [ADDRESS OF THE SERVER] >scaling.csv
# The column noisy says whether something else took the machine's time, relative_verdict whether a ratio can be told;
# if not all rows are clean, a line on standard error says so.
# It takes about two minutes; TASKS=1,2 CPUS=1 N=1e6 REPEAT=1 make it short. More CPUs than tasks change nothing, and
# every number of CPUs is 18 cells more: without CPUS it stops at 4.
set -eu
server=${1:-http://127.0.0.1:8080}

# 1,2 on a machine with two CPUs that may be used, 1,2,3 with three.
usable=$(curl -sS --fail-with-body "$server/experiments" | tr ',' '\n' |
    sed -n 's/.*"cpus_usable": *\([0-9]*\).*/\1/p' | head -n 1)
case ${usable:-1} in 1) all=1 ;; 2) all=1,2 ;; 3) all=1,2,3 ;; *) all=1,2,4 ;; esac
cpus=${CPUS:-$all}
query="mode=serial,threads,processes&lock=none,gil&tasks=${TASKS:-1,2,4}&cpus=$cpus"
query="$query&repeat=${REPEAT:-6}&timeout_ms=600000&format=csv${N:+&n=$N}"

csv=$(curl -sS --fail-with-body "$server/run/countdown?$query") || { printf '%s\n' "$csv" >&2; exit 1; }
printf '%s\n' "$csv"
printf '%s\n' "$csv" | awk -F, '
    # A text in quotes may hold commas; none is shown here.
    { gsub(/"([^"]|"")*"/, "") }
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    $at["noisy"] != "false" {
        noisy++
        foreign = $at["foreign_cpu"]
        steal = $at["steal"]
        throttled = $at["throttled_ns"]
    }
    $at["relative_verdict"] == "cannot tell" { undecided++ }
    END {
        if (noisy)
            printf "Noisy: other programs took %.0f %% of the CPU time, other machines %.0f %%; a quota held " \
                "everything back for %.2g s. Take the %d rows with care, or measure again.\n",
                100 * foreign, 100 * steal, throttled / 1e9, noisy
        if (undecided)
            printf "%d rows cannot be told from serial: relative_hint of each names what would help.\n",
                undecided
    }' >&2
