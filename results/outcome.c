/* The picture: a question names a cell and a figure; the repetitions of the cell give an interval of the
 * figure's median; and the answer whose range holds all of the interval came out.
 *
 * The interval of a time over that of serial is the one that stands in "relative", so a prediction and the
 * verdict beside it cannot contradict each other. Any other figure is read in each good repetition, and its
 * interval goes from the k-th smallest to the k-th largest, as that of a time does (results/stats.h). So a
 * figure that only one repetition has, or too few of them, tells nothing, however clear it looks.
 *
 * Memory is the exception. It is read while all tasks are there, which is the same each time, so most
 * runtimes read it in one repetition only, and that is enough; of several all must agree. */
#include "results/outcome.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "results/figures.h"
#include "results/human.h"
#include "results/noise.h"

#define RELATIVE "relative"

/* Two streams of random numbers, so that the two sides of a ratio are drawn independently. */
#define SEED_ABOVE 1
#define SEED_BELOW 2

/* So large the values of a ratio are made before they are drawn from as whole numbers: what is cut off is
 * less than any measurement is exact. */
#define SCALED_TO 1e12

#define FEWEST "the figure needs %d good repetitions for an interval, and has %zu"

/* A figure in the good repetitions of a cell that have it, from the smallest to the largest. */
typedef struct Series {
    double *at; /* owned */
    size_t n;
} Series;

static void series_finish(Series *series)
{
    free(series->at);
}
#define auto_series __attribute__((cleanup(series_finish)))

/* What is known of a question on its way to an answer. */
typedef struct Judging {
    const Results *results;
    Figures *figures;
    const Question *question;
    double low, high; /* the interval */
    char *reason;     /* owned; why nothing can be told */
} Judging;

/* Objects of a repetition in which figures may be. */
static const char *const objects[] = {"metrics", "memory", "lock_stats", "context_switches"};

/* "metrics.lost_updates" in its two parts. Returns the member, and sets *ret_length to the length of the name
 * of the object before it, 0 without one. */
static const char *figure_split(const char *figure, size_t *ret_length)
{
    const char *dot = strchr(figure, '.');

    *ret_length = dot ? (size_t)(dot - figure) : 0;
    return dot ? dot + 1 : figure;
}

bool outcome_knows_figure(const char *figure)
{
    size_t length;
    const char *member = figure_split(figure, &length);

    if (strcmp(figure, RELATIVE) == 0)
        return true;
    for (SampleTime t = 0; length == 0 && t < N_SAMPLE_TIMES; t++)
        if (strcmp(sample_time_name(t), member) == 0)
            return true;
    for (size_t i = 0; i < ARRAY_LENGTH(objects); i++)
        if (strlen(objects[i]) == length && strncmp(objects[i], figure, length) == 0)
            return *member;
    return false;
}

/* NAN where the repetition does not say it. */
static double figure_read(const json_t *event, const char *figure)
{
    size_t length;
    const char *member = figure_split(figure, &length);
    auto_free char *object = text_printf("%.*s", (int)length, figure);
    const json_t *value = json_object_get(length > 0 ? json_object_get(event, object) : event, member);

    return json_is_number(value) ? json_number_value(value) : NAN;
}

static bool figure_is_memory(const QuestionAnswer *answer)
{
    return strncmp(answer->figure, "memory.", strlen("memory.")) == 0;
}

static int series_order(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;

    return (a > b) - (a < b);
}

static Series series_read(const Results *results, size_t cell, const QuestionAnswer *answer)
{
    const CollectedCell *collected = &results->collected[cell];
    const Sample *samples = collected_repetitions(results, collected);
    size_t n = collected_count(results, collected);
    Series series = {.at = calloc(n + 1, sizeof(*series.at))};

    assert(series.at);
    for (size_t i = 0; i < n; i++) {
        json_auto_t *event = samples[i].status == SAMPLE_GOOD ? sample_event(&samples[i]) : NULL;
        double value = figure_read(event, answer->figure);

        if (answer->of)
            value /= figure_read(event, answer->of);
        if (isfinite(value))
            series.at[series.n++] = value;
    }
    qsort(series.at, series.n, sizeof(*series.at), series_order);
    return series;
}

