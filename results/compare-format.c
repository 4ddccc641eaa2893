/* A comparison for a terminal, for Markdown and for a spreadsheet: a row for each cell that both runs have,
 * then one for each that has no partner.
 *
 * The rows are cells like those of a run, so columns, notes and titles are made by the same functions. What
 * is of the comparison alone stands in ComparedCell, beside the cell, at the same index. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "results/axes.h"
#include "results/beside.h"
#include "results/compare-parts.h"
#include "results/csv-table.h"
#include "results/format-private.h"
#include "results/human.h"
#include "results/layout.h"
#include "results/prose.h"
#include "results/words.h"

#define MOST_NAMES 8 /* columns that say which cell it is: more leave no room for the figures */

enum {
    RANK_INTERVAL = 1, /* can be missed beside the verdict */
    RANK_ABOUT = 2,    /* of figures that are not judged, where others are */
};

/* What a row of CSV says of the runs, and what stands against comparing them. */
typedef struct CsvSources {
    CsvSource of[N_SIDES];
    const char *warnings; /* NULL: none */
} CsvSources;

/* A column for each side. */
#define OF_BOTH(name, type, field)                                                                           \
    {"baseline_" name, type, offsetof(CsvSources, of[BASELINE].field), true},                                \
    {                                                                                                        \
        "candidate_" name, type, offsetof(CsvSources, of[CANDIDATE].field), true                             \
    }

static const CsvColumn id_columns[] = {
    OF_BOTH("id", CSV_TEXT, id),
    OF_BOTH("experiment", CSV_TEXT, experiment),
};

/* A column is the place of a field in ComparedCell, see results/csv-table.h. */
#define AT(name, type, field)                                                                                \
    {                                                                                                        \
        name, type, offsetof(ComparedCell, field), false                                                     \
    }

static const CsvColumn closing[] = {
    OF_BOTH("noisy", CSV_TEXT, noisy),
    OF_BOTH("foreign_cpu", CSV_REAL, foreign_cpu),
    OF_BOTH("steal", CSV_REAL, steal),
    OF_BOTH("throttled_ns", CSV_INTEGER, throttled_ns),
    OF_BOTH("created_at", CSV_TEXT, created_at),
    AT("model_ratio", CSV_REAL, cell.model.ratio),
    AT("model_low", CSV_REAL, cell.model.low),
    AT("model_high", CSV_REAL, cell.model.high),
    AT("model_verdict", CSV_MODEL, cell.model.verdict),
    OF_BOTH("label", CSV_TEXT, label),
    {"warnings", CSV_TEXT, offsetof(CsvSources, warnings), true},
};

static const CsvColumn figures[] = {
    AT("found_in", CSV_TEXT, found_in),
    AT("baseline_median_ns", CSV_INTEGER, wall[BASELINE].median),
    AT("baseline_low_ns", CSV_INTEGER, wall[BASELINE].low),
    AT("baseline_high_ns", CSV_INTEGER, wall[BASELINE].high),
    AT("candidate_median_ns", CSV_INTEGER, wall[CANDIDATE].median),
    AT("candidate_low_ns", CSV_INTEGER, wall[CANDIDATE].low),
    AT("candidate_high_ns", CSV_INTEGER, wall[CANDIDATE].high),
    AT("ratio", CSV_REAL, cell.relative.ratio),
    AT("ratio_low", CSV_REAL, cell.relative.low),
    AT("ratio_high", CSV_REAL, cell.relative.high),
    AT("verdict", CSV_VERDICT, cell.relative.verdict),
    AT("hint", CSV_TEXT, cell.relative.hint),
};

static const CsvTable csv_columns = {
    .document = id_columns,
    .n_document = ARRAY_LENGTH(id_columns),
    .figures = figures,
    .n_figures = ARRAY_LENGTH(figures),
    .closing = closing,
    .n_closing = ARRAY_LENGTH(closing),
};

/* Each run has a column that is headed by its side, so that "baseline" and "candidate" need no legend. Of a
 * model and what it models, how many times its serial time each took. */
static void compare_add_median(Layout *layout, const RunComparison *comparison, int side)
{
    size_t column = layout_add(layout, compare_side_names[side], true, LAYOUT_KEEP);

    for (size_t row = 0; row < comparison->rows.n; row++) {
        const ComparedCell *cell = &comparison->cells[row];
        int64_t median = cell->wall[side].median;
        auto_free char *ratio = cell->model_side ? human_ratio(cell->serial_times[side]) : NULL;

        if (median != RESULT_UNKNOWN)
            layout_set(layout, column, row, human_time(median));
        if (ratio && !isnan(cell->serial_times[side]))
            layout_set(layout, column, row, text_printf("%s x", ratio));
    }
}

