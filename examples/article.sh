#!/bin/sh
# The article "Python GIL" from top to bottom, with curl alone: examples/article.sh [ADDRESS OF THE SERVER]
#
# Each step says what the article measured, what this machine measures, and whether that shows what the article says:
# shown, not shown, or cannot tell, then with the server's own lesson. The script fails if a step does, and with STRICT=1
# also if one is not shown. REPEAT=1 N=1000 ROUNDS=1 DELAY_MS=5 DURATION_MS=50 TASKS=50 make a quick trial of it.
set -eu
server=${1:-http://127.0.0.1:8080}
n_steps=0
n_shown=0
n_undecided=0
noisy=

# ask EXPERIMENT NAME=VALUE...: runs it and keeps the run in $run. A parameter without a value is left out.
ask() {
    address=$server/run/$1
    shift
    query=
    case "$*" in *repeat=*) ;; *) set -- "$@" "repeat=${REPEAT-}" ;; esac
    for word in "$@"; do
        case $word in *=) ;; *) query="$query&$word" ;; esac
    done
    run=$(curl -sS --fail-with-body "$address?${query#&}") || {
        printf '%s\nThis failed: curl '\''%s'\''\n' "$run" "$address?${query#&}" >&2
        exit 1
    }
}

# of CELL KEY [MEMBER]: a value of a cell of the run; cells are counted from 0.
of() {
    printf '%s\n' "$run" | awk -v cell="$1" -v key="    \"$2\": " -v member="${3-}" '
        /^    "runtime": / { n++ }
        n - 1 != cell || index($0, key) != 1 { next }
        {
            text = substr($0, length(key) + 1)
            if (member)
                text = match(text, "\"" member "\": ") ? substr(text, RSTART + RLENGTH) : "0"
            if (!sub(/^"/, "", text) && !sub(/^\[/, "", text))
                sub(/[,}].*/, "", text)
            sub(/["\]].*/, "", text)
            print text
        }'
}

# Of a cell: its wall time, and that as a multiple of the serial time; a quotient.
wall() {
    of "$1" wall_ns median | awk '{ printf $1 < 1e6 ? "%.3g us" : $1 < 1e9 ? "%.3g ms" : "%.3g s",
        $1 / ($1 < 1e6 ? 1e3 : $1 < 1e9 ? 1e6 : 1e9) }'
}
ratio() {
    printf '%.2f times the serial time (%s)' "$(of "$1" relative ratio)" "$(of "$1" relative verdict)"
}

quotient() {
    awk "BEGIN { printf \"%.2f\", $1 / $2 }"
}

# Of a cell of idle tasks: what they cost together.
cost() {
    awk -v n="$(of "$1" metrics started)" -v each="$(of "$1" memory rss_per_task_bytes)" \
        -v kernel="$(of "$1" memory kernel_per_task_bytes)" -v reserved="$(of "$1" memory virtual_per_task_bytes)" \
        -v share="$(of "$1" metrics wakeup_cpu_share)" 'BEGIN {
            printf "%.1f MB (%.1f GB reserved)", n * (each + kernel) / 1e6, n * reserved / 1e9
            printf ", %.1f %% of a CPU", 100 * share
        }'
}

# most MODE WANTED: as many idle tasks as are wanted, or as the machine bears, which the refusal of more says.
most() {
    curl -sS "$server/run/idle?mode=$1&tasks=$2&duration_ms=50&repeat=1&warmup=0" | awk -v n="$2" '
        /"param": "tasks"/ { refused = 1 }
        refused && /"max":/ { gsub(/[^0-9]/, ""); n = $0 }
        END { print n }'
}

# A step is judged by verdicts, by what the spans saw (how many tasks were inside at once), or by what was counted, and
# never by a median alone. Each of these prints shown, not shown or cannot tell.

# by_verdict CELL VERDICT...: the verdicts that show it.
by_verdict() {
    verdict=$(of "$1" relative verdict)
    shift
    for word in "$@"; do
        [ "$verdict" != "$word" ] || { echo shown && return; }
    done
    case $verdict in faster | slower | same) echo 'not shown' ;; *) echo 'cannot tell' ;; esac
}

