/* A forced switch under the model of CPython's GIL: how long nobody holds the lock when it goes from one
 * thread that computes to another. The engine's own books say it: the time in which both tasks were at work,
 * less what either held the lock, for each hand-over. */
#include <jansson.h>

#include "base/array.h"
#include "tests/bench/bench.h"
#include "tests/bench/engine.h"
#include "tests/bench/program.h"

/* From the first task's first step to the last one's end. */
static double span_of(const json_t *sample)
{
    double first = -1, last = 0;
    const json_t *task;
    size_t i;

    json_array_foreach (json_object_get(sample, "per_task"), i, task) {
        double start = engine_number(task, "start_ns"), end = engine_number(task, "end_ns");

        first = first < 0 || start < first ? start : first;
        last = end > last ? end : last;
    }
    return last - first;
}

static int measure_gil(const BenchContender *self, double *figures)
{
    json_auto_t *sample = NULL;
    double handoffs, free_ns;

    if (engine_sample(self->text, &sample) < 0)
        return -1;
    handoffs = engine_number(sample, "lock_stats.handoffs");
    if (handoffs < 10)
        return bench_fail("the lock changed hands %.0f times only", handoffs);
    free_ns = span_of(sample) - engine_number(sample, "lock_stats.held_ns");
    figures[0] = free_ns > 0 ? free_ns / handoffs / 1000 : 0;
    return 0;
}

static int measure_futex(const BenchContender *self, double *figures)
{
    const char *const arguments[] = {program_path("tests/bench", "bare-switch"), self->text, NULL};

    if (program_run_figures(arguments, figures) < 0)
        return -1;
    figures[0] /= 1000;
    return 0;
}

enum { GIL_SAME, FUTEX_SAME, GIL_TWO, FUTEX_TWO };

/* An interval of a tenth of a millisecond makes thousands of switches of half a second. */
#define COUNTDOWN "countdown tasks=2 n=15e7 mode=threads lock=gil switch_interval_us=100 detail=full"

static const BenchContender contenders[] = {
    [GIL_SAME] = {"gil, one CPU", .measure = measure_gil, .text = COUNTDOWN " cpus=1"},
    [FUTEX_SAME] = {"a futex to and fro, one CPU", .measure = measure_futex, .text = "same"},
    [GIL_TWO] = {"gil, two CPUs", .measure = measure_gil, .text = COUNTDOWN " cpus=2"},
    [FUTEX_TWO] = {"a futex to and fro, two CPUs", .measure = measure_futex, .text = "two"},
};

static const BenchRow rows[] = {
    {"switch-one-cpu", "forced switch, two threads on one CPU", "us", GIL_SAME, FUTEX_SAME, .ratio = 1.3},
    {"switch-two-cpus", "forced switch, two threads on two CPUs", "us", GIL_TWO, FUTEX_TWO, .ratio = 1.3},
};

const BenchPart part_switch = {
    .name = "switch",
    .about = "the forced switch of the GIL",
    .contenders = contenders,
    .n_contenders = ARRAY_LENGTH(contenders),
    .rows = rows,
    .n_rows = ARRAY_LENGTH(rows),
    .rounds = 15,
};
