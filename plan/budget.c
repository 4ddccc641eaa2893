#include "plan/budget.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "plan/estimate.h"
#include "plan/find.h"
#include "plan/param.h"

/* Three steps down make a tenth: 5, 2, 1, 0.5. */
enum { MOST_STEPS = 3 };
/* So much of the limit may be used by a size that is chosen here; the estimate is only a guess. */
#define MARGIN 0.8

static bool has_timeline(const json_t *values)
{
    const char *timeline = json_string_value(json_object_get(values, "timeline"));

    return timeline && strcmp(timeline, "on") == 0;
}

static json_t *entry_of(const Asked *asked, const json_t *cell)
{
    return find_experiment(
        asked->catalogs, json_string_value(json_object_get(cell, "runtime")), asked->experiment);
}

static json_t *catalog_of(const Asked *asked, const json_t *cell)
{
    return find_named(asked->catalogs, "runtime", json_string_value(json_object_get(cell, "runtime")));
}

static bool is_exclusive(const Asked *asked, const json_t *cell)
{
    const char *lock = json_string_value(json_object_get(cell, "lock"));
    const json_t *locks = json_object_get(catalog_of(asked, cell), "locks");

    return json_is_true(json_object_get(find_named(locks, "name", lock), "exclusive"));
}

int64_t budget_rounds(const json_t *values)
{
    return json_integer_value(json_object_get(values, "repeat")) +
           json_integer_value(json_object_get(values, "warmup")) + has_timeline(values);
}

static nsec_t estimate_all(const Asked *asked)
{
    int64_t rounds = budget_rounds(asked->values);
    double sum = 0;
    size_t i;
    json_t *cell;

    json_array_foreach (asked->cells, i, cell)
        sum += (double)rounds * (double)estimate_cell(catalog_of(asked, cell), entry_of(asked, cell), cell,
                                    is_exclusive(asked, cell));
    return sum < 1e18 ? (nsec_t)sum : (nsec_t)1e18;
}

/* A longer timeout_ms allows a longer run. */
static int64_t most_ms(const Asked *asked)
{
    int64_t timeout = json_integer_value(json_object_get(asked->values, "timeout_ms"));

    return timeout > asked->limits->max_estimate_ms ? timeout : asked->limits->max_estimate_ms;
}

/* The next below n of 1, 2, 5, 10, …, but no less than min. */
static int64_t smaller_size(int64_t n, int64_t min)
{
    int64_t power = 1, smaller;

    while (power <= n / 10)
        power *= 10;
    smaller = n > 5 * power ? 5 * power : n > 2 * power ? 2 * power : n > power ? power : power / 2;
    return smaller > min ? smaller : min;
}

/* Returns whether one became smaller. */
static bool shrink_in(json_t *object, const json_t *parameters, const json_t *given)
{
    bool any = false;
    size_t i;
    json_t *parameter;

    json_array_foreach (parameters, i, parameter) {
        const char *name = json_string_value(json_object_get(parameter, "name"));
        json_int_t size = json_integer_value(json_object_get(object, name)), smaller;

        if (!find_is_sized(parameter, given))
            continue;
        smaller = smaller_size(size, json_integer_value(json_object_get(parameter, "min")));
        if (smaller >= size)
            continue;
        json_object_set_new(object, name, json_integer(smaller));
        any = true;
    }
    return any;
}

/* Each runtime has sizes of its own, and all go the same number of steps down. */
static bool shrink(const Asked *asked)
{
    const json_t *first = find_experiment(asked->catalogs, NULL, asked->experiment);
    bool any = shrink_in(asked->values, json_object_get(first, "parameters"), asked->given);
    size_t i;
    json_t *cell;

    json_array_foreach (asked->cells, i, cell)
        any = shrink_in(json_object_get(cell, "params"), json_object_get(entry_of(asked, cell), "parameters"),
                  asked->given) ||
              any;
    return any;
}

