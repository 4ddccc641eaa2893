/* A comparison for a terminal, for Markdown and for a spreadsheet: a row for each cell that both runs have,
 * then one for each that has no partner. As JSON it is laid out as a run is. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "results/csv-table.h"
#include "results/format-private.h"
#include "results/human.h"
#include "results/layout.h"
#include "results/prose.h"
#include "results/view.h"

#define TABLE_WIDTH 100
#define MOST_NAMES 8 /* columns that say which cell it is: more leave no room for the figures */

enum {
    RANK_INTERVAL = 1,
};

static const CsvColumn both_columns[] = {
    {"baseline_id", "baseline", "id", 0},
    {"candidate_id", "candidate", "id", 0},
    {"baseline_experiment", "baseline", "experiment", 0},
    {"candidate_experiment", "candidate", "experiment", 0},
};

static const CsvColumn figures[] = {
    {"found_in", "found_in", NULL, 0},
    {"baseline_median_ns", "baseline", "median", 0},
    {"baseline_low_ns", "baseline", "interval", 1},
    {"baseline_high_ns", "baseline", "interval", 2},
    {"candidate_median_ns", "candidate", "median", 0},
    {"candidate_low_ns", "candidate", "interval", 1},
    {"candidate_high_ns", "candidate", "interval", 2},
    {"ratio", "ratio", NULL, 0},
    {"ratio_low", "interval", NULL, 1},
    {"ratio_high", "interval", NULL, 2},
    {"verdict", "verdict", NULL, 0},
    {"hint", "hint", NULL, 0},
};

static const CsvTable csv_columns = {
    .document = both_columns,
    .n_document = sizeof(both_columns) / sizeof(both_columns[0]),
    .figures = figures,
    .n_figures = sizeof(figures) / sizeof(figures[0]),
};

/* Returns all cells of the comparison, each with where it was found; a new array. */
static json_t *make_rows(const json_t *comparison)
{
    static const struct {
        const char *key, *found_in;
    } lists[] = {{"cells", "both"}, {"only_baseline", "baseline"}, {"only_candidate", "candidate"}};
    json_t *rows = json_array();

    for (size_t k = 0; k < sizeof(lists) / sizeof(lists[0]); k++) {
        size_t i;
        json_t *cell;

        json_array_foreach (json_object_get(comparison, lists[k].key), i, cell) {
            json_t *row = json_copy(cell);

            json_object_set_new(row, "found_in", json_string(lists[k].found_in));
            json_array_append_new(rows, row);
        }
    }
    return rows;
}

static void add_median(Layout *layout, const json_t *rows, const char *side)
{
    size_t column = layout_add(layout, side, true, LAYOUT_KEEP), row;
    json_t *cell;

    json_array_foreach (rows, row, cell) {
        const json_t *median = json_object_get(json_object_get(cell, side), "median");

        if (json_is_integer(median))
            layout_set(layout, column, row, human_time(json_integer_value(median)));
    }
}

static void add_ratio(Layout *layout, const json_t *rows)
{
    size_t ratios = layout_add(layout, "ratio", true, LAYOUT_KEEP), row;
    size_t intervals = layout_add(layout, "interval", true, RANK_INTERVAL);
    json_t *cell;

    json_array_foreach (rows, row, cell) {
        const json_t *ratio = json_object_get(cell, "ratio"), *interval = json_object_get(cell, "interval");
        auto_free char *low = human_ratio(json_number_value(json_array_get(interval, 0)));
        auto_free char *high = human_ratio(json_number_value(json_array_get(interval, 1)));

        if (json_is_number(ratio))
            layout_set(layout, ratios, row, human_ratio(json_number_value(ratio)));
        if (json_is_array(interval))
            layout_set(layout, intervals, row, text_printf("%s..%s", low, high));
    }
}

/* A cell without a partner says so where its verdict would stand. */
static void add_verdict(Layout *layout, const json_t *rows)
{
    size_t column = layout_add(layout, "verdict", false, LAYOUT_KEEP), row;
    json_t *cell;

    json_array_foreach (rows, row, cell) {
        const char *verdict = json_string_value(json_object_get(cell, "verdict"));
        const char *found_in = json_string_value(json_object_get(cell, "found_in"));

        layout_set(
            layout, column, row, verdict ? text_printf("%s", verdict) : text_printf("only %s", found_in));
    }
}

static void write_rows(const json_t *rows, const json_t *varying, bool markdown, FILE *file)
{
    Layout *layout = layout_new(json_array_size(rows), markdown);
    json_auto_t *names = json_copy((json_t *)varying);
    size_t n_left_out = 0;

    for (; !markdown && json_array_size(names) > MOST_NAMES; n_left_out++)
        json_array_remove(names, json_array_size(names) - 1);
    view_add_columns(layout, rows, names);
    add_median(layout, rows, "baseline");
    add_median(layout, rows, "candidate");
    add_ratio(layout, rows);
    add_verdict(layout, rows);
    layout_fit(layout, TABLE_WIDTH);
    layout_write(layout, file);
    if (n_left_out > 0)
        fprintf(file, "(%zu more parameters in JSON and CSV)\n", n_left_out);
    layout_free(layout);
}

/* "baseline: countdown, 01KAN5..., before the change, 2017-10-27T08:00:00.123Z, done" */
static void write_run(const Prose *prose, const json_t *comparison, const char *side)
{
    json_t *head = json_object_get(comparison, side), *value;
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);
    const char *name;

    assert(file);
    json_object_foreach (head, name, value) {
        if (json_is_string(value))
            fprintf(file, "%s%s", ftell(file) > 0 ? ", " : "", json_string_value(value));
    }
    fclose(file);
    paragraph_write(prose, "\n", "  ", "%s: %s", side, *text ? text : "a run that says nothing of itself");
    free(text);
}

static void write_closing(const Prose *prose, const json_t *comparison)
{
    const json_t *warnings = json_object_get(comparison, "warnings"), *warning;
    size_t i;

    fputs("\n", prose->file);
    paragraph_write(prose, "", "", "%s", json_string_value(json_object_get(comparison, "summary")));
    if (json_array_size(warnings) == 0)
        return;
    fputs("\n", prose->file);
    paragraph_write(prose, "", "  ", "Take the comparison with care:");
    json_array_foreach (warnings, i, warning)
        paragraph_write(prose, i == 0 ? "\n- " : "- ", "  ", "%s", json_string_value(warning));
}

static void write_table(const json_t *comparison, bool markdown, FILE *file)
{
    json_auto_t *rows = make_rows(comparison), *varying = view_names(rows, true);
    const Prose prose = {.file = file, .markdown = markdown, .width = TABLE_WIDTH};

    prose_title(&prose, "comparison", rows);
    write_run(&prose, comparison, "baseline");
    write_run(&prose, comparison, "candidate");
    if (json_array_size(rows) > 0) {
        fputs("\n", file);
        write_rows(rows, varying, markdown, file);
    }
    prose_notes(&prose, rows, varying);
    write_closing(&prose, comparison);
}

void compare_write_table(const json_t *comparison, FILE *file)
{
    write_table(comparison, false, file);
}

void compare_write_markdown(const json_t *comparison, FILE *file)
{
    write_table(comparison, true, file);
}

void compare_write_csv(const json_t *comparison, FILE *file)
{
    json_auto_t *rows = make_rows(comparison);

    csv_table_write(&csv_columns, comparison, rows, file);
}
