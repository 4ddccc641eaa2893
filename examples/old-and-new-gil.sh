#!/bin/sh
# The GIL of Python 2 and of Python 3.2 and later, with one CPU and with two: what threads that compute take, beside
# the same calls one after the other. With the old lock fewer CPUs are faster.
#   examples/old-and-new-gil.sh [ADDRESS OF THE SERVER]
# It takes about a minute; TASKS=2 CPUS=1 N=1e6 REPEAT=1 make it short. A server that has one CPU to give shows half
# of it. A row that ends in noisy was measured while something else took the machine's time.
set -eu
server=${1:-http://127.0.0.1:8080}

usable=$(curl -sS --fail-with-body "$server/experiments" | tr ',' '\n' |
    sed -n 's/.*"cpus_usable": *\([0-9]*\).*/\1/p' | head -n 1)
cpus=1,2
[ "${usable:-1}" -ge 2 ] || cpus=1
query="mode=serial,threads&lock=gil-py2,gil&tasks=${TASKS:-2,4}&cpus=${CPUS:-$cpus}"
query="$query&repeat=${REPEAT:-7}&timeout_ms=600000&format=csv${N:+&n=$N}"

# CPython 2.7.18 and 3.13.5 on two CPUs, with 2 and with 4 threads.
csv=$(curl -sS --fail-with-body "$server/run/countdown?$query") || { printf '%s\n' "$csv" >&2; exit 1; }
echo 'lock     threads  CPUs   x serial  CPython  verdict       CPU time  false wake-ups'
printf '%s\n' "$csv" | awk -F, '
    BEGIN {
        real["gil-py2 2 2"] = "1.55"; real["gil-py2 4 2"] = "2.41"
        real["gil-py2 2 1"] = "0.99"; real["gil-py2 4 1"] = "1.18"
        real["gil 2 2"] = real["gil 4 2"] = "1.01"
        real["gil 2 1"] = real["gil 4 1"] = "1.00"
    }
    # A text in quotes may hold commas; none is shown here.
    { gsub(/"([^"]|"")*"/, "") }
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    $at["mode"] == "threads" {
        key = $at["lock"] " " $at["tasks"] " " $at["cpus"]
        printf "%-8s %7d %5d %10.2f  %7s  %-11s %7.0f ms  %14d%s\n", $at["lock"], $at["tasks"], $at["cpus"],
            $at["relative_ratio"], key in real ? real[key] : "-", $at["relative_verdict"], $at["cpu_median_ns"] / 1e6,
            $at["lock_false_wakeups"], $at["noisy"] == "false" ? "" : "  noisy"
    }'
