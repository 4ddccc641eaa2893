#!/bin/sh
# What thousands of threads cost by being there, beside processes and tasks of an event loop.
#   examples/cost-of-threads.sh [ADDRESS OF THE SERVER]
# It takes about half a minute; TASKS=10 PROCESSES=5 DURATION_MS=50 make it short. A row that ends in noisy was measured
# while something else took the machine's time.
set -eu
server=${1:-http://127.0.0.1:8080}
common="lock=gil&wakeups_per_s=${WAKEUPS_PER_S:-1}&duration_ms=${DURATION_MS:-2000}&repeat=1&warmup=0&format=csv"

# most MODE WANTED: as many idle tasks as are wanted, or as the machine bears, which the refusal of more says.
most() {
    curl -sS "$server/run/idle?mode=$1&tasks=$2&duration_ms=50&repeat=1&warmup=0" | awk -v n="$2" '
        /"param": "tasks"/ { refused = 1 }
        refused && /"max":/ { gsub(/[^0-9]/, ""); n = $0 }
        END { print n }'
}

# ask MODES TASKS: a line for each cell. Memory is what each task adds; what is reserved need never be used.
ask() {
    query="mode=$1&tasks=$2&$common"
    csv=$(curl -sS --fail-with-body "$server/run/idle?$query") || { printf '%s\n' "$csv" >&2; exit 1; }
    printf '%s\n' "$csv" | awk -F, '
        # A text in quotes may hold commas; none is shown here.
        { gsub(/"([^"]|"")*"/, "") }
        NR == 1 { sub(/\r$/, ""); for (i = 1; i <= NF; i++) at[$i] = i; next }
        {
            started = $at["metric_started"]
            resident = $at["memory_rss_per_task_bytes"] + $at["memory_kernel_per_task_bytes"]
            printf "%-10s %7d %11.1f %11.0f %11.1f %13.2f %7.1f %%%s\n", $at["mode"], started, resident / 1e3,
                $at["memory_virtual_per_task_bytes"] / 1e3, started * resident / 1e6,
                $at["metric_create_ns_per_task"] / 1e3, 100 * $at["metric_wakeup_cpu_share"],
                $at["noisy"] == "false" ? "" : "  noisy"
        }'
}

echo 'mode       started  KB of each KB reserved   MB in all  us to create  CPU for
                                   for each                     each  wake-ups'
[ -n "${TASKS-}" ] || { TASKS=$(most threads 10000) && [ "$TASKS" -le 1000 ] || TASKS=1000,$TASKS; }
ask threads,epoll "$TASKS"
ask processes "${PROCESSES:-$(most processes 500)}"
