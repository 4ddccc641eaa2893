/* Where the runs are: on disk, and in memory those that the disk cannot answer for. See the top of archive.c.
 *
 * Everything here blocks. One thread at a time: first the one that opens the archive, then wherever jobs are
 * done. */
#pragma once

#include "runs/archive-job.h"

typedef struct Store Store;

/* Copies the settings. Returns a store in any case. */
Store *store_open(const ArchiveSettings *settings);

/* Does the jobs of a list in order and enters what came of them. */
void store_do(Store *store, ArchiveJobs *jobs);

/* What the archive says of itself; the texts are owned by the store. */
typedef struct StoreState {
    const char *trouble, *notice;
    int64_t n_runs, n_bytes;
} StoreState;
StoreState store_state(const Store *store);

/* The text of a note, borrowed; NULL: there is none. */
const char *store_note(const Store *store, const char *name);

/* Closes the file, after another try to put there what is in memory only. The store can still be asked, and
 * knows no run. */
void store_close(Store *store);

void store_free(Store *store);
