/* Texts are compressed by zlib, fast rather than small: the next run is being measured meanwhile. */
#include "runs/archive-run.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"

KeptRun *kept_run_new(const char *id)
{
    KeptRun *run = calloc(1, sizeof(*run));

    assert(run);
    run->id = text_copy(id);
    STAILQ_INIT(&run->asks);
    return run;
}

void kept_run_free(KeptRun *run)
{
    asks_finish(&run->asks);
    for (int i = 0; i < ARCHIVE_N_TEXTS; i++)
        free(run->texts[i].packed);
    free(run->id);
    free(run->experiment);
    free(run->status);
    free(run->summary);
    free(run);
}

void kept_run_set(
    KeptRun *run, int64_t created_ms, const char *experiment, const char *status, const char *summary)
{
    run->created_ms = created_ms;
    text_replace(&run->experiment, experiment);
    text_replace(&run->status, status);
    text_replace(&run->summary, summary);
}

static KeptText pack_text(const char *text)
{
    size_t size = strlen(text);
    uLongf packed_size = compressBound(size);
    unsigned char *packed = malloc(packed_size);
    int r;

    assert(packed);
    r = compress2(packed, &packed_size, (const Bytef *)text, size, Z_BEST_SPEED);
    assert(r == Z_OK);
    return (KeptText){packed, packed_size, size};
}

/* What comes from a disk may be anything, so the size that stands beside the bytes is checked against
 * what comes out. A size that lies can only ask for memory in vain. */
int kept_text_unpack(const void *packed, size_t packed_size, size_t size, char **ret)
{
    auto_free char *text = size < SIZE_MAX ? malloc(size + 1) : NULL;
    uLongf text_size = size;
    int r;

    if (!text)
        return -ENOMEM;
    r = uncompress((Bytef *)text, &text_size, packed, packed_size);
    if (r != Z_OK || text_size != size)
        return r == Z_MEM_ERROR ? -ENOMEM : -EBADMSG;
    text[size] = '\0';
    *ret = take_pointer(text);
    return 0;
}

static void finish_run(KeptRun *run, const ArchiveJob *job)
{
    kept_run_set(run, run->created_ms, run->experiment, job->status, job->summary);
    for (int i = 0; i < ARCHIVE_N_TEXTS; i++) {
        if (!job->texts[i])
            continue;
        free(run->texts[i].packed);
        run->texts[i] = pack_text(job->texts[i]);
        run->kinds |= 1u << i;
    }
}

static bool relabel_ask(KeptRun *run, const char *owner, const char *label)
{
    Ask *ask = owner ? asks_find(&run->asks, owner) : STAILQ_FIRST(&run->asks);

    if (ask)
        ask_relabel(ask, label);
    return ask;
}

bool kept_run_apply(KeptRun *run, const ArchiveJob *job)
{
    switch (job->kind) {
    case ARCHIVE_JOB_BEGIN:
        kept_run_set(run, job->created_ms, job->experiment, job->status, job->summary);
        return true;
    case ARCHIVE_JOB_ASK:
        asks_add(&run->asks, job->owner, &(AskWords){job->label, job->question, job->prediction});
        return true;
    case ARCHIVE_JOB_CHANGE:
    case ARCHIVE_JOB_FINISH:
        finish_run(run, job);
        return true;
    case ARCHIVE_JOB_RELABEL:
        return relabel_ask(run, job->owner, job->label);
    case ARCHIVE_JOB_REMOVE:
    case ARCHIVE_JOB_EMPTY:
    case ARCHIVE_JOB_NOTE:
    case ARCHIVE_JOB_LIST:
    case ARCHIVE_JOB_GET:
        break;
    }
    assert(!"the job changes a run");
}

/* What was written was an object; anything else is shown as an empty one rather than not at all. */
static json_t *read_summary(const KeptRun *run)
{
    json_t *summary = json_loads(run->summary, JSON_ALLOW_NUL, NULL);

    if (json_is_object(summary))
        return summary;
    json_decref(summary);
    return json_object();
}

void kept_run_interrupt(KeptRun *run, const char *reason)
{
    json_auto_t *summary = read_summary(run);
    auto_free char *text = NULL;

    json_object_set_new(summary, "reason", json_string(reason));
    text = json_dumps(summary, JSON_COMPACT);
    kept_run_set(run, run->created_ms, run->experiment, "failed", text ? text : "{}");
}

