/* A run and its cells as structs, read once from the JSON of a run.
 *
 * The JSON may be what results_run() has just made, or come from an archive, another version or a person's
 * editor, and hold anything. So code that writes a table or a lesson would have to ask of every field
 * whether it is there and of the right type, and would be wrong in a new place each time. Here that is asked
 * once, and what is missing, of a wrong type or out of range becomes one plain value that says so:
 * RESULT_UNKNOWN for a whole number, NAN for a real one, "" for what names a cell, NULL for any other text.
 *
 * Texts, parameters and metrics are borrowed from the JSON, of which the run holds a reference; nobody may
 * change it meanwhile. Nothing here is locked: one thread at a time. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "catalog/catalog.h"
#include "results/verdict.h"

/* Every whole number of a run is between 0 and 10^18, so no measured value looks like this. */
#define RESULT_UNKNOWN INT64_C(-1)

/* Of a run or of one of its cells. */
typedef enum ResultStatus {
    RESULT_STATUS_UNKNOWN,
    RESULT_QUEUED,
    RESULT_RUNNING,
    RESULT_DONE,
    RESULT_FAILED,
    RESULT_CANCELLED,
    RESULT_TIMEOUT,
} ResultStatus;

/* A time over the good repetitions of a cell, in nanoseconds. */
typedef struct ResultTime {
    int64_t median, min, max, mad; /* mad: median absolute deviation from the median */
    int64_t low, high;             /* the interval of the median; both unknown where there is none */
    double level;                  /* of that interval */
    size_t n;                      /* samples; 0 if the run was stored without them */
    const json_t *samples;         /* borrowed; see result_time_samples() */
} ResultTime;

/* The wall time held against that of the baseline cell, which did the same work one task after the other. */
typedef struct ResultRelative {
    bool is_known;                     /* false: there is none, and nothing else here is set */
    int64_t to;                        /* index of the baseline cell; a baseline cell has its own */
    const struct ResultCell *baseline; /* that cell; NULL: it is not in the run */
    double ratio;                      /* of the medians */
    double low, high;                  /* its interval; NAN without one */
    Verdict verdict;
    const char *hint; /* what would help where it cannot be told; NULL: nothing */
} ResultRelative;

/* Whether a model and what it is a model of take the same time, as far as their intervals bear it. */
typedef enum ModelVerdict {
    MODEL_NOT_COMPARED,
    MODEL_AGREES,  /* the whole interval lies within 0.9 to 1.1 */
    MODEL_DIFFERS, /* all of it lies outside */
    MODEL_CANNOT_TELL,
} ModelVerdict;

/* Of a cell whose lock is a real one: a cell of the same run whose lock is a model of it, held against it by
 * what each took of its own serial time; see results/beside.h. */
typedef struct ResultModel {
    bool is_known;                 /* false: nothing else is set */
    int64_t to;                    /* index of the model's cell */
    const struct ResultCell *cell; /* that cell; NULL: it is not in the run */
    double ratio;                  /* the model's over that of the real one */
    double low, high;              /* its interval; NAN without one */
    ModelVerdict verdict;
    const char *text; /* the verdict in words: "agrees within 10 %" */
} ResultModel;

/* What its tasks do in the time in which one task of the same mode does its own, see results/scaling.h. */
typedef struct ResultScaling {
    bool is_known;     /* false: nothing else is set */
    int64_t to;        /* index of the cell with one task, which has its own */
    double speedup;    /* tasks * the time of one / the time of all */
    double low, high;  /* its interval; NAN without one */
    double efficiency; /* speedup / tasks */
    Verdict verdict;   /* faster: all of them do more than one */
    Verdict gain;      /* the same against the next smaller number of tasks; VERDICT_NONE of the first */
    const char *hint;  /* what would help where it cannot be told; NULL: nothing */
} ResultScaling;

/* Context switches, of the one repetition that stands for all: voluntary where a task waited, involuntary
 * where the kernel took the CPU away. */
typedef struct ResultSwitches {
    int64_t voluntary, involuntary;
} ResultSwitches;

/* Bytes, of the first good sample that had them. "Virtual" is reserved address space, of which most may never
 * be touched; the kernel's part is what it keeps for each task. */
typedef struct ResultMemory {
    int64_t peak_rss_bytes, virtual_bytes;
    int64_t rss_per_task_bytes, virtual_per_task_bytes, kernel_per_task_bytes;
} ResultMemory;

/* What the lock counted in the one repetition that stands for all. Times are nanoseconds, summed over the
 * tasks, so they may exceed the wall time. */
