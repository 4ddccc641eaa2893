/* A run as the archive has it in its hands: read whole, changed here, and written whole. What a call of the
 * archive does to a run, and how a reader sees it, is decided here in one way, wherever the run lies.
 *
 * Its texts are the exception. They are large and never change, so they are here only until they are on disk,
 * and are read from there afterwards. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "runs/archive-job.h"
#include "runs/ask.h"

/* A text, compressed. */
typedef struct KeptText {
    unsigned char *packed;    /* owned; NULL: the text is not here */
    size_t packed_size, size; /* bytes; size: as it was before, without the NUL */
} KeptText;

/* What the disk has of a run that is in memory. */
typedef enum OnDisk {
    ON_DISK_NOTHING,
    ON_DISK_OLDER, /* the run as it was some changes ago, with all its texts that are not here */
    ON_DISK_ALL,
} OnDisk;

typedef struct KeptRun {
    TAILQ_ENTRY(KeptRun) link;
    char *id, *experiment, *status, *summary; /* owned; the summary is JSON */
    int64_t created_ms;
    Asks asks;
    KeptText texts[ARCHIVE_N_TEXTS];
    unsigned kinds; /* of the texts that it left, here or on disk; ARCHIVE_RUN and so on, added up */
    OnDisk on_disk;
    bool touched; /* by the jobs that are being done */
} KeptRun;

typedef TAILQ_HEAD(KeptRuns, KeptRun) KeptRuns;

/* Returns a run of which only the id is known (copied), without a status: set one by kept_run_set() or a
 * job before anything else. */
KeptRun *kept_run_new(const char *id);
void kept_run_free(KeptRun *run);

/* Texts are copied. */
void kept_run_set(
    KeptRun *run, int64_t created_ms, const char *experiment, const char *status, const char *summary);

/* Does what a job says, which is neither a removal nor reads; its texts are copied and packed. Returns
 * whether there was what it changes: of a new label, such an ask. It cannot fail otherwise. */
bool kept_run_apply(KeptRun *run, const ArchiveJob *job);

/* The run did not come to its end, and this is why. */
void kept_run_interrupt(KeptRun *run, const char *reason);

/* "done", "failed" and the like, not "queued" or "running". */
bool kept_run_is_over(const KeptRun *run);

/* Whether a list with this filter shows the run. */
bool kept_run_fits(const KeptRun *run, const ArchiveFilter *filter);

/* How the owner (NULL: anybody) sees it in a list, a new object. *ret_owned: the owner asked
 * for it; *ret_began: before all others. Both may be NULL. */
json_t *kept_run_row(const KeptRun *run, const char *owner, bool *ret_owned, bool *ret_began);

/* A number by which a run that was read is known to be the one that was written: of all that is in it, but of
 * its texts only which there are, as each carries a sum of its own. */
uint32_t kept_run_sum(const KeptRun *run);

/* A server that died left no run to show. Returns what is known of it by its row, in the shape of one, owned
 * by the caller. */
char *kept_run_stand_in(const json_t *row);

/* What it takes in memory, about. */
int64_t kept_run_bytes(const KeptRun *run);

/* Makes a text again of what was packed. Returns 0 and sets *ret, owned by the caller; -ENOMEM; or -EBADMSG
 * if the bytes are not what was packed. */
int kept_text_unpack(const void *packed, size_t packed_size, size_t size, char **ret);
