/* A timeline is checked as it is read, row by row: a task that is not there or an end before its start would
 * be drawn outside the picture, or let the reader's program fail. */
#include "results/spans.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "results/value.h"

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

/* The spans come before the instants, and so the instants go first. */
void spans_cut(Spans *spans, size_t most)
{
    size_t n = spans->n_spans + spans->n_instants;

    if (n <= most)
        return;
    spans->dropped += (int64_t)(n - most);
    spans->n_spans = spans->n_spans < most ? spans->n_spans : most;
    spans->n_instants = most - spans->n_spans;
}

Spans *spans_of_reason(const char *reason)
{
    Spans *spans = calloc(1, sizeof(*spans));

    assert(spans);
    spans->reason = strdup(reason);
    assert(spans->reason);
    return spans;
}

Spans *spans_copy(const Spans *spans)
{
    Spans *copy;
    size_t n;

    if (!spans || spans->reason)
        return spans ? spans_of_reason(spans->reason) : NULL;
    n = spans->n_spans + spans->n_instants;
    copy = malloc(sizeof(*copy));
    assert(copy);
    *copy = *spans;
    copy->rows = malloc((n + 1) * sizeof(*copy->rows));
    assert(copy->rows);
    memcpy(copy->rows, spans->rows, n * sizeof(*copy->rows));
    return copy;
}

/* Of a span only the kinds of spans are right, of an instant only those of instants. */
static bool spans_read_kind(
    Reader *reader, const Place *place, const json_t *value, bool instant, SpansKind *ret)
{
    const char *name = json_string_value(value);
    size_t first = instant ? SPANS_FIRST_INSTANT : 0;
    size_t end = instant ? ARRAY_LENGTH(spans_names) : SPANS_FIRST_INSTANT;
    auto_free char *wanted = NULL;

    for (size_t i = first; name && i < end; i++) {
        if (strcmp(spans_names[i], name) == 0) {
            *ret = (SpansKind)i;
            return true;
        }
    }
    for (size_t i = first; i < end; i++) {
        auto_free char *before = wanted;

        wanted = text_printf("%s%s%s", before ? before : "one of", before ? ", " : " ", spans_names[i]);
    }
    return value_refuse(reader, place, value, wanted);
}

/* Tasks are numbered from 0. */
static bool spans_read_task(
    Reader *reader, const Place *place, const json_t *value, int64_t n_tasks, uint32_t *ret)
{
    int64_t task;

    if (!value_read_whole(reader, place, value, 0, &task))
        return false;
    if (task >= n_tasks || task > UINT32_MAX)
        return reader_complain(
            reader, place, "must be a task from 0 to %lld, is %lld", (long long)n_tasks - 1, (long long)task);
    *ret = (uint32_t)task;
    return true;
}

/* [task, kind, start, end] or [task, kind, at]. An instant is kept as a span whose end is its start, so both
 * have one form in memory; where it stands among the rows says which it is. */
static bool spans_read_row(
    Reader *reader, const Place *place, const json_t *item, bool instant, int64_t n_tasks, SpanRow *ret)
{
    const size_t i_end = instant ? 2 : 3;
    const Place end = {.in = place, .index = i_end};
    SpanRow row = {0};

    if (json_array_size(item) != i_end + 1)
        return value_refuse(reader, place, item,
            instant ? "a list of three, [task, kind, at_ns]"
                    : "a list of four, [task, kind, start_ns, end_ns]");
    if (!spans_read_task(
            reader, &(Place){.in = place, .index = 0}, json_array_get(item, 0), n_tasks, &row.task) ||
        !spans_read_kind(
            reader, &(Place){.in = place, .index = 1}, json_array_get(item, 1), instant, &row.kind) ||
        !value_read_whole(
            reader, &(Place){.in = place, .index = 2}, json_array_get(item, 2), 0, &row.start) ||
        !value_read_whole(reader, &end, json_array_get(item, i_end), row.start, &row.end))
        return false;
    *ret = row;
    return true;
}

/* One bad row refuses the timeline: a picture with a hole in it would be believed. */
static bool spans_read_rows(
    Reader *reader, const char *name, const json_t *array, bool instant, int64_t n_tasks, SpanRow *rows)
{
    const Place *place = VALUE_AT(name);
    size_t i;
    json_t *item;

    json_array_foreach (array, i, item) {
        if (!spans_read_row(reader, &(Place){.in = place, .index = i}, item, instant, n_tasks, &rows[i]))
            return false;
    }
    return true;
}

static bool spans_check_list(Reader *reader, const char *name, const json_t *array)
{
    return json_is_array(array) || value_refuse(reader, VALUE_AT(name), array, "a list");
}

/* The number of rows is looked at before there is memory for them, so a runtime cannot ask for any amount. */
static bool spans_read_all(Reader *reader, const json_t *event, int64_t n_tasks, Spans *spans)
{
    const json_t *array = json_object_get(event, "spans"), *instants = json_object_get(event, "instants");
    const Place *wall = VALUE_AT("wall_ns");
    const Place *dropped = VALUE_AT("dropped");
    size_t n = json_array_size(array) + json_array_size(instants);

    if (!value_read_whole(reader, wall, json_object_get(event, "wall_ns"), 0, &spans->wall_ns) ||
        !value_read_whole(reader, dropped, json_object_get(event, "dropped"), 0, &spans->dropped) ||
        !spans_check_list(reader, "spans", array) || !spans_check_list(reader, "instants", instants))
        return false;
    if (n > SPANS_MAX_CELL)
        return reader_complain(
            reader, VALUE_AT("spans"), "must be at most %d, with the instants, are %zu", SPANS_MAX_CELL, n);
    spans->n_spans = json_array_size(array);
    spans->n_instants = json_array_size(instants);
    spans->rows = calloc(n + 1, sizeof(*spans->rows));
    assert(spans->rows);
    return spans_read_rows(reader, "spans", array, false, n_tasks, spans->rows) &&
           spans_read_rows(reader, "instants", instants, true, n_tasks, spans->rows + spans->n_spans);
}

/* A runtime that could not trace says why instead, and that is no error of the run. The reason wins over
 * spans that stand beside it. */
bool spans_read(Reader *reader, const json_t *event, int64_t n_tasks, Spans **ret)
{
    const json_t *given = json_object_get(event, "reason");
    const char *reason = NULL;
    Spans *spans;

    if (!value_is_absent(given) && !value_read_text(reader, VALUE_AT("reason"), given, &reason))
        return false;
    spans = reason ? spans_of_reason(reason) : calloc(1, sizeof(*spans));
    assert(spans);
    if (!reason && !spans_read_all(reader, event, n_tasks, spans)) {
        spans_free(spans);
        return false;
    }
    *ret = spans;
    return true;
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