# by_turns CELL: no verdict is needed to see that never more than one was inside, and a true 1.06 seldom has one.
by_turns() {
    told=$(by_verdict "$1" slower same)
    [ "$told" != 'cannot tell' ] || [ "$(of "$1" inside max)" != 1 ] || told=shown
    echo "$told"
}

# by_count EXPRESSION of awk, in which figures stand in quotes: what was not counted tells nothing.
by_count() {
    case $1 in
        *'""'* | *'"null"'*) echo 'cannot tell' ;;
        *) awk "BEGIN { print ($(printf '%s' "$1" | tr -d '"')) ? \"shown\" : \"not shown\" }" ;;
    esac
}

# by_intervals A B LIMIT: whether the time of cell B is more than so many times that of cell A, wherever the true
# medians lie in their intervals.
by_intervals() {
    printf '%s, %s\n' "$(of "$1" wall_ns interval)" "$(of "$2" wall_ns interval)" | awk -F, -v limit="$3" '{
        if (NF < 4 || $1 <= 0) print "cannot tell"
        else if ($3 > limit * $2) print "shown"
        else print $4 <= limit * $1 ? "not shown" : "cannot tell"
    }'
}

# by_order CELL: whether answers came in another order than that in which they were asked for.
by_order() {
    case $(of "$1" completion_order) in
        '' | null) echo 'cannot tell' ;;
        '0, 1, 2, 3, 4') echo 'not shown' ;;
        *) echo shown ;;
    esac
}

# by_storm CELL: slower, and because waiters woke up for nothing.
by_storm() {
    told=$(by_verdict "$1" slower)
    [ "$told" != shown ] || told=$(by_count "\"$(of "$1" lock_stats false_wakeups)\" > 0")
    echo "$told"
}

# What the spans saw of a cell, in words; nothing where they saw nothing.
crowd() {
    [ "$(of "$1" inside max)" -lt 1 ] 2>/dev/null || printf ', at most %s inside at once' "$(of "$1" inside max)"
}

# step TITLE ARTICLE HERE SENTENCE shown|'not shown'|'cannot tell'
step() {
    n_steps=$((n_steps + 1))
    printf '%2d. %s\n    article: %s\n    here:    %s\n' "$n_steps" "$1" "$2" "$3"
    case $run in *'"noisy": true'*) noisy="$noisy${noisy:+, }$n_steps" ;; esac
    text="$5: $4"
    case $5 in
        shown) n_shown=$((n_shown + 1)) ;;
        'cannot tell') n_undecided=$((n_undecided + 1)) ;;
    esac
    [ "$5" = shown ] ||
        text="$text
The run's own lesson: $(printf '%s\n' "$run" | sed -n 's/^  "lesson": "\(.*\)",*$/\1/p')"
    printf '%s\n' "$text" | fold -s -w 90 | sed 's/^/    /; s/ *$//'
    echo
}

ask countdown n="${N-}" mode=serial tasks=1,2 lock=gil
step 'Count down once' '8.54 s' "$(wall 0)" \
    'A call takes a time that can be measured. The lab counts from a smaller number, so compare ratios, not seconds.' \
    "$(by_intervals 0 0 0)"
step 'Twice, one call after the other' '17.4 s, 2.04 times one call' \
    "$(wall 1), $(quotient "$(of 1 wall_ns median)" "$(of 0 wall_ns median)") times one call" \
    'Twice the work takes more than one and a half times as long.' "$(by_intervals 0 1 1.5)"

ask countdown n="${N-}" mode=serial,threads tasks=2 lock=gil,gil-py2
step 'Twice, in two threads' '18.4 s, 1.06 times the serial time' "$(wall 1), $(ratio 1)$(crowd 1)" \
    'The GIL lets one thread run at a time, so two threads only take turns.' "$(by_turns 1)"
step 'The same in Python 2.7' 'Beazley measured 1.85 times the serial time' \
    "$(wall 3), $(ratio 3); waiters woke up $(of 3 lock_stats false_wakeups) times for nothing" \
    'Two threads are slower than one: the old lock is taken straight back, and who was woken for it waits again.' \
    "$(by_storm 3)"

