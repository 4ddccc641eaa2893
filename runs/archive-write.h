/* What can be done to the runs of one shelf. */
#pragma once

#include "runs/archive-job.h"
#include "runs/archive-shelf.h"

/* "done", "failed" and the like, not "queued" or "running". */
bool shelf_is_finished(const char *status);

/* Does what a job that writes says. *ret_found: there was such a run (of a remove: a finished one), and such
 * an ask of it. */
int shelf_write(Shelf *shelf, const ArchiveJob *job, bool *ret_found);

/* ret_found may be NULL. */
int shelf_change(Shelf *shelf, const char *id, const char *status, const char *summary, bool *ret_found);

/* Removes a run in whatever state. */
int shelf_drop(Shelf *shelf, const char *id);

/* Any run that is not finished; the oldest that is, but for one. *ret_id is owned by the caller; NULL: none.
 */
int shelf_unfinished(Shelf *shelf, char **ret_id);
int shelf_oldest_finished(Shelf *shelf, const char *except, char **ret_id);

/* Makes the run on one shelf what it is on another. */
int shelf_copy(Shelf *to, Shelf *from, const char *id);

/* Removes the oldest finished runs, but never this one (NULL: any), until they and the pages in use are few
 * enough. */
int shelf_prune(Shelf *shelf, const char *except, int64_t max_runs, int64_t max_bytes);
