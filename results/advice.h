/* What would help where the repetitions cannot tell: the one parameter, with a value that the server would
 * take and that fits its limits. Private to this folder. */
#pragma once

#include "results/figures.h"

/* What the proposals are made from. All of it is borrowed. */
typedef struct AdviceFor {
    const Headroom *headroom;            /* of what was asked for; with its own most_ns 0: not known */
    const json_t *request;               /* every parameter with its value */
    const CatalogExperiment *experiment; /* NULL: no sizes are proposed */
    const Ratio *ratio;                  /* that cannot be told */
    ResultStatus status;                 /* of the cell, and its median */
    int64_t wall_ns;
    double round_ns;        /* what a round of all cells takes, as measured */
    double rounds_per_cent; /* rounds until every ratio is known within 1 %; 0: nobody can say */
    int64_t precision;      /* per cent that were asked for; 0: none */
    const char *stopped_by; /* what ended the rounds; NULL: nothing did */
    bool in_both_runs;      /* two runs are compared, and it is to be asked for in both */
} AdviceFor;

/* Returns a clause such as "try precision=5 (about 40 repetitions, 12.3 s)"; the caller frees it. NULL if
 * nobody said what is allowed. */
char *advice_make(const AdviceFor *what);

/* The same for the ratio of cell i of a run; see results_allow(). */
char *advice_of_run(const Results *results, Figures *figures, size_t i, const Ratio *ratio);

/* What a cell adds to a round of so long a median. */
double advice_round_ns(int64_t wall_ns);
