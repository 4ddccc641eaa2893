/* From what a person asked for to the cells that will run: the parameters that every experiment has, the
 * check of all values against the catalog, the grid that lists span, and the estimate of what it takes.
 *
 * The server and gilscope-run by hand share it, so both refuse the same requests in the same words. What
 * there is to run, and what is usual, stands in the catalog; this folder knows no experiment, mode or lock.
 *
 * A request goes through these files: choose.c finds its runtimes, common.c lists its parameters, values.c
 * and param.c check each value, elsewhere.c asks where URLs lead, grid.c makes the cells, estimate.c and
 * budget.c say what they take, and plan.c calls them in that order. Nothing here measures, waits or writes to
 * disk. So the server's loop may call all of it. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/nsec.h"
#include "base/problem.h"
#include "catalog/catalog.h"
#include "catalog/headroom.h"
#include "catalog/questions.h"

/* What holds where the operator did not decide; the server's settings have their defaults from here, too.
 * Macros, so that a table of texts can have them as text. */
#define PLAN_TIMEOUT_MS 60000
#define PLAN_MAX_TIMEOUT_MS 600000
#define PLAN_MAX_CELLS 64
#define PLAN_MAX_ESTIMATE_MS 60000
#define PLAN_MAX_REPEAT 1000
#define PLAN_MAX_TASK_CELLS 100000
#define PLAN_FETCH_MAX_BYTES 10000000
#define PLAN_FETCH_MAX_REQUESTS 1000
#define PLAN_SPANS 20000          /* of a cell with timeline=on */
#define PLAN_AUTO_SPANS 4000      /* of a cell with timeline=auto */
#define PLAN_AUTO_TRACED_CELLS 16 /* a larger grid has no timeline of its own accord */
#define PLAN_TICK_TURNS 5         /* countdown turns of the model's unit of work, see engine/ticks.h */
#define PLAN_MAX_TICK_TURNS 100000

/* What a parameter of a lock is if the request does not say it. */
typedef struct PlanDefault {
    const char *parameter; /* NULL ends the list */
    int64_t value;         /* 0: what the catalog says */
} PlanDefault;

enum { PLAN_MAX_DEFAULTS = 8 };

/* What the operator allows and prefers. A NULL or 0 stands for what is usual. */
typedef struct PlanLimits {
    const char *default_lock; /* of the first runtime; NULL or "": the usual one of its catalog */
    PlanDefault lock_defaults[PLAN_MAX_DEFAULTS + 1];
    int64_t default_timeout_ms;  /* of a request without timeout_ms */
    int64_t max_timeout_ms;      /* the most that timeout_ms may say */
    int64_t max_cells;           /* of the grid of one request */
    int64_t max_estimate_ms;     /* a longer timeout_ms allows as much as it says */
    int64_t max_repeat;          /* timed repetitions of each cell */
    int64_t max_tasks;           /* 0: only what the catalog says */
    int64_t max_task_cells;      /* tasks of all cells together */
    int64_t max_memory_bytes;    /* of the largest cell; 0: half of its runtime's memory_bytes */
    const char *allow;           /* where a url may lead, see plan/allow.h; NULL: anywhere, "": nowhere */
    int64_t fetch_max_bytes;     /* of one page from elsewhere */
    int64_t fetch_max_requests;  /* of one run to elsewhere; only where allow is not NULL */
    const char *const *formats;  /* what the answer can be written in; ends with NULL. NULL: nobody may ask */
    const char *timeline_format; /* the one of them that shows a timeline, and so asks for one; NULL: none */
    const Questions *questions;  /* that those who ask for a run may answer before; NULL: there are none */
    bool by_hand;                /* a person runs the engine in a shell: there are no clients to tell apart */
} PlanLimits;

/* What plan_make() makes of a request: all that the queue, the runtimes and the results need of it. It owns
 * what it points at, but for the format; of the catalogs that the cells refer to it holds references. */
