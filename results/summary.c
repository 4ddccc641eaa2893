#include "results/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "results/human.h"
#include "results/view.h"

/* The figure at a path such as "memory.rss_per_task_bytes"; NULL if the cell has no such number. */
static const json_t *figure_at(const json_t *cell, const char *path)
{
    const json_t *value = cell;

    while (*path) {
        size_t length = strcspn(path, ".");
        auto_free char *key = strndup(path, length);

        value = json_object_get(value, key);
        path += length + (path[length] == '.');
    }
    return json_is_number(value) ? value : NULL;
}

static json_t *headline_json(char *text, json_t *value, const char *unit)
{
    json_t *object = json_pack("{s:s, s:o, s:s}", "text", text, "value", value, "unit", unit);

    free(text);
    return object;
}

/* The unit stands at the end of a figure's name. */
static const char *unit_of(const char *path)
{
    static const char *const units[][2] = {
        {"_ns", "ns"}, {"_bytes", "bytes"}, {"_per_s", "1/s"}, {"_share", "ratio"}};
    size_t length = strlen(path);

    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        size_t suffix = strlen(units[i][0]);

        if (length > suffix && strcmp(path + length - suffix, units[i][0]) == 0)
            return units[i][1];
    }
    return "count";
}

static json_t *about_figure(const json_t *cells, const json_t *varying, const char *path)
{
    const char *dot = strrchr(path, '.'), *unit = unit_of(path);
    const json_t *best = NULL, *largest = NULL;
    auto_free char *label = NULL, *number = NULL;
    size_t i;
    json_t *cell;

    json_array_foreach (cells, i, cell) {
        const json_t *figure = figure_at(cell, path);

        if (!figure || (largest && json_number_value(figure) <= json_number_value(largest)))
            continue;
        largest = figure;
        best = cell;
    }
    if (!best)
        return json_null();
    label = view_label(best, varying);
    number = human_field(path, largest);
    return headline_json(
        text_printf("%s: %s %s", label, dot ? dot + 1 : path, number), json_incref((json_t *)largest), unit);
}

static json_t *about_ratio(const json_t *cells, const json_t *varying)
{
    const json_t *best = NULL;
    double farthest = -1, ratio = 1;
    auto_free char *label = NULL, *number = NULL;
    size_t i;
    json_t *cell;

    json_array_foreach (cells, i, cell) {
        double value = json_number_value(json_object_get(json_object_get(cell, "relative"), "ratio"));
        const char *mode = json_string_value(json_object_get(cell, "mode"));

        if (!(value > 0) || (mode && strcmp(mode, "serial") == 0) || fabs(log(value)) <= farthest)
            continue;
        farthest = fabs(log(value));
        ratio = value;
        best = cell;
    }
    if (!best)
        return NULL;
    label = view_label(best, varying);
    number = human_ratio(ratio);
    return headline_json(text_printf("%s took %s of serial", label, number), json_real(ratio), "ratio");
}

static json_t *about_time(const json_t *cells, const json_t *varying)
{
    const json_t *first = json_array_get(cells, 0);
    const json_t *median = json_object_get(json_object_get(first, "wall_ns"), "median");
    json_t *ratio = about_ratio(cells, varying);
    auto_free char *label = NULL, *time = NULL;

    if (ratio)
        return ratio;
    if (!json_is_integer(median))
        return json_null();
    label = view_label(first, varying);
    time = human_time(json_integer_value(median));
    return headline_json(text_printf("%s took %s", label, time), json_incref((json_t *)median), "ns");
}

json_t *summary_make(const json_t *run, const char *headline)
{
    static const char *const copied[] = {"reason", "queued_ns", "duration_ns"};
    const json_t *cells = json_object_get(run, "cells");
    json_t *noisy = json_object_get(json_object_get(run, "host"), "noisy");
    json_auto_t *varying = view_names(cells, true);
    json_t *object = json_object();

    for (size_t i = 0; i < sizeof(copied) / sizeof(copied[0]); i++)
        if (json_object_get(run, copied[i]))
            json_object_set(object, copied[i], json_object_get(run, copied[i]));
    json_object_set_new(object, "n_cells", json_integer((json_int_t)json_array_size(cells)));
    json_object_set_new(object, "noisy", noisy ? json_incref(noisy) : json_null());
    json_object_set_new(
        object, "headline", headline ? about_figure(cells, varying, headline) : about_time(cells, varying));
    return object;
}
