#include "runs/archive-job.h"

#include <stdlib.h>

void archive_job_forget(ArchiveJob *job)
{
    job->found = job->kept = job->more = false;
    json_decref(job->runs);
    json_decref(job->row.summary);
    free(job->row.status);
    job->runs = NULL;
    job->row = (ArchiveRow){0};
    for (int i = 0; i < ARCHIVE_N_TEXTS; i++) {
        free(job->got[i]);
        job->got[i] = NULL;
    }
}

void archive_job_free(ArchiveJob *job)
{
    archive_job_forget(job);
    for (int i = 0; i < ARCHIVE_N_TEXTS; i++)
        free(job->texts[i]);
    free(job->id);
    free(job->experiment);
    free(job->status);
    free(job->summary);
    free(job->owner);
    free(job->label);
    free(job->prediction);
    free(job->before);
    free(job);
}
