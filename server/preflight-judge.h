/* From what was measured to which lessons a machine can show. Knows nothing of how it was measured. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "catalog/catalog.h"

/* The modes and locks of a runtime that lessons are about, found by what is true of them; NULL: it has none.
 */
typedef struct PreflightCast {
    const Catalog *catalog;
    const CatalogMode *baseline, *threads, *processes, *loop;
    const CatalogLock *usual, *none; /* the one that a request gets that names none; and no lock at all */
} PreflightCast;

/* Finds them in a catalog, which must outlive the cast. No name is compared: the usual lock is the one
 * that says it is, threads are tasks side by side that share memory, and so on. */
PreflightCast preflight_cast(const Catalog *catalog);

typedef enum ShowState {
    SHOW_OK,
    SHOW_LIMITED, /* it can be seen, but not in full, or not clearly */
    SHOW_NO,
} ShowState;

enum { PREFLIGHT_ROWS = 10 };

typedef struct ShowRow {
    char *name; /* owned */
    ShowState state;
    char *why; /* owned; a sentence without its full stop */
} ShowRow;

/* Fills in the rows. countdown and fetch are runs as results_run() makes them: of countdown, the baseline,
 * threads and processes under both locks; of fetch, the baseline, threads and the loop under the usual one.
 * Anything may be missing in them: a run that failed is an object with its "reason". */
void preflight_judge(
    const PreflightCast *cast, const json_t *countdown, const json_t *fetch, ShowRow rows[PREFLIGHT_ROWS]);

/* Returns the last line: whether every lesson can be shown, if only in part, and what would help; the caller
 * frees it. Sets *ret_all. */
char *preflight_conclude(const ShowRow rows[PREFLIGHT_ROWS], bool *ret_all);

/* Frees the texts of the rows. */
void preflight_free_rows(ShowRow rows[PREFLIGHT_ROWS]);

/* "ok", "limited", "no" */
const char *preflight_state_name(ShowState state);
