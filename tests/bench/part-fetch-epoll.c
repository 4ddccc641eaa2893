/* Ten thousand pages at once in one event loop, beside the barest loop there is and beside aiohttp. */
#include "base/array.h"
#include "tests/bench/bench.h"
#include "tests/bench/fetch-lab.h"

enum { LOOP, BARE, AIOHTTP };
enum { WALL, CPU, MEMORY };

static const BenchContender contenders[] = {
    [LOOP] = {"epoll", .measure = fetch_measure_engine, .text = "mode=epoll lock=gil", .n = 10000},
    [BARE] = {"a bare epoll client", .measure = fetch_measure_bare, .text = "epoll", .n = 10000},
    [AIOHTTP] = {"aiohttp", .needs = "aiohttp", .measure = fetch_measure_aiohttp, .n = 10000},
};

static const BenchRow rows[] = {
    {"fetch-10000-wall", "fetch, 10,000 at once, epoll: wall time", "ms", LOOP, BARE, WALL, .ratio = 1.5},
    {"fetch-10000-cpu", "fetch, 10,000 at once, epoll: CPU time", "ms", LOOP, AIOHTTP, CPU, .ratio = 0.15},
    {"fetch-10000-memory", "fetch, 10,000 at once: bytes a transfer", "bytes", LOOP, AIOHTTP, MEMORY,
        .limit = 16384},
};

const BenchPart part_fetch_epoll = {
    .name = "fetch-epoll",
    .about = "10,000 pages at once in one loop",
    .contenders = contenders,
    .n_contenders = ARRAY_LENGTH(contenders),
    .rows = rows,
    .n_rows = ARRAY_LENGTH(rows),
    .rounds = 11,
};
