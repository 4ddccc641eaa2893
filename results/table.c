/* The table that a person reads first: a heading with what all cells have in common, the lesson, a row for
 * each cell with a bar to compare at a glance, what the terms mean, what has to be said about single cells,
 * the experiment's own metrics, and the machine. The same text serves the terminal and Markdown. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "results/axes.h"
#include "results/beside.h"
#include "results/format-private.h"
#include "results/human.h"
#include "results/layout.h"
#include "results/metrics.h"
#include "results/prose.h"

/* The columns, by what can be missed first. */
enum {
    RANK_VERDICT = 1,
    RANK_MODEL,
    RANK_INTERVAL,
    RANK_CPU,
    RANK_BARS,
    RANK_SWITCHES,
    RANK_IDEAL,
};

/* Sets a cell to a time, or leaves it empty. */
static void table_set_time(Layout *layout, size_t column, size_t row, int64_t ns)
{
    if (ns != RESULT_UNKNOWN)
        layout_set(layout, column, row, human_time(ns));
}

/* What the bars are of: the figure that the experiment is about, or the wall time; of runtimes that did
 * different work what each took of its own serial time. NAN where there is none. A bar is what is seen first
 * and remembered, so where the time is given and no measure, none must show it. */
static double table_bar_of(const ResultRun *run, const ResultCell *cell, bool work_differs)
{
    json_auto_t *figure = run->about.figure ? result_figure(cell, run->about.figure) : NULL;

    if (figure)
        return json_number_value(figure);
    if (run->about.figure || run->about.fixed_time || cell->wall.median == RESULT_UNKNOWN)
        return NAN;
    if (work_differs)
        return cell->relative.ratio;
    return (double)cell->wall.median;
}

/* Bars begin at zero and the longest is as wide as its column, so their lengths can be compared by eye. They
 * stand beside their figures, and a cell without a figure has neither. Where all are nothing there is nothing
 * to see. */
static void table_add_bars(Layout *layout, const ResultRun *run, const Axes *varying)
{
    bool work_differs = axes_work_differs(varying);
    double longest = 0;
    size_t bars;

    for (size_t i = 0; i < run->cells.n; i++)
        longest = fmax(longest, table_bar_of(run, run->cells.at[i], work_differs));
    if (longest <= 0)
        return;
    bars = layout_add_bars(layout, RANK_BARS);
    for (size_t row = 0; row < run->cells.n; row++) {
        double value = table_bar_of(run, run->cells.at[row], work_differs);

        layout_set_bar(layout, bars, row, value > 0 ? value / longest : 0);
    }
}

/* The figure that the experiment is about, in the words of its descriptor. */
static void table_add_figure(Layout *layout, const ResultRun *run)
{
    size_t column = layout_add(layout, run->about.head, true, LAYOUT_KEEP);

    for (size_t row = 0; row < run->cells.n; row++) {
        json_auto_t *figure = result_figure(run->cells.at[row], run->about.figure);

        if (figure)
            layout_set(layout, column, row, human_field(run->about.figure, figure));
    }
}

static void table_add_wall(Layout *layout, const ResultCells *cells)
{
    size_t median = layout_add(layout, "wall", true, LAYOUT_KEEP);

    for (size_t row = 0; row < cells->n; row++)
        table_set_time(layout, median, row, cells->at[row]->wall.median);
}

/* Both ends are known, or neither (results/cell.c). */
static bool table_has_interval(const ResultTime *time)
{
    return time->low != RESULT_UNKNOWN;
}

/* Returns the text of the interval, or of smallest to largest where there is none: in brackets if other cells
 * have one, because a range of two samples must not be taken for an interval. NULL for a single sample. Sets
 * *brackets if it used them. */
static char *table_interval_text(const ResultTime *wall, bool others_have, bool *brackets)
{
    auto_free char *range = NULL;

    if (table_has_interval(wall))
        return human_time_range(wall->low, wall->high);
    if (wall->n < 2 || wall->min == RESULT_UNKNOWN || wall->max == RESULT_UNKNOWN)
        return NULL;
    range = human_time_range(wall->min, wall->max);
    if (!others_have)
        return take_pointer(range);
    *brackets = true;
    return text_printf("(%s)", range);
}

