/* Two shelves: one on disk, and one in memory that stands in for it. The one in memory has every run that is
 * not over yet, as the disk has it too, and those finished runs that the disk did not take. So whatever
 * becomes of the file, a run that goes on is complete; and a run is put to disk, whenever that is possible
 * again, by copying all of it. Where both have a run, that in memory is the one to look at.
 *
 * Jobs are done in one transaction. If that fails, each is done alone; one that fails again is done without
 * writing to the disk, and at last without the disk at all.
 *
 * Everything here blocks. One thread at a time: first the one that opens the archive, then wherever jobs are
 * done. */
#pragma once

#include "runs/archive-job.h"

typedef struct Store Store;

/* Copies the settings. Returns a store in any case. */
Store *store_open(const ArchiveSettings *settings);

/* Does the jobs of a list in order and enters what came of them. */
void store_do(Store *store, ArchiveJob *jobs);

/* What the archive says of itself; the texts are owned by the store. */
typedef struct StoreState {
    const char *trouble, *notice;
    int64_t n_runs, n_bytes;
} StoreState;
StoreState store_state(const Store *store);

/* Closes the files, after another try to put to disk what is in memory only. The store can still be asked,
 * and knows no run. */
void store_close(Store *store);

void store_free(Store *store);
