/* What a task more costs. The function does nothing (n=1), so all of the time is that of starting and
 * joining. Linear is: at 256 tasks each costs no more than at 64. A cost that grows with the square would
 * cost four times as much. */
#include <jansson.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/nsec.h"
#include "base/text.h"
#include "tests/bench/bench.h"
#include "tests/bench/engine.h"

enum { WALL, EACH };

/* n is how many tasks, text the mode. Figures: wall ms, us for each task. */
static int measure(const BenchContender *self, double *figures)
{
    auto_free char *words = text_printf("countdown n=1 lock=gil mode=%s tasks=%ld", self->text, self->n);
    json_auto_t *sample = NULL;

    if (engine_sample(words, &sample) < 0)
        return -1;
    figures[WALL] = engine_number(sample, "wall_ns") / NSEC_PER_MSEC;
    figures[EACH] = figures[WALL] * 1000 / (double)self->n;
    return 0;
}

enum { THREADS_64 = 3, THREADS_256, PROCESSES_64 = 8, PROCESSES_256 };

#define SIZE(mode, size)                                                                                     \
    {                                                                                                        \
        mode ", " #size " tasks", .measure = measure, .text = mode, .n = size                                \
    }

static const BenchContender contenders[] = {
    SIZE("threads", 1),
    SIZE("threads", 4),
    SIZE("threads", 16),
    SIZE("threads", 64),
    SIZE("threads", 256),
    SIZE("processes", 1),
    SIZE("processes", 4),
    SIZE("processes", 16),
    SIZE("processes", 64),
    SIZE("processes", 256),
};

static const BenchRow rows[] = {
    {"growth-threads", "cost growth: a task of 256 threads", "us", THREADS_256, THREADS_64, EACH,
        .ratio = 1.1},
    {"growth-processes", "cost growth: a task of 256 processes", "us", PROCESSES_256, PROCESSES_64, EACH,
        .ratio = 1.1},
};

const BenchPart part_growth_tasks = {
    .name = "growth-tasks",
    .about = "what a task more costs",
    .contenders = contenders,
    .n_contenders = ARRAY_LENGTH(contenders),
    .rows = rows,
    .n_rows = ARRAY_LENGTH(rows),
    .rounds = 11,
    .series = "wall time of n=1 by the number of tasks, ms",
};
