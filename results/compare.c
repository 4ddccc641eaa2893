/* Puts a comparison together: which runs, their cells, what stands against it, and the whole in a sentence
 * for a reader in a hurry. */
#include "results/compare-parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "results/cell-json.h"
#include "results/sentences.h"
#include "results/time-json.h"

/* Only pairs are counted; the cells behind them have no verdict. */
static size_t compare_count_verdicts(const RunComparison *comparison, Verdict verdict)
{
    size_t n = 0;

    for (size_t i = 0; i < comparison->n_both; i++)
        n += comparison->cells[i].cell.relative.verdict == verdict;
    return n;
}

/* Cells that failed in either run have no verdict that repetitions could change. */
static size_t compare_count_failed(const RunComparison *comparison)
{
    size_t n = 0;

    for (size_t i = 0; i < comparison->n_both; i++)
        n += comparison->cells[i].has_failed;
    return n;
}

/* The first sentence; the caller frees it. One cell is told and not counted: "faster in 1, slower in 0" is no
 * sentence for a person. */
static char *compare_common_text(const RunComparison *comparison)
{
    size_t n = comparison->n_both, faster = compare_count_verdicts(comparison, VERDICT_FASTER);
    size_t slower = compare_count_verdicts(comparison, VERDICT_SLOWER);
    size_t same = compare_count_verdicts(comparison, VERDICT_SAME);
    size_t failed = compare_count_failed(comparison);
    size_t open = compare_count_verdicts(comparison, VERDICT_CANNOT_TELL) - failed;
    auto_free char *rest = open > 0 ? text_printf("; in %zu the repetitions cannot tell", open) : strdup("");
    auto_free char *others =
        failed > 0 ? text_printf("; %zu failed, so there is nothing to compare", failed) : strdup("");

    if (n == 0 && comparison->n_models > 0)
        return strdup("");
    if (n == 0)
        return strdup("The two runs have no cell in common, so nothing can be compared.");
    if (compare_is_timed(comparison))
        return text_printf(
            "Such a run goes on for a given time, so the %zu cell%s that both have cannot be compared "
            "by time; look at the figures.",
            n, n == 1 ? "" : "s");
    if (n == 1)
        return text_printf(
            "In the one cell that both have, %s.", faster   ? "the candidate was faster"
                                                   : slower ? "the candidate was slower"
                                                   : same   ? "both took the same time"
                                                   : failed ? "there is nothing to compare, as it failed"
                                                            : "the repetitions cannot tell which was faster");
    return text_printf(
        "Of %zu cells that both have, the candidate was faster in %zu, slower in %zu, the same in %zu%s%s.",
        n, faster, slower, same, rest, others);
}

/* What is not judged is said with a blank before it, or nothing; the caller frees it. One figure of each run
 * has no interval, so a verdict on it would be a guess. */
static char *compare_about_text(const RunComparison *comparison)
{
    const ResultAbout *about = compare_about(comparison);

    if (!about || comparison->n_both == 0 || compare_is_timed(comparison))
        return strdup("");
    return text_printf(
        " That is of wall times alone; what such a run is about (%s) stands beside them for each, "
        "and is not judged.",
        about->head);
}

/* The last sentence with a blank before it, or nothing; the caller frees it. */
static char *compare_lonely_text(size_t n_baseline, size_t n_candidate)
{
    size_t first = n_baseline > 0 ? n_baseline : n_candidate;
    const char *where = n_baseline > 0 ? "baseline" : "candidate";
    auto_free char *also = n_baseline > 0 && n_candidate > 0
                               ? text_printf(", %zu only in the candidate", n_candidate)
                               : strdup("");

    if (first == 0)
        return strdup("");
    return text_printf(" %zu cell%s only in the %s%s.", first, first == 1 ? " is" : "s are", where, also);
}

static char *compare_summary_text(const RunComparison *comparison)
{
    auto_free char *common = compare_common_text(comparison), *models = compare_models_text(comparison);
    auto_free char *about = compare_about_text(comparison);
    auto_free char *lonely = compare_lonely_text(comparison->n_only[BASELINE], comparison->n_only[CANDIDATE]);

    return text_printf("%s%s%s%s%s", common, about, *common && *models ? " " : "", models, lonely);
}

/* In this order: a warning about sizes looks at the cells that found no partner, and the summary counts all
 * of them. */
RunComparison *compare_runs(const ResultRun *baseline, const ResultRun *candidate, const CompareRoom *rooms)
{
    RunComparison *comparison = calloc(1, sizeof(*comparison));

    assert(comparison);
    comparison->runs[BASELINE] = baseline;
    comparison->runs[CANDIDATE] = candidate;
    comparison->rooms = rooms;
    compare_find_cells(comparison);
    compare_find_warnings(comparison);
    comparison->summary = compare_summary_text(comparison);
    return comparison;
}

