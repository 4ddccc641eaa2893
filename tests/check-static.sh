#!/bin/sh
# A file that is added to static/ is built into the program by the next ninja, and one that is removed is gone, in a
# copy of the tree; what is added to a module that is joined with others is in first.js, and handed on by its own file.
# Usage: check-static.sh ROOT CHART_JS
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/tree"
cd "$1"
tar -cf - --exclude=./build --exclude=./.git --exclude=node_modules . | tar -xf - -C "$folder/tree"
cd "$folder"
meson setup build tree -Dchart_js="$2" >log 2>&1 || { cat log; exit 1; }

# built WHAT: the table of the page as it is now
built() {
    ninja -C build handlers/assets.c >log 2>&1 || { echo "$1: ninja fails"; cat log; exit 1; }
}

# expect COUNT PATH WHAT
expect() {
    [ "$(grep -cF "{\"$2\"," build/handlers/assets.c)" -eq "$1" ] || { echo "$3: $2 is there $((1 - $1)) times"; exit 1; }
}

built 'at first'
expect 1 /index.html 'at first'
expect 0 /new/file.txt 'at first'
mkdir tree/static/new
echo something >tree/static/new/file.txt
built 'with a new folder and file'
expect 1 /new/file.txt 'with a new folder and file'
echo more >tree/static/new/second.txt
built 'with a second file'
expect 1 /new/second.txt 'with a second file'
touch -d '+2 seconds' tree/static/new/file.txt
ninja -C build -n handlers/assets.c | grep -q 'no work to do' && { echo 'a changed file is not built anew'; exit 1; } || true
rm -r tree/static/new
built 'without the folder'
expect 0 /new/file.txt 'without the folder'
expect 1 /index.html 'without the folder'

echo 'export const added = 1;' >>tree/static/core/dom.js
built 'with more in a module'
for file in first.js core/dom.js; do
    grep -q core_dom__added "build/handlers/joined/$file" || { echo "what was added to a module is not in $file"; exit 1; }
done
echo "import {none} from './nowhere.js';" >>tree/static/core/dom.js
if ninja -C build handlers/assets.c >log 2>&1; then
    echo 'a module that imports what is not there is built'
    exit 1
fi
grep -q nowhere.js log || { echo 'nobody says which module is not there'; cat log; exit 1; }
