/* A thousand pages at once, a thread for each. The floor has the same threads and the same library, without
 * locks and books. */
#include "base/array.h"
#include "tests/bench/bench.h"
#include "tests/bench/fetch-lab.h"

enum { NONE, GIL, BARE };

static const BenchContender contenders[] = {
    [NONE] = {"threads under none", .measure = fetch_measure_engine, .text = "mode=threads lock=none",
        .n = 1000},
    [GIL] = {"threads under gil", .measure = fetch_measure_engine, .text = "mode=threads lock=gil",
        .n = 1000},
    [BARE] = {"threads with bare libcurl", .measure = fetch_measure_bare, .text = "threads", .n = 1000},
};

static const BenchRow rows[] = {
    {"fetch-1000-none", "fetch, 1,000 at once, threads, none", "ms", NONE, BARE, .ratio = 1.1},
    {"fetch-1000-gil", "fetch, 1,000 at once, threads, gil", "ms", GIL, BARE, .ratio = 1.5},
};

const BenchPart part_fetch_threads = {
    .name = "fetch-threads",
    .about = "1,000 pages at once in threads",
    .contenders = contenders,
    .n_contenders = ARRAY_LENGTH(contenders),
    .rows = rows,
    .n_rows = ARRAY_LENGTH(rows),
    .rounds = 15,
};
