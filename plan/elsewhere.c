#include "plan/elsewhere.h"

#include <string.h>

#include "base/cleanup.h"
#include "plan/url.h"

/* The next parameter that is a URL, where there is a guard at all; NULL behind the last. */
static const json_t *next_url(
    const json_t *parameters, const PlanLimits *limits, size_t *at, const char **ret_name)
{
    while (limits->allow && *at < json_array_size(parameters)) {
        const json_t *parameter = json_array_get(parameters, (*at)++);
        const char *format = json_string_value(json_object_get(parameter, "format"));

        *ret_name = json_string_value(json_object_get(parameter, "name"));
        if (format && strcmp(format, "url") == 0)
            return parameter;
    }
    return NULL;
}

void elsewhere_check_urls(
    const json_t *parameters, const json_t *values, const PlanLimits *limits, Problem *problem)
{
    const char *name;
    size_t at = 0;

    while (next_url(parameters, limits, &at, &name)) {
        json_t *url = json_object_get(values, name);
        auto_free char *refusal = NULL;

        if (!json_is_string(url))
            continue;
        refusal = url_refusal(json_string_value(url), limits->allow);
        if (refusal)
            problem_add(problem, name, json_incref(url), NULL, "%s", refusal);
    }
}

/* A floating point number cannot overflow, whatever ranges a runtime describes. */
static double count_requests(const json_t *parameter, const json_t *cells, int64_t rounds)
{
    const char *name = json_string_value(json_object_get(parameter, "name"));
    const char *times = json_string_value(json_object_get(parameter, "times"));
    double sum = 0;
    size_t i;
    json_t *cell;

    json_array_foreach (cells, i, cell) {
        const json_t *params = json_object_get(cell, "params");
        double each = times ? (double)json_integer_value(json_object_get(params, times)) : 1;

        if (json_is_string(json_object_get(params, name)))
            sum += each * (double)json_integer_value(json_object_get(cell, "tasks")) * (double)rounds;
    }
    return sum;
}

void elsewhere_check_requests(
    const json_t *parameters, const json_t *cells, int64_t rounds, const PlanLimits *limits, Problem *problem)
{
    const json_t *parameter;
    const char *name;
    size_t at = 0;

    while ((parameter = next_url(parameters, limits, &at, &name))) {
        const json_t *params = json_object_get(json_array_get(cells, 0), "params");
        double sum = count_requests(parameter, cells, rounds);

        if (sum <= (double)limits->fetch_max_requests)
            continue;
        problem_add(problem, name, json_deep_copy(json_object_get(params, name)),
            json_pack("{s:I}", "max", (json_int_t)limits->fetch_max_requests),
            "would be got %.0f times by all tasks of all cells and repetitions together, and away from this "
            "server at most %lld are allowed (the setting [fetch] max_requests)",
            sum, (long long)limits->fetch_max_requests);
    }
}