typedef struct ResultLockStats {
    int64_t acquires, contended, handoffs, false_wakeups, drop_requests, forced_switches;
    int64_t held_ns, waited_ns;
} ResultLockStats;

/* How many tasks did something at once, in the traced repetition; see results/crowd.h. */
typedef struct ResultCrowd {
    bool is_known;    /* false: there was no traced repetition, or it failed */
    int64_t max;      /* the most that ever did; RESULT_UNKNOWN if nothing is known */
    double mean;      /* over the time of the repetition; NAN if nothing is known */
    bool is_whole;    /* false: spans were dropped, and both may have been higher */
    const char *text; /* what they show, for people; NULL: nothing that needs words. Of inside alone */
} ResultCrowd;

/* One cell as it was asked for, and what came of it. */
typedef struct ResultCell {
    size_t index; /* its place in the run */
    const char *runtime, *mode, *lock;
    int64_t tasks, cpus;
    const json_t *params; /* an object, or NULL; see result_param() */

    /* What the catalog says of its mode and lock. Set where the run is being made, because there the catalog
     * is the one that it was made with; NULL where a stored run is read, whose modes nobody may know any
     * more. */
    const CatalogMode *mode_facts;
    const CatalogLock *lock_facts;

    ResultStatus status;
    const char *reason; /* why it is not done */
    /* create and join: to make the tasks, and to wait for their end. start: between these two nobody was at
     * work, because those that were left had not yet run. */
    ResultTime wall, cpu, create, join, start;
    ResultTime create_alone; /* the part of create in which no task was at work; unknown: not measured */
    ResultTime waits;        /* what the tasks themselves waited for, summed over them; n 0: not measured */
    int64_t ideal_ns;        /* see results/ideal.h */
    ResultRelative relative;
    ResultScaling scaling;
    ResultModel model; /* only where its lock is a real one */
    ResultSwitches switches;
    ResultMemory memory;
    ResultLockStats lock_stats;
    const json_t *completion_order; /* an array of task numbers; NULL: not kept */
    const json_t *per_task;         /* an array of a row for each task; NULL: not kept */
    const json_t *metrics;          /* an object, or NULL: nothing went well; see result_metric() */
    ResultCrowd inside, outside;    /* tasks inside the lock, and in a step outside it */
    const char *timeline_reason;    /* why there is no timeline although one was asked for */
} ResultCell;

/* Some cells of one or more runs, in an order that means something. The cells are borrowed. */
typedef struct ResultCells {
    const ResultCell **at; /* owned */
    size_t n;
} ResultCells;

/* Texts of a list, without what is no text. The texts are borrowed. */
typedef struct ResultTexts {
    const char **at; /* owned */
    size_t n;
} ResultTexts;

/* A runtime that the run was of, with how its part ended. */
typedef struct ResultRuntime {
    const char *name, *version, *about;
    ResultStatus status;
    const char *reason; /* why it was lost; NULL: it was not */
} ResultRuntime;

/* The machine, and how much it disturbed the run. */
typedef struct ResultHost {
    bool is_known; /* false: nothing else is */
    const char *cpu_model, *kernel, *container;
    int64_t cpus_online, cpus_usable;
    double cpu_quota;                 /* CPUs; NAN: unlimited, or not known */
    double foreign_cpu, steal, load1; /* shares of the CPU time; load before the run */
    int64_t throttled_ns;             /* how long a quota held the run back */
    bool has_noise, is_noisy;         /* is_noisy only if has_noise */
    ResultTexts noise_reasons;
} ResultHost;

/* What the experiment is about, as the catalog said when the run was made. A run that was stored before runs
 * said so has none of it, and is about its wall time. */
typedef struct ResultAbout {
    const char *figure; /* a path for result_figure(), "metrics.lost_updates"; NULL: the wall time */
    const char *head;   /* over a column; not NULL if there is a figure */
    const char *words;  /* "the counter was off by {}"; the same */
    bool fixed_time;    /* goes on for a given time: wall times are no measure */
} ResultAbout;

/* How the repetitions ended where a precision was asked for. */
typedef struct ResultPrecision {
    bool is_known;          /* false: none was asked for, and nothing else is */
    double asked, reached;  /* per cent on either side; reached is NAN where there is no interval */
    const char *of;         /* "ratio", "speedup", or "median" where nothing was compared */
    int64_t rounds;         /* repetitions of each cell */
    const char *stopped_by; /* NULL: they go on */
} ResultPrecision;

