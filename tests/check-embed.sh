#!/bin/sh
# Two tables of embedded files in one program, linked as they are and with link time optimization, say what is in
# the files. Usage: check-embed.sh ROOT
set -eu
root=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

printf one >"$folder/one"
printf two >"$folder/two"
"$root/handlers/embed.sh" "$folder/assets.c" assets "/one=$folder/one" "/two=$folder/two"
"$root/handlers/embed.sh" "$folder/documents.c" documents "/two=$folder/two"
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
    if [ "$said" != '/one one /two two /two two ' ]; then
        echo "with $option the program says: $said"
        exit 1
    fi
done