bool kept_run_is_over(const KeptRun *run)
{
    return strcmp(run->status, "queued") != 0 && strcmp(run->status, "running") != 0;
}

/* As the database compares labels (COLLATE NOCASE): a page of the history must not change when the disk
 * goes away. */
static bool has_label(const KeptRun *run, const char *label)
{
    const Ask *ask;

    STAILQ_FOREACH (ask, &run->asks, link)
        if (ask->label && strcasecmp(ask->label, label) == 0)
            return true;
    return false;
}

bool kept_run_fits(const KeptRun *run, const ArchiveFilter *filter)
{
    return (!filter->experiment || strcmp(run->experiment, filter->experiment) == 0) &&
           (!filter->status || strcmp(run->status, filter->status) == 0) &&
           (!filter->before || strcmp(run->id, filter->before) < 0) &&
           (!filter->label || has_label(run, filter->label));
}

static json_t *row_text(const char *text)
{
    json_t *string = text ? json_string(text) : NULL;

    return string ? string : json_null();
}

json_t *kept_run_row(const KeptRun *run, const char *owner, bool *ret_owned, bool *ret_began)
{
    const Ask *own = owner ? asks_find(&run->asks, owner) : NULL, *first = STAILQ_FIRST(&run->asks);
    const Ask *shown = own ? own : first;
    auto_free char *created = text_time(run->created_ms);
    json_t *row = read_summary(run);

    json_object_set_new(row, "id", json_string(run->id));
    json_object_set_new(row, "experiment", row_text(run->experiment));
    json_object_set_new(row, "status", row_text(run->status));
    json_object_set_new(row, "label", row_text(shown ? shown->label : NULL));
    json_object_set_new(row, "question", row_text(shown ? shown->question : NULL));
    json_object_set_new(row, "prediction", row_text(shown ? shown->prediction : NULL));
    json_object_set_new(row, "yours", json_boolean(own));
    json_object_set_new(row, "created_at", row_text(created));
    json_object_set_new(row, "asks", json_integer((json_int_t)asks_count(&run->asks)));
    if (ret_owned)
        *ret_owned = own;
    if (ret_began)
        *ret_began = own && own == first;
    return row;
}

/* With its end, so that two texts cannot be one that is longer; and none is not an empty one. */
static uLong add_text(uLong sum, const char *text)
{
    static const Bytef none[] = {0xff};

    return text ? crc32_z(sum, (const Bytef *)text, strlen(text) + 1) : crc32_z(sum, none, sizeof(none));
}

/* Numbers are written out: the file may go to a machine of another kind. */
uint32_t kept_run_sum(const KeptRun *run)
{
    auto_free char *numbers = text_printf("%lld %u", (long long)run->created_ms, run->kinds);
    const char *const texts[] = {run->id, numbers, run->experiment, run->status, run->summary};
    uLong sum = crc32_z(0, NULL, 0);
    const Ask *ask;

    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        sum = add_text(sum, texts[i]);
    STAILQ_FOREACH (ask, &run->asks, link) {
        const char *const words[] = {ask->owner, ask->label, ask->question, ask->prediction};

        for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
            sum = add_text(sum, words[i]);
    }
    return (uint32_t)sum;
}

/* The order of the members is that of a real run, for people. What one client has said of it is not the
 * run's. */
char *kept_run_stand_in(const json_t *row)
{
    static const char *const first[] = {"id", "experiment", "status", "reason", "label", "created_at"};
    static const char *const of_lists[] = {"asks", "question", "prediction", "yours"};
    json_auto_t *run = json_object();

    for (size_t i = 0; i < ARRAY_LENGTH(first); i++)
        json_object_set(run, first[i], json_object_get(row, first[i]));
    json_object_update_missing(run, (json_t *)row);
    for (size_t i = 0; i < ARRAY_LENGTH(of_lists); i++)
        json_object_del(run, of_lists[i]);
    if (!json_is_array(json_object_get(run, "cells")))
        json_object_set_new(run, "cells", json_array());
    return json_dumps(run, JSON_COMPACT);
}

int64_t kept_run_bytes(const KeptRun *run)
{
    size_t bytes = sizeof(*run) + strlen(run->summary);

    for (int i = 0; i < ARCHIVE_N_TEXTS; i++)
        bytes += run->texts[i].packed_size;
    return (int64_t)bytes + asks_count(&run->asks) * (int64_t)sizeof(Ask);
}
