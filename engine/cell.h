/* One combination of experiment, mode, lock, tasks, CPUs and parameters, and the run of one repetition of it
 * in a fresh child process: its memory, CPU time and switches are its own, and a crash is a result.
 *
 *     gilscope-run ── fork ──> the cell's process ──> its threads, or a process for each task
 *          └────────────── the arena, shared by all ──────────────┘
 *
 * A cell is read from the request once and used for all its repetitions. The child works on a copy of its
 * own, so what prepare() puts there is gone with it, and the next repetition begins with nothing. */
#pragma once

#include <sys/types.h>

#include "engine/arena.h"
#include "engine/lock.h"

typedef struct Experiment Experiment;
typedef struct Mode Mode;

enum { CELL_PARAMS_SIZE = 4096, CELL_MAX_ORIGIN_PORTS = 64 };

typedef struct Cell {
    uint32_t number; /* its place in the grid, as events name it */
    const Experiment *experiment;
    const Mode *mode;
    const LockPolicy *lock;
    LockSettings lock_settings;
    uint32_t n_tasks, n_cpus;
    uint64_t seed;           /* of all that is random in the experiment */
    uint64_t turns_per_tick; /* countdown turns that fill one tick */
    uint32_t n_origin_ports;
    uint16_t origin_ports[CELL_MAX_ORIGIN_PORTS];
    const char *allow;  /* where fetch may go besides the own origin, see plan/allow.h; the request's */
    bool goes_anywhere; /* a person runs the engine by hand, and fetch may go where that person may */
    int64_t max_bytes;  /* of one page from elsewhere; 0: as many as there are */
    alignas(16) char params[CELL_PARAMS_SIZE]; /* the experiment's struct */

    /* By experiment->prepare, in the cell's process. */
    void *prepared;       /* the experiment's own for the whole process; NULL: it needs none */
    size_t stack_bytes;   /* of each thread; 0: the system's own */
    uint32_t start_limit; /* no more threads or processes are started; 0: as many as there are tasks */
    char start_limit_reason[ARENA_REASON_SIZE];
} Cell;

/* Runs one repetition in a child and waits for it. Returns 0 with *ret complete, or with arena->complete
 * false and arena->reason telling why (it crashed, a task failed, an answer was wrong, it took longer than
 * until deadline on the monotonic clock; 0: no deadline); a negative errno if no child could be had. *ret is
 * the caller's, freed by arena_free. read_memory: this repetition looks at the memory in use, which costs a
 * little time. */
int cell_run(const Cell *cell, bool read_memory, nsec_t deadline, Arena **ret);

/* The same with arena->timeline, of at most max_spans spans and instants. Its times are not for figures. */
int cell_trace(const Cell *cell, uint32_t max_spans, nsec_t deadline, Arena **ret);
