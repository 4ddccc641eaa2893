#include "tests/bench/report.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"

enum { N_COLUMNS = 6, BAR_WIDTH = 40 };

static const char *const titles[N_COLUMNS] = {
    "quantity", "gilscope", "floor or peer", "ratio", "target", "verdict"};

/* Three digits, whatever the size. */
static char *number_text(double number)
{
    int decimals = number >= 100 ? 0 : number >= 10 ? 1 : number >= 1 ? 2 : 3;

    return text_printf("%.*f", decimals, number);
}

static char *figure_text(double figure, const char *unit)
{
    auto_free char *number = number_text(figure);

    return text_printf("%s %s", number, unit);
}

static char *estimate_text(const Estimate *estimate)
{
    return text_printf("%.3f [%.3f, %.3f]%s", estimate->median, estimate->low, estimate->high,
        estimate->is_range ? " (range)" : "");
}

static char *beside_text(const RowResult *result)
{
    const BenchRow *row = result->row;
    const char *name =
        row->beside == BENCH_ALONE ? NULL : result->measured->part->contenders[row->beside].name;
    auto_free char *figure = NULL;

    if (!name)
        return text_copy("");
    if (!result->has_beside)
        return text_copy(name);
    figure = figure_text(result->beside.median, row->unit);
    return text_printf("%s: %s", name, figure);
}

static char *target_text(const BenchRow *row)
{
    const char *goal = row->goal == BENCH_AT_MOST ? "at most" : "at least";
    auto_free char *limit = figure_text(row->limit, row->unit);

    if (row->ratio > 0 && row->limit > 0)
        return text_printf("%s %g, at most %s", goal, row->ratio, limit);
    return row->ratio > 0 ? text_printf("%s %g", goal, row->ratio) : text_printf("at most %s", limit);
}

static char *verdict_text(const RowResult *result)
{
    switch (result->state) {
    case ROW_LEFT_OUT:
        return text_printf("left out: no %s", result->reason);
    case ROW_FAILED:
        return text_copy("failed");
    case ROW_JUDGED:
        break;
    }
    return text_printf(
        "%s%s", judge_word(result->outcome), result->by_instructions ? ", by instructions" : "");
}

static void make_cells(const RowResult *result, char *cells[N_COLUMNS])
{
    bool is_judged = result->state == ROW_JUDGED;

    cells[0] = text_copy(result->row->quantity);
    cells[1] = is_judged ? figure_text(result->ours.median, result->row->unit) : text_copy("");
    cells[2] = beside_text(result);
    cells[3] = is_judged && result->has_beside ? estimate_text(&result->ratio) : text_copy("");
    cells[4] = target_text(result->row);
    cells[5] = verdict_text(result);
}

static void print_row(const char *const cells[N_COLUMNS], const size_t widths[N_COLUMNS])
{
    for (int k = 0; k < N_COLUMNS; k++)
        printf("| %-*s ", (int)widths[k], cells[k]);
    printf("|\n");
}

void report_table(const RowResult *results, size_t n)
{
    auto_free char *(*cells)[N_COLUMNS] = calloc(n, sizeof(*cells));
    size_t widths[N_COLUMNS];

    for (int k = 0; k < N_COLUMNS; k++)
        widths[k] = strlen(titles[k]);
    for (size_t i = 0; i < n; i++) {
        make_cells(&results[i], cells[i]);
        for (int k = 0; k < N_COLUMNS; k++)
            widths[k] = strlen(cells[i][k]) > widths[k] ? strlen(cells[i][k]) : widths[k];
    }
    print_row(titles, widths);
    for (int k = 0; k < N_COLUMNS; k++) {
        printf("|");
        for (size_t j = 0; j < widths[k] + 2; j++)
            printf("-");
    }
    printf("|\n");
    for (size_t i = 0; i < n; i++) {
        print_row((const char *const *)cells[i], widths);
        for (int k = 0; k < N_COLUMNS; k++)
            free(cells[i][k]);
    }
}

static int n_in_series(const BenchPart *part)
{
    return (int)(part->n_series ? part->n_series : part->n_contenders);
}

