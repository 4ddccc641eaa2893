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
#include "runs/child.h"
#include "runs/event-log.h"
#include "runs/fair.h"
#include "runs/origin.h"
#include "runs/settings.h"
#include "runs/watch.h"

typedef enum RunStatus {
    RUN_QUEUED,
    RUN_RUNNING,
    RUN_DONE,
    RUN_FAILED,
    RUN_CANCELLED,
    RUN_TIMEOUT,
} RunStatus;

/* The run has ended and no process of it is left. */
typedef void (*RunEnd)(Run *run, void *data);

struct Run {
    FairItem item; /* its place in the line; stands first */
    char id[ULID_LENGTH + 1];
    RunStatus status;
    char *reason; /* why it failed or was ended, for people; or NULL */
    int refused;  /* the HTTP status that the runtime wants for a request it refused; 0: none */
    json_t *host; /* the machine; borrowed from the catalog */
    Plan plan;
    Results *results;
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
    bool done;          /* the runtime said so */
    uint64_t n_lines;   /* of the runtime's output */
    int64_t n_samples;  /* repetitions that came, also untimed ones */
    int64_t n_expected; /* repetitions that there will be */
    RunEnd over;        /* for the queue */
    void *over_data;

    /* The queue's. */
    Run *next, *previous; /* of all that are not over */
    char *key;            /* requests with the same key are the same */
    Ask *asks;
    bool ending;    /* over; on its way to the archive, see runs/ending.h */
    json_t *object; /* the run's object; NULL: not made yet. Its last event is in the log then, too */
    bool kept;      /* it is in the archive on disk; known at the end */
    size_t position;
    int cpuset; /* that it has, while it runs */

    Watcher *watchers;
    EventLog log;
};

/* Takes the plan over. The run has its id at once. */
Run *run_new(uv_loop_t *loop, const RunSettings *settings, Plan *plan, const json_t *host);

/* Lets the runtime begin, with the origin to fetch from. over() is called later, in any case. */
void run_start(Run *run, const Origin *origin, RunEnd over, void *data);

/* Ends a running run: its status becomes RUN_CANCELLED or the like with this reason, and over() follows when
 * its processes are gone. An end that is under way already keeps its status. */
void run_stop(Run *run, RunStatus status, const char *reason);

/* Sets how a run that never started ends. */
void run_give_up(Run *run, RunStatus status, const char *reason);

/* What is left of its estimated time: all of it while it waits. While it runs, by what its repetitions took.
 */
nsec_t run_remaining(const Run *run);

/* "queued", "running", ... */
const char *run_status_name(RunStatus status);

/* Returns the whole run as a new object, as who began it sees it. */
json_t *run_json(const Run *run);

/* How one who asked sees a run. */
typedef struct RunView {
    const char *label, *prediction; /* his own; or NULL */
    bool joined;                    /* he joined it, somebody else had begun it */
    const bool *kept;               /* whether it is on disk; NULL: nothing is said */
    const char *trouble;            /* why it is not; or NULL */
} RunView;

/* Returns what run_json() made or an archive kept as one sees it, a new object that shares what is the same.
 */
json_t *run_json_for(const json_t *object, const RunView *view);

/* Tells all watchers, and whoever comes later. */
void run_tell(Run *run, const char *event, const json_t *data, bool replaceable);

/* Hangs a watcher on it, and takes one off. */
void run_watch(Run *run, Watcher *watcher);
void run_unwatch(Run *run, Watcher *watcher);

/* Not while it is running. */
void run_free(Run *run);
