#!/bin/sh
# Two tables of embedded files in one program, one file with a quote and a backslash in its name, linked as they are and
# with link time optimization, say what is in the files, of two with one path the first; the depfile names files and
# folders. Usage: check-embed.sh ROOT
set -eu
root=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

mkdir -p "$folder/a page/deep"
printf one >"$folder/one"
printf two >"$folder/a page/two"
printf three >"$folder/a page/deep/three"
printf four >"$folder/a page/fo\"u\\r"
printf hidden >"$folder/a page/.hidden"
printf late >"$folder/a page/one"
"$root/handlers/embed.sh" "$folder/assets.c" "$folder/assets.d" assets "/one=$folder/one" "/=$folder/a page"
"$root/handlers/embed.sh" "$folder/documents.c" "$folder/documents.d" documents "one.txt=$folder/one"
for source in one 'a\ page' 'a\ page/two' 'a\ page/deep' 'a\ page/deep/three'; do
    grep -qxF " $folder/$source" "$folder/assets.d" || grep -qxF " $folder/$source \\" "$folder/assets.d" || {
        echo "the depfile does not name $source"
        exit 1
    }
done
cat >"$folder/main.c" <<'END'
#include <stdio.h>
#include "handlers/assets.h"

static void show(const Asset *asset)
{
    printf("%s %.*s\n", asset->path, (int)(asset->end - asset->start), (const char *)asset->start);
}

int main(void)
{
    for (size_t i = 0; i < n_assets; i++)
        show(&assets[i]);
    for (size_t i = 0; i < n_documents; i++)
        show(&documents[i]);
    return 0;
}
END
for option in -O2 '-O2 -flto=auto'; do
    cc $option -I"$root" -o "$folder/program" "$folder/main.c" "$folder/assets.c" "$folder/documents.c"
    said=$("$folder/program" | tr '\n' ' ')
    if [ "$said" != '/one one /deep/three three /fo"u\r four /two two one.txt one ' ]; then
        echo "with $option the program says: $said"
        exit 1
    fi
done
