/* The cells of a run are a grid. Those that differ in nothing but the mode are a group, and a sentence is
 * about one group: in it, modes are held against the baseline under the same circumstances. What the groups
 * differ in is the title of each.
 *
 * The same words are used by the page, by tables and by lists. The page could put them together from the
 * figures, but then there would be two sets of rules on what may be said, and the page would sooner or later
 * say more than the verdicts bear. */
#include "results/sentences.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "results/runtimes.h"
#include "results/scaling.h"

#define MOST_GROUPS 8 /* with a sentence each; more would be a table again */

/* An axis and its value as one says them: a count has a noun, a mode and a runtime speak for themselves, a
 * lock and a parameter need their name. A value that nobody gave is the default, whatever that is. */
static const char *sentence_axis(Words *words, const Axis *axis, const ResultCell *cell)
{
    const char *text = axis_is_set(axis, cell) ? words_keep(words, axis_text(axis, cell)) : NULL;

    if (!text)
        return words_printf(words, "%s default", axis->name);
    switch (axis->kind) {
    case AXIS_TASKS:
        return words_count(words, cell->tasks, "task");
    case AXIS_CPUS:
        return words_count(words, cell->cpus, "CPU");
    case AXIS_RUNTIME:
    case AXIS_MODE:
        return text;
    case AXIS_LOCK:
    case AXIS_PARAM:
        break;
    }
    return words_printf(words, "%s %s", axis->name, text);
}

/* The mode is left out: it is what cells of one title differ in. */
const char *sentence_title(Words *words, const Axes *varying, const ResultCell *cell)
{
    const char *title = "";

    for (size_t i = 0; i < varying->n; i++) {
        if (varying->at[i].kind != AXIS_MODE && !varying->at[i].follows_runtime)
            title = words_join(words, title, ", ", sentence_axis(words, &varying->at[i], cell));
    }
    return title;
}

/* The number of tasks is left out as well: the sentence says it of each. */
const char *sentence_scaling(Words *words, const Axes *varying, const ResultCells *cells,
    const ResultCell *base, const ResultCell **ret_knee)
{
    const char *title = base->mode, *said = scaling_words(words, cells, base, ret_knee);

    if (!*said)
        return said;
    for (size_t i = 0; i < varying->n; i++) {
        if (varying->at[i].kind != AXIS_MODE && varying->at[i].kind != AXIS_TASKS &&
            !varying->at[i].follows_runtime)
            title = words_join(words, title, ", ", sentence_axis(words, &varying->at[i], base));
    }
    return words_join(words, title, ": ", said);
}

/* In the order of these kinds, which is not that of the axes. */
const char *sentence_common(Words *words, const ResultCells *cells)
{
    static const int kinds[] = {AXIS_TASKS, AXIS_LOCK, AXIS_CPUS};
    auto_axes Axes fixed = axes_fixed(cells);
    const char *common = "";

    for (size_t k = 0; k < ARRAY_LENGTH(kinds) && cells->n > 0; k++) {
        for (size_t i = 0; i < fixed.n; i++) {
            if ((int)fixed.at[i].kind == kinds[k] && axis_is_set(&fixed.at[i], cells->at[0]))
                common = words_join(words, common, ", ", sentence_axis(words, &fixed.at[i], cells->at[0]));
        }
    }
    return common;
}

/* The mode that a cell is compared with. Others refer to a cell by its index in the JSON, which need not be
 * its place in the list. */
static const char *sentence_baseline(const ResultRun *run, const ResultCell *cell)
{
    for (size_t i = 0; i < run->cells.n; i++) {
        if ((int64_t)run->cells.at[i]->index == cell->relative.to)
            return run->cells.at[i]->mode;
    }
    return "baseline";
}

/* The other cell is named by its mode; it is the same in everything else. */
const char *sentence_took(Words *words, const ResultRun *run, const ResultCell *cell, const char *name)
{
    return words_printf(words, "%s took %s times the %s time", name, words_ratio(words, cell->relative.ratio),
        sentence_baseline(run, cell));
}

