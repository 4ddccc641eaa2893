/* A timeline is checked as it is read, row by row: a task that is not there or an end before its start would
 * be drawn outside the picture, or let the reader's program fail. */
#include "results/spans.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "results/sample.h"

static const char *const spans_names[] = {
    [SPANS_RUN] = "run",
    [SPANS_WAIT_LOCK] = "wait-lock",
    [SPANS_WAIT_IO] = "wait-io",
    [SPANS_OUTSIDE] = "outside",
    [SPANS_FALSE_WAKEUP] = "false-wakeup",
};

const char *spans_kind_name(SpansKind kind)
{
    assert(kind < ARRAY_LENGTH(spans_names));
    return spans_names[kind];
}

void spans_free(Spans *spans)
{
    if (!spans)
        return;
    free(spans->reason);
    free(spans->rows);
    free(spans);
}

/* Of a span only the kinds of spans are right, of an instant only those of instants. */
static int spans_read_kind(const json_t *value, bool instant, SpansKind *ret)
{
    const char *name = json_string_value(value);
    size_t first = instant ? SPANS_FIRST_INSTANT : 0;
    size_t end = instant ? ARRAY_LENGTH(spans_names) : SPANS_FIRST_INSTANT;

    for (size_t i = first; name && i < end; i++) {
        if (strcmp(spans_names[i], name) == 0) {
            *ret = (SpansKind)i;
            return 0;
        }
    }
    return -EINVAL;
}

/* [task, kind, start, end] or [task, kind, at]. An instant is kept as a span whose end is its start, so both
 * have one form in memory; where it stands among the rows says which it is. */
static int spans_read_row(const json_t *item, bool instant, int64_t n_tasks, SpanRow *ret)
{
    SpanRow row = {0};
    int64_t task;

    if (json_array_size(item) != (instant ? 3 : 4) ||
        sample_read_integer(json_array_get(item, 0), &task) < 0 || task >= n_tasks || task > UINT32_MAX ||
        spans_read_kind(json_array_get(item, 1), instant, &row.kind) < 0 ||
        sample_read_integer(json_array_get(item, 2), &row.start) < 0 ||
        sample_read_integer(json_array_get(item, instant ? 2 : 3), &row.end) < 0 || row.end < row.start)
        return -EINVAL;
    row.task = (uint32_t)task;
    *ret = row;
    return 0;
}

/* One bad row refuses the timeline: a picture with a hole in it would be believed. */
static int spans_read_rows(const json_t *array, bool instant, int64_t n_tasks, SpanRow *rows)
{
    size_t i;
    json_t *item;

    json_array_foreach (array, i, item) {
        if (spans_read_row(item, instant, n_tasks, &rows[i]) < 0)
            return -EINVAL;
    }
    return 0;
}

/* The number of rows is looked at before there is memory for them, so a runtime cannot ask for any amount. */
static int spans_read_all(const json_t *event, int64_t n_tasks, Spans *spans)
{
    json_t *array = NULL, *instants = NULL, *wall = NULL, *dropped = NULL;
    size_t n;

    json_unpack((json_t *)event, "{s?o, s?o, s?o, s?o}", "spans", &array, "instants", &instants, "wall_ns",
        &wall, "dropped", &dropped);
    n = json_array_size(array) + json_array_size(instants);
    if (sample_read_integer(wall, &spans->wall_ns) < 0 || sample_read_integer(dropped, &spans->dropped) < 0 ||
        !json_is_array(array) || !json_is_array(instants) || n > SPANS_MAX_CELL)
        return -EINVAL;
    spans->n_spans = json_array_size(array);
    spans->n_instants = json_array_size(instants);
    spans->rows = calloc(n + 1, sizeof(*spans->rows));
    assert(spans->rows);
    if (spans_read_rows(array, false, n_tasks, spans->rows) < 0)
        return -EINVAL;
    return spans_read_rows(instants, true, n_tasks, spans->rows + spans->n_spans);
}

/* A runtime that could not trace says why instead, and that is no error of the run. The reason wins over
 * spans that stand beside it. */
int spans_read(const json_t *event, int64_t n_tasks, Spans **ret)
{
    const char *reason = json_string_value(json_object_get(event, "reason"));
    Spans *spans = calloc(1, sizeof(*spans));

    assert(spans);
    if (reason) {
        spans->reason = strdup(reason);
        assert(spans->reason);
    } else if (spans_read_all(event, n_tasks, spans) < 0) {
        spans_free(spans);
        return -EINVAL;
    }
    *ret = spans;
    return 0;
}

/* An answer with all spans would be ten times as long as everything else in it, so it says how many there
 * are. */
json_t *spans_counts(const Spans *spans)
{
    if (spans->reason)
        return json_pack("{s:s}", "reason", spans->reason);
    return json_pack("{s:I, s:I, s:I, s:I}", "wall_ns", (json_int_t)spans->wall_ns, "n_spans",
        (json_int_t)spans->n_spans, "n_instants", (json_int_t)spans->n_instants, "dropped",
        (json_int_t)spans->dropped);
}

/* The same form as in the event, so a reader of runs and a reader of events need no second parser. */
json_t *spans_json(const Spans *spans)
{
    json_t *array, *instants;

    if (spans->reason)
        return json_pack("{s:s}", "reason", spans->reason);
    array = json_array();
    instants = json_array();
    for (size_t i = 0; i < spans->n_spans; i++) {
        const SpanRow *row = &spans->rows[i];

        json_array_append_new(array, json_pack("[I, s, I, I]", (json_int_t)row->task, spans_names[row->kind],
                                         (json_int_t)row->start, (json_int_t)row->end));
    }
    for (size_t i = spans->n_spans; i < spans->n_spans + spans->n_instants; i++) {
        const SpanRow *row = &spans->rows[i];

        json_array_append_new(instants,
            json_pack("[I, s, I]", (json_int_t)row->task, spans_names[row->kind], (json_int_t)row->start));
    }
    return json_pack("{s:I, s:I, s:o, s:o}", "wall_ns", (json_int_t)spans->wall_ns, "dropped",
        (json_int_t)spans->dropped, "spans", array, "instants", instants);
}
