/* What it takes to start 64 processes and to have all of them back: the mode, beside forks that do nothing.
 */
#include "base/array.h"
#include "base/nsec.h"
#include "tests/bench/bench.h"
#include "tests/bench/engine.h"
#include "tests/bench/program.h"

static int measure_mode(const BenchContender *self, double *figures)
{
    json_auto_t *sample = NULL;

    if (engine_sample(self->text, &sample) < 0)
        return -1;
    figures[0] = engine_number(sample, "wall_ns") / NSEC_PER_MSEC;
    return 0;
}

static int measure_bare(const BenchContender *self, double *figures)
{
    const char *const arguments[] = {program_path("tests/bench", "bare-start"), self->text, "together", NULL};

    if (program_run_figures(arguments, figures) < 0)
        return -1;
    figures[0] /= NSEC_PER_MSEC;
    return 0;
}

enum { MODE, BARE };

static const BenchContender contenders[] = {
    [MODE] = {"the mode processes", .measure = measure_mode,
        .text = "countdown n=1 mode=processes lock=gil tasks=64"},
    [BARE] = {"64 forks linked alike", .measure = measure_bare, .text = "64"},
};

static const BenchRow rows[] = {
    {"processes-64", "64 processes: start to all collected", "ms", MODE, BARE, .ratio = 1.3},
};

const BenchPart part_processes = {
    .name = "processes",
    .about = "64 processes",
    .contenders = contenders,
    .n_contenders = ARRAY_LENGTH(contenders),
    .rows = rows,
    .n_rows = ARRAY_LENGTH(rows),
    .rounds = 25,
};
