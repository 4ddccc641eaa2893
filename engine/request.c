/* The engine is asked by a server that has planned the request, and by anybody at a shell. So everything is
 * checked again here, and nothing is filled in that a plan decides: the number of tasks, the parameters of
 * the experiment. What only some callers know (seed, ports, friends, the parameters of a lock) has a
 * default. All faults of a cell are collected before it is refused. */
#include "engine/request.h"

#include <assert.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "engine/affinity.h"
#include "engine/describe.h"
#include "engine/registry.h"
#include "plan/plan.h"
#include "results/spans.h"

static_assert(
    sizeof(((Cell *)0)->params) >= PARAMETER_TEXT_SIZE + 256, "params hold one text and some numbers");

/* A whole number of the object in a range; a missing one is the fallback, or a problem if that is below min.
 * So a fallback below min says that the member is required. */
static int64_t request_whole(
    const json_t *object, const char *name, int64_t min, int64_t max, int64_t fallback, Problem *problem)
{
    const json_t *value = json_object_get(object, name);

    if (!value && fallback >= min)
        return fallback;
    if (json_is_integer(value) && json_integer_value(value) >= min && json_integer_value(value) <= max)
        return json_integer_value(value);
    problem_add(problem, name, json_deep_copy(value),
        json_pack("{s:I, s:I}", "min", (json_int_t)min, "max", (json_int_t)max),
        "must be a whole number from %lld to %lld", (long long)min, (long long)max);
    return min;
}

/* What a turn takes, or 0. Nothing that is measured rests on it, so one that is out of all reason is only
 * refused. */
static double request_turn_ns(const json_t *object, Problem *problem)
{
    const json_t *value = json_object_get(object, "turn_ns");
    double turn_ns = json_number_value(value);

    if (value && !(json_is_number(value) && turn_ns > 0 && turn_ns <= 1e9))
        problem_add(problem, "turn_ns", json_deep_copy(value), NULL, "must be a number above 0, at most 1e9");
    return turn_ns;
}

