/* The settings are read before anybody knows what the runtimes have. So what names one of their locks, or
 * stands for a parameter of a lock, is taken as it is, and looked at here as soon as the catalog is there.
 * Without this the first to hear of an operator's mistake would be a client that asks for a run, and the
 * client cannot mend it. */
#include "plan/common.h"
#include "plan/param.h"
#include "plan/plan.h"

/* A parameter of a lock is a list, so the wish is checked as a list of one. An operator may say 0, which a
 * request may not, so a number out of the range is refused in words that say it. The typed value is of no use
 * here; only the problem is. */
static void check_wanted(const Catalogs *catalogs, const PlanDefault *wanted, Problem *problem)
{
    const CatalogParameter *parameter = catalogs_lock_parameter(catalogs, wanted->parameter);
    json_auto_t *list = json_pack("[I]", (json_int_t)wanted->value), *value = NULL;

    if (!parameter)
        problem_add(problem, wanted->parameter, json_integer((json_int_t)wanted->value), NULL,
            "is a parameter of no lock that there is");
    else if (parameter->type == CATALOG_INTEGER &&
             (wanted->value < parameter->min || wanted->value > parameter->max))
        problem_add(problem, wanted->parameter, json_integer((json_int_t)wanted->value),
            json_pack("{s:I, s:I}", "min", (json_int_t)parameter->min, "max", (json_int_t)parameter->max),
            "must be 0, for the lock's own, or from %lld to %lld", (long long)parameter->min,
            (long long)parameter->max);
    else
        value = param_check(parameter, list, 1, problem);
}

/* The lock is that of the first runtime alone; the others have their own. What stands for parameters of locks
 * goes to all that have them.
 *
 * The limits as they were given decide what was set; completed, every one of them would look like a wish. */
void plan_check_limits(const Catalogs *catalogs, const PlanLimits *limits, Problem *problem)
{
    const Catalogs first = {.list = catalogs->list, .n = 1};
    const PlanLimits all = plan_limits(catalogs, limits);
    const char *lock = limits->default_lock;
    auto_parameters Parameters parameters;
    json_auto_t *given = NULL, *value = NULL;
    CatalogParameter locks;

    parameters_make(&first, &first, &all, NULL, &parameters);
    if (lock && *lock) {
        /* The setting says which lock is the own one, so it cannot be "own", the last of the choices. */
        locks = *parameters_find(&parameters, "lock");
        locks.n_choices--;
        given = json_string(lock);
        value = param_check(&locks, given, 1, problem);
    }
    for (const PlanDefault *wanted = limits->lock_defaults; wanted->parameter; wanted++)
        if (wanted->value != 0)
            check_wanted(catalogs, wanted, problem);
}
