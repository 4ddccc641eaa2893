/* Jobs and the loop. Those that are noted wait in a list; one piece of work at a time takes the whole list
 * off the loop, and when it is done the callbacks are called and the next list goes. */
#include "runs/archive.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "runs/archive-job.h"
#include "runs/archive-store.h"

struct Archive {
    uv_loop_t *loop;
    Store *store;              /* of the work while there is any */
    ArchiveJob *noted, **last; /* last is where the next one is linked in */
    ArchiveJob *taken;         /* by the work */
    uv_work_t work;
    bool busy, closing, closes; /* closes: this work does nothing but close */
    char *trouble, *notice;     /* as after the last work, for the loop */
    int64_t n_runs, n_bytes;
    void (*closed)(void *data);
    void *closed_data;
};

static char *copy(const char *text)
{
    return text ? text_printf("%s", text) : NULL;
}

static void replace(char **text, const char *new)
{
    if (*text && new &&strcmp(*text, new) == 0)
        return;
    free(*text);
    *text = copy(new);
}

/* Only while no work is under way. */
static void take_state(Archive *archive)
{
    StoreState state = store_state(archive->store);

    replace(&archive->trouble, state.trouble);
    replace(&archive->notice, state.notice);
    archive->n_runs = state.n_runs;
    archive->n_bytes = state.n_bytes;
}

static void answer_get(const ArchiveJob *job)
{
    ArchiveFound found = {
        .status = job->row.status,
        .summary = job->row.summary,
        .run = job->got[0],
        .events = job->got[1],
        .trace = job->got[2],
        .owned = job->row.owned,
        .began = job->row.began,
    };

    job->answer(job->data, job->row.summary ? &found : NULL);
}

static void answer_list(const ArchiveJob *job)
{
    json_auto_t *none = json_array();

    job->listed(job->data, job->runs ? job->runs : none, job->more);
}

static void answer(const ArchiveJob *job)
{
    if (job->kind == ARCHIVE_JOB_GET)
        answer_get(job);
    else if (job->kind == ARCHIVE_JOB_LIST)
        answer_list(job);
    else if (job->done)
        job->done(job->data, job->found, job->kept);
}

static void do_work(uv_work_t *work)
{
    Archive *archive = work->data;

    if (archive->closes)
        store_close(archive->store);
    else
        store_do(archive->store, archive->taken);
}

static void free_archive(Archive *archive)
{
    void (*closed)(void *data) = archive->closed;
    void *data = archive->closed_data;

    store_free(archive->store);
    free(archive->trouble);
    free(archive->notice);
    free(archive);
    if (closed)
        closed(data);
}

static void go_on(Archive *archive);

static void on_work_done(uv_work_t *work, int status)
{
    Archive *archive = work->data;
    bool closes = archive->closes;

    (void)status; /* nobody cancels it */
    take_state(archive);
    while (archive->taken) {
        ArchiveJob *job = archive->taken;

        archive->taken = job->next;
        answer(job);
        archive_job_free(job);
    }
    archive->busy = false;
    archive->closes = false;
    if (closes && !archive->noted)
        free_archive(archive);
    else
        go_on(archive);
}

/* Begins the next work if there is any. */
static void go_on(Archive *archive)
{
    if (archive->busy || (!archive->noted && !archive->closing))
        return;
    archive->busy = true;
    archive->closes = !archive->noted;
    archive->taken = archive->noted;
    archive->noted = NULL;
    archive->last = &archive->noted;
    uv_queue_work(archive->loop, &archive->work, do_work, on_work_done);
}

static ArchiveJob *new_job(ArchiveJobKind kind, const char *id, void *data)
{
    ArchiveJob *job = calloc(1, sizeof(ArchiveJob));

    assert(job);
    job->kind = kind;
    job->id = copy(id);
    job->data = data;
    return job;
}

static void note(Archive *archive, ArchiveJob *job)
{
    *archive->last = job;
    archive->last = &job->next;
    go_on(archive);
}

