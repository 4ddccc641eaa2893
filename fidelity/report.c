/* A row is read from left to right: what was measured, the real value, the model's, how far that is off, and
 * whether that is within what was promised. */
#include "fidelity/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "results/human.h"
#include "results/layout.h"

void fidelity_report_finish(FidelityReport *report)
{
    for (size_t i = 0; i < report->n_rows; i++)
        free(report->rows[i].reason);
    free(report->rows);
    *report = (FidelityReport){0};
}

static char *value_text(const FidelityQuantity *quantity, double value)
{
    if (isnan(value))
        return strdup("-");
    switch (quantity->figure) {
    case FIGURE_WALL:
    case FIGURE_SLICE:
    case FIGURE_METRIC_NS:
        return human_time((int64_t)llround(value));
    case FIGURE_TURN:
        return text_printf("%.3g ns", value);
    case FIGURE_SWITCHES:
    case FIGURE_METRIC_RATE: {
        auto_free char *number = human_real(value);

        return text_printf("%s/s", number);
    }
    case FIGURE_PART_LOST:
        return human_percent(value);
    case FIGURE_MEMORY_BYTES:
        return human_bytes((int64_t)llround(value));
    case FIGURE_OVER_ONE:
    case FIGURE_OVER_ONE_APART:
    case FIGURE_OVER_SERIAL:
        break;
    }
    return human_ratio(value);
}

static char *ratio_text(const FidelityRow *row)
{
    auto_free char *ratio = NULL, *low = NULL, *high = NULL;

    if (isnan(row->ratio))
        return strdup("-");
    ratio = human_ratio(row->ratio);
    if (isnan(row->low))
        return strdup(ratio);
    low = human_ratio(row->low);
    high = human_ratio(row->high);
    return text_printf("%s [%s, %s]", ratio, low, high);
}

static char *bound_text(const FidelityBound *bound)
{
    switch (bound->kind) {
    case BOUND_PART:
        return text_printf("%.0f %%", bound->most * 100);
    case BOUND_FACTOR:
        return text_printf("factor %.3g", bound->most);
    case BOUND_WHETHER:
        return strdup("some or none");
    case BOUND_NONE:
        break;
    }
    return strdup("-");
}

static char *outcome_text(const FidelityRow *row)
{
    const char *name = fidelity_outcome_name(row->outcome);

    if (row->reason && isnan(row->real))
        return text_printf("%s: %s", name, row->reason);
    return row->n_dropped > 0 ? text_printf("%s (%zu of %zu rounds dropped)", name, row->n_dropped,
                                    row->n_dropped + row->n_rounds)
                              : strdup(name);
}

static void print_counts(const FidelityReport *report, FILE *file)
{
    size_t counts[N_FIDELITY_OUTCOMES] = {0};
    const char *separator = "";

    for (size_t i = 0; i < report->n_rows; i++)
        counts[report->rows[i].outcome]++;
    fputc('\n', file);
    for (int i = 0; i < N_FIDELITY_OUTCOMES; i++) {
        if (counts[i] == 0)
            continue;
        fprintf(file, "%s%zu %s", separator, counts[i], fidelity_outcome_name((FidelityOutcome)i));
        separator = ", ";
    }
    fputc('\n', file);
}

double fidelity_tick_turns(const FidelityReport *report)
{
    enum { TICKS_OF_A_TURN = 3 }; /* bytecodes of `while n > 0: n -= 1` that Python 2 counts */

    for (size_t i = 0; i < report->n_rows; i++)
        if (report->rows[i].quantity->figure == FIGURE_TURN)
            return 1 / report->rows[i].ratio / TICKS_OF_A_TURN;
    return NAN;
}

static void print_tick(const FidelityReport *report, FILE *file)
{
    double turns = fidelity_tick_turns(report);

    if (!isnan(turns))
        fprintf(file,
            "A tick of this interpreter took as long as %.3g turns of the engine's countdown; "
            "lock.tick_turns is %lld.\n",
            turns, (long long)report->tick_turns);
}

void fidelity_print(const FidelityReport *report, FILE *file)
{
    Layout *layout;
    size_t names, reals, models = 0, ratios = 0, bounds = 0, outcomes, recorded;

    fprintf(file, "%s (%s), lock %s", report->runtime,
        report->about     ? report->about
        : report->version ? report->version
                          : "it does not say what it is",
        report->lock);
    if (report->model)
        fprintf(file, ", beside the model of it, %s\n\n", report->model);
    else
        fputs(": no lock of the engine models it, so its own figures alone\n\n", file);
    layout = layout_new(report->n_rows, false);
    names = layout_add(layout, "quantity", false, LAYOUT_KEEP);
    reals = layout_add(layout, report->runtime, true, LAYOUT_KEEP);
    if (report->model) {
        models = layout_add(layout, "model", true, LAYOUT_KEEP);
        ratios = layout_add(layout, "model/real", true, LAYOUT_KEEP);
        bounds = layout_add(layout, "bound", true, LAYOUT_KEEP);
    }
    recorded = layout_add(layout, "recorded", true, LAYOUT_KEEP);
    outcomes = layout_add(layout, "outcome", false, LAYOUT_KEEP);
    for (size_t i = 0; i < report->n_rows; i++) {
        const FidelityRow *row = &report->rows[i];

        layout_set(layout, names, i, strdup(row->quantity->name));
        layout_set(layout, reals, i, value_text(row->quantity, row->real));
        if (report->model) {
            layout_set(layout, models, i, value_text(row->quantity, row->model));
            layout_set(layout, ratios, i, ratio_text(row));
            layout_set(layout, bounds, i, bound_text(&row->quantity->bound));
        }
        layout_set(layout, recorded, i, value_text(row->quantity, row->recorded));
        layout_set(layout, outcomes, i, outcome_text(row));
    }
    layout_write(layout, file);
    layout_free(layout);
    print_counts(report, file);
    print_tick(report, file);
}

static json_t *number_json(double value)
{
    return isnan(value) ? json_null() : json_real(value);
}

static json_t *row_json(const FidelityRow *row)
{
    auto_free char *bound = bound_text(&row->quantity->bound);
    json_t *interval = isnan(row->low) ? json_null() : json_pack("[f, f]", row->low, row->high);

    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:s, s:s, s:o, s:I, s:I, s:s?}", "quantity",
        row->quantity->name, "real", number_json(row->real), "model", number_json(row->model), "ratio",
        number_json(row->ratio), "interval", interval, "bound", bound, "outcome",
        fidelity_outcome_name(row->outcome), "recorded", number_json(row->recorded), "rounds",
        (json_int_t)row->n_rounds, "dropped", (json_int_t)row->n_dropped, "reason", row->reason);
}

json_t *fidelity_json(const FidelityReport *report)
{
    json_t *rows = json_array(), *tick;
    double turns = fidelity_tick_turns(report);

    for (size_t i = 0; i < report->n_rows; i++)
        json_array_append_new(rows, row_json(&report->rows[i]));
    tick = isnan(turns) ? json_null()
                        : json_pack("{s:f, s:I}", "turns", turns, "set", (json_int_t)report->tick_turns);
    return json_pack("{s:s, s:s?, s:s?, s:s, s:s?, s:o, s:o}", "runtime", report->runtime, "version",
        report->version, "about", report->about, "lock", report->lock, "model", report->model, "tick", tick,
        "rows", rows);
}
