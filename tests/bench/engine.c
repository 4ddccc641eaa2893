#include "tests/bench/engine.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "tests/bench/bench.h"
#include "tests/bench/program.h"

enum { MAX_WORDS = 32 };

static bool is_sample(const json_t *event)
{
    const char *name = json_string_value(json_object_get(event, "event"));

    return name && strcmp(name, "sample") == 0;
}

static int take_sample(const char *output, json_t **ret)
{
    for (const char *at = output; *at;) {
        size_t length = strcspn(at, "\n");
        json_t *event = json_loadb(at, length, 0, NULL);

        if (is_sample(event)) {
            const char *reason = json_string_value(json_object_get(event, "reason"));

            if (reason) {
                bench_fail("gilscope-run: %s", reason);
                json_decref(event);
                return -1;
            }
            *ret = event;
            return 0;
        }
        json_decref(event);
        at += length + (at[length] == '\n');
    }
    return bench_fail("gilscope-run measured nothing");
}

int engine_sample(const char *words, json_t **ret)
{
    auto_free char *copy = text_copy(words), *output = NULL;
    const char *arguments[MAX_WORDS] = {program_path("engine", "gilscope-run")};
    char *rest = NULL;
    size_t n = 1;

    for (char *word = strtok_r(copy, " ", &rest); word && n < MAX_WORDS - 4;
         word = strtok_r(NULL, " ", &rest))
        arguments[n++] = word;
    arguments[n++] = "repeat=1";
    arguments[n++] = "warmup=0";
    arguments[n] = "timeline=off";
    if (program_run(arguments, NULL, &output) < 0)
        return -1;
    return take_sample(output, ret);
}

double engine_number(const json_t *event, const char *path)
{
    auto_free char *copy = text_copy(path);
    char *rest = NULL;

    for (char *name = strtok_r(copy, ".", &rest); name; name = strtok_r(NULL, ".", &rest))
        event = json_object_get(event, name);
    return json_number_value(event);
}