static bool table_any_interval(const ResultCells *cells)
{
    for (size_t i = 0; i < cells->n; i++) {
        if (table_has_interval(&cells->at[i]->wall))
            return true;
    }
    return false;
}

/* Returns whether there are brackets to explain. The head says which of the two kinds of range the column
 * holds. */
static bool table_add_interval(Layout *layout, const ResultCells *cells)
{
    bool others_have = table_any_interval(cells), brackets = false;
    size_t column = layout_add(layout, others_have ? "interval" : "min..max", true, RANK_INTERVAL);

    for (size_t row = 0; row < cells->n; row++) {
        char *text = table_interval_text(&cells->at[row]->wall, others_have, &brackets);

        if (text)
            layout_set(layout, column, row, text);
    }
    return brackets;
}

/* What is not done says so where its verdict would stand. */
static const char *table_verdict_text(const ResultCell *cell)
{
    const char *status = result_status_name(cell->status);

    if (status && cell->status != RESULT_DONE)
        return status;
    return verdict_name(cell->scaling.is_known ? cell->scaling.verdict : cell->relative.verdict);
}

/* A column exists only if some cell has something to say in it: a table without serial cells has no ratios,
 * one of a run that is over has no statuses. Without any ratio there are no verdicts either, so the column
 * has statuses alone and is called so. */
static void table_add_verdict(Layout *layout, const ResultCells *cells)
{
    bool any_ratio = false, any_scaling = false, any_verdict = false;
    size_t ratios, scalings, verdicts;

    for (size_t row = 0; row < cells->n; row++) {
        any_ratio |= cells->at[row]->relative.is_known;
        any_scaling |= cells->at[row]->scaling.is_known;
        any_verdict |= table_verdict_text(cells->at[row]) != NULL;
    }
    ratios = any_ratio ? layout_add(layout, "x serial", true, LAYOUT_KEEP) : 0;
    scalings = any_scaling ? layout_add(layout, "speed-up", true, LAYOUT_KEEP) : 0;
    verdicts = any_verdict
                   ? layout_add(layout, any_ratio || any_scaling ? "verdict" : "status", false, RANK_VERDICT)
                   : 0;
    for (size_t row = 0; row < cells->n; row++) {
        double ratio = cells->at[row]->relative.ratio;
        const char *text = table_verdict_text(cells->at[row]);

        if (any_ratio && !isnan(ratio))
            layout_set(layout, ratios, row, human_ratio(ratio));
        if (cells->at[row]->scaling.is_known)
            layout_set(layout, scalings, row, human_ratio(cells->at[row]->scaling.speedup));
        if (text)
            layout_set(layout, verdicts, row, text_printf("%s", text));
    }
}

/* A model beside what it models: the quotient and what is to be thought of it. */
static void table_add_models(Layout *layout, const ResultCells *cells)
{
    bool any = false;
    size_t column;

    for (size_t row = 0; row < cells->n; row++)
        any |= cells->at[row]->model.is_known;
    if (!any)
        return;
    column = layout_add(layout, "model/real", false, RANK_MODEL);
    for (size_t row = 0; row < cells->n; row++) {
        const ResultModel *model = &cells->at[row]->model;
        auto_free char *ratio = model->is_known ? human_ratio(model->ratio) : NULL;

        if (ratio)
            layout_set(layout, column, row, text_printf("%s %s", ratio, beside_verdict_name(model->verdict)));
    }
}

/* A runtime that counts one kind of switches and not the other still has a sum. */
static int64_t table_known(int64_t count)
{
    return count == RESULT_UNKNOWN ? 0 : count;
}

/* Beside how long it took stands what explains it: CPU time above the wall time is work side by side, an
 * ideal far below it is what could not overlap, many switches are hand-overs. */