typedef struct Plan {
    json_t *request; /* normalised: every parameter with its value, lists as arrays, but for those that nobody
                        gave and that the runtimes do not have alike; sized: which gilscope chose so that the
                        run has a good length */
    json_t *cells;   /* the same cells for the wire, see cell_spec_json() */
    CellSpec *specs; /* the cells of the grid; mode varies fastest */
    size_t n_specs;
    Catalog **runtimes; /* those of the request, in its order; each has a cell at least */
    size_t n_runtimes;
    json_t *left_out; /* what some of them cannot do and the others do: an array of {runtime, mode, lock,
                         tasks, parameter, reason}, of which only what differs is named, with the runtime
                         and the   reason; NULL: nothing */
    json_t *host; /* the machine, by the first runtime that tells of it: of the request, or else of all there
                     are, because all are on this machine; NULL: none does */
    int64_t max_spans;  /* of each cell in its traced repetition; 0: there is none */
    nsec_t estimate;    /* of running time, of all cells and repetitions together */
    nsec_t timeout;     /* from the request; the run is ended when it has run so long */
    Headroom headroom;  /* what the request might still ask for */
    const char *format; /* the name, or NULL when not given; borrowed from request */
} Plan;

/* Frees what a plan owns, and leaves it empty. Parameters of cells that others took a reference of live
 * on. */
void plan_finish(Plan *plan);

/* Makes the plan of one request. given is an object of parameter names with strings as typed ("1e6",
 * "serial,threads"), or JSON numbers, booleans (on, off), arrays of them, or null (not given). Returns 0, or
 * -EINVAL with the problem set (404 for an unknown experiment; 503 with retry_after_s for a runtime that is
 * being asked what it offers; 400 with every bad parameter otherwise) and the plan untouched. limits may be
 * NULL. To be called by the thread that plans, as plan_finish() is: both count references of catalogs. */
int plan_make(const Catalogs *catalogs, const PlanLimits *limits, const char *experiment, const json_t *given,
    Plan *ret, Problem *problem);

/* Returns the names of all experiments, each once, as a new array. */
json_t *plan_experiments(const Catalogs *catalogs);

/* Sets what the wire request says of the traced repetition: "timeline", on or off, and "max_spans". */
void plan_set_timeline(const Plan *plan, json_t *request);

/* Returns the limits with everything usual in the place of NULL and 0, but for max_memory_bytes, which is
 * another one for each runtime. */
PlanLimits plan_limits(const Catalogs *catalogs, const PlanLimits *limits);

/* Whether requests have room for the parameters of a runtime: none may have a name that means something else
 * in all requests, such as format. Returns 0, or -EINVAL and sets *ret_reason, owned by the caller, to what
 * is wrong with its place, as catalog_read() does. To be asked once for each runtime that is taken in. */
int plan_check_catalog(const Catalog *catalog, char **ret_reason);

/* Whether the operator's defaults are something that these runtimes have: the lock exists, and what stands
 * for a parameter of a lock is in its range. Adds to the problem what is not, by the name of the parameter
 * ("lock", "switch_interval_us"), with what was set and what is allowed. limits must not be NULL. */
void plan_check_limits(const Catalogs *catalogs, const PlanLimits *limits, Problem *problem);

/* Returns the descriptions of the parameters that every experiment has (see catalog_parameter_json()), a new
 * array; the range of tasks is the experiment's, or the widest of all if that is NULL. */
json_t *plan_parameters(
    const Catalogs *catalogs, const PlanLimits *limits, const CatalogExperiment *experiment);

/* Returns the catalog for people and forms, a new reference: {protocol, runtimes, parameters: [...common...],
 * modes, locks, experiments, questions, limits}. questions are those of questions_json(). runtimes are all
 * that are configured, in that order: {runtime, status: "ready", version, about, cpus_usable, memory_bytes,
 * host, paces, own_lock, modes: [names], locks: [names], experiments: {name: entry}, absent: {name: reason}},
 * or {runtime, status: "starting", "broken" or "missing", reason}. Modes, locks and experiments are merged by
 * name: they have all the facts of the catalog that came first, and runtimes: which of them have it. Defaults
 * and ranges are those in force. */
json_t *plan_catalog(const Catalogs *catalogs, const PlanLimits *limits);
