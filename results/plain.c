/* A terminal obeys what it is sent: a reason with an escape sequence in it could clear the screen or change
 * the title of the window. So only what prints is printed. */
#include "results/plain.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "base/utf8.h"

/* Beside what steers a terminal: what turns the direction of the text, so that it reads as something else. */
static bool is_unsafe(uint32_t character)
{
    return character == UTF8_BAD || utf8_is_control(character) || character == 0x200e ||
           character == 0x200f || (character >= 0x202a && character <= 0x202e) ||
           (character >= 0x2066 && character <= 0x2069);
}

/* An underscore inside a word is harmless and common: switch_interval_us. */
static bool needs_escape(const char *text, const char *at)
{
    if (*at == '_')
        return at == text || at[-1] == ' ' || at[1] == ' ' || at[1] == '\0';
    return strchr("\\`*[]|~", *at) != NULL;
}

char *plain_clean(const char *text, bool markdown)
{
    const char *at = text, *end = text + strlen(text);
    char *clean = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&clean, &length);

    assert(file);
    while (at < end) {
        const char *start = at;
        uint32_t character = utf8_next(&at, end);

        if (character == '\n' || character == '\r' || character == '\t')
            fputc(' ', file);
        else if (is_unsafe(character))
            fputc('?', file);
        else if (markdown && character == '<')
            fputs("&lt;", file);
        else if (markdown && character == '&')
            fputs("&amp;", file);
        else
            fprintf(
                file, "%s%.*s", markdown && needs_escape(text, start) ? "\\" : "", (int)(at - start), start);
    }
    fclose(file);
    return clean;
}

size_t plain_width(const char *text)
{
    size_t width = 0;

    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

size_t plain_bytes(const char *text, size_t width)
{
    const char *at = text;

    while (*at && width > 0) {
        at++;
        while (((unsigned char)*at & 0xc0) == 0x80)
            at++;
        width--;
    }
    return (size_t)(at - text);
}

char *plain_cut(char *text, size_t width)
{
    auto_free char *given = text;

    if (plain_width(given) <= width)
        return take_pointer(given);
    return text_printf("%.*s..", (int)plain_bytes(given, width - 2), given);
}