/* The part of a run's state that is in lists. */
static void set_state(ArchiveJob *job, const char *status, const json_t *summary, ArchiveDone done)
{
    job->status = copy(status);
    job->summary = json_dumps(summary, JSON_COMPACT);
    if (!job->summary)
        job->summary = copy("{}");
    job->done = done;
}

Archive *archive_open(uv_loop_t *loop, const ArchiveSettings *settings)
{
    Archive *archive = calloc(1, sizeof(Archive));

    assert(archive);
    archive->loop = loop;
    archive->last = &archive->noted;
    archive->work.data = archive;
    archive->store = store_open(settings);
    take_state(archive);
    return archive;
}

const char *archive_trouble(const Archive *archive)
{
    return archive->trouble;
}

const char *archive_notice(const Archive *archive)
{
    return archive->notice;
}

int64_t archive_n_runs(const Archive *archive)
{
    return archive->n_runs;
}

int64_t archive_n_bytes(const Archive *archive)
{
    return archive->n_bytes;
}

void archive_close(Archive *archive, void (*closed)(void *data), void *data)
{
    assert(!archive->closing);
    archive->closing = true;
    archive->closed = closed;
    archive->closed_data = data;
    go_on(archive);
}

void archive_begin(Archive *archive, const char *id, int64_t created_ms, const char *experiment,
    const char *status, const json_t *summary, ArchiveDone done, void *data)
{
    ArchiveJob *job = new_job(ARCHIVE_JOB_BEGIN, id, data);

    job->created_ms = created_ms;
    job->experiment = copy(experiment);
    set_state(job, status, summary, done);
    note(archive, job);
}

void archive_ask(Archive *archive, const char *id, const char *owner, const char *label,
    const char *prediction, ArchiveDone done, void *data)
{
    ArchiveJob *job = new_job(ARCHIVE_JOB_ASK, id, data);

    job->owner = copy(owner);
    job->label = copy(label);
    job->prediction = copy(prediction);
    job->done = done;
    note(archive, job);
}

void archive_change(
    Archive *archive, const char *id, const char *status, const json_t *summary, ArchiveDone done, void *data)
{
    ArchiveJob *job = new_job(ARCHIVE_JOB_CHANGE, id, data);

    set_state(job, status, summary, done);
    note(archive, job);
}

void archive_finish(Archive *archive, const char *id, const char *status, const json_t *summary,
    const ArchiveTexts *texts, ArchiveDone done, void *data)
{
    ArchiveJob *job = new_job(ARCHIVE_JOB_FINISH, id, data);

    set_state(job, status, summary, done);
    job->texts[0] = copy(texts->run);
    job->texts[1] = copy(texts->events);
    job->texts[2] = copy(texts->trace);
    note(archive, job);
}

void archive_relabel(
    Archive *archive, const char *id, const char *owner, const char *label, ArchiveDone done, void *data)
{
    ArchiveJob *job = new_job(ARCHIVE_JOB_RELABEL, id, data);

    job->owner = copy(owner);
    job->label = copy(label);
    job->done = done;
    note(archive, job);
}

void archive_remove(Archive *archive, const char *id, ArchiveDone done, void *data)
{
    ArchiveJob *job = new_job(ARCHIVE_JOB_REMOVE, id, data);

    job->done = done;
    note(archive, job);
}

void archive_list(Archive *archive, const ArchiveFilter *filter, ArchiveListed listed, void *data)
{
    ArchiveJob *job = new_job(ARCHIVE_JOB_LIST, NULL, data);

    job->experiment = copy(filter->experiment);
    job->status = copy(filter->status);
    job->label = copy(filter->label);
    job->before = copy(filter->before);
    job->owner = copy(filter->owner);
    job->limit = filter->limit;
    job->listed = listed;
    note(archive, job);
}

void archive_get(
    Archive *archive, const char *id, const char *owner, unsigned wanted, ArchiveGot got, void *data)
{
    ArchiveJob *job = new_job(ARCHIVE_JOB_GET, id, data);

    job->owner = copy(owner);
    job->wanted = wanted;
    job->answer = got;
    note(archive, job);
}
