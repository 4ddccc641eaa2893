/* The table that a person reads first: a heading with what all cells have in common, a row for each cell with
 * a bar to compare at a glance, what has to be said about single cells, the experiment's own metrics, and the
 * machine. The same text serves the terminal and Markdown. */
#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "results/format-private.h"
#include "results/human.h"
#include "results/layout.h"
#include "results/metrics.h"
#include "results/prose.h"
#include "results/view.h"

#define TABLE_WIDTH 100

/* The columns, by what can be missed first. */
enum {
    RANK_VERDICT = 1,
    RANK_INTERVAL,
    RANK_CPU,
    RANK_BARS,
    RANK_SWITCHES,
    RANK_IDEAL,
};

static const json_t *get(const json_t *object, const char *key, const char *sub)
{
    return json_object_get(json_object_get(object, key), sub);
}

/* Sets a cell to a time, or leaves it empty. */
static void set_time(Layout *layout, size_t column, size_t row, const json_t *ns)
{
    if (json_is_integer(ns))
        layout_set(layout, column, row, human_time(json_integer_value(ns)));
}

static double longest_wall(const json_t *cells)
{
    double longest = 0;
    size_t i;
    json_t *cell;

    json_array_foreach (cells, i, cell)
        longest = fmax(longest, json_number_value(get(cell, "wall_ns", "median")));
    return longest;
}

static void add_wall(Layout *layout, const json_t *cells)
{
    size_t median = layout_add(layout, "wall", true, LAYOUT_KEEP);
    size_t bars = layout_add_bars(layout, RANK_BARS), row;
    double longest = longest_wall(cells);
    json_t *cell;

    json_array_foreach (cells, row, cell) {
        const json_t *wall = get(cell, "wall_ns", "median");

        set_time(layout, median, row, wall);
        if (longest > 0)
            layout_set_bar(layout, bars, row, json_number_value(wall) / longest);
    }
}

/* Returns the text of the interval, or of smallest to largest where there is none: in brackets if other cells
 * have one. NULL for a single sample. */
static char *interval_text(const json_t *wall, bool others_have, bool *brackets)
{
    const json_t *interval = json_object_get(wall, "interval");
    auto_free char *range = NULL;

    if (json_array_size(interval) == 2)
        return human_time_range(
            json_integer_value(json_array_get(interval, 0)), json_integer_value(json_array_get(interval, 1)));
    if (json_array_size(json_object_get(wall, "samples")) < 2)
        return NULL;
    range = human_time_range(
        json_integer_value(json_object_get(wall, "min")), json_integer_value(json_object_get(wall, "max")));
    if (!others_have)
        return take_pointer(range);
    *brackets = true;
    return text_printf("(%s)", range);
}

static bool any_interval(const json_t *cells)
{
    size_t i;
    json_t *cell;

    json_array_foreach (cells, i, cell) {
        if (json_is_array(get(cell, "wall_ns", "interval")))
            return true;
    }
    return false;
}

/* Returns whether there are brackets to explain. */
static bool add_interval(Layout *layout, const json_t *cells)
{
    bool has_interval = any_interval(cells), brackets = false;
    size_t column = layout_add(layout, has_interval ? "interval" : "min..max", true, RANK_INTERVAL), row;
    json_t *cell;

    json_array_foreach (cells, row, cell) {
        char *text = interval_text(json_object_get(cell, "wall_ns"), has_interval, &brackets);

        if (text)
            layout_set(layout, column, row, text);
    }
    return brackets;
}

/* What is not done says so where its verdict would stand. */
static const char *verdict_text(const json_t *cell)
{
    const char *status = json_string_value(json_object_get(cell, "status"));
    const char *verdict = json_string_value(get(cell, "relative", "verdict"));

    return status && strcmp(status, "done") != 0 ? status : verdict;
}

static void add_verdict(Layout *layout, const json_t *cells)
{
    bool any_ratio = false, any_verdict = false;
    size_t ratios, verdicts, row;
    json_t *cell;

    json_array_foreach (cells, row, cell) {
        any_ratio |= json_is_object(json_object_get(cell, "relative"));
        any_verdict |= verdict_text(cell) != NULL;
    }
    ratios = any_ratio ? layout_add(layout, "x serial", true, LAYOUT_KEEP) : 0;
    verdicts = any_verdict ? layout_add(layout, any_ratio ? "verdict" : "status", false, RANK_VERDICT) : 0;
    json_array_foreach (cells, row, cell) {
        const json_t *ratio = get(cell, "relative", "ratio");
        const char *text = verdict_text(cell);

        if (json_is_number(ratio))
            layout_set(layout, ratios, row, human_ratio(json_number_value(ratio)));
        if (text)
            layout_set(layout, verdicts, row, text_printf("%s", text));
    }
}

static void add_costs(Layout *layout, const json_t *cells)
{
    size_t cpu = layout_add(layout, "CPU time", true, RANK_CPU), row;
    size_t ideal = layout_add(layout, "ideal", true, RANK_IDEAL);
    size_t switches = layout_add(layout, "switches", true, RANK_SWITCHES);
    json_t *cell;

    json_array_foreach (cells, row, cell) {
        const json_t *counts = json_object_get(cell, "context_switches");
        uint64_t voluntary = (uint64_t)json_integer_value(json_object_get(counts, "voluntary"));
        uint64_t involuntary = (uint64_t)json_integer_value(json_object_get(counts, "involuntary"));

        set_time(layout, cpu, row, get(cell, "cpu_ns", "median"));
        set_time(layout, ideal, row, json_object_get(cell, "ideal_ns"));
        if (json_is_object(counts))
            layout_set(layout, switches, row, human_integer((int64_t)(voluntary + involuntary)));
    }
}

static void write_cells(const json_t *cells, const json_t *varying, bool markdown, FILE *file)
{
    Layout *layout = layout_new(json_array_size(cells), markdown);
    bool brackets;

    view_add_columns(layout, cells, varying);
    add_wall(layout, cells);
    brackets = add_interval(layout, cells);
    add_verdict(layout, cells);
    add_costs(layout, cells);
    layout_fit(layout, TABLE_WIDTH);
    layout_write(layout, file);
    if (brackets)
        fputs("\n(In brackets: smallest and largest of too few repetitions for an interval.)\n", file);
    layout_free(layout);
}

static void write_run(const json_t *run, bool markdown, FILE *file)
{
    const json_t *cells = json_object_get(run, "cells");
    json_auto_t *varying = view_names(cells, true);
    Prose prose = {.file = file, .markdown = markdown, .width = TABLE_WIDTH};

    prose_heading(&prose, run);
    if (json_array_size(cells) > 0) {
        fputs("\n", file);
        write_cells(cells, varying, markdown, file);
    }
    prose_notes(&prose, cells, varying);
    if (json_array_size(cells) > 0)
        metrics_write(cells, varying, &prose);
    prose_closing(&prose, run);
}

void run_write_table(const json_t *run, FILE *file)
{
    write_run(run, false, file);
}

void run_write_markdown(const json_t *run, FILE *file)
{
    write_run(run, true, file);
}
