/* A run as a thing: what was asked, by whom, what became of it, and the runtime that works on it. It knows
 * nothing of the queue that it stands in nor of what waits for it beyond its watchers. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/nsec.h"
#include "base/ulid.h"
#include "plan/plan.h"
#include "results/results.h"
#include "runs/ask.h"
#include "runs/child.h"
#include "runs/event-log.h"
#include "runs/origin.h"
#include "runs/settings.h"
#include "runs/watch.h"

/* How far a run is. It only goes forward, by run_become():
 *
 *     queued -> running -> leaving -> over -> shown -> kept
 *        |         |          |      ^ ^             -> held
 *        |         +----------+-> stopping           (all of them:
 *        +---------------------------+                stopping -> over)
 */
typedef enum RunState {
    RUN_QUEUED,   /* nothing of it has begun */
    RUN_RUNNING,  /* its runtime works */
    RUN_LEAVING,  /* its runtime has said that it is done, and is about to end */
    RUN_STOPPING, /* how it ends was decided from outside; its processes are not gone yet */
    RUN_OVER,     /* no process is left, its outcome is final; its object is being made */
    RUN_SHOWN,    /* its object and its last event are there; it is on its way to the archive */
    RUN_KEPT,     /* the archive has it on disk */
    RUN_HELD,     /* the archive has it, but only as long as the server lives */
} RunState;

/* How it ended. */
typedef enum RunOutcome {
    OUTCOME_OPEN, /* not yet: up to RUN_LEAVING */
    OUTCOME_DONE,
    OUTCOME_FAILED,
    OUTCOME_CANCELLED,
    OUTCOME_TIMEOUT,
} RunOutcome;

/* The run has ended and no process of it is left. */
typedef void (*RunEnd)(Run *run, void *data);

struct Run {
    char id[ULID_LENGTH + 1];
    RunState state;     /* changed by run_become() only */
    RunOutcome outcome; /* changed by run_decide() only */
    char *reason;       /* why it failed or was ended, for people; or NULL */
    int refused;        /* the HTTP status that the runtime wants for a request it refused; 0: none */
    Asks asks;          /* who wants it */
    json_t *host;       /* the machine; borrowed from the catalog */
    Plan plan;
    Results *results;
    json_t *object;     /* all of it as JSON, from RUN_SHOWN on; else NULL */
    int64_t created_ms; /* wall clock, since 1970 */
    nsec_t queued_at, started_at, ended_at;
    const char *cpus; /* those it is confined to, as in "0-1"; NULL: all. Set before it starts */

    const RunSettings *settings;
    bool paces;     /* the runtime waits behind each event until it is told to go on */
    double turn_ns; /* what the runtime measured when the server started; 0: unknown */
    Child *child;
    uv_timer_t timer;   /* to its time limit */
    uv_timer_t pause;   /* until the runtime may go on */
    int n_open;         /* handles that are not closed yet */
    uint64_t n_lines;   /* of the runtime's output */
    int64_t n_samples;  /* repetitions that came, also untimed ones */
    int64_t n_expected; /* repetitions that there will be */
    RunEnd over;        /* for the queue */
    void *over_data;

    struct QueuePlace *place; /* the queue's, see runs/queue-private.h */
    Watchers watchers;
    EventLog log;
};

/* Takes the plan over. The run has its id at once. */
Run *run_new(uv_loop_t *loop, const RunSettings *settings, Plan *plan, const json_t *host);

/* Goes to the next state; asserts that it leads there from the one it is in. */
void run_become(Run *run, RunState state);

/* Sets how it ends and why (NULL: there is nothing to say), before it goes to a state behind RUN_LEAVING. */
void run_decide(Run *run, RunOutcome outcome, const char *reason);

/* Ends a running run: it is to have this outcome, and its runtime is stopped. An end that is under way
 * already keeps its outcome. */
void run_stop(Run *run, RunOutcome outcome, const char *reason);

/* "queued", "running", or its outcome: "done", "failed", "cancelled", "timeout". All of them are in the list,
 * which ends with NULL. */
const char *run_status_name(const Run *run);
extern const char *const run_status_names[];

/* The experiment's name. */
const char *run_experiment(const Run *run);

/* What is left of its estimated time: all of it while it waits. While it runs, by what its repetitions took.
 */
nsec_t run_remaining(const Run *run);

/* Tells all watchers, and whoever comes later. */
void run_tell(Run *run, const char *event, const json_t *data, bool replaceable);

/* Hangs a watcher on it, and takes one off. */
void run_watch(Run *run, Watcher *watcher);
void run_unwatch(Run *run, Watcher *watcher);

/* Not while it has a runtime. */
void run_free(Run *run);
