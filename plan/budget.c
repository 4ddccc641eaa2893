/* Everything here is a guess that stands between a classroom and a run that blocks the queue for an hour: too
 * strict, and people are refused what would have worked; too lax, and the timeout has to end it.
 *
 * The checks come after all others, because a guess needs every value: how many cells there are, how many
 * tasks each has, and what each parameter is. */
#include "plan/budget.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/amount.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "plan/estimate.h"
#include "plan/limits.h"
#include "plan/param.h"

/* A size goes down in steps of 1, 2, 5, and three of them make a tenth: from 1000 to 500, 200, 100. Below
 * that a task becomes so short that making it weighs in what is measured. */
enum { MOST_STEPS = 3 };
/* So much of the limit may be used by a size that is chosen here. Runs have taken a fifth longer than
 * estimated even on a quiet machine, and a CPU that has measured itself may be slower by 1.8 a moment later;
 * one that was sized to fit must not end by its timeout. */
#define MARGIN 0.5

/* Nanoseconds of all cells and all their repetitions. They are summed as a double: whole numbers could
 * overflow with the values that a request may hold, and a sum that wrapped round would be small and let the
 * run pass. */
nsec_t budget_estimate(const Asked *asked)
{
    double sum = 0;

    for (size_t i = 0; i < asked->n_cells; i++)
        sum += (double)asked->rounds * (double)estimate_cell(&asked->cells[i]);
    return sum < 1e18 ? (nsec_t)sum : (nsec_t)1e18;
}

/* A longer timeout_ms allows a longer run: whoever says so has thought about it, and everybody else is kept
 * from waiting behind a slip of the pen. */
int64_t budget_most_ms(const Asked *asked)
{
    return asked->timeout_ms > asked->limits->max_estimate_ms ? asked->timeout_ms
                                                              : asked->limits->max_estimate_ms;
}

bool budget_allows(const Asked *asked, nsec_t estimate)
{
    return (double)estimate <= (double)budget_most_ms(asked) * NSEC_PER_MSEC;
}

/* The next below n of 1, 2, 5, 10, …, but no less than min. Round numbers, because the size is shown, and so
 * that two grids that differ a little have the same one and can be compared. */
static int64_t smaller_size(int64_t n, int64_t min)
{
    int64_t power = 1, smaller;

    while (power <= n / 10)
        power *= 10;
    smaller = n > 5 * power ? 5 * power : n > 2 * power ? 2 * power : n > power ? power : power / 2;
    return smaller > min ? smaller : min;
}

/* Returns whether one became smaller; values are those of a cell, by name. A size that is at its minimum
 * stays there. Without the answer budget_fit() would go on for nothing. */
static bool shrink_values(json_t *values, const CatalogExperiment *experiment, const json_t *given)
{
    bool any = false;

    for (size_t i = 0; i < experiment->n_parameters; i++) {
        const CatalogParameter *parameter = &experiment->parameters[i];
        int64_t size = json_integer_value(json_object_get(values, parameter->name)), smaller;

        if (!param_is_sized(parameter, given))
            continue;
        smaller = smaller_size(size, parameter->min);
        if (smaller >= size)
            continue;
        json_object_set_new(values, parameter->name, json_integer((json_int_t)smaller));
        any = true;
    }
    return any;
}

/* Each runtime has sizes of its own, by which a task takes about as long in all of them, and all go the same
 * number of steps down: so it stays. Every cell is visited, although one that became smaller is enough for
 * the answer. */
static bool shrink_all(const Asked *asked)
{
    bool any = false;

    for (size_t i = 0; i < asked->n_cells; i++)
        any = shrink_values(asked->cells[i].params, asked->cells[i].experiment, asked->given) || any;
    return any;
}

/* Only sizes that nobody gave are touched, so a person gets what was asked for, up to the limit. */
nsec_t budget_fit(const Asked *asked)
{
    const double limit = (double)budget_most_ms(asked) * NSEC_PER_MSEC;
    nsec_t estimate = budget_estimate(asked);

    for (int step = 0; step < MOST_STEPS && (double)estimate > MARGIN * limit && shrink_all(asked); step++)
        estimate = budget_estimate(asked);
    return estimate;
}

const char *budget_tasks_parameter(const Asked *asked)
{
    return asked->experiment->tasks_parameter ? asked->experiment->tasks_parameter : "tasks";
}

/* The limits of a single cell do not bound their number: 64 cells of ten thousand tasks each would be one
 * request. So the tasks of all cells together have a limit of their own. */
