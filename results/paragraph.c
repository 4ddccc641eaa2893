/* Lines are broken here, piece by piece, because only here it is known how far the line has come. In Markdown
 * a single line break is a space, so one blank between pieces is all the layout there is. */
#include "results/paragraph.h"

#include <stdarg.h>
#include <string.h>

#include "base/cleanup.h"
#include "results/plain.h"
#include "results/words.h"

#define VALUE_WIDTH 60

/* On the line, or where that is full on a new one. Widths are of characters and not bytes, or lines with a µ
 * would end early. */
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

/* A piece that is longer than a line is written in parts of a line each. It is cut between characters, as
 * half of one would be no UTF-8. */
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

/* In Markdown a setting is code, where only a backtick acts as markup, so it is cleaned as for a terminal. */
void paragraph_add_setting(Paragraph *paragraph, const char *name, const char *value)
{
    auto_words Words words = {0};
    const char *text = words_keep(&words, plain_cut(strdup(value), VALUE_WIDTH));
    auto_free char *clean = plain_clean(words_printf(&words, "%s=%s", name, text), false);
    bool markdown = paragraph->prose->markdown;

    /* Within code a backtick cannot be escaped. */
    for (char *at = clean; markdown && (at = strchr(at, '`')); at++)
        *at = '\'';
    paragraph_add(paragraph, "  ", markdown ? words_printf(&words, "`%s`", clean) : clean);
}

/* The arguments may come from anywhere: the finished text is cleaned as a whole. */
void paragraph_write(const Prose *prose, const char *mark, const char *indent, const char *format, ...)
{
    Paragraph paragraph = {.prose = prose, .indent = indent};
    auto_words Words words = {0};
    va_list args;

    if (prose->markdown)
        fputs(mark, prose->file);
    va_start(args, format);
    paragraph_add_words(&paragraph, words_vprintf(&words, format, args));
    va_end(args);
    paragraph_end(&paragraph);
}
