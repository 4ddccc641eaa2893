/* A word like python.py is a name in a folder of ours and not a file of the folder that the server happens to
 * run in. So the settings are the same in a build tree, installed, and in an image. */
#include "server/programs.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/sibling.h"
#include "base/split.h"
#include "base/text.h"
#include "base/which.h"

static_assert((int)CONFIG_MAX_RUNTIMES == (int)SETTINGS_MAX_RUNTIMES, "they are the same runtimes");

static bool word_is_script(const char *word)
{
    static const char *const ends[] = {".py", ".rb"};
    size_t length = strlen(word);

    if (strchr(word, '/'))
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(ends); i++)
        if (length > strlen(ends[i]) && strcmp(word + length - strlen(ends[i]), ends[i]) == 0)
            return true;
    return false;
}

/* The word becomes the path of the script. */
static void program_find_script(RuntimeProgram *program, char **word)
{
    char *path = sibling_find_file("runtimes", GILSCOPE_RUNTIMES, *word);

    if (path) {
        free(*word);
        *word = path;
    } else if (!program->flaw) {
        program->flaw = text_printf(
            "gilscope brings no script called %s; one of your own is named with its path, as ./%s", *word,
            *word);
    }
}

static char **engine_words(void)
{
    char **words = calloc(2, sizeof(*words));

    assert(words);
    words[0] = sibling_find("engine", "gilscope-run");
    return words;
}

void programs_find(const Config *config, Programs *ret)
{
    ConfigProgram configured[CONFIG_MAX_RUNTIMES];

    *ret = (Programs){.n = config_runtimes(config, configured)};
    assert(ret->n <= SETTINGS_MAX_RUNTIMES);
    for (size_t i = 0; i < ret->n; i++) {
        RuntimeProgram *program = &ret->list[i];
        int r = 0;

        *program = (RuntimeProgram){.name = configured[i].name, .optional = configured[i].is_usual};
        if (*configured[i].words)
            r = split_words(configured[i].words, &program->words);
        else
            program->words = engine_words();
        assert(r == 0);
        for (char **word = program->words; *word; word++)
            if (word > program->words && word_is_script(*word))
                program_find_script(program, word);
    }
}

void programs_finish(Programs *programs)
{
    for (size_t i = 0; i < programs->n; i++) {
        split_free(programs->list[i].words);
        free(programs->list[i].flaw);
    }
    *programs = (Programs){0};
}
