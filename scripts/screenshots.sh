#!/bin/sh
# Pictures of every view of the page, to be looked at one by one after a change of it: scripts/screenshots.sh [--readme] FOLDER
# [PATH-OF-GILSCOPE]. With --readme only page.png and story.png, which docs/ has; they want a machine with nothing else to
# do, and are made smaller where pngquant is installed. Needs what the browser tests need.
set -eu
what=views
[ "${1-}" != --readme ] || { what=readme; shift; }
[ $# -ge 1 ] || { echo "usage: scripts/screenshots.sh [--readme] FOLDER [PATH-OF-GILSCOPE]" >&2; exit 2; }
mkdir -p "$1"
folder=$(realpath "$1")
server=${2:+$(realpath "$2")}
cd "$(dirname "$(readlink -f "$0")")/.."
server=${server:-$(realpath build/test/server/gilscope)}
. scripts/node-modules.sh
need_modules tests/web
node tests/web/screenshots.mjs "$server" "$folder" "$what"
if [ "$what" = readme ] && command -v pngquant >/dev/null; then
    pngquant --force --ext .png 32 "$folder/page.png" "$folder/story.png"
fi
