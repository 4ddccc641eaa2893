/* A request on its way to a plan: what was asked, of whom, and what has become of it so far. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/problem.h"
#include "plan/plan.h"

/* One runtime of the request. What nobody gave is its own: each has a size at which its tasks run for a good
 * time, and whatever else it says is usual. */
typedef struct AskedRuntime {
    Catalog *catalog;
    const CatalogExperiment *experiment; /* as this runtime has it */
    json_t *params;                      /* owned; the values of the experiment's parameters by name, without
                                            what has no meaning in this request */
    json_t *tasks;                       /* owned; a list: what was asked for, or what follows from params */
} AskedRuntime;

/* The fields are filled from the top to the bottom, in the order of the steps of plan_make(), so a function
 * may use those above what it fills itself. Everything is borrowed unless the field says otherwise. */
typedef struct Asked {
    const Catalogs *all;      /* every runtime there is */
    const PlanLimits *limits; /* complete, see plan_limits() */
    const json_t *given;      /* as in plan_make() */
    const Catalogs *chosen;   /* the runtimes of the request */
    bool is_guess;            /* the request names them badly, so these are all there are */
    AskedRuntime *runtimes;   /* owned; the same, as far as they have the experiment; at least one */
    size_t n_runtimes;
    const CatalogExperiment *experiment; /* as the first of them has it */
    json_t *values;      /* owned; of all parameters that have one value for all runtimes, by name: right by
                            themselves; of the experiment's own those that were given */
    json_t *left_out;    /* owned; see Plan */
    int64_t rounds;      /* how often each cell runs: also to warm up, and for a timeline */
    int64_t max_spans;   /* of each cell in its traced repetition; 0: there is none */
    int64_t more_rounds; /* that precision may add to them */
    int64_t timeout_ms;  /* of running time, as asked for or by default */
    CellSpec *cells;     /* owned, with their params */
    size_t n_cells;
} Asked;

/* Frees what is owned. A plan takes over some of it, and leaves NULL. */
void asked_finish(Asked *asked);
#define auto_asked __attribute__((cleanup(asked_finish)))

/* What a parameter is, or NULL if there is no single value of that name. Borrowed. */
json_t *asked_value(const Asked *asked, const char *name);

/* The same as a number, 0 for what is none; and whether it is this text. */
int64_t asked_number(const Asked *asked, const char *name);
bool asked_is(const Asked *asked, const char *name, const char *text);

/* Notes what a runtime cannot do and others can, or what nobody gave and it cannot do either. entry is
 * {mode, lock, tasks, parameter}, of which only what differs is named; it is taken over. What is
 * noted already is not noted twice. */
void asked_leave_out(const Asked *asked, const Catalog *runtime, json_t *entry, const char *reason, ...)
    __attribute__((format(printf, 4, 5)));

/* Adds to the problem as problem_add() does, unless the same was said of the parameter already: several
 * runtimes have the same fault. */
void asked_complain(Problem *problem, const char *param, json_t *got, json_t *allowed, const char *reason,
    ...) __attribute__((format(printf, 5, 6)));
