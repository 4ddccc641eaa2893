#!/bin/sh
# Builds files into a program: writes a C file that includes each of them as bytes, and a table of assets.h.
# Usage: embed.sh OUTPUT TABLE PATH=FILE...
set -eu

output=$1 table=$2
shift 2
{
    printf '#include "handlers/assets.h"\n\n'
    number=0
    for pair; do
        file=${pair#*=}
        printf '__asm__(".section .rodata\\n"\n'
        printf '        "asset_%d: .incbin \\"%s\\"\\n"\n' "$number" "$file"
        printf '        "asset_%d_end: .byte 0\\n"\n        ".previous\\n");\n' "$number"
        printf 'extern const unsigned char asset_%d[], asset_%d_end[];\n\n' "$number" "$number"
        number=$((number + 1))
    done
    printf 'const Asset %s[] = {\n' "$table"
    number=0
    for pair; do
        printf '    {"%s", asset_%d, asset_%d_end},\n' "${pair%%=*}" "$number" "$number"
        number=$((number + 1))
    done
    printf '};\nconst size_t n_%s = %d;\n' "$table" "$number"
} >"$output"
