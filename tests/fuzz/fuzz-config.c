/* Settings from each of their sources, by the first line: "file", the rest is one; "set" and "environment",
 * each line of the rest is an assignment. Where nothing is wrong, the settings can be printed and read back,
 * and are the same. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "server/config.h"
#include "tests/fuzz/fuzz.h"

static void read_lines(Config *config, bool is_environment, char *text, Problem *problem)
{
    char *rest = text, *line;

    while ((line = strsep(&rest, "\n"))) {
        char *const environment[] = {line, NULL};

        if (is_environment)
            config_read_environment(config, environment, problem);
        else
            config_set(config, line, problem);
    }
}

/* Returns it, owned by the caller. */
static char *print(const Config *config)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);

    config_print(config, file);
    fclose(file);
    return text;
}

static void check_problem(const Problem *problem)
{
    auto_free char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);

    problem_print(problem, file);
    fclose(file);
    assert(length > 0);
}

/* What is right is also right when it is written down. */
static void check_round_trip(const Config *config)
{
    auto_config Config again;
    auto_problem Problem problem = {0};
    auto_free char *before = print(config), *after = NULL;
    bool same;

    json_decref(config_allowed(config));
    config_init(&again);
    config_read_text(&again, "printed", before, strlen(before), &problem);
    if (problem_is_set(&problem))
        problem_print(&problem, stderr);
    assert(!problem.status);
    after = print(&again);
    same = strcmp(before, after) == 0;
    assert(same);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    auto_free char *line = fuzz_line(&data, &size), *rest = fuzz_rest(data, size);
    auto_free char *text = strndup(rest, size);
    auto_config Config config;
    auto_problem Problem problem = {0};

    config_init(&config);
    if (strcmp(line, "file") == 0)
        config_read_text(&config, "fuzz.ini", rest, size, &problem);
    else
        read_lines(&config, strcmp(line, "environment") == 0, text, &problem);
    config_check(&config, &problem);
    if (problem_is_set(&problem))
        check_problem(&problem);
    else
        check_round_trip(&config);
    return 0;
}