void compare_free(RunComparison *comparison)
{
    if (!comparison)
        return;
    for (size_t i = 0; i < comparison->rows.n; i++) {
        free(comparison->cells[i].hint);
        free(comparison->cells[i].runtime);
        free(comparison->cells[i].lock);
        free(comparison->cells[i].model_text);
        json_decref(comparison->cells[i].params);
        for (int s = 0; s < N_SIDES; s++)
            json_decref(comparison->cells[i].figure[s]);
    }
    for (size_t i = 0; i < comparison->n_warnings; i++)
        free(comparison->warnings[i]);
    free(comparison->cells);
    result_cells_finish(&comparison->rows);
    free(comparison->warnings);
    free(comparison->summary);
    free(comparison);
}

/* Which run it was, in short; the rest is in the run itself. */
static json_t *compare_head_json(const ResultRun *run)
{
    return json_pack("{s:s?, s:s?, s:s?, s:s?, s:s?}", "id", run->id, "experiment", run->experiment, "label",
        run->label, "created_at", run->created_at, "status", result_status_name(run->status));
}

/* What the cell is, with the title that tells it from the others of both runs. The title comes first, where a
 * reader looks for it, so the identity is added behind it. */
static json_t *compare_named_json(const ResultCell *cell, const Axes *varying)
{
    json_auto_t *identity = identity_json(cell);
    auto_words Words words = {0};
    json_t *object = json_pack("{s:s}", "title", sentence_title(&words, varying, cell));

    json_object_update(object, identity);
    return object;
}

/* What the experiment is about, of either run; null where it is about its time. */
static json_t *compare_figures_json(const RunComparison *comparison, const ComparedCell *pair)
{
    json_t *object;

    if (!compare_about(comparison))
        return json_null();
    object = json_object();
    for (int s = 0; s < N_SIDES; s++)
        json_object_set_new(
            object, compare_side_names[s], pair->figure[s] ? json_incref(pair->figure[s]) : json_null());
    return object;
}

static json_t *compare_about_json(const RunComparison *comparison)
{
    const ResultAbout *about = compare_about(comparison);

    if (!about)
        return json_null();
    return json_pack("{s:s, s:s, s:b}", "figure", about->figure, "head", about->head, "fixed_time",
        compare_is_timed(comparison));
}

/* The finding is the verdict in words; the page shows it as it is. */
static json_t *compare_pair_json(
    const RunComparison *comparison, const ComparedCell *pair, const Axes *varying)
{
    json_t *object = compare_named_json(&pair->cell, varying);
    auto_words Words words = {0};

    for (int s = 0; s < N_SIDES; s++)
        json_object_set_new(object, compare_side_names[s], time_json(&pair->wall[s]));
    relative_json_set(object, &pair->cell.relative);
    json_object_set_new(object, "finding", json_string(sentence_candidate(&words, &pair->cell.relative)));
    json_object_set_new(object, "figures", compare_figures_json(comparison, pair));
    return object;
}

/* A model and what it models. */
static json_t *compare_beside_json(const ComparedCell *pair, const Axes *varying)
{
    json_t *object = compare_named_json(&pair->cell, varying);
    json_auto_t *model = compare_model_json(pair);

    json_object_update(object, model);
    return object;
}

/* The cells from one place on that only one run has. */
static json_t *compare_lonely_json(
    const RunComparison *comparison, const Axes *varying, size_t first, size_t n)
{
    json_t *array = json_array();

    for (size_t i = first; i < first + n; i++)
        json_array_append_new(array, compare_named_json(&comparison->cells[i].cell, varying));
    return array;
}

/* Titles are made of what varies among the cells of both runs together, or two cells of different runs could
 * have the same. */
json_t *compare_json(const RunComparison *comparison)
{
    json_t *pairs = json_array(), *models = json_array(), *warnings = json_array();
    size_t n_both = comparison->n_both, first = compare_first_lonely(comparison),
           n_baseline = comparison->n_only[BASELINE];
    auto_axes Axes varying = axes_varying(&comparison->rows);
    auto_words Words words = {0};

    for (size_t i = 0; i < n_both; i++)
        json_array_append_new(pairs, compare_pair_json(comparison, &comparison->cells[i], &varying));
    for (size_t i = n_both; i < first; i++)
        json_array_append_new(models, compare_beside_json(&comparison->cells[i], &varying));
    for (size_t i = 0; i < comparison->n_warnings; i++)
        json_array_append_new(warnings, json_string(comparison->warnings[i]));
    return json_pack("{s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:s}", "baseline",
        compare_head_json(comparison->runs[BASELINE]), "candidate",
        compare_head_json(comparison->runs[CANDIDATE]), "common", sentence_common(&words, &comparison->rows),
        "about", compare_about_json(comparison), "cells", pairs, "models", models, "only_baseline",
        compare_lonely_json(comparison, &varying, first, n_baseline), "only_candidate",
        compare_lonely_json(comparison, &varying, first + n_baseline, comparison->n_only[CANDIDATE]),
        "warnings", warnings, "summary", comparison->summary);
}
