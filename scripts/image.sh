#!/bin/sh
# Builds the image gilscope by docker, podman or buildah, whichever works here:
#
#     scripts/image.sh [--save FILE] [ARGUMENT OF THE BUILD...]
#
# --save also writes it into one file, for a room without Internet: there `docker load -i FILE` or `podman load -i FILE`
# brings it in. Arguments go to the build: --build-arg BASE=debian:13-slim. ENGINE=podman takes that and no other.
set -eu
file=
case "${1-}" in
--save)
    [ -n "${2-}" ] || { echo 'image.sh: --save needs the name of a file' >&2; exit 2; }
    file=$(realpath -m -- "$2")
    shift 2
    ;;
--save=*)
    file=$(realpath -m -- "${1#--save=}")
    shift
    ;;
esac
cd "$(dirname "$(readlink -f "$0")")/.."

# A docker without its daemon is installed, but builds nothing.
works() {
    command -v "$1" >/dev/null 2>&1 && "$1" info >/dev/null 2>&1
}

engine=
for candidate in ${ENGINE:-docker podman buildah}; do
    if [ -z "$engine" ] && works "$candidate"; then engine=$candidate; fi
done
if [ -z "$engine" ]; then
    echo "image.sh: none of these works here: ${ENGINE:-docker podman buildah}" >&2
    exit 1
fi

# The one place of the version is meson.build.
version=$(sed -n "s/^  version: '\(.*\)',$/\1/p" meson.build)
set -- --tag gilscope --tag "gilscope:$version" --label "org.opencontainers.image.version=$version" "$@"
if revision=$(git rev-parse HEAD 2>/dev/null); then
    set -- --label "org.opencontainers.image.revision=$revision" "$@"
fi
# An image in the format of OCI, which the other two make by themselves, has no health check.
[ "$engine" = docker ] || set -- --format docker "$@"

echo "Building gilscope $version by $engine, some minutes: its tests run, too" >&2
"$engine" build "$@" .
if [ -n "$file" ]; then
    rm -f "$file"
    # The name in the file is the one that docker gives it, or else it would be localhost/gilscope there.
    if [ "$engine" = docker ]; then
        docker save --output "$file" gilscope:latest
    else
        "$engine" push --quiet gilscope:latest "docker-archive:$file:gilscope:latest"
    fi
    echo "$file has it; where it is to run: docker load -i $(basename "$file")" >&2
fi
runner=$engine
[ "$engine" != buildah ] || runner=podman
echo "To run it: $runner run --rm -p 127.0.0.1:8080:8080 -v gilscope:/var/lib/gilscope gilscope" >&2
