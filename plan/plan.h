/* From what a person asked for to the cells that will run: the parameters that every experiment has, the
 * check of all values against the catalog, the grid that lists span, and the estimate of what it takes.
 *
 * The server and gilscope-run by hand share it, so both refuse the same requests in the same words. The
 * catalog is what `gilscope-run --describe` prints; this folder holds no list of experiments of its own. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/nsec.h"
#include "base/problem.h"

/* What the operator allows and prefers. A NULL or 0 default keeps the table's own. */
typedef struct PlanLimits {
    const char *default_lock;           /* NULL: gil */
    int64_t default_switch_interval_us; /* 0: 5000 */
    int64_t default_check_interval;     /* 0: 100 */
    int64_t default_timeout_ms;         /* 0: 60000 */
    int64_t max_timeout_ms;             /* 0: 600000; the most that timeout_ms may say */
    int64_t max_cells;                  /* 0: 64 */
    int64_t max_estimate_ms;            /* 0: 60000; a longer timeout_ms allows as much as it says */
    int64_t max_repeat;                 /* 0: 1000 */
    int64_t max_tasks;                  /* 0: only what the catalog says */
    int64_t max_task_cells;             /* 0: 100000; tasks of all cells together */
    int64_t max_memory_bytes;           /* of the largest cell; 0: half of the catalogs' memory_bytes */
    const char *allow;          /* where a url may lead, see plan/allow.h; NULL: anywhere, "": nowhere */
    int64_t fetch_max_bytes;    /* 0: 10000000; of one page from elsewhere */
    int64_t fetch_max_requests; /* 0: 1000; of one run to elsewhere; only where allow is not NULL */
    bool by_hand;               /* a person runs the engine in a shell: events and trace are formats too */
} PlanLimits;

typedef struct Plan {
    json_t *request;    /* normalised: every parameter with its value, lists as arrays; sized: which of
                           them gilscope chose so that the run has a good length */
    json_t *cells;      /* array of {cell, runtime, mode, lock, tasks, cpus, params}; mode varies fastest.
                           With fixed_time: true where the catalog says so */
    nsec_t estimate;    /* of running time */
    nsec_t timeout;     /* from the request */
    const char *format; /* the name, or NULL when not given; borrowed from request */
} Plan;

void plan_finish(Plan *plan);

/* Makes the plan of one request. catalogs is an array of what the runtimes describe (the first is the
 * default); given is an object of parameter names with strings as typed ("1e6", "serial,threads"), or JSON
 * numbers, booleans (on, off), arrays of them, or null (not
 * given). Returns 0, or -EINVAL with the problem set (404 for an
 * unknown experiment, 400 with every bad parameter otherwise) and the plan untouched. */
int plan_make(const json_t *catalogs, const PlanLimits *limits, const char *experiment, const json_t *given,
    Plan *ret, Problem *problem);

/* Returns the catalog for people and forms, a new reference: {protocol, runtimes: [{runtime, version,
 * about}], parameters: [...common...], modes, locks, experiments: [{name, summary, parameters, max_tasks,
 * max_tasks_reason, runtimes, ...}], limits}. Defaults and ranges are those in force. */
json_t *plan_catalog(const json_t *catalogs, const PlanLimits *limits);
