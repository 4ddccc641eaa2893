#!/bin/sh
# Builds files into a program: writes a C file that includes each of them as bytes, and a table of assets.h.
# Usage: embed.sh OUTPUT TABLE PATH=FILE...
#
# The labels bear the table's name, and are visible to all of the program but not outside it: with -Db_lto=true the
# assembler's part of every file lands in one, and the C that refers to it perhaps in another.
set -eu

output=$1 table=$2
shift 2
{
    printf '#include "handlers/assets.h"\n\n'
    number=0
    for pair; do
        file=${pair#*=}
        name=embedded_${table}_$number
        printf '__asm__(".section .rodata\\n"\n'
        printf '        ".globl %s, %s_end\\n"\n' "$name" "$name"
        printf '        ".hidden %s, %s_end\\n"\n' "$name" "$name"
        printf '        "%s: .incbin \\"%s\\"\\n"\n' "$name" "$file"
        printf '        "%s_end: .byte 0\\n"\n        ".previous\\n");\n' "$name"
        printf 'extern const unsigned char %s[], %s_end[];\n\n' "$name" "$name"
        number=$((number + 1))
    done
    printf 'const Asset %s[] = {\n' "$table"
    number=0
    for pair; do
        name=embedded_${table}_$number
        printf '    {"%s", %s, %s_end},\n' "${pair%%=*}" "$name" "$name"
        number=$((number + 1))
    done
    printf '};\nconst size_t n_%s = %d;\n' "$table" "$number"
} >"$output"