ask refcount n="${N-}" count=plain mode=threads tasks=2 lock=gil,none
step 'Why there is a GIL: threads that count references to one object' 'memory management is not safe in threads' \
    "the count is off by $(of 0 metrics lost_updates) with the GIL, by $(of 1 metrics lost_updates) without" \
    'Without the lock a plain count goes wrong, and an object would be freed in use or never.' \
    "$(by_count "\"$(of 0 metrics lost_updates)\" == 0 && \"$(of 1 metrics lost_updates)\" > 0")"

ask fetch delay_ms="${DELAY_MS-}" mode=serial,threads tasks=1,2 lock=gil
step 'Fetch a page twice, in two threads' '0.88 s once, 1.72 s twice, 0.89 s in threads' \
    "$(wall 0) once, $(wall 2) twice, $(wall 3) in threads" \
    'A fetch that waits lets go of the lock, so two waits take as long as one.' "$(by_verdict 3 faster)"

ask crunch rounds="${ROUNDS-}" kernel=matmul release=on mode=serial,threads tasks=2 lock=gil
step 'Number crunching in two threads' 'the GIL is not in the way' "$(wall 1), $(ratio 1)" \
    'The library works outside the lock, so two threads are faster than one call after the other.' "$(by_verdict 1 faster)"

TASKS=${TASKS:-$(most threads 5000)}
ask idle tasks="$TASKS" wakeups_per_s=1 duration_ms="${DURATION_MS:-1000}" mode=threads,epoll lock=gil \
    repeat="${REPEAT:-2}"
step "The catch: $TASKS threads, and as many tasks of an event loop" 'gigabytes of memory, 5 % of the CPU' \
    "$(cost 0) against $(cost 1)" \
    'Threads reserve more than 1 GB and take more than 5 % of a CPU; tasks of a loop take less memory.' \
    "$(by_count "\"$(of 0 metrics started)\" * \"$(of 0 memory virtual_per_task_bytes)\" > 1e9 &&
        \"$(of 0 memory rss_per_task_bytes)\" > \"$(of 1 memory rss_per_task_bytes)\" &&
        \"$(of 0 metrics wakeup_cpu_share)\" > 0.05")"

ask fetch delay_ms="${DELAY_MS-}" jitter_ms="${DELAY_MS:-150}" mode=threads,epoll tasks=5 lock=gil
step 'Five fetches on an event loop' 'they end in the order 3, 4, 2, 1, 5' \
    "$(of 1 completion_order | sed 's/4/5/; s/3/4/; s/2/3/; s/1/2/; s/0/1/'), in $(wall 1); threads took $(wall 0)" \
    'The loop takes answers as they come, not in the order in which they were asked for.' \
    "$(by_order 1)"

ask countdown n="${N-}" mode=serial,processes tasks=2,3 lock=gil
step 'Count down twice, in two processes' '8 s, 0.46 times the serial time; a third one costs nothing' \
    "$(wall 1), $(ratio 1); with a third $(wall 3)" \
    'Two processes are faster than one after the other: each has a lock of its own, and they share only the CPUs.' "$(by_verdict 1 faster)"

ask share via=variable mode=threads,processes tasks=2 lock=gil
step 'What threads and processes write into a variable' 'threads share data, processes cannot' \
    "the parent sees $(of 0 metrics seen_by_parent) items from threads, $(of 1 metrics seen_by_parent) from processes" \
    'A process writes to a copy of its own, which ends with it.' \
    "$(by_count "\"$(of 0 metrics seen_by_parent)\" > 0 && \"$(of 1 metrics seen_by_parent)\" == 0")"

ask countdown n="${N-}" mode=serial,threads tasks=2 lock=none
step 'Two threads without a GIL, as in Jython' 'they can use threads' "$(wall 1), $(ratio 1)" \
    'Without the lock two threads are faster than one call after the other.' "$(by_verdict 1 faster)"

[ -z "$noisy" ] ||
    printf 'These steps were measured on a noisy machine (other programs computed meanwhile), take them with care: %s.\n' \
        "$noisy"
printf 'Of %s steps: %s shown, %s cannot tell, %s not shown.\n' "$n_steps" "$n_shown" "$n_undecided" \
    $((n_steps - n_shown - n_undecided))
[ -z "${STRICT-}" ] || [ "$n_shown" -eq "$n_steps" ]