/* A missing or wrong member is an empty word, and no mode, lock or experiment is called so. */
static const char *request_word(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

static void request_read_origin(const json_t *object, Cell *cell, Problem *problem)
{
    json_t *ports = json_object_get(json_object_get(object, "origin"), "ports"), *port;
    size_t i;

    json_array_foreach (ports, i, port) {
        json_int_t number = json_integer_value(port);

        if (i == CELL_MAX_ORIGIN_PORTS || number < 1 || number > 65535) {
            problem_add(problem, "origin", json_deep_copy(port), NULL, "has too many ports or a bad one");
            return;
        }
        cell->origin_ports[cell->n_origin_ports++] = (uint16_t)number;
    }
}

/* The patterns as one text, as plan/allow.h reads them. Patterns are separated by blanks, which none of them
 * may hold. */
static void request_read_allow(const json_t *object, Request *request, Problem *problem)
{
    json_t *allow = json_object_get(object, "allow"), *pattern;
    size_t i;

    request->allow = text_printf("%s", "");
    if (!allow || json_is_null(allow))
        return;
    if (!json_is_array(allow))
        problem_add(problem, "allow", json_deep_copy(allow), NULL, "must be an array of host:port, or null");
    json_array_foreach (allow, i, pattern) {
        auto_free char *before = request->allow;

        request->allow =
            text_printf("%s %s", before, json_is_string(pattern) ? json_string_value(pattern) : "");
        if (!json_is_string(pattern))
            problem_add(problem, "allow", json_deep_copy(pattern), NULL, "must have texts only");
    }
}

static void request_read_friends(const json_t *object, Request *request, Problem *problem)
{
    json_t *friends = json_object_get(object, "friends"), *pid;
    size_t i;

    json_array_foreach (friends, i, pid) {
        if (i == NOISE_MAX_FRIENDS || json_integer_value(pid) < 1 || json_integer_value(pid) > INT32_MAX) {
            problem_add(problem, "friends", json_deep_copy(pid), NULL, "are too many or no process ids");
            return;
        }
        request->friends[request->n_friends++] = (pid_t)json_integer_value(pid);
    }
}

/* The server has planned for the CPUs that there were, so a cell that asks for more is no fault of the
 * request: somebody has lowered the quota or the affinity since. */
static void request_read_cpus(const json_t *object, Cell *cell, Problem *problem)
{
    int usable = affinity_usable();

    cell->n_cpus = (uint32_t)request_whole(object, "cpus", 1, CPU_SETSIZE, usable, problem);
    if (cell->n_cpus > (uint32_t)usable && !problem_is_set(problem))
        problem_set(problem, 503, "The machine has changed",
            "the machine has %d usable CPU%s now, and the run was planned for %u: the quota or the affinity "
            "of the server was lowered meanwhile",
            usable, usable == 1 ? "" : "s", cell->n_cpus);
}

static void request_read_cell(
    const json_t *object, const Experiment *experiment, Cell *cell, size_t number, Problem *problem)
{
    const json_t *params = json_object_get(object, "params");
    char reason[ARENA_REASON_SIZE];

    cell->number = (uint32_t)request_whole(object, "cell", 0, INT32_MAX, (int64_t)number, problem);
    cell->experiment = experiment;
    cell->mode = registry_mode(request_word(object, "mode"));
    if (!cell->mode)
        problem_add(
            problem, "mode", json_deep_copy(json_object_get(object, "mode")), NULL, "there is no such mode");
    cell->lock = registry_lock(request_word(object, "lock"));
    if (!cell->lock)
        problem_add(
            problem, "lock", json_deep_copy(json_object_get(object, "lock")), NULL, "there is no such lock");
    if (!cell->mode || !cell->lock)
        return;
    cell->n_tasks = (uint32_t)request_whole(
        object, "tasks", 1, experiment_max_tasks(experiment, cell->mode, reason), 0, problem);
    request_read_cpus(object, cell, problem);
    lock_read_settings(cell->lock, params, &cell->lock_settings, problem);
    /* Unlike those of a lock they must all be there: some defaults are measured anew by each process, and the
     * cells of one run have to agree. */
    for (size_t i = 0; i < experiment->n_parameters; i++)
        parameter_read(&experiment->parameters[i], params, cell->params, problem);
    if (experiment->tasks_parameter &&
        cell->n_tasks - experiment->tasks_plus !=
            json_integer_value(json_object_get(params, experiment->tasks_parameter)))
        problem_add(problem, "tasks", json_deep_copy(json_object_get(object, "tasks")), NULL,
            "must be %s + %lld", experiment->tasks_parameter, (long long)experiment->tasks_plus);
}

/* The first bad cell ends the reading: the thousand behind it most likely have the same fault. */
static void request_read_cells(
    const json_t *object, const Experiment *experiment, Request *request, Problem *problem)
{
    json_t *cells = json_object_get(object, "cells"), *cell;
    uint64_t seed = (uint64_t)request_whole(object, "seed", 0, INT64_MAX, 1, problem);
    size_t i;

    request->n_cells = json_array_size(cells);
    request->cells = calloc(request->n_cells ? request->n_cells : 1, sizeof(*request->cells));
    assert(request->cells);
    if (request->n_cells == 0)
        problem_add(problem, "cells", json_deep_copy(cells), NULL, "must be an array with at least one cell");
    json_array_foreach (cells, i, cell) {
        request_read_origin(object, &request->cells[i], problem);
        request->cells[i].allow = request->allow;
        request->cells[i].goes_anywhere = json_is_null(json_object_get(object, "allow"));
        request->cells[i].max_bytes = request_whole(object, "max_bytes", 0, INT64_MAX, 0, problem);
        request_read_cell(cell, experiment, &request->cells[i], i, problem);
        request->cells[i].seed = seed;
        if (problem_is_set(problem))
            return;
    }
}

/* What is half read is given back on failure, and *ret is set only in the end. */
int request_parse(const json_t *object, Request *ret, Problem *problem)
{
    const Experiment *experiment = registry_experiment(request_word(object, "experiment"));
    Request request = {0};

    request_whole(object, "protocol", PROTOCOL_VERSION, PROTOCOL_VERSION, PROTOCOL_VERSION, problem);
    request.repeat = (int)request_whole(object, "repeat", 1, 100000, 7, problem);
    request.max_repeat =
        (int)request_whole(object, "max_repeat", request.repeat, 100000, request.repeat, problem);
    request.warmup = (int)request_whole(object, "warmup", 0, 100000, 1, problem);
    request.full = strcmp(request_word(object, "detail"), "full") == 0;
    request.pace = json_is_true(json_object_get(object, "pace"));
    if (strcmp(request_word(object, "timeline"), "on") == 0)
        request.max_spans =
            (uint32_t)request_whole(object, "max_spans", 1, SPANS_MAX_CELL, SPANS_MAX_CELL, problem);
    request_read_friends(object, &request, problem);
    request_read_allow(object, &request, problem);
    request.tick_turns =
        (uint64_t)request_whole(object, "tick_turns", 1, PLAN_MAX_TICK_TURNS, PLAN_TICK_TURNS, problem);
    request.turn_ns = request_turn_ns(object, problem);
    if (experiment)
        request_read_cells(object, experiment, &request, problem);
    else
        problem_add(problem, "experiment", json_deep_copy(json_object_get(object, "experiment")), NULL,
            "there is no such experiment");
    if (problem_is_set(problem)) {
        request_finish(&request);
        return -EINVAL;
    }
    *ret = request;
    return 0;
}

void request_finish(Request *request)
{
    free(request->cells);
    free(request->allow);
    *request = (Request){0};
}