/* The same of what the experiment is about. One figure of each run has no
 * interval, so no ratio of it is given: a reader would take it for more than it is. */
static void compare_add_figure(Layout *layout, const RunComparison *comparison, int side, int rank)
{
    const ResultAbout *about = &comparison->runs[side]->about;
    auto_free char *head = text_printf("%s: %s", compare_side_names[side], about->figure ? about->head : "");
    size_t column;

    if (!about->figure)
        return;
    column = layout_add(layout, head, true, rank);
    for (size_t row = 0; row < comparison->rows.n; row++) {
        const json_t *figure = comparison->cells[row].figure[side];

        if (figure)
            layout_set(layout, column, row, human_field(about->figure, figure));
    }
}

/* The ratio is of the medians; its interval is beside it, because a ratio of 1.2 from 0.9 to 1.6 is no news.
 */
static void compare_add_ratio(Layout *layout, const ResultCells *rows)
{
    size_t ratios = layout_add(layout, "ratio", true, LAYOUT_KEEP);
    size_t intervals = layout_add(layout, "interval", true, RANK_INTERVAL);

    for (size_t row = 0; row < rows->n; row++) {
        const ResultRelative *relative = &rows->at[row]->relative;
        auto_free char *low = human_ratio(relative->low), *high = human_ratio(relative->high);

        if (!isnan(relative->ratio))
            layout_set(layout, ratios, row, human_ratio(relative->ratio));
        if (!isnan(relative->low))
            layout_set(layout, intervals, row, text_printf("%s..%s", low, high));
    }
}

/* What the model took of its serial time, over the same of what it models. */
static void compare_add_models(Layout *layout, const RunComparison *comparison)
{
    size_t ratios, intervals;

    if (comparison->n_models == 0)
        return;
    ratios = layout_add(layout, "model/real", true, LAYOUT_KEEP);
    intervals = layout_add(layout, "from..to", true, RANK_INTERVAL);
    for (size_t row = 0; row < comparison->rows.n; row++) {
        const ResultModel *model = &comparison->rows.at[row]->model;
        auto_free char *low = human_ratio(model->low), *high = human_ratio(model->high);

        if (model->is_known)
            layout_set(layout, ratios, row, human_ratio(model->ratio));
        if (model->is_known && !isnan(model->low))
            layout_set(layout, intervals, row, text_printf("%s..%s", low, high));
    }
}

/* A cell without a partner says so where its verdict would stand. */
static void compare_add_verdict(Layout *layout, const RunComparison *comparison)
{
    size_t column = layout_add(layout, "verdict", false, LAYOUT_KEEP);

    for (size_t row = 0; row < comparison->rows.n; row++) {
        const ComparedCell *cell = &comparison->cells[row];
        const char *verdict = cell->model_side ? beside_verdict_name(cell->cell.model.verdict)
                                               : verdict_name(cell->cell.relative.verdict);

        if (verdict || !cell->model_side)
            layout_set(layout, column, row,
                verdict ? text_printf("%s", verdict) : text_printf("only %s", cell->found_in));
    }
}

/* Two runs of anybody may differ in every parameter. Then the columns that say which cell it is would push
 * out the figures, and the first few are enough to find it in the JSON. */
static void compare_write_rows(
    const RunComparison *comparison, const Axes *varying, bool markdown, FILE *file)
{
    Layout *layout = layout_new(comparison->rows.n, markdown);
    bool is_timed = compare_is_timed(comparison);
    size_t n_names = !markdown && varying->n > MOST_NAMES ? MOST_NAMES : varying->n;

    axes_add_columns(varying, n_names, &comparison->rows, layout);
    if (is_timed) {
        compare_add_figure(layout, comparison, BASELINE, LAYOUT_KEEP);
        compare_add_figure(layout, comparison, CANDIDATE, LAYOUT_KEEP);
    } else {
        compare_add_median(layout, comparison, BASELINE);
        compare_add_median(layout, comparison, CANDIDATE);
        if (comparison->n_both > 0 || comparison->n_models == 0)
            compare_add_ratio(layout, &comparison->rows);
        compare_add_models(layout, comparison);
        compare_add_figure(layout, comparison, BASELINE, RANK_ABOUT);
        compare_add_figure(layout, comparison, CANDIDATE, RANK_ABOUT);
    }
    compare_add_verdict(layout, comparison);
    layout_fit(layout, RESULT_WIDTH);
    layout_write(layout, file);
    if (n_names < varying->n)
        fprintf(file, "(%zu more parameters in JSON and CSV)\n", varying->n - n_names);
    layout_free(layout);
}

