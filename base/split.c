/* Nothing is expanded, and a backslash is a backslash: what would need more than quotes belongs into a
 * script. */
#include "base/split.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool split_is_blank(char character)
{
    return character == ' ' || character == '\t';
}

/* Returns the next word, owned by the caller, and moves *at behind it. A quote that is not closed ends with
 * the text, and *ret_open says so. */
static char *split_next(const char **at, bool *ret_open)
{
    char *word = malloc(strlen(*at) + 1), *to = word;
    bool quoted = false;

    assert(word);
    for (; **at && (quoted || !split_is_blank(**at)); (*at)++) {
        if (**at == '"')
            quoted = !quoted;
        else
            *to++ = **at;
    }
    *to = '\0';
    *ret_open = quoted;
    return word;
}

int split_words(const char *text, char ***ret_words)
{
    /* Each word but the last has a blank behind it. */
    char **words = calloc(strlen(text) / 2 + 2, sizeof(*words));
    bool open = false;
    size_t n = 0;

    assert(words);
    for (;;) {
        while (split_is_blank(*text))
            text++;
        if (!*text)
            break;
        words[n++] = split_next(&text, &open);
    }
    if (open) {
        split_free(words);
        return -EINVAL;
    }
    *ret_words = words;
    return 0;
}

char *split_join(const char *const *words)
{
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);

    assert(file);
    for (size_t i = 0; words[i]; i++) {
        const char *quote = words[i][strcspn(words[i], " \t")] || !*words[i] ? "\"" : "";

        fprintf(file, "%s%s%s%s", i > 0 ? " " : "", quote, words[i], quote);
    }
    fclose(file);
    return text;
}

void split_free(char **words)
{
    for (char **word = words; word && *word; word++)
        free(*word);
    free(words);
}
