/* What is usual: the numbers of plan.h, and what the runtimes say of this machine. Everybody who plans goes
 * through plan_limits() once, so nobody else in this folder has to know that a 0 means "not decided". */
#include "plan/limits.h"

#include <stddef.h>
#include <string.h>

#include "base/array.h"

/* Half, because the estimate is a guess and the machine has other work: a run that takes all memory makes the
 * kernel end some process, perhaps the server. */
static int64_t half_of_memory(const Catalog *runtime)
{
    return runtime->memory_bytes / 2;
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
    };

    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
        if (*rows[i].limit == 0)
            *rows[i].limit = rows[i].usual;
    if (!limits.default_lock || !*limits.default_lock)
        limits.default_lock = catalog_own_lock(catalogs->list[0])->name;
    return limits;
}

/* What the operator chose may be gone, if the runtime was asked anew and is another one now. */
const CatalogLock *limits_own_lock(const Catalogs *all, const PlanLimits *limits, const Catalog *runtime)
{
    const CatalogLock *wanted = runtime == all->list[0] ? catalog_lock(runtime, limits->default_lock) : NULL;

    return wanted ? wanted : catalog_own_lock(runtime);
}

json_t *limits_lock_default(const PlanLimits *limits, const CatalogParameter *parameter)
{
    for (const PlanDefault *wanted = limits->lock_defaults; wanted->parameter; wanted++) {
        json_auto_t *value = json_integer((json_int_t)wanted->value);

        if (strcmp(wanted->parameter, parameter->name) == 0 && wanted->value > 0 &&
            catalog_parameter_takes(parameter, value))
            return json_pack("[O]", value);
    }
    return json_deep_copy(parameter->fallback);
}

int64_t limits_memory(const PlanLimits *limits, const Catalog *runtime)
{
    return limits->max_memory_bytes > 0 ? limits->max_memory_bytes : half_of_memory(runtime);
}