void report_series(const Measured *measured)
{
    const BenchPart *part = measured->part;
    double most = 0;
    Estimate estimate;

    for (int i = 0; i < n_in_series(part); i++)
        if (measured_estimate(measured, i, 0, &estimate) && estimate.median > most)
            most = estimate.median;
    if (most <= 0)
        return;
    printf("\n%s\n", part->series);
    for (int i = 0; i < n_in_series(part); i++) {
        auto_free char *figure = NULL;

        if (!measured_estimate(measured, i, 0, &estimate))
            continue;
        figure = number_text(estimate.median);
        printf("%-22s %9s ", part->contenders[i].name, figure);
        for (int j = 0; j < (int)(estimate.median / most * BAR_WIDTH + 0.5); j++)
            printf("#");
        printf("\n");
    }
}

void report_notes(const RowResult *results, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const RowResult *result = &results[i];
        const char *name = result->row->name;

        if (result->state == ROW_FAILED)
            printf("%s: %s\n", name, result->reason);
        else if (result->instruction_ratio > 0)
            printf("%s: %.0f instructions beside %.0f, ratio %.3f\n", name,
                result->measured->instructions[result->row->ours],
                result->measured->instructions[result->row->beside], result->instruction_ratio);
        else if (result->state == ROW_JUDGED && result->outcome == JUDGE_INCONCLUSIVE &&
                 result->measured->count_failure)
            printf("%s: instructions were not counted: %s\n", name, result->measured->count_failure);
    }
}

static json_t *json_of_estimate(const Estimate *estimate)
{
    return json_pack("{s:f, s:[f, f], s:b}", "median", estimate->median, "interval", estimate->low,
        estimate->high, "whole_range", estimate->is_range);
}

static const char *state_word(const RowResult *result)
{
    switch (result->state) {
    case ROW_LEFT_OUT:
        return "left out";
    case ROW_FAILED:
        return "failed";
    case ROW_JUDGED:
        break;
    }
    return judge_word(result->outcome);
}

static json_t *json_of_row(const RowResult *result)
{
    const BenchRow *row = result->row;
    const BenchContender *contenders = result->measured->part->contenders;
    bool is_judged = result->state == ROW_JUDGED;
    json_t *object = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s?, s:i, s:s, s:s?}", "name", row->name, "part",
        result->measured->part->name, "quantity", row->quantity, "unit", row->unit, "contender",
        contenders[row->ours].name, "beside",
        row->beside == BENCH_ALONE ? NULL : contenders[row->beside].name, "rounds", result->measured->rounds,
        "verdict", state_word(result), "reason", result->reason);

    json_object_set_new(object, "gilscope", is_judged ? json_of_estimate(&result->ours) : json_null());
    json_object_set_new(
        object, "floor", result->has_beside ? json_of_estimate(&result->beside) : json_null());
    json_object_set_new(object, "ratio", result->has_beside ? json_of_estimate(&result->ratio) : json_null());
    json_object_set_new(object, "target",
        json_pack("{s:s, s:o, s:o}", "goal", row->goal == BENCH_AT_MOST ? "at most" : "at least", "ratio",
            row->ratio > 0 ? json_real(row->ratio) : json_null(), "limit",
            row->limit > 0 ? json_real(row->limit) : json_null()));
    json_object_set_new(object, "instruction_ratio",
        result->instruction_ratio > 0 ? json_real(result->instruction_ratio) : json_null());
    json_object_set_new(object, "decided_by",
        !is_judged ? json_null() : json_string(result->by_instructions ? "instructions" : "figures"));
    return object;
}

static json_t *json_of_series(const Measured *measured)
{
    const BenchPart *part = measured->part;
    json_t *points = json_array();

    for (int i = 0; i < n_in_series(part); i++) {
        Estimate estimate;

        if (measured_estimate(measured, i, 0, &estimate))
            json_array_append_new(points, json_pack("{s:s, s:o}", "name", part->contenders[i].name, "figure",
                                              json_of_estimate(&estimate)));
    }
    return json_pack("{s:s, s:s, s:o}", "part", part->name, "title", part->series, "points", points);
}

json_t *report_json(const RowResult *results, size_t n_results, const Measured *const *parts, size_t n_parts)
{
    json_t *rows = json_array(), *series = json_array();

    for (size_t i = 0; i < n_results; i++)
        json_array_append_new(rows, json_of_row(&results[i]));
    for (size_t i = 0; i < n_parts; i++)
        if (parts[i]->part->series)
            json_array_append_new(series, json_of_series(parts[i]));
    return json_pack("{s:o, s:o}", "rows", rows, "series", series);
}
