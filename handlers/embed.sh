#!/bin/sh
# Builds files into a program: writes a C file that includes each of them as bytes, and a table of assets.h. A folder
# stands for all files below it but hidden ones; what comes first hides what comes later by the same PATH.
# Usage: embed.sh OUTPUT DEPFILE TABLE PATH=FILE|FOLDER...
#
# The depfile names the files and, as important, the folders: a file that is added or removed changes its folder, so
# the next ninja comes here again, without anybody configuring anew.
#
# The labels bear the table's name, and are visible to all of the program but not outside it: with -Db_lto=true the
# assembler's part of every file lands in one, and the C that refers to it perhaps in another.
set -eu

output=$1 depfile=$2 table=$3
shift 3

# Names as they stand in C texts: only quotes and backslashes mean something there, and in a name of the assembler's
# file once more. A question mark could begin a trigraph, but not in GNU C.
quote() {
    printf '%s\n' "$1" | sed 's/[\\"]/\\&/g'
}

# Lines "PATH=FILE" of all that is embedded. The file's name may have an = too.
list_files() {
    for pair; do
        path=${pair%%=*} file=${pair#*=}
        if [ -d "$file" ]; then
            (cd "$file" && find . -type f ! -name '.*' | sort) | sed "s|^\.\(.*\)|${path%/}\1=$file\1|"
        else
            printf '%s\n' "$pair"
        fi
    done | awk -F= '!seen[$1]++'
}

# All that it depends on, a line each.
list_sources() {
    for pair; do
        find "${pair#*=}" \( -type f ! -name '.*' \) -o -type d
    done
}

table_text() {
    printf '#include "handlers/assets.h"\n\n'
    number=0
    while IFS= read -r pair; do
        path=$(quote "${pair%%=*}") file=$(quote "${pair#*=}")
        name=embedded_${table}_$number
        printf '__asm__(".section .rodata\\n"\n'
        printf '        ".globl %s, %s_end\\n"\n' "$name" "$name"
        printf '        ".hidden %s, %s_end\\n"\n' "$name" "$name"
        printf '        "%s: .incbin \\"%s\\"\\n"\n' "$name" "$(quote "$file")"
        printf '        "%s_end: .byte 0\\n"\n        ".previous\\n");\n' "$name"
        printf 'extern const unsigned char %s[], %s_end[];\n\n' "$name" "$name"
        rows="${rows-}    {\"$path\", $name, ${name}_end},
"
        number=$((number + 1))
    done
    printf 'const Asset %s[] = {\n%s};\nconst size_t n_%s = %d;\n' "$table" "${rows-}" "$table" "$number"
}

list_files "$@" >"$output.list"
table_text <"$output.list" >"$output"
rm "$output.list"
{
    printf '%s:' "$output"
    list_sources "$@" | sed 's/ /\\ /g' | while IFS= read -r source; do printf ' \\\n %s' "$source"; done
    printf '\n'
} >"$depfile"