/* What the one who reads the run had predicted, in words. A run that was stored has none, as it is nobody's.
 */
typedef struct ResultExpected {
    const char *question;   /* NULL: of a prediction from before there were questions */
    const char *prediction; /* NULL: there is none, or it is hidden; nothing else counts then */
    const char *outcome;    /* what came out; NULL: it is not known */
    const char *reason;     /* why it cannot be told; NULL: it can, or the run is not over */
    bool is_judged, held;   /* held only if is_judged */
} ResultExpected;

/* A run. Any text may be NULL. */
typedef struct ResultRun {
    json_t *json; /* owned; what everything else is borrowed from */
    const char *id, *experiment, *label, *created_at, *reason, *lesson;
    ResultStatus status;
    int64_t queued_ns, duration_ns; /* waited in the queue; ran */
    int64_t repeat, warmup;         /* as asked */
    ResultPrecision precision;
    ResultTexts sized; /* parameters that nobody gave and that were chosen by measuring */
    ResultHost host;
    ResultAbout about;
    ResultExpected expected;
    ResultRuntime *runtimes; /* owned; a run that was stored before runs had several has none */
    size_t n_runtimes;
    const json_t *left_out; /* an array: what of the request some runtime does not have; NULL: nothing */
    ResultCells cells;      /* all of them */
    ResultCell *storage;    /* owned; where they are */
} ResultRun;

/* Reads a run; any JSON value is one, if need be without cells. Items of "cells" that are no objects are left
 * out. Sets *ret, which result_run_finish() must end. */
void result_run_read(const json_t *json, ResultRun *ret);
void result_run_finish(ResultRun *run);

#define auto_result_run __attribute__((cleanup(result_run_finish)))

/* Reads one cell; from NULL comes one in which everything is unknown. */
void result_cell_read(const json_t *json, size_t index, ResultCell *ret);

/* Sets *ret to a cell that is what was asked for, with the facts of its mode and lock, and of which nothing
 * is measured yet. Borrows from the spec. */
void result_cell_from_spec(const CellSpec *spec, size_t index, ResultCell *ret);

/* Returns room for n cells, of which there are none yet; asserts that there is memory. */
ResultCells result_cells_new(size_t n);
void result_cells_finish(ResultCells *cells);

#define auto_result_cells __attribute__((cleanup(result_cells_finish)))

/* Appends a cell; there must be room. */
void result_cells_add(ResultCells *cells, const ResultCell *cell);

/* "queued", "done" and so on; NULL for RESULT_STATUS_UNKNOWN. */
const char *result_status_name(ResultStatus status);

/* The status of that name; RESULT_STATUS_UNKNOWN if there is none, or the name is NULL. */
ResultStatus result_status_from_name(const char *name);

/* Whether a cell is what others are compared with: the catalog says so, or its own comparison is with itself.
 */
bool result_is_baseline(const ResultCell *cell);

/* Whether a cell stands beside another that it is compared with. The baseline cell is compared with itself
 * and has nothing to say. */
bool result_is_compared(const ResultCell *cell);

/* A parameter as it was asked, borrowed; NULL if the cell has none of that name. */
const json_t *result_param(const ResultCell *cell, const char *name);

/* The same as text, "" if it is none, and as a number, 0 if it is none. */
const char *result_param_text(const ResultCell *cell, const char *name);
double result_param_number(const ResultCell *cell, const char *name);

/* Reads a number that only this experiment measures. Returns whether there is a finite one; if not, *ret is
 * untouched. */
bool result_metric(const ResultCell *cell, const char *name, double *ret);

/* The same number for people, 1,000,000 or, where the name ends in _ns, as it stands (human_value()); owned
 * by the caller. NULL if there is none. */
char *result_metric_text(const ResultCell *cell, const char *name);

/* A text that only this experiment gives, borrowed; "" if there is none. */
const char *result_metric_word(const ResultCell *cell, const char *name);

/* Returns the number at a path as an experiment names its headline, "metrics.lost_updates" or
 * "memory.rss_per_task_bytes", whole or real; a new reference. NULL if the cell has none. */
json_t *result_figure(const ResultCell *cell, const char *path);

/* Returns the CPU time of a task itself in nanoseconds, without what it takes to start and end it: the mean
 * over those that say it. NAN: none does. */
double result_task_cpu(const ResultCell *cell);

/* Reads the samples that are whole numbers of at least 1, the first max of them. Returns how many. */
size_t result_time_samples(const ResultTime *time, int64_t *ret, size_t max);
