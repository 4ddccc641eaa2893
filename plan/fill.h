/* The rows of plan/common.c are constants, and these functions fill in what they lack: ranges, choices and
 * defaults. Each takes a copy of its row. Arrays of choices come from the memo, their texts belong to the
 * catalogs; a default is a new reference. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/memo.h"
#include "catalog/catalog.h"
#include "plan/plan.h"

/* What a row is filled in from. The experiment is NULL where the common parameters are asked for alone. */
typedef struct Making {
    const Catalogs *all, *chosen;
    const Catalogs *usual; /* those that say what is usual: the chosen, or the first if nobody chose */
    const PlanLimits *limits;
    const char *experiment;
    Memo **memo;
} Making;

void fill_tasks(const Making *making, CatalogParameter *parameter);
void fill_cpus(const Making *making, CatalogParameter *parameter);
void fill_repeat(const Making *making, CatalogParameter *parameter);
void fill_max_repeat(const Making *making, CatalogParameter *parameter);
void fill_timeout(const Making *making, CatalogParameter *parameter);
void fill_modes(const Making *making, CatalogParameter *parameter);
void fill_locks(const Making *making, CatalogParameter *parameter);
void fill_runtimes(const Making *making, CatalogParameter *parameter);
void fill_question(const Making *making, CatalogParameter *parameter);
void fill_prediction(const Making *making, CatalogParameter *parameter);
void fill_formats(const Making *making, CatalogParameter *parameter);

/* Whether any question is about the experiment: where there is none, there is nothing to predict. */
bool fill_has_questions(const Making *making);