nsec_t budget_fit(const Asked *asked)
{
    const double limit = (double)most_ms(asked) * NSEC_PER_MSEC;
    nsec_t estimate = estimate_all(asked);

    if ((double)estimate <= limit)
        return estimate;
    for (int step = 0; step < MOST_STEPS && (double)estimate > MARGIN * limit && shrink(asked); step++)
        estimate = estimate_all(asked);
    return estimate;
}

/* The parameter that says how many tasks there are. */
static const char *tasks_parameter(const Asked *asked)
{
    const json_t *entry = find_experiment(asked->catalogs, NULL, asked->experiment);
    const char *name = json_string_value(json_object_get(json_object_get(entry, "tasks"), "parameter"));

    return name ? name : "tasks";
}

static void check_tasks(const Asked *asked, Problem *problem)
{
    const char *name = tasks_parameter(asked);
    int64_t sum = 0, most = asked->limits->max_task_cells;
    size_t i;
    json_t *cell;

    json_array_foreach (asked->cells, i, cell)
        sum += json_integer_value(json_object_get(cell, "tasks"));
    if (sum <= most)
        return;
    problem_add(problem, name, json_deep_copy(json_object_get(asked->values, name)), NULL,
        "all %zu cells together would have %lld tasks, and at most %lld are allowed: ask for fewer tasks or "
        "cells",
        json_array_size(asked->cells), (long long)sum, (long long)most);
    problem_extend(problem, "task_cells", json_integer((json_int_t)sum));
    problem_extend(problem, "max_task_cells", json_integer((json_int_t)most));
}

static json_t *largest_cell(const Asked *asked)
{
    json_t *largest = NULL, *cell;
    double most = -1;
    size_t i;

    json_array_foreach (asked->cells, i, cell) {
        double bytes = estimate_memory(catalog_of(asked, cell), entry_of(asked, cell), cell);

        if (bytes <= most)
            continue;
        most = bytes;
        largest = cell;
    }
    return largest;
}

static void check_memory(const Asked *asked, Problem *problem)
{
    const json_t *cell = largest_cell(asked), *entry = entry_of(asked, cell),
                 *catalog = catalog_of(asked, cell);
    double bytes = estimate_memory(catalog, entry, cell);
    int64_t most = asked->limits->max_memory_bytes;
    const char *name = estimate_memory_cause(catalog, entry, cell);

    if (most == 0 || bytes <= (double)most)
        return;
    if (!name)
        name = tasks_parameter(asked);
    problem_add(problem, name, json_deep_copy(json_object_get(asked->values, name)), NULL,
        "in mode %s, %lld tasks would need about %.0f MB of memory at once, and %.0f MB are allowed",
        json_string_value(json_object_get(cell, "mode")),
        (long long)json_integer_value(json_object_get(cell, "tasks")), bytes / 1e6, (double)most / 1e6);
    problem_extend(problem, "estimate_bytes", json_integer((json_int_t)(bytes < 1e18 ? bytes : 1e18)));
    problem_extend(problem, "max_bytes", json_integer((json_int_t)most));
}

static void check_time(const Asked *asked, nsec_t estimate, Problem *problem)
{
    int64_t most = most_ms(asked), max_timeout = asked->limits->max_timeout_ms;
    int64_t estimate_ms = (int64_t)(estimate / NSEC_PER_MSEC);

    if (estimate_ms <= most)
        return;
    problem_add(problem, "timeout_ms", json_incref(json_object_get(asked->values, "timeout_ms")),
        json_pack("{s:I}", "max", (json_int_t)max_timeout),
        "this would run for about %lld s, and %lld s are allowed: ask for less (size, tasks, cells, repeat), "
        "or for a timeout_ms of up to %lld that is long enough",
        (long long)(estimate_ms + 999) / 1000, (long long)most / 1000, (long long)max_timeout);
    problem_extend(problem, "estimate_ms", json_integer((json_int_t)estimate_ms));
    problem_extend(problem, "max_ms", json_integer((json_int_t)most));
}

void budget_check(const Asked *asked, nsec_t estimate, Problem *problem)
{
    check_tasks(asked, problem);
    check_memory(asked, problem);
    check_time(asked, estimate, problem);
}
