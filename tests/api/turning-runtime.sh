#!/bin/sh
# A runtime that waits for its turns and notes them in a file, so that a test can see who measured when. How it behaves
# is its argument: "good", or one way to break what docs/protocol.md says of turns.

how=$1
times=1000

if [ "${2-}" = --describe ]; then
    paces=true
    [ "$how" = unpaced ] && paces=false
    printf '{"protocol":1,"runtime":"%s","version":"0","about":"a fake","paces":%s,"cpus_usable":1,' "$how" "$paces"
    printf '"modes":[{"name":"serial","summary":"","aliases":[],"usual":true,"baseline":true,"side_by_side":false,'
    printf '"shares_memory":true,"one_loop":false,"task":{"noun":"call","ns":0,"bytes":0}},'
    printf '{"name":"threads","summary":"","aliases":[],"usual":true,"baseline":false,"side_by_side":true,'
    printf '"shares_memory":true,"one_loop":false,"task":{"noun":"thread","ns":0,"bytes":0}}],'
    printf '"locks":[{"name":"gil","title":"the GIL","summary":"","usual":true,"exclusive":true,"whose":"all",'
    printf '"models":null,"crowding":0,"parameters":[]}],"experiments":[{"name":"turns","summary":"","parameters":[],'
    printf '"max_tasks":{"serial":8,"threads":8},"unavailable":{},"cost":[]}]}\n'
    exit 0
fi

# The number behind the name of a member.
number()
{
    rest=${request#*"\"$1\":"}
    echo "${rest%%[!0-9]*}"
}

# Waits until it is told to go on; then it is its turn.
wait_for_turn()
{
    [ "$how" = unpaced ] || read -r answer || exit 0
    echo "begin $how" >>turns
}

# A line, which ends the turn.
say()
{
    echo "end $how" >>turns
    printf '%s\n' "$1"
}

# cell, repetition
sample()
{
    printf '{"event":"sample","cell":%d,"repetition":%d,"status":"done","wall_ns":%d,"cpu_ns":1000,"create_ns":0,' \
        "$1" "$2" "$times"
    printf '"join_ns":0}\n'
}

stay()
{
    : >"$how.stays"
    exec sleep 1000
}

# A turn in the middle: the second round of the first cell. cell, repetition
misbehave()
{
    case $how in
    garbage) say 'this is not JSON' && stay ;;
    half)
        printf '{"event":"sample","cell":%d,"rep' "$1"
        exit 0
        ;;
    strange) say '{"event":"sample","cell":"one"}' && stay ;;
    closed)
        echo "end $how" >>turns
        exec >&- && stay
        ;;
    stopped) kill -STOP $$ ;;
    halted)
        # Once, until somebody has it go on. That is said more than once, as it may come too early.
        [ -e "$how.stays" ] && return
        (
            while [ ! -e go ]; do sleep 0.02; done
            while kill -CONT $$ 2>/dev/null; do sleep 0.05; done
        ) &
        : >"$how.stays"
        kill -STOP $$
        ;;
    dense)
        # Half a million of values, which are a megabyte.
        echo "end $how" >>turns
        printf '{"event":"sample","metrics":{"list":['
        yes 1, | head -500000 | tr -d '\n'
        printf '1]}}\n'
        stay
        ;;
    deep)
        brackets=$(printf '%2000s' | tr ' ' '[')
        say "$(sample "$1" "$2" | sed "s/}$/,\"metrics\":{\"deep\":$brackets$(echo "$brackets" | tr '[' ']')}}/")"
        stay
        ;;
    negative) say "$(sample "$1" "$2" | sed 's/"wall_ns":[0-9]*/"wall_ns":-7/')" && stay ;;
    huge) say "$(sample "$1" "$2" | sed 's/"cpu_ns":[0-9]*/"cpu_ns":1000000000000000001/')" && stay ;;
    real) say "$(sample "$1" "$2" | sed 's/"cpu_ns":[0-9]*/"cpu_ns":1.5/')" && stay ;;
    unknown) say '{"event":"surprise"}' && stay ;;
    foreign)
        # A cell that is there, and is another runtime's.
        number=0
        while :; do
            case $cells in *" $number "*) ;; *) break ;; esac
            number=$((number + 1))
        done
        say "$(sample $number "$2")" && stay
        ;;
    twice) say "$(sample "$1" $(($2 - 1)))" && stay ;;
    hello) say '{"event":"hello","protocol":1,"runtime":"fake","version":"0"}' && stay ;;
    eager)
        # In one piece, so that both are there before another has had its turn.
        say "$(sample "$1" "$2" && sample "$1" $(($2 + 1)))"
        stay
        ;;
    dies) kill -9 $$ ;;
    between)
        # It dies when another is measuring.
        say "$(sample "$1" "$2")"
        kill -9 $$
        ;;
    quits) exit 0 ;;
    fails) exit 3 ;;
    hangs) stay ;;
    early)
        say '{"event":"done"}'
        exit 0
        ;;
    refuses) say '{"event":"error","message":"not with me","problem":{"status":403}}' && exit 2 ;;
    esac
}

read -r request
warmup=$(number warmup)
repeat=$(number repeat)
case $request in
*'"max_repeat":'*) [ "$how" = blind ] || repeat=$(number max_repeat) ;;
esac
cells=" "
rest=$request
while [ "${rest#*'"cell":'}" != "$rest" ]; do
    rest=${rest#*'"cell":'}
    cells="$cells${rest%%[!0-9]*} "
done

case $how in
mute) stay ;;
stillborn) exit 3 ;;
refuses-at-once)
    printf '{"event":"error","message":"not here","problem":{"status":403}}\n'
    exit 2
    ;;
first) sample 0 0 && stay ;;
ahead)
    # Never asks.
    printf '%s\n' "$(
        printf '{"event":"hello","protocol":1,"runtime":"fake","version":"0"}\n'
        for cell in $cells; do
            sample "$cell" 0
        done
    )"
    stay
    ;;
esac

[ "$how" = slow ] && sleep 0.3
echo "hello $how" >>turns
printf '{"event":"hello","protocol":1,"runtime":"fake","version":"0"}\n'
wait_for_turn
repetition=-$warmup
failed=
while [ "$repetition" -lt "$repeat" ] && { [ "$answer" != stop ] || [ "$how" = heedless ]; }; do
    for cell in $cells; do
        [ "$cell" = "$failed" ] && continue
        if [ "$how" = flawed ] && [ -z "$failed" ]; then
            # The first one fails, and is not run again.
            failed=$cell
            say "$(printf '{"event":"sample","cell":%d,"repetition":%d,"status":"failed","reason":"a flaw"}' \
                "$cell" "$repetition")"
            wait_for_turn
            continue
        fi
        [ "$repetition" = 1 ] && misbehave "$cell" "$repetition"
        [ "$how" = wide ] && times=$((1000 + (repetition + warmup) % 2 * 1000))
        say "$(sample "$cell" "$repetition")"
        wait_for_turn
    done
    repetition=$((repetition + 1))
done
case $request in
*'"timeline":"on"'*)
    for cell in $cells; do
        [ "$how" = traces-not ] && break
        [ "$how" = dies-late ] && kill -9 $$
        say "$(printf '{"event":"timeline","cell":%d,"wall_ns":1000,"dropped":0,"spans":[],"instants":[]}' "$cell")"
        wait_for_turn
    done
    ;;
esac
say '{"event":"done"}'
case $how in
stays) stay ;;
stays-closed) exec >&- && stay ;;
esac
exit 0
