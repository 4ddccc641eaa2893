#!/bin/sh
# Builds the image by scripts/image.sh and runs it by podman, as root, in a storage of its own:
#
#     tests/image.sh [BASE]           builds it on BASE and runs that
#     tests/image.sh --saved FILE     runs what scripts/image.sh --save FILE has written
#
# BASE is the image to build on, by its name or as a folder with its files; without, it is Debian 12 as debootstrap makes
# it. So no registry is needed, but Debian's packages are. It takes some minutes and 5 GB of disk for that time, and
# leaves nothing behind. What this machine cannot do (limits, no network) is skipped by name. CONTRIBUTING.md says when
# to run it.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
n_passed=0 n_failed=0 n_skipped=0

pass() {
    n_passed=$((n_passed + 1))
    echo "ok       $*"
}

fail() {
    n_failed=$((n_failed + 1))
    echo "FAILED   $*"
}

skip() {
    n_skipped=$((n_skipped + 1))
    echo "skipped  $*"
}

# check WHAT COMMAND...: the command tells by its status.
check() {
    what=$1
    shift
    if "$@"; then pass "$what"; else fail "$what"; fi
}

finish() {
    printf '%s passed, %s failed, %s skipped\n' "$n_passed" "$n_failed" "$n_skipped"
    [ "$n_failed" -eq 0 ]
    exit
}

for program in podman curl python3; do
    if ! command -v "$program" >/dev/null 2>&1; then
        skip "all of it: there is no $program here"
        finish
    fi
done
if [ "$(id -u)" -ne 0 ]; then
    skip 'all of it: it wants to be root'
    finish
fi

folder=$(mktemp -d)
clean() {
    podman rm --all --force --time 0 >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap clean EXIT
trap 'exit 1' INT TERM

# Everything that podman and buildah keep is below the folder; what runs here needs no daemon, no manager of control
# groups, no bridge and no timer of systemd, and raises no limit, which not every root may do.
mkdir "$folder/storage" "$folder/run" "$folder/tmp"
cat >"$folder/storage.conf" <<END
[storage]
driver = "vfs"
graphroot = "$folder/storage"
runroot = "$folder/run"
END
cat >"$folder/containers.conf" <<END
[containers]
netns = "host"
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
tmp_dir = "$folder/tmp"
END
export CONTAINERS_STORAGE_CONF="$folder/storage.conf" CONTAINERS_CONF="$folder/containers.conf"
export BUILDAH_ISOLATION=chroot TMPDIR="$folder"
export ENGINE=podman

# bytes IMAGE
bytes() {
    podman image inspect --format '{{.Size}}' "$1"
}

build() {
    scripts/image.sh "$@" --build-arg "BASE=$base" --network host >"$folder/log" 2>&1 || { tail -n 40 "$folder/log"; return 1; }
}

base=${1-}
saved=$folder/gilscope.tar
case $base in
--saved)
    saved=$(realpath -- "$2")
    ;;
'')
    if ! command -v debootstrap >/dev/null 2>&1; then
        skip 'all of it: no base was named, and there is no debootstrap to make one'
        finish
    fi
    base=$folder/root
    debootstrap --variant=minbase bookworm "$base" >"$folder/log" 2>&1 || { tail "$folder/log"; fail 'debootstrap'; finish; }
    rm -rf "$base/var/cache/apt/archives" "$base/var/lib/apt/lists"
    ;;
esac
if [ -d "$base" ]; then
    tar -C "$base" -c . | podman import --quiet - localhost/base >/dev/null
    rm -rf "$folder/root"
    base=localhost/base
fi
if [ "$base" != --saved ]; then
    # The small one first: what it adds to its base.
    if ! build --build-arg WITH_PYTHON=0; then
        fail 'the image is built, its tests too'
        finish
    fi
    pass 'the image is built, its tests too'
    added=$((($(bytes gilscope) - $(bytes "$base")) / 1000000))
    check "without Python it adds $added MB to its base, 30 at most" [ "$added" -le 30 ]
    check 'and with Python' build --save "$saved"
    check 'it is saved in one file' test -s "$saved"
    podman rmi --all --force >/dev/null
fi
if ! podman load --quiet --input "$saved" >/dev/null; then
    fail 'the file brings it in'
    finish
fi
pass 'the file brings it in'
rm -f "$folder/gilscope.tar"

inspect() {
    podman image inspect --format "$1" gilscope
}
check 'its user is a number' [ "$(inspect '{{.User}}')" = 10001:10001 ]
check 'it has a health check' [ "$(inspect '{{json .HealthCheck.Test}}')" = \
    '["CMD","gilscope","--set","server.port=0","--health"]' ]
check 'it says its licence' [ "$(inspect '{{index .Labels "org.opencontainers.image.licenses"}}')" = MIT ]
check 'it says its version' [ "$(inspect '{{index .Labels "org.opencontainers.image.version"}}')" = \
    "$(sed -n "s/^  version: '\(.*\)',$/\1/p" meson.build)" ]

