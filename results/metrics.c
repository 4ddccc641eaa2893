/* Metrics would make the first table too wide, and a line for each would tear its rows apart. So they get a
 * table of their own, of those that differ between cells; what is the same everywhere is said in a line.
 *
 * Only the experiment knows its metrics, so they are looked up by the names that the cells bring along. */
#include "results/metrics.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "results/human.h"
#include "results/layout.h"
#include "results/words.h"

#define MOST_REASONS 3 /* why figures are missing */

static const json_t *metric_value(const ResultCell *cell, const char *name)
{
    const json_t *value = json_object_get(cell->metrics, name);

    return json_is_number(value) ? value : NULL;
}

/* NULL if there is no such number. */
static char *metric_text(const ResultCell *cell, const char *name)
{
    const json_t *value = metric_value(cell, name);

    return value ? human_field(name, value) : NULL;
}

/* Cells of which nothing went well have no metrics, and do not make a difference; those of a runtime that
 * does not report this one do, or else it would be said of them, too. With a single cell there is nothing to
 * differ from, and the table of its metrics is easier to read than a line of them. */
static bool metric_varies(const ResultCells *cells, const char *name)
{
    const json_t *first = NULL;

    for (size_t i = 0; i < cells->n; i++) {
        const json_t *value = metric_value(cells->at[i], name);

        if (!cells->at[i]->metrics && cells->at[i]->wall.median == RESULT_UNKNOWN)
            continue;
        if (!value || (first && !json_equal(value, first)))
            return true;
        first = value;
    }
    return cells->n == 1;
}

/* Returns a set of the names of all metrics that are a number in some cell, in the order of their first
 * appearance: the keys of an object, a new reference. */
static json_t *metric_names(const ResultCells *cells)
{
    json_t *names = json_object(), *value;
    const char *name;

    for (size_t i = 0; i < cells->n; i++) {
        json_object_foreach ((json_t *)cells->at[i]->metrics, name, value) {
            if (json_is_number(value))
                json_object_set_new(names, name, json_true());
        }
    }
    return names;
}

/* In all cells. A metric that differs between several is not this. */
static bool metric_is_zero(const ResultCells *cells, const char *name)
{
    for (size_t i = 0; i < cells->n; i++) {
        const json_t *value = metric_value(cells->at[i], name);

        if (value && json_number_value(value) != 0)
            return false;
    }
    return true;
}

/* The later a metric stands in the cell, the higher its rank, and the sooner it is dropped: experiments give
 * what matters first. Before all of these goes what is 0. A single row has a column for every metric, and a
 * row of zeros (no answer was 3xx, 4xx or 5xx) would push out what the run was made for. */
static void metric_add_column(Layout *layout, const ResultCells *cells, const char *name, int rank)
{
    size_t column = layout_add(layout, name, true, rank);

    for (size_t row = 0; row < cells->n; row++) {
        char *text = metric_text(cells->at[row], name);

        if (text)
            layout_set(layout, column, row, text);
    }
}

/* Writes nothing if no metric differs. */
static void metrics_write_differing(
    const ResultCells *cells, const Axes *varying, json_t *names, const Prose *prose)
{
    Layout *layout = layout_new(cells->n, prose->markdown);
    auto_free char *left_out = NULL;
    size_t n_metrics = 0, n_names = json_object_size(names);
    const char *name;
    json_t *ignored;

    axes_add_columns(varying, varying->n, cells, layout);
    json_object_foreach (names, name, ignored) {
        size_t later = metric_is_zero(cells, name) ? n_names : 0;

        if (metric_varies(cells, name))
            metric_add_column(layout, cells, name, LAYOUT_KEEP + 1 + (int)(later + n_metrics++));
    }
    layout_fit(layout, prose->width);
    left_out = layout_left_out(layout);
    if (n_metrics > 0) {
        fputs("\n", prose->file);
        layout_write(layout, prose->file);
    }
    if (left_out)
        paragraph_write(prose, "", "  ", "(no room for %s: see JSON or CSV)", left_out);
    layout_free(layout);
}

/* The text of the first value there is, owned by the caller. */
static char *metric_text_anywhere(const ResultCells *cells, const char *name)
{
    char *text = NULL;

    for (size_t i = 0; i < cells->n && !text; i++)
        text = metric_text(cells->at[i], name);
    return text;
}