/* "baseline: 01KAN5..., countdown, before the change, 2017-10-27T08:00:00.123Z, done" */
static void compare_write_side(const Prose *prose, const RunComparison *comparison, int side)
{
    const ResultRun *run = comparison->runs[side];
    const char *const words[] = {
        run->id, run->experiment, run->label, run->created_at, result_status_name(run->status)};
    auto_free char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);

    assert(file);
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        if (words[i])
            fprintf(file, "%s%s", ftell(file) > 0 ? ", " : "", words[i]);
    }
    fclose(file);
    paragraph_write(prose, "\n", "  ", "%s: %s", compare_side_names[side],
        *text ? text : "a run that says nothing of itself");
}

/* What stands against the comparison. A reader who stops after the table has seen the verdicts, and one who
 * reads on learns what they are worth. */
static void compare_write_closing(const Prose *prose, const RunComparison *comparison)
{
    if (comparison->n_warnings == 0)
        return;
    fputs("\n", prose->file);
    paragraph_write(prose, "", "  ", "Take the comparison with care:");
    for (size_t i = 0; i < comparison->n_warnings; i++)
        paragraph_write(prose, i == 0 ? "\n- " : "- ", "  ", "%s", comparison->warnings[i]);
}

/* The same text for a terminal and for Markdown. */
static void compare_write_layout(const RunComparison *comparison, bool markdown, FILE *file)
{
    auto_axes Axes varying = axes_varying(&comparison->rows);
    const Prose prose = {.file = file, .markdown = markdown, .width = RESULT_WIDTH};

    prose_title(&prose, "comparison", &comparison->rows);
    compare_write_side(&prose, comparison, BASELINE);
    compare_write_side(&prose, comparison, CANDIDATE);
    fputs("\n", file);
    paragraph_write(&prose, "", "", "%s", comparison->summary);
    if (comparison->rows.n > 0) {
        fputs("\n", file);
        compare_write_rows(comparison, &varying, markdown, file);
    }
    if (comparison->n_both > 0 && !compare_is_timed(comparison)) {
        fputs("\n", file);
        paragraph_write(&prose, "", "  ",
            "ratio: the candidate's time over the baseline's; the verdict is same if its whole interval is "
            "within 5 %% of "
            "1, else faster or slower if all of it is below or above 1, else cannot tell");
    }
    if (comparison->n_models > 0) {
        fputs("\n", file);
        paragraph_write(&prose, "", "  ",
            "model/real: how many times its serial time (N x) the model took, over the same of what it "
            "models; it agrees "
            "if the whole interval is within 10 %% of 1, differs if all of it is outside");
    }
    prose_notes(&prose, &comparison->rows, &varying);
    compare_write_closing(&prose, comparison);
}

void compare_write_table(const RunComparison *comparison, FILE *file)
{
    compare_write_layout(comparison, false, file);
}

void compare_write_markdown(const RunComparison *comparison, FILE *file)
{
    compare_write_layout(comparison, true, file);
}

/* The two runs are named in every row: so rows of several comparisons can be put into one table. */
void compare_write_csv(const RunComparison *comparison, FILE *file)
{
    auto_free CsvRow *rows = calloc(comparison->rows.n + 1, sizeof(*rows));
    auto_words Words words = {0};
    CsvSources sources = {.warnings = comparison->n_warnings > 0 ? "" : NULL};

    assert(rows);
    for (int s = 0; s < N_SIDES; s++)
        sources.of[s] = csv_source(&words, comparison->runs[s]);
    for (size_t i = 0; i < comparison->n_warnings; i++)
        sources.warnings = words_join(&words, sources.warnings, "; ", comparison->warnings[i]);
    for (size_t i = 0; i < comparison->rows.n; i++)
        rows[i] = (CsvRow){&comparison->cells[i].cell, &comparison->cells[i]};
    csv_table_write(&csv_columns, &sources, rows, comparison->rows.n, file);
}
