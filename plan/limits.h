/* What the operator prefers, as it is for one runtime and one lock. limits must be complete, see
 * plan_limits(). */
#pragma once

#include <jansson.h>

#include "catalog/catalog.h"
#include "plan/plan.h"

/* The lock that a runtime has of its own accord: its usual one. For the first of all runtimes the operator
 * may have chosen another. */
const CatalogLock *limits_own_lock(const Catalogs *all, const PlanLimits *limits, const Catalog *runtime);

/* What a parameter of a lock is if the request does not say it, a new reference to a list: what the operator
 * wants, where this lock can have that, or the lock's own. */
json_t *limits_lock_default(const PlanLimits *limits, const CatalogParameter *parameter);

/* How many bytes a cell may take in a runtime at once; 0: nobody knows. */
int64_t limits_memory(const PlanLimits *limits, const Catalog *runtime);
