/* A part of a run: one of its runtimes with the cells that are its own, and the child that measures them.
 *
 *     starting -> waiting <-> measuring -> done
 *         |          |            |          |
 *         +----------+------------+----------+--> lost
 *
 * A run has a part for each runtime of its request, in their order, and all children are started at once. At
 * most one part is measuring at any time (runs/turns.h); a runtime that does not pace itself has its run for
 * itself, and is measuring from its first word on. A part that is done or lost may still have its child for a
 * moment.
 *
 * This is only what a part is. What its runtime says is read in runs/run-events.c, and what the loss of one
 * means for its run stands in runs/run-loss.h. All of it belongs to the loop's thread. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/plan.h"
#include "runs/child.h"
#include "runs/watch.h"

enum { PART_HELLO_MS = 20000 }; /* how long a runtime may take to say hello */

typedef enum PartState {
    PART_STARTING,  /* has not said hello */
    PART_WAITING,   /* until it is told to go on */
    PART_MEASURING, /* it is its turn */
    PART_DONE,      /* it has all that it should have */
    PART_LOST,      /* nothing more comes of it, see RunPart.how */
} PartState;

typedef struct RunPart {
    Run *run;
    const Catalog *catalog; /* of its runtime; belongs to the plan */
    size_t n_cells;
    PartState state;
    Child *child;     /* NULL: not started, or gone */
    char *how;        /* what became of a lost one, as "died of signal 9 (Killed)"; owned, or NULL */
    int refused;      /* 400 to 499 or 503: the HTTP status that it wants; 0: none */
    uint64_t n_lines; /* of its output */
    size_t n_bytes;   /* the same */
    /* Repetitions that came, also untimed ones, and traced ones, which are not among the others. */
    int64_t n_samples, n_traced;
} RunPart;

typedef struct RunParts {
    RunPart *list; /* owned */
    size_t n;      /* at least 1 of a run that can start */
} RunParts;

/* Makes the parts of a run with this plan, in the order of its runtimes. Nothing is started. The catalogs are
 * those that the plan refers to. End it by parts_finish(), without children. */
void parts_make(Run *run, const Plan *plan, RunParts *ret);
void parts_finish(RunParts *parts);

/* How many are in this state. */
size_t parts_count(const RunParts *parts, PartState state);

/* The one whose turn it is; NULL: nobody's. */
const RunPart *parts_measuring(const RunParts *parts);

/* Whether all are done or lost: none will report anything more. */
bool parts_are_over(const RunParts *parts);

/* Whether all children are gone. */
bool parts_are_gone(const RunParts *parts);

/* Whether it is of a run with several. */
bool part_has_others(const RunPart *part);

/* The name by which requests know its runtime. */
const char *part_runtime(const RunPart *part);

/* Whether its runtime waits behind each event until it is told to go on. */
bool part_paces(const RunPart *part);

/* Returns its cells for the wire, a new array. */
json_t *part_cells(const RunPart *part, const Plan *plan);

/* child_stop() for one that has a child, and for all of them. */
void part_stop(const RunPart *part);
void parts_stop(const RunParts *parts);