/* Whether a cell is what the question says of it: a member that it does not have is one that it is not. */
static bool cell_is(const CellSpec *spec, const json_t *wanted)
{
    json_auto_t *cell =
        json_pack("{s:s, s:s, s:s, s:I, s:I}", "runtime", spec->runtime->runtime, "mode", spec->mode->name,
            "lock", spec->lock->name, "tasks", (json_int_t)spec->tasks, "cpus", (json_int_t)spec->cpus);
    const char *key;
    json_t *value;

    json_object_update_missing(cell, spec->params);
    json_object_foreach ((json_t *)wanted, key, value)
        if (!json_equal(json_object_get(cell, key), value))
            return false;
    return true;
}

/* The one cell that is meant. A grid may have several; which of them the question is about nobody has said.
 */
static bool judge_find_cell(Judging *judging, const json_t *wanted, size_t *ret)
{
    size_t n = 0;

    for (size_t i = 0; i < judging->results->n_cells; i++) {
        if (!cell_is(&judging->results->collected[i].spec, wanted))
            continue;
        *ret = i;
        n++;
    }
    if (n == 0)
        judging->reason = text_printf("the run has no cell that the question is about");
    else if (n > 1)
        judging->reason = text_printf("the run has %zu cells that the question may be about", n);
    else if (judging->figures[*ret].status != RESULT_DONE)
        judging->reason = text_printf("the cell that the question is about is not done");
    return !judging->reason;
}

static bool judge_relative(Judging *judging, size_t cell)
{
    Ratio ratio;

    if (!figures_ratio(judging->figures, cell, &ratio))
        judging->reason = text_printf("the run has no cell that the time is measured against");
    else if (!ratio.has_interval)
        judging->reason = text_printf(FEWEST, STATS_MIN_VALUES, ratio.n);
    if (judging->reason)
        return false;
    judging->low = ratio.low;
    judging->high = ratio.high;
    return true;
}

static bool judge_read(Judging *judging, size_t cell, Series *ret)
{
    *ret = series_read(judging->results, cell, &judging->question->answer);
    if (figure_is_memory(&judging->question->answer) && ret->n == 0)
        judging->reason = text_printf("the memory was not measured");
    else if (!figure_is_memory(&judging->question->answer) && ret->n < STATS_MIN_VALUES)
        judging->reason = text_printf(FEWEST, STATS_MIN_VALUES, ret->n);
    return !judging->reason;
}

static void series_scale(const Series *series, double factor, int64_t *ret)
{
    for (size_t i = 0; i < series->n; i++)
        ret[i] = (int64_t)(series->at[i] * factor);
}

/* Of a ratio of two medians, drawn as that of two times is. A resampled median below must be above 0, which
 * it surely is only where all values are. */
static bool judge_ratio(Judging *judging, const Series *above, const Series *below)
{
    double most =
        above->at[above->n - 1] > below->at[below->n - 1] ? above->at[above->n - 1] : below->at[below->n - 1];
    double above_medians[STATS_RESAMPLES], below_medians[STATS_RESAMPLES];
    auto_free int64_t *above_values = calloc(above->n, sizeof(*above_values));
    auto_free int64_t *below_values = calloc(below->n, sizeof(*below_values));

    assert(above_values && below_values);
    if (above->at[0] < 0 || !(below->at[0] * (SCALED_TO / most) >= 1)) {
        judging->reason = text_printf("the figure is 0 in a repetition that it would be divided by");
        return false;
    }
    if (figure_is_memory(&judging->question->answer)) {
        judging->low = above->at[0] / below->at[below->n - 1];
        judging->high = above->at[above->n - 1] / below->at[0];
        return true;
    }
    series_scale(above, SCALED_TO / most, above_values);
    series_scale(below, SCALED_TO / most, below_values);
    stats_resample_medians(above_values, above->n, SEED_ABOVE, above_medians);
    stats_resample_medians(below_values, below->n, SEED_BELOW, below_medians);
    stats_ratio_interval(above_medians, below_medians, &judging->low, &judging->high);
    return true;
}

static bool judge_over(Judging *judging, size_t cell, const Series *above)
{
    const Results *results = judging->results;
    auto_series Series below = {0};
    size_t other;

    if (!judge_find_cell(judging, judging->question->answer.over, &other))
        return false;
    /* Each runtime has a size of its own, so their figures are of different work. */
    if (results->collected[cell].spec.runtime != results->collected[other].spec.runtime) {
        judging->reason = text_printf("the two cells that the question is about are of different runtimes");
        return false;
    }
    return judge_read(judging, other, &below) && judge_ratio(judging, above, &below);
}