/* What is the same in all cells is still worth a look: that nothing was lost is a result. */
static void metrics_write_common(const ResultCells *cells, json_t *names, const Prose *prose)
{
    Paragraph paragraph = {.prose = prose, .indent = "  "};
    const char *name;
    json_t *ignored;

    json_object_foreach (names, name, ignored) {
        auto_free char *text = metric_varies(cells, name) ? NULL : metric_text_anywhere(cells, name);

        if (!text)
            continue;
        if (paragraph.used == 0) {
            fputs("\n", prose->file);
            paragraph_add(&paragraph, "", "all rows:");
        }
        paragraph_add_setting(&paragraph, name, text);
    }
    if (paragraph.used > 0)
        paragraph_end(&paragraph);
}

/* The missing figures of a cell and why. Reasons that begin alike, "2 requests are too few for a 90th
 * percentile, which needs 10", are one with several ends. NULL if nothing is missing. */
static const char *metric_missing(Words *words, const ResultCell *cell, const char **ret_reason)
{
    static const char suffix[] = "_reason", middle[] = " too few for ";
    const char *figures = "", *name, *all = "", *last = "";
    json_t *value;

    json_object_foreach ((json_t *)cell->metrics, name, value) {
        size_t length = strlen(name), stem = length > strlen(suffix) ? length - strlen(suffix) : 0;
        const char *figure = words_printf(words, "%.*s", (int)stem, name), *reason, *end;
        bool is_alike;

        if (stem == 0 || strcmp(name + stem, suffix) != 0 || !json_is_string(value) ||
            !json_is_null(json_object_get(cell->metrics, figure)))
            continue;
        reason = json_string_value(value);
        end = strstr(reason, middle);
        is_alike = end && strncmp(last, reason, (size_t)(end - reason) + strlen(middle)) == 0;
        figures = words_join(words, figures, ", ", figure);
        if (is_alike && strcmp(last, reason) != 0)
            all = words_printf(words, "%s, and for %s", all, end + strlen(middle));
        else if (strcmp(last, reason) != 0)
            all = words_join(words, all, "; ", reason);
        last = reason;
    }
    *ret_reason = all;
    return *figures ? figures : NULL;
}

/* A figure of too few values is null, and the text beside it says why: "latency_p99_ns" and
 * "latency_p99_ns_reason". What cells have in common is said once, with their names: of many cells there may
 * be as many reasons, which differ in a number, so no more than a few are told. */
static void metrics_write_reasons(const ResultCells *cells, const Axes *varying, const Prose *prose)
{
    json_auto_t *notes = json_object(); /* "FIGURES\nREASON": [label, ...] */
    auto_words Words words = {0};
    const char *note;
    json_t *labels;
    size_t n = 0, n_rows = 0;

    for (size_t i = 0; i < cells->n; i++) {
        const char *reason, *figures = metric_missing(&words, cells->at[i], &reason);

        if (!figures)
            continue;
        note = words_printf(&words, "%s\n%s", figures, reason);
        if (!json_object_get(notes, note))
            json_object_set_new(notes, note, json_array());
        json_array_append_new(
            json_object_get(notes, note), json_string(words_keep(&words, axes_label(varying, cells->at[i]))));
    }
    if (json_object_size(notes) > 0)
        fputs("\n", prose->file);
    json_object_foreach (notes, note, labels) {
        const char *who = prose_labels(&words, labels), *reason = strchr(note, '\n');

        if (n++ < MOST_REASONS)
            paragraph_write(
                prose, "- ", "  ", "no %.*s of %s: %s", (int)(reason - note), note, who, reason + 1);
        else
            n_rows += json_array_size(labels);
    }
    if (n_rows > 0)
        paragraph_write(prose, "- ", "  ", "and figures are missing in %s more",
            words_count(&words, (int64_t)n_rows, "row"));
}

/* The names are collected once: both parts go through all of them, and each name is in exactly one of the
 * two. */
void metrics_write(const ResultCells *cells, const Axes *varying, const char *shown, const Prose *prose)
{
    static const char metrics[] = "metrics.";
    json_auto_t *names = metric_names(cells);

    if (shown && strncmp(shown, metrics, strlen(metrics)) == 0)
        json_object_del(names, shown + strlen(metrics));
    metrics_write_differing(cells, varying, names, prose);
    metrics_write_common(cells, names, prose);
    metrics_write_reasons(cells, varying, prose);
}
