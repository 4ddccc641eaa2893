/* Written as text, not as a tree of JSON values: a hundred thousand events are ten megabytes already. Numbers
 * of processes and threads are counted from 1, because to the programs that read this 0 is the idle process.
 */
#include "results/trace.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "results/axes.h"
#include "results/collected.h"

/* By jansson, because a label or a reason may hold what must be escaped. */
static void trace_write_string(const char *text, FILE *file)
{
    json_auto_t *string = json_string(text);

    json_dumpf(string, file, JSON_ENCODE_ANY);
}

/* JSON allows no comma behind the last item, so each event but the first begins with one. */
static void trace_begin_event(bool *first, FILE *file)
{
    fputs(*first ? "\n" : ",\n", file);
    *first = false;
}

/* A name that is shown for a process or a thread: an event of metadata ("M"), which has no time. */
static void trace_write_name(const char *what, const char *key, const char *name, size_t process,
    uint32_t thread, bool *first, FILE *file)
{
    trace_begin_event(first, file);
    fprintf(file, "{\"ph\":\"M\",\"name\":\"%s\",\"pid\":%zu,\"tid\":%u,\"args\":{\"%s\":", what, process,
        thread, key);
    trace_write_string(name, file);
    fputs("}}", file);
}

/* Some readers multiply by 1000 and cut the rest off. A number that falls short of its nanoseconds there
 * would let spans that touch overlap, and Perfetto drops what overlaps: it gets a hair more. */
static void trace_write_time(const char *key, int64_t ns, FILE *file)
{
    double us = (double)ns / 1000;

    if ((int64_t)(us * 1000) >= ns) {
        fprintf(file, ",\"%s\":%lld.%03d", key, (long long)(ns / 1000), (int)(ns % 1000));
        return;
    }
    while ((int64_t)(us * 1000) < ns)
        us = nextafter(us, INFINITY);
    fprintf(file, ",\"%s\":%.17g", key, us);
}

/* A span is a complete event ("X") with its length; an instant ("i") is drawn in its own thread only ("s":
 * "t"). */
static void trace_write_row(const SpanRow *row, bool instant, size_t process, bool *first, FILE *file)
{
    trace_begin_event(first, file);
    fprintf(file, "{\"ph\":\"%s\",\"name\":\"%s\",\"cat\":\"task\",\"pid\":%zu,\"tid\":%u",
        instant ? "i" : "X", spans_kind_name(row->kind), process, row->task + 1);
    trace_write_time("ts", row->start, file);
    if (instant)
        fputs(",\"s\":\"t\"", file);
    else
        trace_write_time("dur", row->end - row->start, file);
    fputs("}", file);
}

/* Names each task that has a row, once: of ten thousand idle tasks the few that did something are shown.
 * Tasks in rows are below n_tasks, as spans_read() has checked. */
static void trace_write_thread_names(
    const Spans *spans, size_t n_tasks, size_t process, bool *first, FILE *file)
{
    auto_free bool *named = calloc(n_tasks + 1, sizeof(*named));

    assert(named);
    for (size_t i = 0; i < spans->n_spans + spans->n_instants; i++) {
        uint32_t task = spans->rows[i].task;
        auto_free char *name = NULL;

        if (named[task])
            continue;
        named[task] = true;
        name = text_printf("task %u", task);
        trace_write_name("thread_name", "name", name, process, task + 1, first, file);
    }
}

/* Why a cell has no timeline, or NULL: it has one, or nobody asked for any. */
static const char *trace_missing_reason(const Results *results, const CollectedCell *cell)
{
    if (cell->spans)
        return cell->spans->reason;
    if (cell->first_reason)
        return cell->first_reason;
    return cell->lost ? cell->lost : results->error;
}

/* A timeline that was cut short must not look complete: the label says so next to its name. */
static void trace_write_cell(const CollectedCell *cell, size_t process, bool *first, FILE *file)
{
    const Spans *spans = cell->spans;
    size_t n_tasks = (size_t)cell->spec.tasks;

    if (spans->dropped > 0) {
        auto_free char *label_text = text_printf("%lld more spans were dropped", (long long)spans->dropped);

        trace_write_name("process_labels", "labels", label_text, process, 0, first, file);
    }
    trace_write_thread_names(spans, n_tasks, process, first, file);
    for (size_t i = 0; i < spans->n_spans + spans->n_instants; i++)
        trace_write_row(&spans->rows[i], i >= spans->n_spans, process, first, file);
}

/* What the cells are, in their order: a trace needs their names and none of their figures. */
static ResultCells trace_cells(const Results *results)
{
    ResultCells cells = result_cells_new(results->n_cells);

    for (size_t i = 0; i < results->n_cells; i++)
        result_cells_add(&cells, &results->collected[i].asked);
    return cells;
}

/* A cell is a process in the picture, numbered by its place from 1, and named even where there is only a
 * reason why it has no timeline. */
char *trace_format(const Results *results, size_t *ret_length)
{
    auto_result_cells ResultCells cells = trace_cells(results);
    auto_axes Axes varying = axes_varying(&cells);
    bool first = true;
    char *text = NULL;
    FILE *file = open_memstream(&text, ret_length);

    assert(file);
    fputs("{\"displayTimeUnit\":\"ms\",\"otherData\":{\"experiment\":", file);
    trace_write_string(results->experiment ? results->experiment : "", file);
    fputs("},\"traceEvents\":[", file);
    for (size_t i = 0; i < results->n_cells; i++) {
        const CollectedCell *cell = &results->collected[i];
        const char *reason = trace_missing_reason(results, cell);
        auto_free char *label = axes_label(&varying, &cell->asked);

        if (cell->spans || reason)
            trace_write_name("process_name", "name", label, i + 1, 0, &first, file);
        if (reason)
            trace_write_name("process_labels", "labels", reason, i + 1, 0, &first, file);
        else if (cell->spans)
            trace_write_cell(cell, i + 1, &first, file);
    }
    fputs("\n]}\n", file);
    fclose(file);
    return text;
}
