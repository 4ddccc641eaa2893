/* What is usual: the numbers of plan.h, and what the runtimes say of this machine. Everybody who plans goes
 * through plan_limits() once, so nobody else in this folder has to know that a 0 means "not decided". */
#include <stddef.h>

#include "base/array.h"
#include "plan/plan.h"

/* Half of the least that a runtime says is available; 0 if none does. Half, because the estimate is a guess
 * and the machine has other work: a run that takes all memory makes the kernel end some process, perhaps the
 * server. */
static int64_t half_of_memory(const Catalogs *catalogs)
{
    int64_t least = 0;

    for (size_t i = 0; i < catalogs->n; i++) {
        int64_t bytes = catalogs->list[i]->memory_bytes;

        if (bytes > 0 && (least == 0 || bytes < least))
            least = bytes;
    }
    return least / 2;
}

/* The lock that a request without one gets, if the operator has no wish. */
static const char *usual_lock(const Catalogs *catalogs)
{
    const Catalog *first = catalogs->list[0];

    for (size_t i = 0; i < first->n_locks; i++)
        if (first->locks[i].usual)
            return first->locks[i].name;
    return NULL;
}

/* The rows point into the copy, so each limit is completed in place, and those that are not listed keep their
 * 0. */
PlanLimits plan_limits(const Catalogs *catalogs, const PlanLimits *given)
{
    PlanLimits limits = given ? *given : (PlanLimits){0};
    const struct {
        int64_t *limit, usual;
    } rows[] = {
        {&limits.default_timeout_ms, PLAN_TIMEOUT_MS},
        {&limits.max_timeout_ms, PLAN_MAX_TIMEOUT_MS},
        {&limits.max_cells, PLAN_MAX_CELLS},
        {&limits.max_estimate_ms, PLAN_MAX_ESTIMATE_MS},
        {&limits.max_repeat, PLAN_MAX_REPEAT},
        {&limits.max_task_cells, PLAN_MAX_TASK_CELLS},
        {&limits.fetch_max_bytes, PLAN_FETCH_MAX_BYTES},
        {&limits.fetch_max_requests, PLAN_FETCH_MAX_REQUESTS},
        {&limits.max_memory_bytes, half_of_memory(catalogs)},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
        if (*rows[i].limit == 0)
            *rows[i].limit = rows[i].usual;
    if (!limits.default_lock || !*limits.default_lock)
        limits.default_lock = usual_lock(catalogs);
    return limits;
}
