/* A run as a thing: what was asked, by whom, what became of it, and the runtimes that work on it. It knows
 * nothing of the queue that it stands in nor of what waits for it beyond its watchers.
 *
 * A run is born by run_new() when the queue takes a request, gets its runtimes by run_start() (run-work.h),
 * and is freed by the queue when the archive has it and all watchers were told. Everything here belongs
 * to the loop's thread. The one exception is the time while its object is made (queue-end.c): then a
 * thread of libuv reads the run, and the loop does not change what is read. */
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
#include "runs/event-log.h"
#include "runs/origin.h"
#include "runs/part.h"
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
    RUN_RUNNING,  /* its runtimes work */
    RUN_LEAVING,  /* those that are not lost have said that they are done, and are about to end */
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

/* Why a run failed that went on to its end. */
#define RUN_FAILED_CELL "a cell failed: see its reason"

/* The run has ended and no process of it is left. */
typedef void (*RunEnd)(Run *run, void *data);

struct Run {
    char id[ULID_LENGTH + 1];
    RunState state;     /* changed by run_become() only */
    RunOutcome outcome; /* changed by run_decide() only */
    char *reason;       /* why it failed or was ended, for people; or NULL */
    int refused;        /* 400 to 499 or 503: the HTTP status that the runtime wants; 0: none */
    Asks asks;          /* who wants it */
    json_t *host;       /* owned; the machine, as it was when the run was planned; NULL: not known */
    Plan plan;
    Results *results;
    json_t *object;                         /* all of it as JSON, from RUN_SHOWN on; else NULL */
    size_t n_object_bytes;                  /* how long that is as a text */
    int64_t created_ms;                     /* wall clock, since 1970 */
    nsec_t queued_at, started_at, ended_at; /* monotonic clock; 0: has not happened */
    const char *cpus; /* those it is confined to, as in "0-1"; NULL: all. Set before it starts */

    uv_loop_t *loop;
    const RunSettings *settings;
    RunParts parts;         /* one for each of its runtimes */
    bool is_being_noted;    /* that it has started is on its way to the archive: no turn begins meanwhile */
    bool enough;            /* no further repetition: who is told something is told to stop */
    uv_timer_t timer;       /* to its time limit */
    uv_timer_t hello;       /* until all runtimes must have said hello */
    uv_timer_t pause;       /* until the next runtime may go on */
    uv_timer_t leaving;     /* until the runtimes that are done must have ended */
    int n_open;             /* handles that are not closed yet */
    size_t n_bytes;         /* of the output of all runtimes */
    const char *stopped_by; /* "client" or "server", if one of them ended it; else NULL */
    RunEnd over;            /* for the queue */
    void *over_data;

    struct QueuePlace *place; /* the queue's, see runs/queue-private.h */
    Watchers watchers;
    EventLog log;
};

/* Makes a run that is RUN_QUEUED and has its id at once. Takes the content of the plan over and leaves an
 * empty one behind. settings are borrowed and must outlive the run. Free it with run_free(). */
Run *run_new(uv_loop_t *loop, const RunSettings *settings, Plan *plan);

/* Goes to the next state, and notes the time when the run starts and when it is over. Asserts that the
 * diagram above allows the step, that an outcome was decided before the run goes behind RUN_LEAVING, and
 * that its object is there from RUN_SHOWN on. So code that would end a run twice stops the server at once
 * instead of telling a client something that changes later. */
void run_become(Run *run, RunState state);

/* Sets how it ends and why, for people (copied; NULL: there is nothing to say). Called exactly once,
 * before the run goes to a state behind RUN_LEAVING. */
void run_decide(Run *run, RunOutcome outcome, const char *reason);

/* Ends a run that is running or about to leave: it gets this outcome, and its runtimes are told to stop. It
 * is over when all of its processes are gone, which RunEnd says later, from the loop. In any other state
 * nothing happens, so of several reasons that come in a row (a time limit, a cancel, a broken line) the
 * first one counts. */
void run_stop(Run *run, RunOutcome outcome, const char *reason);

/* "queued", "running", or its outcome: "done", "failed", "cancelled", "timeout". All of them are in the list,
 * which ends with NULL. */
const char *run_status_name(const Run *run);
extern const char *const run_status_names[];

/* The experiment's name. */
const char *run_experiment(const Run *run);

/* How many repetitions there will be in all, also untimed ones; with precision a guess, which changes. Of a
 * runtime that is lost, only those that came. */
int64_t run_expected(const Run *run);

/* How many of them came. */
int64_t run_done(const Run *run);

/* Returns what should be left of it, in nanoseconds: all of its estimate while it waits. While it runs, by
 * what its repetitions took; 0 if it should be over by now. Only for a run that is not over. */
nsec_t run_remaining(const Run *run);

/* Makes an event of the name and the data (a JSON object, borrowed), adds it to the run's log for those
 * who come later, and hands it to all watchers now. replaceable: see event_log_add(). */
void run_tell(Run *run, const char *event, const json_t *data, bool replaceable);

/* The same with an event that was made already, see event_log_put(). */
void run_tell_text(Run *run, Shared *text);

/* Hangs a watcher on it, and takes one off. The watcher is not copied; its owner keeps it until it is off
 * again, or until its end() was called. Taking the last one off does not end the run: that is
 * queue_unwatch(). */
void run_watch(Run *run, Watcher *watcher);
void run_unwatch(Run *run, Watcher *watcher);

/* Whether somebody is told what happens to it, and not only that it is over. */
bool run_is_looked_at(const Run *run);

/* Whether an owner watches it. */
bool run_has_watcher_of(const Run *run, const char *owner);

/* Frees it with all that it owns, some of it only when the loop has closed its timers. It must have no
 * child and no watcher any more. */
void run_free(Run *run);
