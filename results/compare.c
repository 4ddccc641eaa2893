/* Puts a comparison together: which runs, their cells, what stands against it, and the whole in a sentence
 * for someone who reads nothing else. */
#include "results/compare.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "results/compare-parts.h"
#include "results/verdict.h"

static json_t *head_json(const json_t *run)
{
    static const char *const names[] = {"id", "experiment", "label", "created_at", "status"};
    json_t *head = json_object();

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        json_t *value = json_object_get(run, names[i]);

        json_object_set_new(head, names[i], json_is_string(value) ? json_incref(value) : json_null());
    }
    return head;
}

static size_t count_verdicts(const json_t *cells, Verdict verdict)
{
    size_t i, n = 0;
    json_t *cell;

    json_array_foreach (cells, i, cell)
        n += strcmp(json_string_value(json_object_get(cell, "verdict")), verdict_name(verdict)) == 0;
    return n;
}

/* The first sentence; the caller frees it. */
static char *common_text(const json_t *cells)
{
    size_t n = json_array_size(cells), faster = count_verdicts(cells, VERDICT_FASTER);
    size_t slower = count_verdicts(cells, VERDICT_SLOWER), same = count_verdicts(cells, VERDICT_SAME);
    size_t open = count_verdicts(cells, VERDICT_CANNOT_TELL);
    auto_free char *rest = open > 0 ? text_printf("; in %zu the repetitions cannot tell", open) : strdup("");

    if (n == 0)
        return strdup("The two runs have no cell in common, so nothing can be compared.");
    if (n == 1)
        return text_printf(
            "In the one cell that both have, %s.", faster   ? "the candidate was faster"
                                                   : slower ? "the candidate was slower"
                                                   : same   ? "both took the same time"
                                                            : "the repetitions cannot tell which was faster");
    return text_printf(
        "Of %zu cells that both have, the candidate was faster in %zu, slower in %zu, the same in %zu%s.", n,
        faster, slower, same, rest);
}

/* The second sentence with a blank before it, or nothing; the caller frees it. */
static char *lonely_text(size_t n_baseline, size_t n_candidate)
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

static json_t *summary_json(const json_t *comparison)
{
    auto_free char *common = common_text(json_object_get(comparison, "cells"));
    auto_free char *lonely = lonely_text(json_array_size(json_object_get(comparison, "only_baseline")),
        json_array_size(json_object_get(comparison, "only_candidate")));
    auto_free char *text = text_printf("%s%s", common, lonely);

    return json_string(text);
}

json_t *compare_runs(const json_t *baseline, const json_t *candidate)
{
    json_t *comparison = json_object();

    json_object_set_new(comparison, "baseline", head_json(baseline));
    json_object_set_new(comparison, "candidate", head_json(candidate));
    compare_set_cells(comparison, baseline, candidate);
    json_object_set_new(comparison, "warnings", compare_warnings(comparison, baseline, candidate));
    json_object_set_new(comparison, "summary", summary_json(comparison));
    return comparison;
}
