/* Words of a sentence on its way.
 *
 * A sentence about figures is made of many small texts: a number, a time, a noun in its plural. Each must
 * live until the sentence is written, and none any longer. Here all of them are kept together and end
 * together, so a sentence is one call of printf with the words in their places, and nobody frees them one by
 * one. The texts are borrowed until words_finish(). Nothing is locked. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "results/human.h"

typedef struct Words {
    char **texts; /* owned */
    size_t n;
} Words;

/* What {name} becomes in a template. */
typedef struct WordsName {
    const char *name, *text;
} WordsName;

/* Takes over a text that was allocated, or NULL, and returns it. It lives as long as the words. */
const char *words_keep(Words *words, char *text);

/* A text by the rules of printf. Its arguments may be earlier texts of the same words. */
const char *words_printf(Words *words, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *words_vprintf(Words *words, const char *format, va_list args);

/* The first text, the gap and the second text; without the gap if one of them is empty. */
const char *words_join(Words *words, const char *first, const char *gap, const char *second);

/* Returns the template with each {name} replaced, and of each [one|many] the half that is meant. What has no
 * such name stays as it is. A table of sentences is a table of templates. */
const char *words_fill(
    Words *words, const char *template, const WordsName *names, size_t n_names, bool is_many);

/* "threads", "processes", "fetches" */
const char *words_plural(Words *words, const char *noun);

/* "1 CPU", "2,000 CPUs" */
const char *words_count(Words *words, int64_t n, const char *noun);

/* Frees all texts, and leaves an empty list. */
void words_finish(Words *words);

#define auto_words __attribute__((cleanup(words_finish)))

/* As the functions of human.h. What does not fit into a whole number is shown as the largest. */
const char *words_integer(Words *words, double value);
const char *words_time(Words *words, double ns);
const char *words_bytes(Words *words, double bytes);

static inline const char *words_real(Words *words, double value)
{
    return words_keep(words, human_real(value));
}

static inline const char *words_ratio(Words *words, double ratio)
{
    return words_keep(words, human_ratio(ratio));
}

static inline const char *words_value(Words *words, const json_t *value)
{
    return words_keep(words, human_value(value));
}
