/* The catalog, which is made once and then answered from memory, beside a server that does nothing else with
 * the same bytes. */
#include "base/array.h"
#include "tests/bench/bench.h"
#include "tests/bench/http-lab.h"

static int open_part(void)
{
    return http_lab_open((const char *const[]){"/experiments", NULL}, false);
}

enum { OURS, BARE };

static const BenchContender contenders[] = {
    [OURS] = {"gilscope", HTTP_GILSCOPE, .n = 32, .text = "/experiments"},
    [BARE] = {"the same bytes from a persistent buffer", HTTP_BARE, .n = 32, .text = "/experiments"},
};

static const BenchRow rows[] = {
    {"experiments", "GET /experiments, 32 connections", "/s", OURS, BARE, .goal = BENCH_AT_LEAST,
        .ratio = 0.8},
};

const BenchPart part_experiments = {
    .name = "experiments",
    .about = "the catalog",
    .contenders = contenders,
    .n_contenders = ARRAY_LENGTH(contenders),
    .rows = rows,
    .n_rows = ARRAY_LENGTH(rows),
    .rounds = 11,
    .open = open_part,
    .close = http_lab_close,
};
