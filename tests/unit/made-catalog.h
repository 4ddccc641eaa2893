/* A catalog made up for tests: the modes and locks there are, and one lock, "zzz", that nobody ever heard of,
 * so that a test can tell whether facts decide or a name. */
#pragma once

#include <check.h>
#include <string.h>

#include "base/array.h"
#include "catalog/catalog.h"

static const CatalogMode made_modes[] = {
    {.name = "serial", .usual = true, .baseline = true, .shares_memory = true, .task = {.noun = "call"}},
    {.name = "threads",
        .usual = true,
        .side_by_side = true,
        .shares_memory = true,
        .task = {.noun = "thread"}},
    {.name = "processes", .usual = true, .side_by_side = true, .task = {.noun = "process"}},
    {.name = "epoll", .shares_memory = true, .one_loop = true, .task = {.noun = "task"}},
    {.name = "neither", .shares_memory = true, .task = {.noun = "thing"}}, /* that no rule is about */
};

static const CatalogLock made_locks[] = {
    {.name = "none", .title = "no lock", .models = "free-threaded"},
    {.name = "gil", .title = "the GIL", .usual = true, .exclusive = true, .models = "cpython3"},
    {.name = "gil-py2",
        .title = "the lock of Python 2",
        .exclusive = true,
        .between_bytecodes = true,
        .models = "cpython2"},
    {.name = "per-interpreter",
        .title = "a lock for each interpreter",
        .whose = CATALOG_FOR_EACH_TASK,
        .models = "interpreters"},
    {.name = "zzz", .title = "the lock of nobody", .exclusive = true},
};

static const CatalogExperiment made_countdown = {.name = "countdown"};
static const char *const made_totals[] = {"count", "by_code", "nothing"};
static const CatalogExperiment made_counting = {
    .name = "countdown", .totals = made_totals, .n_totals = ARRAY_LENGTH(made_totals)};
static const CatalogExperiment made_fixed_time = {.name = "countdown", .fixed_time = true};

/* Conditions that hold for every cell: any is met if they are given. */
static const CatalogExperiment made_released = {.name = "crunch", .released = {.given = true}};
static const CatalogExperiment made_blocking = {.name = "fetch", .blocks_loop = {.given = true}};

/* Its tasks wait, however long. */
static const CatalogCost made_wait = {
    .kind = CATALOG_WAIT, .term = {.amount = 1e6, .only_if = {.given = true}}};
static const CatalogExperiment made_waiting = {.name = "fetch", .costs = &made_wait, .n_costs = 1};

static const Catalog made_runtimes[] = {
    {.runtime = "c"},
    {.runtime = "python3.13-freethreaded"},
};

/* The one of that name; the test is wrong if there is none. */
static inline const CatalogMode *made_mode(const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(made_modes); i++) {
        if (strcmp(made_modes[i].name, name) == 0)
            return &made_modes[i];
    }
    ck_abort_msg("no mode %s", name);
}

static inline const CatalogLock *made_lock(const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(made_locks); i++) {
        if (strcmp(made_locks[i].name, name) == 0)
            return &made_locks[i];
    }
    ck_abort_msg("no lock %s", name);
}

static inline const Catalog *made_runtime(const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(made_runtimes); i++) {
        if (strcmp(made_runtimes[i].runtime, name) == 0)
            return &made_runtimes[i];
    }
    ck_abort_msg("no runtime %s", name);
}
