/* What a part of the benchmark is: contenders that are measured in turns, and rows of the table that say what
 * is claimed of two of them. A part is a file part-NAME.c that ends in its const descriptor, and one line in
 * parts.def.
 *
 *     round 0:   A B C      each contender measures once and gives its figures;
 *     round 1:   C B A      the ratio of a row is made of neighbours of one round, so that noise which
 *     round 2:   A B C      lasts longer than a round falls on both sides
 *
 * A contender knows nothing of rounds, ratios and targets. A row knows nothing of how a figure came about. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum {
    BENCH_MAX_CONTENDERS = 16,
    BENCH_MAX_ROUNDS = 64,
    BENCH_FIGURES = 3,
    BENCH_ALONE = -1, /* in the place of a contender: there is none beside */
};

typedef struct BenchContender BenchContender;

struct BenchContender {
    const char *name;  /* as the table calls it: "the bare loop" */
    const char *needs; /* the peer (see peers.h) without which it is left out; NULL: none */

    /* Measures once. Returns 0 with the figures set, in the units of the rows, or the result of bench_fail().
     */
    int (*measure)(const BenchContender *self, double figures[static BENCH_FIGURES]);

    /* Counts the instructions of the same work, for where noise hides the time; see counter.h. NULL: that
     * would not say anything. Returns 0 or the result of bench_fail(). */
    int (*count)(const BenchContender *self, double *ret_instructions);

    /* For measure() and count() only. */
    long n;
    const char *text;
    const void *more;
};

/* Which way a ratio is good. */
typedef enum BenchGoal { BENCH_AT_MOST, BENCH_AT_LEAST } BenchGoal;

/* A line of the table: one figure of a contender, beside the same figure of another. */
typedef struct BenchRow {
    const char *name;     /* what scripts/bench.sh takes: "healthz-32" */
    const char *quantity; /* in words */
    const char *unit;     /* of the figure: ns, us, ms, s, bytes, MB, requests/s */
    int ours, beside;     /* contenders; beside may be BENCH_ALONE */
    int figure;
    BenchGoal goal;
    double ratio; /* the target of ours over beside; 0: there is none */
    double limit; /* the most that the figure itself may be, in its unit; 0: there is none */
} BenchRow;

typedef struct BenchPart {
    const char *name;
    const char *about; /* what is said before it begins: "the start of a run" */
    const BenchContender *contenders;
    size_t n_contenders;
    const BenchRow *rows;
    size_t n_rows;
    int rounds; /* fewer than STATS_MIN_VALUES have no interval, and their whole range stands for it */
    bool slow;  /* takes minutes: --quick leaves it out unless it is named */

    /* The contenders are sizes of one thing: the table is followed by a chart of the first figure, under this
     * title; NULL: they are not. */
    const char *series;
    size_t n_series; /* so many contenders, the first ones, are in it; 0: all */

    /* Before the first round and after the last; NULL: there is nothing to do. open() returns 0 or the
     * result of bench_fail(); close() is called in any case. */
    int (*open)(void);
    void (*close)(void);
} BenchPart;

/* Notes why something could not be measured, as printf does, and returns -1. */
int bench_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A folder for files, which is removed at the end. */
const char *bench_folder(void);

/* Only to see whether it works: what takes long may be made smaller. */
bool bench_is_quick(void);

#define PART(name) extern const BenchPart part_##name;
#include "tests/bench/parts.def"
#undef PART
