#include "runs/ending.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "results/summary.h"
#include "results/trace.h"

typedef struct Ending {
    EndingParts parts;
    Run *run;
    uv_work_t work;

    /* Made off the loop. */
    json_t *object, *summary;
    char *text, *trace; /* trace may be NULL */
} Ending;

static bool is_traced(const Run *run)
{
    const char *timeline = json_string_value(json_object_get(run->plan.request, "timeline"));

    return timeline && strcmp(timeline, "on") == 0;
}

/* It only reads the run. What its object shares with others is counted with atomic operations by jansson. */
static void make(uv_work_t *work)
{
    Ending *ending = work->data;
    auto_result_run ResultRun run;
    size_t length;

    ending->object = run_json(ending->run);
    result_run_read(ending->object, &run);
    ending->summary = summary_make(&run, ending->parts.headline);
    ending->text = json_dumps(ending->object, JSON_COMPACT | JSON_REAL_PRECISION(15));
    assert(ending->text);
    if (is_traced(ending->run))
        ending->trace = trace_format(ending->run->results, &length);
}

static void on_kept(void *data, bool found, bool kept)
{
    Ending *ending = data;

    ending->parts.over(ending->parts.data, ending->run, found && kept);
    free(ending);
}

/* A result for each cell, and the end, which is told when the run is in the archive. */
static void log_end(Run *run)
{
    size_t i;
    json_t *cell;

    json_array_foreach (json_object_get(run->object, "cells"), i, cell)
        run_tell(run, "result", cell, false);
    event_log_add(&run->log, run->status == RUN_DONE ? "done" : "failed", run->object, false);
}

static void on_made(uv_work_t *work, int status)
{
    Ending *ending = work->data;
    Run *run = ending->run;
    json_auto_t *summary = ending->summary;
    auto_free char *text = ending->text, *trace = ending->trace, *events = NULL;

    assert(status == 0);
    run->object = ending->object;
    log_end(run);
    events = event_log_text(&run->log);
    ending->parts.made(ending->parts.data, run, summary);
    archive_finish(ending->parts.archive, run->id, run_status_name(run->status), summary,
        &(ArchiveTexts){text, events, trace}, on_kept, ending);
}

void ending_begin(const EndingParts *parts, Run *run)
{
    Ending *ending = calloc(1, sizeof(*ending));

    assert(ending && !run->ending);
    run->ending = true;
    ending->parts = *parts;
    ending->run = run;
    ending->work.data = ending;
    uv_queue_work(parts->loop, &ending->work, make, on_made);
}
