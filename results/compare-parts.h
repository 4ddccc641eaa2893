/* What a comparison is put together from; private to this folder. compare-cells.c finds the partners,
 * compare-models.c holds models against what they model,
 * compare-advice.c says what would help, compare-warnings.c what stands against the comparison, compare.c
 * calls both and makes the JSON, and compare-format.c the other forms. */
#pragma once

#include <stdbool.h>

#include "results/compare.h"

/* The two sides, as indices: what is done for one is done for the other in a loop. */
enum {
    BASELINE,
    CANDIDATE,
    N_SIDES,
};

/* "baseline" and "candidate". */
static const char *const compare_side_names[N_SIDES] = {[BASELINE] = "baseline", [CANDIDATE] = "candidate"};

/* A cell of either run. */
typedef struct ComparedCell {
    ResultCell cell; /* what it is, and in "relative" the candidate over the baseline; no other figures */
    ResultTime wall[N_SIDES]; /* all unknown where one run has no such cell */
    json_t *figure[N_SIDES];  /* owned; what the experiment is about, as ResultAbout; NULL: there is none */
    const char *found_in;     /* "both", "model", or the name of one side */
    char *hint;               /* owned; the one of cell.relative */
    bool has_failed;          /* in either run, so nothing is compared */

    /* Only of a model and what it models, whose quotient is in cell.model. */
    const ResultCell *sides[N_SIDES];
    double serial_times[N_SIDES]; /* how many times its serial time each took; NAN: not known */
    const char *model_side;       /* where the model is; NULL: it is no such pair */
    char *runtime, *lock;         /* owned; of both sides, the texts of the cell */
    char *model_text;             /* owned; the one of cell.model */
    json_t *params;               /* owned; what both have with one value, those of the cell */
} ComparedCell;

/* Filled once by compare_runs(), then only read. The runs are borrowed; so are all texts of the cells, from
 * them. */
struct RunComparison {
    const ResultRun *runs[N_SIDES];
    const CompareRoom *rooms; /* of either; NULL: not known */
    ComparedCell *cells;      /* owned; first those in both, then models, then what only one has */
    size_t n_both, n_models, n_only[N_SIDES]; /* of the cells, in this order */
    ResultCells rows;                         /* the same, as a list of cells */
    char **warnings;                          /* owned, as is each */
    size_t n_warnings;
    char *summary; /* owned */
};

/* Whether a run goes on for a given time, so that its wall times are no measure. */
bool compare_is_timed(const RunComparison *comparison);

/* What both runs are about beside the wall time; NULL: nothing, or not the same. Borrowed. */
const ResultAbout *compare_about(const RunComparison *comparison);

/* Cells by what they are, in an order in which they are found quickly. */
typedef struct CompareIndex {
    struct CompareEntry *entries; /* owned */
    size_t n;
} CompareIndex;

typedef struct CompareEntry {
    char *key;       /* owned; what the cell is */
    size_t position; /* among the cells */
    const ResultCell *cell;
    bool is_taken; /* it has its partner */
} CompareEntry;

/* Returns an index of cells that does not look at the parameters named in skipped, which may be NULL. */
CompareIndex compare_index_new(const ResultCells *cells, const ResultTexts *skipped);
void compare_index_finish(CompareIndex *index);

#define auto_compare_index __attribute__((cleanup(compare_index_finish)))

/* Returns the first cell, in the order of the cells, that is what this one is and is not taken; or NULL. */
CompareEntry *compare_index_find(
    const CompareIndex *index, const ResultCell *cell, const ResultTexts *skipped);

/* Fills in the cells and the rows. Of cells that are there twice, the first is held against the first, the
 * second against the second. */
void compare_find_cells(RunComparison *comparison);

/* Whether the lock of one is a model of that of the other, and both were asked the same in all else. */
bool compare_is_model_pair(const RunComparison *comparison, const ResultCell *const sides[N_SIDES]);

/* Makes such a pair of a row that has its mode, tasks and CPUs: names, common parameters, and the quotient as
 * far as both stand beside a serial cell. */
void compare_set_model(
    const RunComparison *comparison, const ResultCell *const sides[N_SIDES], ComparedCell *pair);

/* Returns {model_in, baseline: {runtime, lock, relative}, candidate: {the same}, model: {ratio, interval,
 * verdict, text} or null} of such a pair, a new reference. */
json_t *compare_model_json(const ComparedCell *pair);

/* Returns a sentence on all such pairs, "" without any; the caller frees it. */
char *compare_models_text(const RunComparison *comparison);

/* The place of the first cell that only one of the runs has. */
static inline size_t compare_first_lonely(const RunComparison *comparison)
{
    return comparison->n_both + comparison->n_models;
}

/* Returns what would help a ratio of two cells that cannot be told, as advice.h does; NULL if nobody knows
 * what is allowed. */
char *compare_advice(
    const RunComparison *comparison, const ResultCell *const sides[N_SIDES], const Ratio *ratio);

/* Fills in the warnings. Needs the cells. */
void compare_find_warnings(RunComparison *comparison);
