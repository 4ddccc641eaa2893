#!/bin/sh
# The article "Python GIL" from top to bottom, with curl alone: examples/article.sh [ADDRESS OF THE SERVER]
#
# Each step says what the article measured, what this machine measures, and one sentence; where this run does not
# show what the article did, that is the server's own lesson. The script fails if a step does, and with STRICT=1 also
# if one does not show it. REPEAT=1 N=1000 ROUNDS=1 DELAY_MS=5 DURATION_MS=50 TASKS=50 make a quick trial of it.
set -eu
server=${1:-http://127.0.0.1:8080}
n_steps=0
n_alike=0
n_noisy=0

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

# is_true EXPRESSION of awk; ratio_is CELL COMPARISON. Faster is a tenth less than the serial time, not a verdict: on a
# busy machine the interval of a true 1.06 cannot tell.
is_true() {
    awk "BEGIN { exit !($1) }"
}
ratio_is() {
    is_true "$(of "$1" relative ratio) > 0 && $(of "$1" relative ratio) $2"
}

# step TITLE ARTICLE HERE SENTENCE TEST...
step() {
    n_steps=$((n_steps + 1))
    printf '%2d. %s\n    article: %s\n    here:    %s\n' "$n_steps" "$1" "$2" "$3"
    case $run in *'"noisy": true'*)
        n_noisy=$((n_noisy + 1))
        echo '             (noisy: something else took the time of this machine meanwhile)' ;;
    esac
    sentence=$4
    shift 4
    if "$@"; then
        n_alike=$((n_alike + 1))
    else
        sentence="This run does not show it. $(printf '%s\n' "$run" | sed -n 's/^  "lesson": "\(.*\)"$/\1/p')"
    fi
    printf '%s\n' "$sentence" | fold -s -w 90 | sed 's/^/    /; s/ *$//'
    echo
}

ask countdown n="${N-}" mode=serial tasks=1,2 lock=gil
step 'Count down once' '8.54 s' "$(wall 0)" \
    'The lab counts for about 0.2 s, so compare ratios, not seconds.' is_true "$(of 0 wall_ns median) > 0"
step 'Twice, one call after the other' '17.4 s, 2.04 times one call' \
    "$(wall 1), $(quotient "$(of 1 wall_ns median)" "$(of 0 wall_ns median)") times one call" \
    'Twice the work takes twice the time.' is_true "$(quotient "$(of 1 wall_ns median)" "$(of 0 wall_ns median)") > 1.5"

ask countdown n="${N-}" mode=serial,threads tasks=2 lock=gil,gil-py2
step 'Twice, in two threads' '18.4 s, 1.06 times the serial time' "$(wall 1), $(ratio 1)" \
    'The GIL lets one thread run at a time, so two threads only take turns.' \
    ratio_is 1 '>= 0.9'
step 'The same in Python 2.7' 'Beazley measured 1.85 times the serial time' "$(wall 3), $(ratio 3)" \
    "The old lock was taken straight back; waiters woke up $(of 3 lock_stats false_wakeups) times for nothing." \
    ratio_is 3 '>= 1.1'

ask refcount n="${N-}" count=plain mode=threads tasks=2 lock=gil,none
step 'Why there is a GIL: threads that count references to one object' 'memory management is not safe in threads' \
    "the count is off by $(of 0 metrics lost_updates) with the GIL, by $(of 1 metrics lost_updates) without" \
    'Without the lock a plain count goes wrong, and an object would be freed in use or never.' \
    is_true "$(of 0 metrics lost_updates) == 0 && $(of 1 metrics lost_updates) > 0"

ask fetch delay_ms="${DELAY_MS-}" mode=serial,threads tasks=1,2 lock=gil
step 'Fetch a page twice, in two threads' '0.88 s once, 1.72 s twice, 0.89 s in threads' \
    "$(wall 0) once, $(wall 2) twice, $(wall 3) in threads" \
    'A fetch that waits lets go of the lock, so two waits take as long as one.' ratio_is 3 '< 0.75'

ask crunch rounds="${ROUNDS-}" kernel=matmul release=on mode=serial,threads tasks=2 lock=gil
step 'Number crunching in two threads' 'the GIL is not in the way' "$(wall 1), $(ratio 1)" \
    'The library works outside the lock, so its threads run at once.' ratio_is 1 '< 0.9'

ask idle tasks="${TASKS:-5000}" wakeups_per_s=1 duration_ms="${DURATION_MS:-1000}" mode=threads,epoll lock=gil \
    repeat="${REPEAT:-2}"
step "The catch: ${TASKS:-5000} threads, and as many tasks of an event loop" 'gigabytes of memory, 5 % of the CPU' \
    "$(cost 0) against $(cost 1)" \
    'A thread has a stack and a place in the kernel; a task of a loop is a small object.' \
    is_true "$(of 0 memory rss_per_task_bytes) > 4 * $(of 1 memory rss_per_task_bytes)"

ask fetch delay_ms="${DELAY_MS-}" jitter_ms="${DELAY_MS:-150}" mode=threads,epoll tasks=5 lock=gil
step 'Five fetches on an event loop' 'they end in the order 3, 4, 2, 1, 5' \
    "$(of 1 completion_order | sed 's/4/5/; s/3/4/; s/2/3/; s/1/2/; s/0/1/'), in $(wall 1); threads took $(wall 0)" \
    'The loop takes answers as they come, and does in one thread what threads do.' \
    is_true "\"$(of 1 completion_order)\" != \"0, 1, 2, 3, 4\""

ask countdown n="${N-}" mode=serial,processes tasks=2,3 lock=gil
step 'Count down twice, in two processes' '8 s, 0.46 times the serial time; a third one costs nothing' \
    "$(wall 1), $(ratio 1); with a third $(wall 3)" \
    'Each process has a lock of its own; what they share are the CPUs.' ratio_is 1 '< 0.9'

ask share via=variable mode=threads,processes tasks=2 lock=gil
step 'What threads and processes write into a variable' 'threads share data, processes cannot' \
    "the parent sees $(of 0 metrics seen_by_parent) items from threads, $(of 1 metrics seen_by_parent) from processes" \
    'A process writes to a copy of its own, which ends with it.' \
    is_true "$(of 0 metrics seen_by_parent) > 0 && $(of 1 metrics seen_by_parent) == 0"

ask countdown n="${N-}" mode=serial,threads tasks=2 lock=none
step 'Two threads without a GIL, as in Jython' 'they can use threads' "$(wall 1), $(ratio 1)" \
    'Without the lock threads run at once.' ratio_is 1 '< 0.9'

printf '%s of %s steps show what the article did.\n' "$n_alike" "$n_steps"
[ "$n_noisy" -eq 0 ] || printf '%s of them were measured on a noisy machine: take these with care.\n' "$n_noisy"
[ -z "${STRICT-}" ] || [ "$n_alike" -eq "$n_steps" ]
