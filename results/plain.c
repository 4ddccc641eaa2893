/* A terminal obeys what it is sent: a reason with an escape sequence in it could clear the screen or change
 * the title of the window, and Markdown obeys too: a label could become a heading, a link or HTML in
 * somebody's notes. Labels, URLs and the last words of a runtime come from anybody. So only what prints is
 * printed, and in Markdown only as itself. */
#include "results/plain.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "base/utf8.h"

/* Whatever could begin something in Markdown. An underscore inside a word is harmless and common,
 * switch_interval_us, and escaping it would make the plain text ugly. */
static bool plain_needs_escape(const char *text, const char *at)
{
    if (*at == '_')
        return at == text || at[-1] == ' ' || at[1] == ' ' || at[1] == '\0';
    return strchr("\\`*[]|~", *at) != NULL;
}

/* Line breaks become blanks first of all: a label with one could add a row of its own making to a table. In
 * Markdown < and & are written as entities, since a backslash does not keep HTML from being HTML; everything
 * else that acts gets a backslash. */
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
        else if (character == UTF8_BAD || utf8_is_control(character))
            fputc('?', file);
        else if (markdown && character == '<')
            fputs("&lt;", file);
        else if (markdown && character == '&')
            fputs("&amp;", file);
        else
            fprintf(file, "%s%.*s", markdown && plain_needs_escape(text, start) ? "\\" : "",
                (int)(at - start), start);
    }
    fclose(file);
    return clean;
}

/* All bytes of a character behind its first have the form 10xxxxxx. So counting the others counts characters,
 * without decoding them. */
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

/* A text that fits is handed back as it is. */
char *plain_cut(char *text, size_t width)
{
    auto_free char *given = text;

    if (plain_width(given) <= width)
        return take_pointer(given);
    return text_printf("%.*s..", (int)plain_bytes(given, width - 2), given);
}
