/* Prose for a terminal, broken at its width, or for Markdown, which breaks lines by itself; private to this
 * folder. A paragraph is made of pieces that are not broken inside: a word, or a parameter with its value.
 *
 * The width is in characters. Nothing is kept until the end: a piece is written when it is added. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Where it goes. */
typedef struct Prose {
    FILE *file;
    bool markdown;
    size_t width;
    const char *said; /* what stands above and need not be said again; may be NULL */
} Prose;

/* A paragraph on its way; used is 0 at first. */
typedef struct Paragraph {
    const Prose *prose;
    const char *indent; /* of all lines but the first */
    size_t used;        /* characters in the line so far */
} Paragraph;

/* Writes a piece that is clean (results/plain.h), after the gap or on a new line if it does not fit any more.
 * Only what is longer than a whole line is broken. The gap is not written at the beginning of a line, and in
 * Markdown is one blank. */
void paragraph_add(Paragraph *paragraph, const char *gap, const char *piece);

/* Adds text from anywhere, word by word; it is cleaned here. */
void paragraph_add_words(Paragraph *paragraph, const char *text);

/* Adds "n=1,000,000,000"; in Markdown as code. */
void paragraph_add_setting(Paragraph *paragraph, const char *name, const char *value);

/* Ends the line; the same paragraph may then begin anew. */
void paragraph_end(Paragraph *paragraph);

/* Writes a whole paragraph of text from anywhere. In Markdown the mark goes before it: a line break for a
 * paragraph of its own, "- " for an item of a list. */
void paragraph_write(const Prose *prose, const char *mark, const char *indent, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
