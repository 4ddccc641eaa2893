/* A run as a thing: what was asked, what became of it, and the runtime that works on it. It knows nothing of
 * the queue that it stands in nor of who waits for it. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/nsec.h"
#include "base/ulid.h"
#include "plan/plan.h"
#include "results/results.h"
#include "runs/child.h"
#include "runs/origin.h"
#include "runs/settings.h"

typedef enum RunStatus {
    RUN_QUEUED,
    RUN_RUNNING,
    RUN_DONE,
    RUN_FAILED,
    RUN_CANCELLED,
    RUN_TIMEOUT,
} RunStatus;

typedef struct Run Run;

/* The run has ended and no process of it is left. */
typedef void (*RunEnd)(Run *run, void *data);

struct Run {
    char id[ULID_LENGTH + 1];
    RunStatus status;
    char *reason; /* why it failed or was ended, for people; or NULL */
    int refused;  /* the HTTP status that the runtime wants for a request it refused; 0: none */
    json_t *host; /* the machine; borrowed from the catalog */
    Plan plan;
    Results *results;
    int64_t created_ms; /* wall clock, since 1970 */
    nsec_t queued_at, started_at, ended_at;

    const RunSettings *settings;
    const char *cpus; /* what it is pinned to, as a list; borrowed, set before run_start(); NULL: nothing */
    double turn_ns;   /* what the runtime measured when the server started; 0: unknown */
    Child *child;
    uv_timer_t timer; /* to its time limit */
    bool done;        /* the runtime said so */
    uint64_t n_lines; /* of the runtime's output */
    RunEnd over;      /* for the queue */
    void *over_data;

    Run *next;  /* in the queue */
    RunEnd end; /* for who waits for it, or NULL; called by the queue */
    void *end_data;
};

/* Takes the plan over. The run has its id at once. */
Run *run_new(uv_loop_t *loop, const RunSettings *settings, Plan *plan, const json_t *host);

/* Lets the runtime begin, with the origin to fetch from. over() is called later, in any case. */
void run_start(Run *run, const Origin *origin, RunEnd over, void *data);

/* Ends a running run: its status becomes RUN_CANCELLED or the like with this reason, and over() follows when
 * its processes are gone. An end that is under way already keeps its status. */
void run_stop(Run *run, RunStatus status, const char *reason);

/* What is left of its estimated time: all of it while it waits. */
nsec_t run_remaining(const Run *run);

/* "queued", "running", ... */
const char *run_status_name(RunStatus status);

/* Returns the whole run as a new object. */
json_t *run_json(const Run *run);

/* Not while it is running. */
void run_free(Run *run);