/* Finds the interval; returns false with the reason if there is none. */
static bool judge_interval(Judging *judging)
{
    const QuestionAnswer *answer = &judging->question->answer;
    auto_series Series series = {0};
    double ignored;
    size_t cell, k;

    if (!judge_find_cell(judging, answer->cell, &cell))
        return false;
    if (strcmp(answer->figure, RELATIVE) == 0)
        return judge_relative(judging, cell);
    if (!judge_read(judging, cell, &series))
        return false;
    if (answer->over)
        return judge_over(judging, cell, &series);
    k = figure_is_memory(answer) ? 1 : stats_interval_rank(series.n, &ignored);
    judging->low = series.at[k - 1];
    judging->high = series.at[series.n - k];
    return true;
}

/* What a figure of one cell over that of another is: such a number alone is one of nothing. */
static const char *judge_unit(const QuestionAnswer *answer)
{
    if (strcmp(answer->figure, RELATIVE) == 0 || (answer->over && !strchr(answer->figure, '.')))
        return " times as long";
    return answer->over ? " times as much" : "";
}

/* The figure in its unit, which only a figure that was not divided has. */
static char *judge_number(const Judging *judging, double value)
{
    const QuestionAnswer *answer = &judging->question->answer;
    json_auto_t *number = json_real(value);
    size_t ignored;

    if (strcmp(answer->figure, RELATIVE) == 0 || answer->of || answer->over)
        return human_ratio(value);
    return human_field(figure_split(answer->figure, &ignored), number);
}

static const QuestionChoice *judge_choose(Judging *judging)
{
    const Question *question = judging->question;
    auto_free char *low = NULL, *high = NULL;

    for (size_t i = 0; i < question->n_choices; i++)
        if (judging->low >= question->choices[i].from && judging->high < question->choices[i].to)
            return &question->choices[i];
    low = judge_number(judging, judging->low);
    high = judge_number(judging, judging->high);
    judging->reason =
        text_printf("what was measured lies between %s and %s%s, which reaches into more than one answer",
            low, high, judge_unit(&question->answer));
    return NULL;
}

/* The answers that some part of the interval is in. */
static json_t *judge_possible(const Judging *judging)
{
    json_t *possible = json_array();

    for (size_t i = 0; i < judging->question->n_choices; i++) {
        const QuestionChoice *choice = &judging->question->choices[i];

        if (judging->high >= choice->from && judging->low < choice->to)
            json_array_append_new(possible, json_string(choice->id));
    }
    return possible;
}

/* Noise makes most intervals wide, and then they decide nothing by themselves. A figure such as the part of
 * the time for which a program computed is another: it becomes smaller for all repetitions, as a program that
 * waits for a CPU does not compute. */
static bool judge_quiet(Judging *judging)
{
    json_auto_t *unknown = json_object(), *host = NULL;
    const json_t *reasons;

    if (!judging->question->answer.quiet)
        return true;
    host = noise_host(judging->results, unknown);
    if (!json_is_true(json_object_get(host, "noisy")))
        return true;
    reasons = json_object_get(host, "noise_reasons");
    judging->reason =
        text_printf("%s, and what had to wait for a CPU cannot be told from what waited by itself",
            json_string_value(json_array_get(reasons, 0)));
    return false;
}

static json_t *judge(const Results *results, Figures *figures, const char *status, const Question *question)
{
    Judging judging = {.results = results, .figures = figures, .question = question};
    const QuestionChoice *choice = NULL;
    json_t *possible = NULL, *outcome;

    if (strcmp(status, result_status_name(RESULT_DONE)) != 0) {
        judging.reason = text_printf("the run ended as %s, not as done", status);
    } else if (judge_quiet(&judging) && judge_interval(&judging)) {
        choice = judge_choose(&judging);
        possible = choice ? NULL : judge_possible(&judging);
    }
    outcome = json_pack("{s:s?, s:s?, s:o*}", "outcome", choice ? choice->id : NULL, "reason", judging.reason,
        "possible", possible);
    free(judging.reason);
    return outcome;
}

json_t *results_outcomes(const Results *results, const char *status, const Questions *questions)
{
    Figures *figures = figures_new(results, result_status_from_name(status), NULL);
    json_t *outcomes = json_object();

    for (size_t i = 0; questions && i < questions->n; i++)
        if (results->experiment && strcmp(questions->list[i].experiment, results->experiment) == 0)
            json_object_set_new(
                outcomes, questions->list[i].id, judge(results, figures, status, &questions->list[i]));
    figures_free(figures, results->n_cells);
    return outcomes;
}
