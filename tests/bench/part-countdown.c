/* What the engine costs a loop that computes: the same countdown bare, in serial without a lock, and in one
 * thread without a lock and with each. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "engine/registry.h"
#include "engine/ticks.h"
#include "tests/bench/bench.h"
#include "tests/bench/program.h"

/* The same in every round and on every machine: 100 to 200 ms. */
enum { TURNS = 100000000 };

/* Where an engine's contender runs. */
typedef struct Place {
    const Mode *mode;
    const LockPolicy *lock;
} Place;

static int measure_bare(const BenchContender *self, double *figures)
{
    auto_free char *turns = text_printf("%ld", self->n);
    const char *const arguments[] = {program_path("tests/bench", "bare-countdown"), turns, NULL};

    if (program_run_figures(arguments, figures) < 0)
        return -1;
    figures[0] /= NSEC_PER_MSEC;
    return 0;
}

static int measure_engine(const BenchContender *self, double *figures)
{
    const Place *place = self->more;
    Cell cell = {
        .experiment = &experiment_countdown,
        .mode = place->mode,
        .lock = place->lock,
        .n_tasks = 1,
        .n_cpus = 1,
        .turns_per_tick = TICK_TURNS,
    };
    int64_t turns = self->n;
    Problem problem = {0};
    Arena *arena;
    int r;

    memcpy(cell.params, &turns, sizeof(turns));
    lock_read_settings(cell.lock, NULL, &cell.lock_settings, &problem);
    r = cell_run(&cell, false, 0, &arena);
    if (r < 0)
        return bench_fail("the cell does not start: %s", strerror(-r));
    r = arena->complete ? 0 : bench_fail("the cell: %s", arena->reason);
    figures[0] = (double)arena->wall / NSEC_PER_MSEC;
    arena_free(arena);
    return r;
}

enum { BARE, SERIAL_NONE, THREAD_NONE, THREAD_GIL, THREAD_PY2 };

#define ENGINE(mode, lock)                                                                                   \
    .measure = measure_engine, .n = TURNS, .more = &(const Place)                                            \
    {                                                                                                        \
        mode, lock                                                                                           \
    }

static const BenchContender contenders[] = {
    [BARE] = {"the bare loop", .measure = measure_bare, .n = TURNS},
    [SERIAL_NONE] = {"serial, none", ENGINE(&mode_serial, &lock_none)},
    [THREAD_NONE] = {"one thread, none", ENGINE(&mode_threads, &lock_none)},
    [THREAD_GIL] = {"one thread, gil", ENGINE(&mode_threads, &lock_gil)},
    [THREAD_PY2] = {"one thread, gil-py2", ENGINE(&mode_threads, &lock_gil_py2)},
};

static const BenchRow rows[] = {
    {"countdown-serial", "countdown serial, none", "ms", SERIAL_NONE, BARE, .ratio = 1.01},
    {"countdown-gil", "countdown, one task, gil uncontended", "ms", THREAD_GIL, THREAD_NONE, .ratio = 1.02},
    {"countdown-py2", "countdown, one task, gil-py2 uncontended", "ms", THREAD_PY2, THREAD_NONE,
        .ratio = 1.05},
};

const BenchPart part_countdown = {
    .name = "countdown",
    .about = "what the engine costs a loop that computes",
    .contenders = contenders,
    .n_contenders = ARRAY_LENGTH(contenders),
    .rows = rows,
    .n_rows = ARRAY_LENGTH(rows),
    .rounds = 25,
};
