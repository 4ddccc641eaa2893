/* In Markdown a single line break is a space, so one blank between pieces is all the layout there is. */
#include "results/paragraph.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "results/plain.h"

#define VALUE_WIDTH 60

static void add_piece(Paragraph *paragraph, const char *gap, const char *piece)
{
    const Prose *prose = paragraph->prose;
    size_t width = plain_width(piece);

    if (prose->markdown) {
        fprintf(prose->file, "%s%s", paragraph->used > 0 ? " " : "", piece);
        paragraph->used += width;
    } else if (paragraph->used > 0 && paragraph->used + strlen(gap) + width > prose->width) {
        fprintf(prose->file, "\n%s%s", paragraph->indent, piece);
        paragraph->used = strlen(paragraph->indent) + width;
    } else {
        fprintf(prose->file, "%s%s", paragraph->used > 0 ? gap : "", piece);
        paragraph->used += width + (paragraph->used > 0 ? strlen(gap) : 0);
    }
}

void paragraph_add(Paragraph *paragraph, const char *gap, const char *piece)
{
    const Prose *prose = paragraph->prose;
    size_t most = prose->width - strlen(paragraph->indent);

    while (!prose->markdown && plain_width(piece) > most) {
        auto_free char *part = strndup(piece, plain_bytes(piece, most));

        add_piece(paragraph, gap, part);
        piece += strlen(part);
    }
    add_piece(paragraph, gap, piece);
}

void paragraph_add_words(Paragraph *paragraph, const char *text)
{
    auto_free char *clean = plain_clean(text, paragraph->prose->markdown);
    char *rest = NULL;

    for (char *word = strtok_r(clean, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        paragraph_add(paragraph, " ", word);
}

void paragraph_end(Paragraph *paragraph)
{
    fputs("\n", paragraph->prose->file);
    paragraph->used = 0;
}

void paragraph_add_setting(Paragraph *paragraph, const char *name, const char *value)
{
    auto_free char *text = plain_cut(strdup(value), VALUE_WIDTH);
    auto_free char *setting = text_printf("%s=%s", name, text);
    auto_free char *clean = plain_clean(setting, false);
    auto_free char *piece = NULL;

    /* Within code a backtick cannot be escaped. */
    for (char *at = clean; paragraph->prose->markdown && (at = strchr(at, '`')); at++)
        *at = '\'';
    piece = paragraph->prose->markdown ? text_printf("`%s`", clean) : strdup(clean);
    paragraph_add(paragraph, "  ", piece);
}

void paragraph_write(const Prose *prose, const char *mark, const char *indent, const char *format, ...)
{
    Paragraph paragraph = {.prose = prose, .indent = indent};
    auto_free char *text = NULL;
    va_list args;
    int r;

    va_start(args, format);
    r = vasprintf(&text, format, args);
    va_end(args);
    assert(r >= 0);
    if (prose->markdown)
        fputs(mark, prose->file);
    paragraph_add_words(&paragraph, text);
    paragraph_end(&paragraph);
}
