/* One line has room for one figure: the one that says most of what the experiment is about. Which figure that
 * is, the experiment's descriptor says (its headline); here is only decided which cell's figure stands for
 * the run, and that is always an extreme, since an average over a grid would be true of no cell. */
#include "results/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "results/axes.h"
#include "results/human.h"
#include "results/sentences.h"

/* Takes the value over. */
static json_t *summary_headline(const char *text, json_t *value, const char *unit)
{
    return json_pack("{s:s, s:o, s:s}", "text", text, "value", value, "unit", unit);
}

/* The unit stands at the end of a figure's name; what has none is a count. A name that is nothing but a unit
 * has nothing before it to be a figure of. */
static const char *summary_unit(const char *path)
{
    static const char *const units[][2] = {
        {"_ns", "ns"}, {"_bytes", "bytes"}, {"_per_s", "1/s"}, {"_share", "ratio"}};
    size_t length = strlen(path);

    for (size_t i = 0; i < ARRAY_LENGTH(units); i++) {
        size_t suffix = strlen(units[i][0]);

        if (length > suffix && strcmp(path + length - suffix, units[i][0]) == 0)
            return units[i][1];
    }
    return "count";
}

/* The largest: of lost updates, latencies and memory that is the one worth a look. null if no cell has the
 * figure. */
static json_t *summary_of_figure(const ResultRun *run, const Axes *varying, const char *path)
{
    const char *dot = strrchr(path, '.'), *unit = summary_unit(path);
    json_auto_t *largest = NULL;
    const ResultCell *best = NULL;
    auto_free char *label = NULL, *number = NULL, *text = NULL;

    for (size_t i = 0; i < run->cells.n; i++) {
        json_auto_t *figure = result_figure(run->cells.at[i], path);

        if (!figure || (largest && json_number_value(figure) <= json_number_value(largest)))
            continue;
        json_decref(largest);
        largest = json_incref(figure);
        best = run->cells.at[i];
    }
    if (!best)
        return json_null();
    label = axes_label(varying, best);
    number = human_field(path, largest);
    text = text_printf("%s: %s %s", label, dot ? dot + 1 : path, number);
    return summary_headline(text, json_incref(largest), unit);
}

/* The cell whose time is farthest from that of its baseline cell, as a factor: half is as far as twice. The
 * test is true for NAN as well, and so passes over cells that were not compared. */
static const ResultCell *summary_farthest(const ResultCells *cells)
{
    const ResultCell *farthest = NULL;
    double distance = -1;

    for (size_t i = 0; i < cells->n; i++) {
        const ResultCell *cell = cells->at[i];
        double ratio = cell->relative.ratio;

        if (!(ratio > 0) || result_is_baseline(cell) || fabs(log(ratio)) <= distance)
            continue;
        distance = fabs(log(ratio));
        farthest = cell;
    }
    return farthest;
}

/* Without anything to compare with, the first cell tells how long it took: in a list any time is better than
 * none. */
static json_t *summary_of_time(const ResultRun *run, const Axes *varying)
{
    const ResultCell *farthest = summary_farthest(&run->cells);
    auto_free char *label = NULL, *number = NULL, *text = NULL;
    auto_words Words words = {0};
    int64_t median = run->cells.n > 0 ? run->cells.at[0]->wall.median : RESULT_UNKNOWN;

    if (farthest) {
        label = axes_label(varying, farthest);
        return summary_headline(
            sentence_took(&words, run, farthest, label), json_real(farthest->relative.ratio), "ratio");
    }
    if (median == RESULT_UNKNOWN)
        return json_null();
    label = axes_label(varying, run->cells.at[0]);
    number = human_time(median);
    text = text_printf("%s took %s", label, number);
    return summary_headline(text, json_integer(median), "ns");
}

/* A list of runs is kept and sent for each of them, so it holds no more than a line can show. */
json_t *summary_make(const ResultRun *run, const char *headline)
{
    auto_axes Axes varying = axes_varying(&run->cells);
    json_t *object = json_object();

    if (run->reason)
        json_object_set_new(object, "reason", json_string(run->reason));
    if (run->queued_ns != RESULT_UNKNOWN)
        json_object_set_new(object, "queued_ns", json_integer(run->queued_ns));
    if (run->duration_ns != RESULT_UNKNOWN)
        json_object_set_new(object, "duration_ns", json_integer(run->duration_ns));
    json_object_set_new(object, "n_cells", json_integer((json_int_t)run->cells.n));
    json_object_set_new(
        object, "noisy", run->host.has_noise ? json_boolean(run->host.is_noisy) : json_null());
    json_object_set_new(object, "headline",
        headline ? summary_of_figure(run, &varying, headline) : summary_of_time(run, &varying));
    return object;
}