const char *sentence_model(Words *words, const ResultCell *cell)
{
    const ResultCell *model = cell->model.cell;

    return model ? words_printf(
                       words, "the model (%s, lock %s) %s", model->runtime, model->lock, cell->model.text)
                 : NULL;
}

/* A verdict that is not decided says what would help, if anything is known. */
const char *sentence_candidate(Words *words, const ResultRelative *relative)
{
    const char *decided = verdict_words(relative->verdict);

    if (!decided)
        return words_join(
            words, verdict_name(VERDICT_CANNOT_TELL), ": ", relative->hint ? relative->hint : "");
    return relative->verdict == VERDICT_SAME ? decided : words_printf(words, "the candidate is %s", decided);
}

/* A run on its way into sentences. */
typedef struct Telling {
    const ResultRun *run;
    Words words;
    const char **titles; /* owned; one for each cell. The texts are the words' */
    bool *begins_group;  /* owned; whether a cell is the first with its title */
    size_t n_groups;
} Telling;

/* All titles are made once, since each group looks through them. Cells of one title are one group, wherever
 * they stand in the run. */
static void telling_begin(Telling *telling, const ResultRun *run)
{
    auto_axes Axes varying = axes_varying(&run->cells);
    json_auto_t *seen = json_object();
    size_t n = run->cells.n;

    *telling = (Telling){.run = run,
        .titles = calloc(n + 1, sizeof(*telling->titles)),
        .begins_group = calloc(n + 1, sizeof(*telling->begins_group))};
    assert(telling->titles && telling->begins_group);
    for (size_t i = 0; i < n; i++) {
        telling->titles[i] = sentence_title(&telling->words, &varying, run->cells.at[i]);
        telling->begins_group[i] = !json_object_get(seen, telling->titles[i]);
        telling->n_groups += telling->begins_group[i];
        json_object_set_new(seen, telling->titles[i], json_true());
    }
}

static void telling_end(Telling *telling)
{
    words_finish(&telling->words);
    free(telling->titles);
    free(telling->begins_group);
}

/* Returns "threads took 2.01 times the serial time (slower), processes 0.52 times (faster)" for the group
 * with this title; "" if nothing is decided. Cells that cannot be told are left to the doubts. The first
 * clause says what all the others are times of. */
static const char *group_finding(Telling *telling, const char *title)
{
    Words *words = &telling->words;
    const char *finding = "";

    for (size_t i = 0; i < telling->run->cells.n; i++) {
        const ResultCell *cell = telling->run->cells.at[i];
        const char *decided = verdict_words(cell->relative.verdict), *took;

        if (!result_is_compared(cell) || !decided || strcmp(telling->titles[i], title) != 0)
            continue;
        took = *finding
                   ? words_printf(words, "%s %s times", cell->mode, words_ratio(words, cell->relative.ratio))
                   : sentence_took(words, telling->run, cell, cell->mode);
        finding = words_join(words, finding, ", ", words_printf(words, "%s (%s)", took, decided));
    }
    return finding;
}

/* A sentence for each group, in the order in which their first cells stand. */
static void add_group_findings(json_t *findings, Telling *telling)
{
    for (size_t i = 0; i < telling->run->cells.n; i++) {
        const char *title = telling->titles[i];
        const char *finding = telling->begins_group[i] ? group_finding(telling, title) : "";

        if (*finding)
            json_array_append_new(findings, json_string(words_join(&telling->words, title, ": ", finding)));
    }
}

/* Where there is no serial cell: how far each mode scales. */
static void add_scaling_findings(json_t *findings, Telling *telling)
{
    auto_axes Axes varying = axes_varying(&telling->run->cells);
    const ResultCells *cells = &telling->run->cells;
    const ResultCell *knee;

    for (size_t i = 0; i < cells->n; i++) {
        const char *finding;

        if (!scaling_is_base(cells->at[i]))
            continue;
        finding = sentence_scaling(&telling->words, &varying, cells, cells->at[i], &knee);
        if (*finding)
            json_array_append_new(findings, json_string(finding));
    }
}

