#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/form.h"
#include "engine/describe.h"
#include "results/format.h"

char *fuzz_line(const uint8_t **data, size_t *size)
{
    const uint8_t *newline = *size > 0 ? memchr(*data, '\n', *size) : NULL;
    size_t length = newline ? (size_t)(newline - *data) : *size;
    char *line = strndup((const char *)*data, length);

    assert(line);
    *data += length + (newline ? 1 : 0);
    *size -= length + (newline ? 1 : 0);
    return line;
}

char *fuzz_rest(const uint8_t *data, size_t size)
{
    char *rest = malloc(size > 0 ? size : 1);

    assert(rest);
    if (size > 0)
        memcpy(rest, data, size);
    return rest;
}

static Catalogs read_catalogs(bool paces)
{
    json_auto_t *documents = json_array();
    auto_free char *reason = NULL;
    Catalogs catalogs;
    int r;

    json_array_append_new(documents, describe_runtime());
    if (!paces)
        json_object_del(json_array_get(documents, 0), "paces");
    json_array_append_new(documents, json_deep_copy(json_array_get(documents, 0)));
    json_object_set_new(json_array_get(documents, 1), "runtime", json_string("second"));
    r = catalogs_read(documents, &catalogs, &reason);
    assert(r == 0);
    return catalogs;
}

const Catalogs *fuzz_catalogs(bool paces)
{
    static Catalogs catalogs[2];

    if (catalogs[paces].n == 0)
        catalogs[paces] = read_catalogs(paces);
    return &catalogs[paces];
}

bool fuzz_plan(const char *line, bool paces, Plan *ret)
{
    static const PlanLimits limits = {.formats = format_answer_names};
    const char *blank = strchrnul(line, ' '), *query = *blank ? blank + 1 : blank;
    auto_free char *experiment = strndup(line, (size_t)(blank - line));
    json_auto_t *given = json_object();
    auto_problem Problem problem = {0};

    form_parse(given, query, strlen(query), &problem);
    return !problem_is_set(&problem) &&
           plan_make(fuzz_catalogs(paces), &limits, experiment, given, ret, &problem) == 0;
}

bool text_is_json(const char *text)
{
    json_auto_t *json = text ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;

    return json != NULL;
}
