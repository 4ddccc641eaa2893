/* Words that a learner may not know, each explained where it first stands, in a few words. A page with all of
 * them would be read by nobody: whoever stumbles over "interval" is in the middle of a sentence. */
#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "results/lesson-parts.h"

/* The first that fits is taken, so a term comes before those that it contains. */
static const struct {
    const char *term, *one, *many; /* said of one, and of several */
} terms[] = {
    {"switch interval", "after which a waiting thread asks for the lock",
        "after which a waiting thread asks for the lock"},
    {"check interval", "so many ticks, and the lock is let go", "so many ticks, and the lock is let go"},
    {"interval", "where the true ratio lies, at 95 %", "where the true ratio lies, at 95 %"},
    {"tick", "a small step of the interpreter", "small steps of the interpreter"},
    {"cell", "a combination of mode, lock and settings", "combinations of mode, lock and settings"},
    {"hog", "a task that only computes", "tasks that only compute"},
};

/* Returns the term that begins here, and sets *ret_length to its length with the s of several; the number of
 * terms if none does. A part of a longer word is none. */
static size_t term_at(const char *at, size_t *ret_length)
{
    size_t i = 0;

    for (; i < ARRAY_LENGTH(terms); i++) {
        size_t length = strlen(terms[i].term);

        if (strncmp(at, terms[i].term, length) != 0)
            continue;
        length += at[length] == 's';
        if (isalnum((unsigned char)at[length]) || at[length] == '_')
            continue;
        *ret_length = length;
        break;
    }
    return i;
}

const char *lesson_explain_terms(Words *words, const char *text)
{
    bool is_explained[ARRAY_LENGTH(terms)] = {0}, in_word = false;
    char *explained = NULL;
    size_t size, length = 0;
    FILE *file = open_memstream(&explained, &size);

    assert(file);
    for (const char *at = text; *at; at += length) {
        size_t i = in_word ? ARRAY_LENGTH(terms) : term_at(at, &length);

        if (i == ARRAY_LENGTH(terms))
            length = 1;
        fwrite(at, 1, length, file);
        if (i < ARRAY_LENGTH(terms) && !is_explained[i]) {
            fprintf(file, " (%s)", at[length - 1] == 's' ? terms[i].many : terms[i].one);
            is_explained[i] = true;
        }
        in_word = isalnum((unsigned char)at[length - 1]) || strchr("_-", at[length - 1]);
    }
    fclose(file);
    return words_keep(words, explained);
}
