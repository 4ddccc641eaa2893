/* One call of the archive on its way: noted on the loop with copies of everything, done off the loop,
 * answered on the loop. Only one of the two has it at a time.
 *
 * A job is made with its wishes, moves whole from the loop to the store and back, and is freed when its
 * callback has returned. There is no lock, because at no time two threads know of it. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "runs/archive.h"

enum { ARCHIVE_N_TEXTS = 3 }; /* text i has the bit 1 << i in ARCHIVE_RUN, ARCHIVE_EVENTS, ARCHIVE_TRACE */

typedef enum ArchiveJobKind {
    ARCHIVE_JOB_BEGIN,
    ARCHIVE_JOB_ASK,
    ARCHIVE_JOB_CHANGE,
    ARCHIVE_JOB_FINISH,
    ARCHIVE_JOB_RELABEL,
    ARCHIVE_JOB_REMOVE,
    ARCHIVE_JOB_EMPTY,
    ARCHIVE_JOB_NOTE,
    ARCHIVE_JOB_LIST,
    ARCHIVE_JOB_GET,
} ArchiveJobKind;

typedef struct ArchiveJob {
    STAILQ_ENTRY(ArchiveJob) link;
    ArchiveJobKind kind;

    /* What is to be done; owned; NULL where it was not given. The filter's texts are those of the job. A note
     * has its name as id and its text as the first text. */
    char *id, *experiment, *status, *summary, *owner, *label, *question, *prediction, *before;
    char *texts[ARCHIVE_N_TEXTS];
    int64_t created_ms;
    unsigned wanted;
    ArchiveFilter filter;

    /* What came of it. */
    bool found, kept;
    int64_t n_removed; /* of emptying */
    json_t *runs;      /* of a list */
    bool more;
    json_t *row;  /* of one run, as in a list; NULL: there is none. Its status is in the job's */
    json_t *asks; /* of it, see asks_json() */
    bool owned, began;
    char *unreadable; /* why the run cannot be read; NULL: it can, or there is none */
    json_t *unlisted; /* of a list: the ids of runs that cannot be read */
    char *got[ARCHIVE_N_TEXTS];

    /* The callback to be told; only the one that fits the kind is set. */
    ArchiveDone done;
    ArchiveEmptied emptied;
    ArchiveListed listed;
    ArchiveGot answer;
    void *data;
} ArchiveJob;

typedef STAILQ_HEAD(ArchiveJobs, ArchiveJob) ArchiveJobs;

/* Whether it may change a run. Only these have the disk tried again when it was away. */
static inline bool archive_job_writes(const ArchiveJob *job)
{
    return job->kind != ARCHIVE_JOB_LIST && job->kind != ARCHIVE_JOB_GET;
}
