#!/bin/sh
# A runtime that waits behind each event until it is told to go on, in experiments that hear "stop" or do not.

if [ "${1-}" = --describe ]; then
    printf '{"protocol":1,"runtime":"pacer","version":"0","about":"a fake","paces":true,"cpus_usable":1,'
    printf '"modes":[{"name":"serial","summary":"","aliases":[],"usual":true,"baseline":true,"side_by_side":false,'
    printf '"shares_memory":true,"one_loop":false,"task":{"noun":"call","ns":0,"bytes":0}},'
    printf '{"name":"threads","summary":"","aliases":[],"usual":true,"baseline":false,"side_by_side":true,'
    printf '"shares_memory":true,"one_loop":false,"task":{"noun":"thread","ns":0,"bytes":0}}],'
    printf '"locks":[{"name":"gil","title":"the GIL","summary":"","usual":true,"exclusive":true,"whose":"all",'
    printf '"models":"cpython3","crowding":0,"parameters":[]}],"experiments":['
    comma=
    for name in heeding heedless blind wide; do
        printf '%s{"name":"%s","summary":"","parameters":[],"max_tasks":{"serial":8,"threads":8},' "$comma" "$name"
        printf '"unavailable":{},"cost":[]}'
        comma=,
    done
    printf ']}\n'
    exit 0
fi

# cell, repetition, wall_ns
sample()
{
    printf '{"event":"sample","cell":%d,"repetition":%d,"status":"done","wall_ns":%d,' "$1" "$2" "$3"
    printf '"cpu_ns":1000,"create_ns":0,"join_ns":0}\n'
    read -r answer
}

number()
{
    rest=${request#*"\"$1\":"}
    echo "${rest%%[!0-9]*}"
}

read -r request
printf '{"event":"hello","protocol":1,"runtime":"pacer","version":"0"}\n'
read -r answer
repeat=$(number repeat)
case $request in
*'"experiment":"heeding"'*)
    # All times are the same, so the first look ends it.
    i=0
    while [ $i -lt "$(number max_repeat)" ] && [ "$answer" != stop ]; do
        sample 0 $i 1000
        sample 1 $i 1000
        i=$((i + 1))
    done
    ;;
*'"experiment":"heedless"'*)
    # Goes on whatever it is told, and for ever.
    i=0
    while :; do
        sample 0 $i 1000
        sample 1 $i 1000
        i=$((i + 1))
    done
    ;;
*'"experiment":"blind"'*)
    # Knows of no precision.
    i=0
    while [ $i -lt "$repeat" ]; do
        sample 0 $i 1000
        sample 1 $i 1000
        i=$((i + 1))
    done
    ;;
*'"experiment":"wide"'*)
    # One time in two is twice the other, so no look ends it.
    i=0
    while [ $i -lt "$(number max_repeat)" ] && [ "$answer" != stop ]; do
        sample 0 $i 1000
        sample 1 $i $((1000 * (1 + i % 2)))
        [ $i -lt "$repeat" ] || : >begun
        sleep 0.02
        i=$((i + 1))
    done
    ;;
esac
printf '{"event":"done"}\n'
