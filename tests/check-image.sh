#!/bin/sh
# What scripts/image.sh asks docker, podman and buildah to do, with tools that only write down how they are called.
# tests/image.sh builds a real one. Usage: check-image.sh ROOT
set -eu
root=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/bin" "$folder/here"
cd "$folder/here"
for name in docker podman buildah; do
    cat >"$folder/bin/$name" <<END
#!/bin/sh
case " \$WORKING " in *' $name '*) ;; *) exit 1 ;; esac
[ "\$1" = info ] || echo "$name \$*" >>"$folder/called"
END
    chmod +x "$folder/bin/$name"
done
version=$(sed -n "s/^  version: '\(.*\)',$/\1/p" "$root/meson.build")
revision=$(git -C "$root" rev-parse HEAD 2>/dev/null) || revision=

# expect STATUS WORKING ARGUMENTS...: with these tools at work it ends so; what they were told is in called
expect() {
    status=$1
    export WORKING="$2"
    shift 2
    : >"$folder/called"
    got=0
    PATH="$folder/bin:$PATH" "$root/scripts/image.sh" "$@" 2>"$folder/said" || got=$?
    if [ "$got" -ne "$status" ]; then
        echo "image.sh $* with '$WORKING': the status is $got"
        cat "$folder/said"
        exit 1
    fi
}

# called LINE...: the tools were called so, in this order
called() {
    printf '%s\n' "$@" | diff - "$folder/called"
}

labels="--tag gilscope --tag gilscope:$version --label org.opencontainers.image.version=$version"
[ -z "$revision" ] || labels="--label org.opencontainers.image.revision=$revision $labels"

expect 1 ''
grep -q 'none of these works here: docker podman buildah' "$folder/said"
expect 0 'docker podman buildah'
called "docker build $labels ."
# A docker without a daemon is passed over.
expect 0 'podman buildah' --build-arg WITH_PYTHON=0
called "podman build --format docker $labels --build-arg WITH_PYTHON=0 ."
grep -q 'podman run --rm' "$folder/said"
expect 0 docker --save=one.tar
called "docker build $labels ." "docker save --output $folder/here/one.tar gilscope:latest"
expect 0 buildah --save 'two words.tar'
called "buildah build --format docker $labels ." \
    "buildah push --quiet gilscope:latest docker-archive:$folder/here/two words.tar:gilscope:latest"
grep -q 'podman run --rm' "$folder/said"
expect 2 docker --save
ENGINE=buildah expect 1 docker
