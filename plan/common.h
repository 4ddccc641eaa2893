/* The parameters that a request may have: one table row for each that every experiment has, those of the
 * locks, and the experiment's own.
 *
 * Two callers need them: plan_make(), to check what a client sent, and GET /experiments, to tell clients what
 * they may send. Both get the same list from here, so a form cannot offer what the check refuses. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/memo.h"
#include "catalog/catalog.h"
#include "plan/plan.h"

/* How many tasks there are if nobody says it. */
enum { COMMON_TASKS = 2 };

/* As a lock: the one that each runtime has of its own accord. No lock can be called so. */
#define COMMON_OWN_LOCK "own"

typedef struct Parameters {
    CatalogParameter *list; /* owned; the default of each is a reference of its own */
    size_t n, n_common;     /* the experiment's own stand behind the common ones */
    Memo *memo;             /* owned; takes the lists of choices */
} Parameters;

/* Sets *ret to all parameters with the ranges and defaults in force; to be finished. Choices and ranges are
 * those of the chosen runtimes together, and so are the defaults; NULL for chosen: choices and ranges of all,
 * and the defaults of the first, which a request without a runtime gets. A single runtime or a single lock
 * may take less. The range of tasks is that of the experiment of this name; without one (NULL) there are the
 * common parameters only, and tasks has the widest range of all. limits must be complete, see plan_limits().
 * Texts are borrowed from the catalogs and limits, which must outlive it. */
void parameters_make(const Catalogs *all, const Catalogs *chosen, const PlanLimits *limits,
    const char *experiment, Parameters *ret);
void parameters_finish(Parameters *parameters);
#define auto_parameters __attribute__((cleanup(parameters_finish)))

/* Whether requests have a member of that name already, so that no catalog may call a parameter so: a row of
 * the tables, or what the plan notes in the request itself. An experiment may have a client of its own. */
bool parameters_name_is_taken(const char *name, bool of_experiment);

/* The one of this name, or NULL. */
const CatalogParameter *parameters_find(const Parameters *parameters, const char *name);