static size_t sentence_count(const ResultRun *run, const char *mode, Verdict verdict)
{
    size_t n = 0;

    for (size_t i = 0; i < run->cells.n; i++) {
        const ResultCell *cell = run->cells.at[i];

        n += result_is_compared(cell) && cell->relative.verdict == verdict && strcmp(cell->mode, mode) == 0;
    }
    return n;
}

/* Returns "threads against serial: slower 3 times, cannot tell 1 time" for the mode of this cell. */
const char *sentence_mode(Words *words, const ResultRun *run, const ResultCell *of)
{
    static const Verdict verdicts[] = {VERDICT_SLOWER, VERDICT_SAME, VERDICT_FASTER, VERDICT_CANNOT_TELL};
    const char *counts = "";

    for (size_t k = 0; k < ARRAY_LENGTH(verdicts); k++) {
        size_t n = sentence_count(run, of->mode, verdicts[k]);
        const char *decided = verdict_words(verdicts[k]);

        if (n > 0)
            counts = words_join(words, counts, ", ",
                words_printf(words, "%s %s", decided ? decided : verdict_name(verdicts[k]),
                    words_count(words, (int64_t)n, "time")));
    }
    return words_printf(words, "%s against %s: %s", of->mode, sentence_baseline(run, of), counts);
}

/* For a grid of many groups: one sentence for each mode, which counts its verdicts. */
static void add_mode_findings(json_t *findings, Telling *telling)
{
    json_auto_t *seen = json_object();

    for (size_t i = 0; i < telling->run->cells.n; i++) {
        const ResultCell *cell = telling->run->cells.at[i];

        if (!result_is_compared(cell) || json_object_get(seen, cell->mode))
            continue;
        json_object_set_new(seen, cell->mode, json_true());
        json_array_append_new(findings, json_string(sentence_mode(&telling->words, telling->run, cell)));
    }
}

/* What would help; or what is known of the ratio, since a stored run need not have a hint. */
static const char *sentence_doubt(Words *words, const ResultRelative *relative)
{
    if (relative->hint)
        return relative->hint;
    if (isfinite(relative->low))
        return words_printf(words, "it is %s to %s times", words_ratio(words, relative->low),
            words_ratio(words, relative->high));
    return words_printf(words, "the medians give %s times", words_ratio(words, relative->ratio));
}

/* Of every cell: what would help differs between them. */
static json_t *sentences_doubts(Telling *telling)
{
    Words *words = &telling->words;
    json_t *doubts = json_array();

    for (size_t i = 0; i < telling->run->cells.n; i++) {
        const ResultCell *cell = telling->run->cells.at[i];
        const char *doubt;

        if (cell->scaling.hint) {
            doubt =
                words_printf(words, "%s against one task: cannot tell, %s.", cell->mode, cell->scaling.hint);
            json_array_append_new(doubts, json_string(words_join(words, telling->titles[i], ": ", doubt)));
            continue;
        }
        if (!result_is_compared(cell) || cell->relative.verdict != VERDICT_CANNOT_TELL)
            continue;
        doubt = words_printf(words, "%s against %s: cannot tell, %s.", cell->mode,
            sentence_baseline(telling->run, cell), sentence_doubt(words, &cell->relative));
        json_array_append_new(doubts, json_string(words_join(words, telling->titles[i], ": ", doubt)));
    }
    return doubts;
}

/* Of every cell that stands beside its model. */
static json_t *sentences_models(Telling *telling)
{
    Words *words = &telling->words;
    json_t *models = json_array();

    for (size_t i = 0; i < telling->run->cells.n; i++) {
        const ResultCell *cell = telling->run->cells.at[i];
        const char *said = sentence_model(words, cell);

        if (said)
            json_array_append_new(models,
                json_string(words_printf(words, "%s.",
                    words_join(words, words_join(words, telling->titles[i], ", ", cell->mode), ": ", said))));
    }
    return models;
}