static void table_add_costs(Layout *layout, const ResultCells *cells)
{
    size_t cpu = layout_add(layout, "CPU time", true, RANK_CPU);
    size_t ideal = layout_add(layout, "ideal", true, RANK_IDEAL);
    size_t switches = layout_add(layout, "switches", true, RANK_SWITCHES);

    for (size_t row = 0; row < cells->n; row++) {
        const ResultCell *cell = cells->at[row];
        const ResultSwitches *counts = &cell->switches;
        bool any = counts->voluntary != RESULT_UNKNOWN || counts->involuntary != RESULT_UNKNOWN;

        table_set_time(layout, cpu, row, cell->cpu.median);
        table_set_time(layout, ideal, row, cell->ideal_ns);
        if (any)
            layout_set(layout, switches, row,
                human_integer(table_known(counts->voluntary) + table_known(counts->involuntary)));
    }
}

/* The order of the columns is that of the calls: what a cell is, what it is about, how long it took, what
 * that means, what explains it. An interval of a time that was given would only say how well it was kept. */
static void table_write_cells(const ResultRun *run, const Axes *varying, const Prose *prose)
{
    const ResultCells *cells = &run->cells;
    Layout *layout = layout_new(cells->n, prose->markdown);
    bool brackets = false;
    auto_free char *left_out = NULL;

    axes_add_columns(varying, varying->n, cells, layout);
    if (run->about.figure) {
        table_add_figure(layout, run);
        table_add_bars(layout, run, varying);
        table_add_wall(layout, cells);
    } else {
        table_add_wall(layout, cells);
        table_add_bars(layout, run, varying);
    }
    if (!run->about.fixed_time)
        brackets = table_add_interval(layout, cells);
    table_add_verdict(layout, cells);
    table_add_models(layout, cells);
    table_add_costs(layout, cells);
    layout_fit(layout, prose->width);
    left_out = layout_left_out(layout);
    layout_write(layout, prose->file);
    if (left_out)
        paragraph_write(prose, "", "  ", "(no room for %s: see JSON or CSV)", left_out);
    if (brackets)
        paragraph_write(
            prose, "\n", "", "(In brackets: smallest and largest of too few repetitions for an interval.)");
    layout_free(layout);
}

/* A text on its way, to be looked through before it is written. */
typedef struct TableText {
    char *text;
    size_t length;
} TableText;

static FILE *table_open(TableText *text)
{
    FILE *file = open_memstream(&text->text, &text->length);

    assert(file);
    return file;
}

/* From what came out to what it rests on: a reader may stop anywhere. Which terms need explaining is known
 * only when everything else is written, so both halves are written first. */
static void table_write_run(const ResultRun *run, bool markdown, size_t width, FILE *file)
{
    auto_axes Axes varying = axes_varying(&run->cells);
    Prose prose = {.markdown = markdown, .width = width, .said = run->lesson};
    TableText above = {0}, below = {0};
    auto_free char *all = NULL;

    prose.file = table_open(&above);
    prose_heading(&prose, run);
    if (run->cells.n > 0) {
        fputs("\n", prose.file);
        table_write_cells(run, &varying, &prose);
    }
    fclose(prose.file);
    prose.file = table_open(&below);
    prose_runtimes(&prose, run);
    prose_notes(&prose, &run->cells, &varying);
    prose_models(&prose, &run->cells, &varying);
    prose_crowds(&prose, &run->cells, &varying);
    if (run->cells.n > 0)
        metrics_write(&run->cells, &varying, run->about.figure, &prose);
    fclose(prose.file);
    all = text_printf("%s%s", above.text, below.text);
    prose.file = file;
    fputs(above.text, file);
    prose_terms(&prose, all, axes_work_differs(&varying));
    fputs(below.text, file);
    prose_closing(&prose, run);
    free(above.text);
    free(below.text);
}

void run_write_table(const ResultRun *run, size_t width, FILE *file)
{
    table_write_run(run, false, width, file);
}

void run_write_markdown(const ResultRun *run, size_t width, FILE *file)
{
    table_write_run(run, true, width, file);
}
