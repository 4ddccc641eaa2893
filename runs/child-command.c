/* From the limits of a child to the words of the guard's command line. A limit of 0 is left out: the
 * guard then leaves it as it is. */
#include "runs/child-command.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { MAX_OWN_WORDS = 16 }; /* the guard, its options, "--" and the program: ten at present */

static size_t count_words(const char *const *words)
{
    size_t n = 0;

    while (words && words[n])
        n++;
    return n;
}

static void add_word(char **words, char *word)
{
    assert(word);
    words[count_words((const char *const *)words)] = word;
}

static void add_limit(char **words, const char *name, int64_t limit)
{
    if (limit > 0)
        add_word(words, text_printf("--%s=%" PRId64, name, limit));
}

char **child_command_new(const ChildSpec *spec)
{
    size_t n_arguments = count_words(spec->arguments);
    char **words = calloc(MAX_OWN_WORDS + n_arguments + 1, sizeof(*words));

    assert(words);
    add_word(words, strdup(spec->guard));
    /* Descriptor 3 is the fourth entry of stdio in child.c. */
    add_word(words, strdup("--hangup-fd=3"));
    add_word(words, strdup("--clean-env"));
    /* Where memory runs out, the kernel takes a runtime before it takes the server, whose loss would end
     * all runs. */
    add_word(words, strdup("--oom-score-adj=1000"));
    add_limit(words, "cpu-seconds", spec->limits.cpu_seconds);
    add_limit(words, "file-size", spec->limits.max_file_bytes);
    add_limit(words, "pids-max", spec->limits.max_processes);
    add_limit(words, "memory-max", spec->limits.memory_bytes);
    if (spec->limits.cpus)
        add_word(words, text_printf("--cpus=%s", spec->limits.cpus));
    /* What the program is called cannot be taken for a limit. */
    add_word(words, strdup("--"));
    add_word(words, strdup(spec->program));
    for (size_t i = 0; i < n_arguments; i++)
        add_word(words, strdup(spec->arguments[i]));
    return words;
}

void child_command_free(char ***words)
{
    for (char **word = *words; *word; word++)
        free(*word);
    free(*words);
}
