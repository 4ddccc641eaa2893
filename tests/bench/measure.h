/* The one loop that measures: all contenders of a part in turns, and what came of it for each row. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "tests/bench/bench.h"
#include "tests/bench/judge.h"

/* All figures of a part. */
typedef struct Measured {
    const BenchPart *part;
    int rounds;
    bool wanted[BENCH_MAX_CONTENDERS];         /* a row that was asked for needs it */
    const char *missing[BENCH_MAX_CONTENDERS]; /* the peer that it lacks, or NULL */
    char *failures[BENCH_MAX_CONTENDERS];      /* owned; why it could not be measured, or NULL */
    double figures[BENCH_MAX_CONTENDERS][BENCH_FIGURES][BENCH_MAX_ROUNDS];
    double instructions[BENCH_MAX_CONTENDERS]; /* 0: they were not counted */
    char *count_failure;                       /* owned; why they could not be, or NULL */
} Measured;

typedef enum RowState { ROW_JUDGED, ROW_LEFT_OUT, ROW_FAILED } RowState;

/* What came of a row. What does not apply is 0, NULL or false. */
typedef struct RowResult {
    const BenchRow *row;
    const Measured *measured;
    RowState state;
    const char *reason; /* the peer that is missing, or the failure; borrowed from measured */
    JudgeOutcome outcome;
    Estimate ours, beside, ratio;
    bool has_beside;
    double instruction_ratio; /* ours over beside; 0: they were not counted */
    bool by_instructions;     /* they have decided */
} RowResult;

/* Measures what is wanted of a part: ret->part, rounds and wanted are set, the rest is empty. With count,
 * instructions are counted for every row for which they can be, else for those that are inconclusive.
 * stop is asked before each measurement, and ends all of them. */
void measure_part(Measured *ret, bool count, bool (*stop)(void));

void measured_finish(Measured *measured);

RowResult measured_judge(const Measured *measured, const BenchRow *row);

/* The median of a contender's figure with its interval; false if there is none. */
bool measured_estimate(const Measured *measured, int contender, int figure, Estimate *ret);
