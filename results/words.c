/* A list of texts that end together. Each is allocated by itself, so none moves when others are added and a
 * pointer to the first word is good until the last is written. Sentences have few words, so the list grows
 * one by one. */
#include "results/words.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

#define LARGEST 1e18 /* of what a run may hold */

/* The list may move when it grows; the texts do not, and only they are handed out. */
const char *words_keep(Words *words, char *text)
{
    if (!text)
        return NULL;
    words->texts = realloc(words->texts, (words->n + 1) * sizeof(*words->texts));
    assert(words->texts);
    words->texts[words->n++] = text;
    return text;
}

const char *words_vprintf(Words *words, const char *format, va_list args)
{
    char *text = NULL;
    int r = vasprintf(&text, format, args);

    assert(r >= 0);
    return words_keep(words, text);
}

const char *words_printf(Words *words, const char *format, ...)
{
    const char *text;
    va_list args;

    va_start(args, format);
    text = words_vprintf(words, format, args);
    va_end(args);
    return text;
}

/* So a list can begin with an empty text and needs no case for its first member. */
const char *words_join(Words *words, const char *first, const char *gap, const char *second)
{
    return words_printf(words, "%s%s%s", first, *first && *second ? gap : "", second);
}

/* Writes what stands for the name at the start of a template, and returns what follows it; NULL if there is
 * no such name, and then the bracket is a character like any other. A template is never a place for a text
 * from outside: it is what a table says, and only what comes in its places is from a run. */
static const char *fill_name(const char *at, const WordsName *names, size_t n_names, FILE *file)
{
    size_t length = strcspn(at + 1, "}");

    for (size_t i = 0; at[1 + length] == '}' && i < n_names; i++) {
        if (strlen(names[i].name) == length && strncmp(at + 1, names[i].name, length) == 0) {
            fputs(names[i].text, file);
            return at + length + 2;
        }
    }
    return NULL;
}

/* The same for one of two: "[one|many]". NULL for a bracket that is no such choice. */
static const char *fill_choice(const char *at, bool is_many, FILE *file)
{
    size_t one = strcspn(at + 1, "|]"), many;

    if (at[1 + one] != '|')
        return NULL;
    many = strcspn(at + 2 + one, "]");
    if (at[2 + one + many] != ']')
        return NULL;
    fwrite(is_many ? at + 2 + one : at + 1, 1, is_many ? many : one, file);
    return at + 3 + one + many;
}

/* What was filled in is not looked at again, so a name of a lock with brackets in it stays as it is. */
const char *words_fill(
    Words *words, const char *template, const WordsName *names, size_t n_names, bool is_many)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);

    assert(file);
    for (const char *at = template; *at;) {
        const char *next = *at == '{'   ? fill_name(at, names, n_names, file)
                           : *at == '[' ? fill_choice(at, is_many, file)
                                        : NULL;

        if (!next)
            fputc(*at, file);
        at = next ? next : at + 1;
    }
    fclose(file);
    return words_keep(words, text);
}

/* Of the nouns of this program: "process" and "fetch" take -es, all others -s. */
const char *words_plural(Words *words, const char *noun)
{
    size_t length = strlen(noun);
    bool hisses = length > 1 && (noun[length - 1] == 's' || strcmp(noun + length - 2, "ch") == 0);

    return words_printf(words, "%s%s", noun, hisses ? "es" : "s");
}

const char *words_count(Words *words, int64_t n, const char *noun)
{
    return words_printf(
        words, "%s %s", words_integer(words, (double)n), n == 1 ? noun : words_plural(words, noun));
}

/* The bound comes before the conversion: a double that does not fit into a whole number is undefined
 * behaviour there. NAN fails the test too and becomes the largest. */
const char *words_integer(Words *words, double value)
{
    return words_keep(words, human_integer((int64_t)(value < LARGEST ? value : LARGEST)));
}

const char *words_time(Words *words, double ns)
{
    return words_keep(words, human_time((int64_t)(ns < LARGEST ? ns : LARGEST)));
}

const char *words_bytes(Words *words, double bytes)
{
    return words_keep(words, human_bytes((int64_t)(bytes < LARGEST ? bytes : LARGEST)));
}

void words_finish(Words *words)
{
    for (size_t i = 0; i < words->n; i++)
        free(words->texts[i]);
    free(words->texts);
    *words = (Words){0};
}
