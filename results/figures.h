/* What is computed of a cell before its JSON is made: medians, intervals, the baseline cell, the ideal.
 * Private to this folder. Belongs to one thread at a time. */
#pragma once

#include "results/cell-status.h"
#include "results/collected.h"
#include "results/stats.h"
#include "results/verdict.h"

#define NO_CELL SIZE_MAX

typedef struct Figures {
    const CellSpec *spec; /* borrowed; what the cell was asked to be */
    ResultStatus status;
    char *reason; /* owned; why it is not done, or NULL */
    size_t n;     /* good repetitions */
    /* Owned; n each, in the order of the repetitions. NULL: n is 0, or some repetition does not say this
     * time. */
    int64_t *times[N_SAMPLE_TIMES];
    Stats stats[N_SAMPLE_TIMES]; /* only of times that are there */
    const Sample *median;        /* the repetition with the lower median wall time; NULL if n is 0 */
    double *resampled;           /* owned; medians of the wall time, made when first needed */
    size_t baseline;             /* index of the baseline cell, or NO_CELL, also where time is no measure */
} Figures;

/* Returns one element for each cell, owned by the caller; borrows from results, which must not change
 * meanwhile. The status and reason of the run (which may be NULL) decide how an incomplete cell ended. */
Figures *figures_new(const Results *results, ResultStatus run_status, const char *run_reason);
void figures_free(Figures *figures, size_t n_cells);

/* The same of one cell alone, without its baseline cell; to be finished. */
void figures_init(Figures *figures, const Results *results, const CollectedCell *cell);
void figures_finish(Figures *figures);

/* Whether the first cell did the same work as the second with everything else equal, one task after the
 * other. */
bool figures_is_baseline_of(const CellSpec *baseline, const CellSpec *cell);

/* Whether it may be held against another: the same rule for a cell and for its baseline. */
bool figures_compares(const Figures *figures);

/* Draws the resampled medians, unless they are there: many cells are held against one, whose thousand medians
 * are drawn once. Two cells that are compared need different seeds. */
void figures_resample(Figures *figures, uint64_t seed);

/* Returns the ideal wall time of cell i in nanoseconds, or -1 without a baseline cell or a rule. */
int64_t figures_ideal(const Figures *figures, size_t i);

/* Compares cell i with its baseline cell. Returns false, *ret untouched, if one of them may not be compared
 * (see cell-status.h) or has no figures. Draws
 * the resampled medians of both when they are first needed, and keeps them. */
bool figures_ratio(Figures *figures, size_t i, Ratio *ret);