/* The runtimes that were lost, and what some runtime does not have. */
static json_t *sentences_left_out(Words *words, const ResultRun *run)
{
    json_t *said = json_array(), *item;
    size_t i;

    for (i = 0; i < run->n_runtimes; i++) {
        const char *lost = runtimes_lost_words(words, &run->runtimes[i]);

        if (lost)
            json_array_append_new(said, json_string(lost));
    }
    json_array_foreach (run->left_out, i, item)
        json_array_append_new(
            said, json_string(words_printf(words, "left out: %s", runtimes_left_out_words(words, item))));
    return said;
}

/* "Done: 6 of 6 cells measured." */
static const char *sentence_ended(Words *words, const ResultRun *run)
{
    static const char *const said[] = {
        [RESULT_STATUS_UNKNOWN] = "Ended",
        [RESULT_QUEUED] = "Waiting",
        [RESULT_RUNNING] = "Running",
        [RESULT_DONE] = "Done",
        [RESULT_FAILED] = "Ended as failed",
        [RESULT_CANCELLED] = "Cancelled",
        [RESULT_TIMEOUT] = "Ended as timeout",
    };
    size_t n = 0;

    for (size_t i = 0; i < run->cells.n; i++)
        n += run->cells.at[i]->wall.median != RESULT_UNKNOWN;
    return words_printf(words, "%s: %s of %s measured.", said[run->status], words_integer(words, (double)n),
        words_count(words, (int64_t)run->cells.n, "cell"));
}

/* NULL becomes null. */
static void sentences_set(json_t *object, const char *name, const char *text)
{
    json_object_set_new(object, name, text ? json_string(text) : json_null());
}

/* The texts are copied into the JSON, so the words can end with this function. */
json_t *sentences_of_run(const ResultRun *run)
{
    json_t *sentences = json_object(), *findings = json_array();
    Telling telling;
    Words *words = &telling.words;

    telling_begin(&telling, run);
    if (telling.n_groups > MOST_GROUPS)
        add_mode_findings(findings, &telling);
    else
        add_group_findings(findings, &telling);
    add_scaling_findings(findings, &telling);
    sentences_set(sentences, "heading",
        words_join(
            words, run->experiment ? run->experiment : "run", ", ", sentence_common(words, &run->cells)));
    json_object_set_new(sentences, "findings", findings);
    json_object_set_new(sentences, "doubts", sentences_doubts(&telling));
    json_object_set_new(sentences, "models", sentences_models(&telling));
    json_object_set_new(sentences, "left_out", sentences_left_out(words, run));
    sentences_set(sentences, "ended", sentence_ended(words, run));
    sentences_set(sentences, "repetitions", sentence_repetitions(words, run));
    sentences_set(sentences, "precision", sentence_precision(words, &run->precision));
    sentences_set(sentences, "machine", sentence_machine(words, &run->host));
    sentences_set(sentences, "noise", sentence_noise(words, &run->host));
    sentences_set(sentences, "care", sentence_care(words, &run->host));
    telling_end(&telling);
    return sentences;
}

/* The cells are read as if they were a run, which gives them to the functions above. */
static json_t *sentences_titles(const json_t *json)
{
    auto_result_run ResultRun run;
    json_t *titles = json_array();
    Telling telling;

    result_run_read(json, &run);
    telling_begin(&telling, &run);
    for (size_t i = 0; i < run.cells.n; i++)
        json_array_append_new(titles, json_string(telling.titles[i]));
    telling_end(&telling);
    return titles;
}

/* jansson appends a new key at the end, so each cell is made anew with the title first. Titles are found by
 * place: all items must be objects, as those of a run that is being made are. */
void sentences_set_titles(json_t *cells)
{
    json_auto_t *run = json_pack("{s:O}", "cells", cells), *titles = sentences_titles(run);
    size_t i;
    json_t *title;

    json_array_foreach (titles, i, title) {
        json_t *titled = json_object();

        json_object_set(titled, "title", title);
        json_object_update(titled, json_array_get(cells, i));
        json_array_set_new(cells, i, titled);
    }
}