static void budget_check_tasks(const Asked *asked, Problem *problem)
{
    const char *name = budget_tasks_parameter(asked);
    int64_t sum = 0, most = asked->limits->max_task_cells;

    for (size_t i = 0; i < asked->n_cells; i++)
        sum += asked->cells[i].tasks;
    if (sum <= most)
        return;
    problem_add(problem, name, json_incref((json_t *)param_given(asked->given, name)), NULL,
        "all %zu cells together would have %lld tasks, and at most %lld are allowed: ask for fewer tasks or "
        "cells",
        asked->n_cells, (long long)sum, (long long)most);
    problem_extend(problem, "task_cells", json_integer((json_int_t)sum));
    problem_extend(problem, "max_task_cells", json_integer((json_int_t)most));
}

/* Cells run one after the other, so it is the largest that must fit. What one cell takes is given back by the
 * time the next begins, because each repetition runs in a process of its own. Of those that do not fit into
 * what their runtimes leave, the largest; NULL if all fit, or nobody knows how much there is. */
static const CellSpec *largest_misfit(const Asked *asked)
{
    const CellSpec *largest = NULL;
    double largest_bytes = 0;

    for (size_t i = 0; i < asked->n_cells; i++) {
        double bytes = estimate_memory(&asked->cells[i]);
        int64_t most = limits_memory(asked->limits, asked->cells[i].runtime);

        if (most == 0 || bytes <= (double)most || bytes <= largest_bytes)
            continue;
        largest_bytes = bytes;
        largest = &asked->cells[i];
    }
    return largest;
}

/* The complaint is about the parameter that drives the memory up, and names the mode, because another mode
 * may have room for the same number of tasks. */
static void budget_check_memory(const Asked *asked, Problem *problem)
{
    const CellSpec *cell = largest_misfit(asked);
    double bytes;
    int64_t most;
    const char *name;
    auto_free char *needed = NULL, *allowed = NULL, *where = NULL;

    if (!cell)
        return;
    name = estimate_memory_cause(cell);
    if (!name)
        name = budget_tasks_parameter(asked);
    bytes = estimate_memory(cell);
    most = limits_memory(asked->limits, cell->runtime);
    needed = amount_bytes(bytes);
    allowed = amount_bytes((double)most);
    where = asked->n_runtimes > 1 ? text_printf(" of the runtime %s", cell->runtime->runtime)
                                  : text_printf("%s", "");
    problem_add(problem, name, json_incref((json_t *)param_given(asked->given, name)), NULL,
        "in mode %s%s, %lld tasks would need about %s of memory at once, and %s are allowed",
        cell->mode->name, where, (long long)cell->tasks, needed, allowed);
    problem_extend(problem, "estimate_bytes", json_integer((json_int_t)(bytes < 1e18 ? bytes : 1e18)));
    problem_extend(problem, "max_bytes", json_integer((json_int_t)most));
}

/* " or say timeout_ms=80000", if a request may say so much, with the room that runs need beyond an estimate;
 * the caller frees it. Where no timeout_ms is long enough, to speak of one would only cost a person another
 * try. */
static char *timeout_hint(int64_t estimate_ms, int64_t max_timeout)
{
    int64_t enough = (int64_t)((double)estimate_ms / MARGIN / 1000 + 1) * 1000;

    if (estimate_ms > max_timeout)
        return text_printf("%s", "");
    return text_printf(", or say timeout_ms=%lld", (long long)(enough < max_timeout ? enough : max_timeout));
}

static void budget_check_time(const Asked *asked, nsec_t estimate, Problem *problem)
{
    int64_t most = budget_most_ms(asked), max_timeout = asked->limits->max_timeout_ms;
    int64_t estimate_ms = (int64_t)(estimate / NSEC_PER_MSEC);
    auto_free char *needed = NULL, *allowed = NULL, *hint = NULL;

    if (estimate_ms <= most)
        return;
    needed = amount_time(estimate_ms, true);
    allowed = amount_time(most, false);
    hint = timeout_hint(estimate_ms, max_timeout);
    problem_add(problem, "timeout_ms", json_incref((json_t *)param_given(asked->given, "timeout_ms")),
        json_pack("{s:I}", "max", (json_int_t)max_timeout),
        "this would run for about %s, and the limit is %s: ask for less (size, tasks, cells, repeat)%s",
        needed, allowed, hint);
    problem_extend(problem, "estimate_ms", json_integer((json_int_t)estimate_ms));
    problem_extend(problem, "max_ms", json_integer((json_int_t)most));
}

void budget_check(const Asked *asked, nsec_t estimate, Problem *problem)
{
    budget_check_tasks(asked, problem);
    budget_check_memory(asked, problem);
    budget_check_time(asked, estimate, problem);
}