# start NAME ARGUMENTS...: a container on a free port, in the background; returns when it is healthy.
start() {
    name=$1
    shift
    podman run --detach --name "$name" --no-healthcheck --log-driver k8s-file "$@" --env GILSCOPE_SERVER_PORT=0 gilscope \
        >/dev/null 2>"$folder/log" || { cat "$folder/log"; return 1; }
    for _ in $(seq 100); do
        if podman exec "$name" gilscope --set server.port=0 --health 2>/dev/null; then return 0; fi
        sleep 0.3
    done
    podman logs "$name"
    return 1
}

# The port that it took, as its log says in either form.
port() {
    podman logs "$1" 2>&1 | sed -n 's/.*event"*[=:]"*listening.*port"*[=:]\([0-9]*\).*/\1/p'
}

# stop NAME: SIGTERM, to which it ends with 0
stop() {
    podman stop --time 30 "$1" >/dev/null
    [ "$(podman wait "$1")" -eq 0 ]
}

# value NAME EXPRESSION: of the run in the file of that name, by Python
value() {
    python3 -c 'import json, sys; run = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$folder/$1" "$2"
}

run_json() {
    curl -sS --fail-with-body "127.0.0.1:$(port "$1")/run/countdown?mode=serial&n=1000&repeat=1&warmup=0" >"$folder/$1"
}

# As the README has it, and read-only, with the user of the image.
if start plain --read-only --volume runs:/var/lib/gilscope; then
    pass 'the health check passes'
    table=$(curl -sS "127.0.0.1:$(port plain)/run/countdown?tasks=2&format=table&n=1e6")
    case $table in
    *'x serial'*) pass "the README's first command is answered" ;;
    *) fail "the README's first command is answered: $table" ;;
    esac
    run_json plain
    check 'runs are kept in the volume' [ "$(value plain 'run.get("kept", True)')" = True ]
    check 'it knows that it is in a container' [ "$(value plain 'run["host"]["container"]')" = podman ]
    # It is asked in the background what it can do; until then the answer is 503.
    check 'Python is a runtime' \
        curl -sS --retry 30 --fail-with-body -o "$folder/real" "127.0.0.1:$(port plain)/run/countdown?runtime=python3&n=1000&repeat=1"
    check 'SIGTERM ends it with 0' stop plain
    id=$(value plain 'run["id"]')
    if start again --volume runs:/var/lib/gilscope; then
        check 'a run outlives its container' \
            curl -sS --fail-with-body -o /dev/null "127.0.0.1:$(port again)/runs/$id"
        check 'SIGTERM ends that one, too' stop again
    else
        fail 'a second container on the same volume'
    fi
else
    fail 'the health check passes'
fi

# Any number will do as a user, with a volume of its own.
if start any --read-only --user 4242 --cap-drop all --security-opt no-new-privileges --volume any:/var/lib/gilscope \
    --env GILSCOPE_LOG_FORMAT=json; then
    run_json any
    check 'any user can run it, with nothing but its own files' [ "$(value any 'run["status"]')" = done ]
    check 'and keep its runs' [ "$(value any 'run.get("kept", True)')" = True ]
    check 'it is ended' stop any
    check 'its log is JSON to the last line' \
        sh -c 'podman logs any 2>&1 | python3 -c "import json, sys; [json.loads(line) for line in sys.stdin]"'
else
    fail 'any user can run it, with nothing but its own files'
fi

# Without a network it has itself.
if ! podman run --rm --network none --entrypoint gilscope gilscope --version >/dev/null 2>&1; then
    skip 'without a network: this machine makes no namespace of networks'
elif start alone --network none --read-only; then
    pass 'it runs without a network'
    check 'and fetches from itself' podman exec alone python3 -c 'import sys, urllib.request
urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/run/fetch?mode=serial&tasks=1&repeat=1&delay_ms=1")' "$(port alone)"
    check 'it is ended' stop alone
else
    fail 'it runs without a network'
fi

# Half a CPU and 256 MB are seen by those who run in them.
if ! podman run --rm --cpus 0.5 --memory 256m --entrypoint gilscope gilscope --version >/dev/null 2>"$folder/log"; then
    skip "limits: this machine sets none ($(tail -n 1 "$folder/log"))"
elif start narrow --cpus 0.5 --memory 256m; then
    run_json narrow
    check 'half a CPU is seen' [ "$(value narrow 'run["host"]["cpu_quota"]')" = 0.5 ]
    check '256 MB are seen' [ "$(curl -sS "127.0.0.1:$(port narrow)/readyz" >"$folder/ready"; \
        value ready 'run["machine"]["memory_bytes"] <= 256 << 20')" = True ]
    refused=$(curl -sS "127.0.0.1:$(port narrow)/run/idle?mode=threads&tasks=10000&format=table")
    case $refused in
    '400 '*tasks*) pass 'what does not fit into it is refused, with the reason' ;;
    *) fail "what does not fit into it is refused, with the reason: $refused" ;;
    esac
    check 'it is ended' stop narrow
else
    fail 'it runs in limits'
fi
finish
