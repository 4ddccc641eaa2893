/* What a cell more costs: one request of many cells that do nothing, from request to answer. Linear is: of 64
 * cells each costs no more than of 16. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/nsec.h"
#include "tests/bench/bench.h"
#include "tests/bench/client.h"
#include "tests/bench/server.h"

enum { WALL, EACH };

static Server server;

static int open_part(void)
{
    return server_start(&server, NULL, NULL);
}

static void close_part(void)
{
    server_stop(&server);
}

/* n is how many cells; they differ in the interval of a lock that nobody waits for. Figures: ms, ms for each
 * cell.
 */
static int measure(const BenchContender *self, double *figures)
{
    auto_client_answer ClientAnswer answer = {0};
    auto_close int connection = client_open(server.port);
    char path[1024] =
        "/run/"
        "countdown?mode=serial&lock=gil&tasks=1&repeat=1&warmup=0&timeline=off&n=1&switch_interval_us=5000";
    size_t length = strlen(path);
    nsec_t before;

    for (long i = 2; i <= self->n; i++)
        length += (size_t)snprintf(path + length, sizeof(path) - length, ",%ld", 4999 + i);
    before = nsec_now();
    if (connection < 0 || client_get(connection, path, "", &answer) < 0)
        return -1;
    figures[WALL] = (double)(nsec_now() - before) / NSEC_PER_MSEC;
    figures[EACH] = figures[WALL] / (double)self->n;
    return 0;
}

enum { CELLS_1, CELLS_4, CELLS_16, CELLS_64 };

static const BenchContender contenders[] = {
    [CELLS_1] = {"1 cell", .measure = measure, .n = 1},
    [CELLS_4] = {"4 cells", .measure = measure, .n = 4},
    [CELLS_16] = {"16 cells", .measure = measure, .n = 16},
    [CELLS_64] = {"64 cells", .measure = measure, .n = 64},
};

static const BenchRow rows[] = {
    {"growth-cells", "cost growth: a cell of 64", "ms", CELLS_64, CELLS_16, EACH, .ratio = 1.1},
};

const BenchPart part_growth_cells = {
    .name = "growth-cells",
    .about = "what a cell more costs",
    .contenders = contenders,
    .n_contenders = ARRAY_LENGTH(contenders),
    .rows = rows,
    .n_rows = ARRAY_LENGTH(rows),
    .rounds = 11,
    .open = open_part,
    .close = close_part,
    .series = "request to answer by the number of cells, ms",
};
