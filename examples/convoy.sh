#!/bin/sh
# The convoy: what a request waits beside a thread that computes, against the switch interval of the GIL.
#   examples/convoy.sh [ADDRESS OF THE SERVER]
# It takes about a minute; INTERVALS=500 DURATION_MS=50 REPEAT=1 make it short. A row that ends in noisy was measured
# while something else took the machine's time.
set -eu
server=${1:-http://127.0.0.1:8080}
common="mode=threads&paced=on&duration_ms=${DURATION_MS:-2000}&repeat=${REPEAT:-3}&format=csv"

# ask QUERY WHAT: a line for each cell, beside the median that CPython 3.13 took, for none without its GIL.
ask() {
    csv=$(curl -sS --fail-with-body "$server/run/convoy?$common&$1") || { printf '%s\n' "$csv" >&2; exit 1; }
    printf '%s\n' "$csv" | awk -F, -v what="$2" '
        # Of too few requests there is none.
        function latency(of) {
            of = $at["metric_latency_" of "_ns"]
            return of == "" ? "-" : sprintf("%.0f", of / 1e3)
        }
        BEGIN {
            real["alone"] = "16 to 33"; real["none"] = "30"
            real["gil 500"] = 650; real["gil 5000"] = "5200 to 8800"; real["gil 50000"] = "50400 to 98800"
        }
        # A text in quotes may hold commas; none is shown here.
        { gsub(/"([^"]|"")*"/, "") }
        NR == 1 { sub(/\r$/, ""); for (i = 1; i <= NF; i++) at[$i] = i; next }
        {
            name = what == "gil" ? "gil " $at["switch_interval_us"] : what
            printf "%-14s %10s %9s %9s %15s %13.0f%s\n", name, latency("p50"), latency("p90"), latency("p99"),
                name in real ? real[name] : "-",
                $at["metric_hog_ticks_per_s"], $at["noisy"] == "false" ? "" : "  noisy"
        }'
}

echo 'lock and switch     latency of a request in us        CPython    ticks/s of
interval in us     median      90 %      99 %        3.13, us       the hog'
ask 'hogs=0&lock=gil' alone
ask 'hogs=1&lock=none' none
ask "hogs=1&lock=gil&switch_interval_us=${INTERVALS:-500,5000,50000}" gil
