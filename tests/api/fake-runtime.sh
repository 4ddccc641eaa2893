#!/bin/sh
# A runtime that speaks the protocol and misbehaves on demand: each experiment is one way to end badly.

experiment()
{
    printf '{"name":"%s","summary":"%s","parameters":[],"max_tasks":{"serial":8},"unavailable":{},"cost":[]}' \
        "$1" "$2"
}

if [ "${1-}" = --describe ]; then
    if [ -e mute ]; then
        setsid sleep 1000 &
        : >asked
        wait
    fi
    printf '{"protocol":1,"runtime":"c","version":"0","about":"a fake","cpus_usable":1,'
    [ -e hostless ] || printf '"host":{"cpu_model":"none","cpus_online":1,"cpus_usable":1,"kernel":"none"},'
    printf '"modes":[{"name":"serial","summary":"","aliases":[],"usual":true,"baseline":true,"side_by_side":false,'
    printf '"shares_memory":true,"one_loop":false,"task":{"noun":"call","ns":0,"bytes":0}}],'
    printf '"locks":[{"name":"gil","title":"the GIL","summary":"","usual":true,"exclusive":true,"whose":"all",'
    printf '"models":"cpython3","crowding":0,"parameters":[{"name":"switch_interval_us","type":"integer",'
    printf '"unit":"us","help":"how long","min":1,"max":1000000,"default":[5000],"list":true}]}],"experiments":['
    experiment fine "answers at once"
    # A question is asked about crunch, and about no other of them.
    for name in crunch gated hang astray crash quit silent garbage strange early failing refusing flood bulky lingering talking friends confined stepped; do
        printf ','
        experiment "$name" "misbehaves"
    done
    printf ']}\n'
    exit 0
fi

# With the repetition, and what stands in its metrics.
sample()
{
    printf '{"event":"sample","cell":0,"repetition":%d,"status":"done","reason":null,"wall_ns":1000,' "${1-0}"
    printf '"cpu_ns":1000,"create_ns":0,"join_ns":0,"context_switches":{"voluntary":0,"involuntary":0},'
    printf '"memory":null,"lock_stats":{},"per_task":[],"per_task_omitted":0,"completion_order":[],'
    printf '"metrics":{%s}}\n' "${2-}"
}

request=$(cat)
printf '{"event":"hello","protocol":1,"runtime":"c","version":"0","turns_per_tick":1}\n'
case $request in
*'"experiment":"fine"'*)
    sample
    ;;
*'"experiment":"gated"'* | *'"experiment":"crunch"'*)
    # Says that it has begun, and goes on when it is told to.
    : >begun
    while [ ! -e go ]; do
        sleep 0.02
    done
    rm go begun
    sample
    ;;
*'"experiment":"stepped"'*)
    # One repetition each time it is told to go on, or all that are left when it is told to hurry.
    repeat=${request#*'"repeat":'}
    repeat=${repeat%%[!0-9]*}
    i=0
    : >begun
    while [ $i -lt "$repeat" ]; do
        while [ ! -e go ] && [ ! -e hurry ]; do
            sleep 0.02
        done
        rm -f go
        sample $i
        i=$((i + 1))
    done
    ;;
*'"experiment":"hang"'*)
    # One child that stays, one that leaves the process group, one whose parent has died.
    sleep 1000 &
    setsid sleep 1000 &
    (setsid sleep 1000 &)
    : >begun
    sample
    wait
    ;;
*'"experiment":"astray"'*)
    # Children in sessions of their own, one below the other, of which some hold the output open.
    setsid sh -c 'setsid sh -c "setsid sleep 1000 & sleep 1000" >/dev/null 2>&1 & sleep 1000' &
    (setsid sleep 1000 >/dev/null 2>&1 &)
    : >begun
    wait
    ;;
*'"experiment":"crash"'*)
    sample
    kill -SEGV $$
    ;;
*'"experiment":"quit"'*)
    exit 3
    ;;
*'"experiment":"silent"'*)
    exit 0
    ;;
*'"experiment":"garbage"'*)
    echo 'this is not JSON'
    sleep 1000
    ;;
*'"experiment":"strange"'*)
    echo '{"event":"sample","cell":7}'
    sleep 1000
    ;;
*'"experiment":"early"'*) ;;
*'"experiment":"failing"'*)
    printf '{"event":"sample","cell":0,"repetition":0,"status":"failed","reason":"the child crashed"}\n'
    printf '{"event":"done"}\n'
    exit 1
    ;;
*'"experiment":"refusing"'*)
    printf '{"event":"error","message":"not with me","problem":{"status":403}}\n'
    exit 2
    ;;
*'"experiment":"flood"'*)
    # One line without an end.
    exec tr '\0' x </dev/zero
    ;;
*'"experiment":"bulky"'*)
    # So much to tell that the run has 5 MB, and its events 10 MB.
    sample 0 "\"figures\":[$(seq -s, 1000000000000 1000000349999)]"
    ;;
*'"experiment":"lingering"'*)
    # So much to tell that the run has 1 MB, and it goes on until it is told to end.
    sample 0 "\"figures\":[$(seq -s, 1000000000000 1000000069999)]"
    while [ ! -e go ]; do
        sleep 0.02
    done
    ;;
*'"experiment":"friends"'*)
    # The server, which is the parent of the guard's first process, has named itself and the origin as friends.
    read -r _ _ _ keeper _ <"/proc/$PPID/stat"
    read -r _ _ _ server _ <"/proc/$keeper/stat"
    case $request in
    *"\"friends\":[$server,"[1-9]*) sample ;;
    esac
    ;;
*'"experiment":"confined"'*)
    # What the guard was told, and what of the server's environment comes through.
    { tr '\0' '\n' </proc/$PPID/cmdline && env && cat /proc/$$/limits; } >report
    sample
    ;;
*'"experiment":"talking"'*)
    sample
    i=0
    while [ $i -lt 3000 ]; do
        echo "line $i of a log that nobody wants" >&2
        i=$((i + 1))
    done
    ;;
esac
printf '{"event":"done"}\n'
