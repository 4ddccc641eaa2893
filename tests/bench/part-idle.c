/* What a task of the event loop that only sleeps holds of memory. The asyncio of the Python that is here
 * stands beside it. No time is in it, so a busy machine disturbs little. */
#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/bench/bench.h"
#include "tests/bench/engine.h"
#include "tests/bench/peers.h"
#include "tests/bench/program.h"

static int measure_loop(const BenchContender *self, double *figures)
{
    json_auto_t *sample = NULL;

    if (engine_sample(self->text, &sample) < 0)
        return -1;
    figures[0] = engine_number(sample, "memory.rss_per_task_bytes");
    return 0;
}

static int measure_asyncio(const BenchContender *self, double *figures)
{
    auto_free char *n = text_printf("%ld", self->n);
    const char *const arguments[] = {
        peer_find("python3"), BENCH_SOURCE_ROOT "/tests/bench/peer-asyncio.py", n, NULL};

    return program_run_figures(arguments, figures) < 0 ? -1 : 0;
}

enum { LOOP, ASYNCIO };

static const BenchContender contenders[] = {
    [LOOP] = {"the event loop", .measure = measure_loop, .text = "idle mode=epoll lock=gil tasks=10000"},
    [ASYNCIO] = {"asyncio", .needs = "python3", .measure = measure_asyncio, .n = 10000},
};

static const BenchRow rows[] = {
    {"idle-bytes", "10,000 idle tasks: resident bytes a task", "bytes", LOOP, ASYNCIO, .limit = 512},
};

const BenchPart part_idle = {
    .name = "idle",
    .about = "the memory of 10,000 idle tasks",
    .contenders = contenders,
    .n_contenders = ARRAY_LENGTH(contenders),
    .rows = rows,
    .n_rows = ARRAY_LENGTH(rows),
    .rounds = 7,
};
