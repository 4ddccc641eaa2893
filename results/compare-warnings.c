/* Two runs are compared because one thing changed; a warning names what else did, or what makes either run
 * doubtful by itself. No warning takes a figure back.
 *
 * Each kind of warning is a function that looks at the comparison and adds none, one or several. They are
 * independent, and the table at the end is their order: what makes the comparison void first, what makes it
 * uncertain last. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "results/compare-parts.h"
#include "results/lesson.h"
#include "results/plain.h"

/* Texts may come from anyone and be of any length. */
#define VALUE_WIDTH 60
#define REASON_WIDTH 500
#define MOST_SIZED 8 /* parameters that were chosen by measuring, and warnings about them */

/* Takes the text over. The list grows one by one, as there are only a handful. */
static void warn(RunComparison *comparison, char *text)
{
    size_t n = comparison->n_warnings + 1;

    comparison->warnings = realloc(comparison->warnings, n * sizeof(*comparison->warnings));
    assert(comparison->warnings && text);
    comparison->warnings[comparison->n_warnings++] = text;
}

/* What was given, cut, or the text for what is missing. */
static char *warning_value(const char *value, const char *missing)
{
    return plain_cut(strdup(value ? value : missing), VALUE_WIDTH);
}

/* "2 in the baseline, 4 in the candidate"; either may be NULL. */
static char *warning_both(const char *baseline, const char *candidate, const char *missing)
{
    auto_free char *first = warning_value(baseline, missing), *second = warning_value(candidate, missing);

    return text_printf("%s in the baseline, %s in the candidate", first, second);
}

/* NULL is a value like any other: two that are missing do not differ, one that is missing does. */
static bool warning_differ(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) != 0 : a != b;
}

/* Without it, "the same in all cells" would look like a finding. Ids are compared, too, because one run may
 * have been read twice. */
static void warn_of_itself(RunComparison *comparison)
{
    const ResultRun *baseline = comparison->runs[BASELINE], *candidate = comparison->runs[CANDIDATE];

    if (baseline->json == candidate->json ||
        (baseline->id && candidate->id && strcmp(baseline->id, candidate->id) == 0))
        warn(comparison, strdup("a run is compared with itself, so there is no difference to find"));
}

/* Cells of two experiments match if they happen to have the same parameters, or none. */
static void warn_of_experiments(RunComparison *comparison)
{
    const char *baseline = comparison->runs[BASELINE]->experiment;
    const char *candidate = comparison->runs[CANDIDATE]->experiment;
    auto_free char *both = warning_both(baseline, candidate, "unknown");

    if (warning_differ(baseline, candidate))
        warn(comparison, text_printf("the experiments differ: %s", both));
}

/* Such a run may lack cells, and those that it has may rest on fewer repetitions. */
static void warn_of_status(RunComparison *comparison)
{
    for (int s = 0; s < N_SIDES; s++) {
        const ResultRun *run = comparison->runs[s];
        const char *status = result_status_name(run->status);
        auto_free char *why = run->reason ? plain_cut(strdup(run->reason), REASON_WIDTH) : NULL;

        if (run->status != RESULT_DONE)
            warn(comparison, text_printf("the %s is not done, its status is %s%s%s", compare_side_names[s],
                                 status ? status : "unknown", why ? ": " : "", why ? why : ""));
    }
}

/* A run that is done may have cells that are not. Of a run that is not done they are no news. */
static void warn_of_cells(RunComparison *comparison)
{
    for (int s = 0; s < N_SIDES; s++) {
        const ResultRun *run = comparison->runs[s];
        size_t n = 0;

        for (size_t i = 0; i < run->cells.n; i++) {
            ResultStatus status = run->cells.at[i]->status;

            n += status != RESULT_DONE && status != RESULT_STATUS_UNKNOWN;
        }
        if (n > 0 && run->status == RESULT_DONE)
            warn(comparison, text_printf("%zu of %zu cells of the %s %s not done", n, run->cells.n,
                                 compare_side_names[s], n == 1 ? "is" : "are"));
    }
}

/* "other programs took 50.0 % of the CPU time; the quota ..."; the caller frees it. */
static char *warning_noise(const ResultTexts *reasons)
{
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);

    assert(file);
    for (size_t i = 0; i < reasons->n; i++)
        fprintf(file, "%s%s", i > 0 ? "; " : "", reasons->at[i]);
    fclose(file);
    return plain_cut(text, REASON_WIDTH);
}

/* Noise in one run alone makes that run look slower. */
static void warn_of_noise(RunComparison *comparison)
{
    for (int s = 0; s < N_SIDES; s++) {
        const ResultHost *host = &comparison->runs[s]->host;
        auto_free char *reasons = warning_noise(&host->noise_reasons);

        if (host->is_noisy)
            warn(comparison, text_printf("the machine was noisy during the %s%s%s", compare_side_names[s],
                                 *reasons ? ": " : "", reasons));
    }
}

/* A candidate that got error pages looks faster than a baseline that got pages. */
static void warn_of_doubts(RunComparison *comparison)
{
    for (int s = 0; s < N_SIDES; s++) {
        auto_free char *doubt = lesson_own_doubt(comparison->runs[s]);

        if (doubt)
            warn(comparison, text_printf("in the %s %s", compare_side_names[s], doubt));
    }
}

/* A text of the host's, owned by the caller like those that are made, so that the table below frees all
 * alike. */
static char *warning_copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

static char *host_model_text(const ResultHost *host)
{
    return warning_copy(host->cpu_model);
}

static char *host_usable_text(const ResultHost *host)
{
    return host->cpus_usable == RESULT_UNKNOWN ? NULL : text_printf("%lld", (long long)host->cpus_usable);
}

static char *host_quota_text(const ResultHost *host)
{
    return isnan(host->cpu_quota) ? NULL : text_printf("%.15g", host->cpu_quota);
}

static char *host_kernel_text(const ResultHost *host)
{
    return warning_copy(host->kernel);
}

/* "cpu_model (A CPU in the baseline, B CPU in the candidate), kernel (...)", or ""; the caller frees it. */
static char *host_differences(const ResultHost *baseline, const ResultHost *candidate)
{
    static const struct {
        const char *name, *missing;
        char *(*text)(const ResultHost *host);
    } fields[] = {
        {"cpu_model", "unknown", host_model_text},
        {"cpus_usable", "unknown", host_usable_text},
        {"cpu_quota", "none", host_quota_text},
        {"kernel", "unknown", host_kernel_text},
    };
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);

    assert(file);
    for (size_t i = 0; i < ARRAY_LENGTH(fields); i++) {
        auto_free char *first = fields[i].text(baseline), *second = fields[i].text(candidate);
        auto_free char *both = warning_both(first, second, fields[i].missing);

        if (warning_differ(first, second))
            fprintf(file, "%s%s (%s)", ftell(file) > 0 ? ", " : "", fields[i].name, both);
    }
    fclose(file);
    return text;
}

/* Some runtimes say nothing of the machine that they are on. */
static bool host_says_something(const ResultHost *host)
{
    return host->is_known && (host->cpu_model || host->kernel || host->cpus_usable != RESULT_UNKNOWN);
}

/* Another machine explains any difference. A host that is not known is not compared: what is missing would
 * look like a difference in everything. */
static void warn_of_hosts(RunComparison *comparison)
{
    const ResultHost *baseline = &comparison->runs[BASELINE]->host;
    const ResultHost *candidate = &comparison->runs[CANDIDATE]->host;
    auto_free char *differences = host_differences(baseline, candidate);

    for (int s = 0; s < N_SIDES; s++) {
        if (!host_says_something(&comparison->runs[s]->host))
            warn(comparison, text_printf("the host of the %s is not known", compare_side_names[s]));
    }
    if (host_says_something(baseline) && host_says_something(candidate) && *differences)
        warn(comparison, text_printf("the hosts differ: %s", differences));
}

/* The parameters that were chosen by measuring, each with the runs where that was so: 1 for the baseline, 2
 * for the candidate, 3 for both. */
typedef struct Sized {
    const char *names[MOST_SIZED];
    int sides[MOST_SIZED];
    size_t n;
} Sized;

/* Where nobody gave n, it was chosen so that a task takes about a fifth of a second on that machine. Two runs
 * then did not do the same work, no cell matches, and only this tells why. A name beyond the room for it is
 * passed over: a file made by hand may have any number of them. */
static Sized sized_find(const RunComparison *comparison)
{
    Sized sized = {0};

    for (int s = 0; s < N_SIDES; s++) {
        const ResultTexts *names = &comparison->runs[s]->sized;

        for (size_t i = 0; i < names->n; i++) {
            size_t k = 0;

            while (k < sized.n && strcmp(sized.names[k], names->at[i]) != 0)
                k++;
            if (k == MOST_SIZED)
                continue;
            sized.n = k == sized.n ? k + 1 : sized.n;
            sized.names[k] = names->at[i];
            sized.sides[k] |= 1 << s;
        }
    }
    return sized;
}

/* A value as it is typed in a request: 50000000, not 50,000,000. NULL is no value, as is null. */
static char *sized_value_text(const json_t *value)
{
    if (!value || json_is_null(value))
        return NULL;
    if (json_is_string(value))
        return strdup(json_string_value(value));
    return json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
}

/* Adds to a set of texts what explains that two cells that are alike but for these parameters do not match.
 * The words name whose value was chosen, unless both were; sides is the index of those words. */
static void sized_explain(
    const Sized *sized, const ResultCell *baseline, const ResultCell *candidate, json_t *set)
{
    static const char *const of[] = {"", " of the baseline", " of the candidate", ""};

    for (size_t i = 0; i < sized->n; i++) {
        const char *name = sized->names[i];
        auto_free char *first = sized_value_text(result_param(baseline, name));
        auto_free char *second = sized_value_text(result_param(candidate, name));
        auto_free char *both = warning_both(first, second, "none");
        auto_free char *cut = warning_value(name, "");
        auto_free char *text = text_printf(
            "%s%s was chosen by measuring: %s; ask for the same %s", cut, of[sized->sides[i]], both, cut);

        if (warning_differ(first, second))
            json_object_set_new(set, text, json_true());
    }
}

/* The cells that only one of the runs has, from one place on. */
static ResultCells sized_lonely_cells(const RunComparison *comparison, size_t first, size_t n)
{
    ResultCells cells = result_cells_new(n);

    for (size_t i = first; i < first + n; i++)
        result_cells_add(&cells, &comparison->cells[i].cell);
    return cells;
}

/* The cells without a partner are matched once more, this time without looking at the sizes. Where that finds
 * one, the size is why they did not match. Thousands of cells may each need the same words, or all of them
 * others: an object serves as a set of texts, so that each is said once, and no more than a few are. */
static void warn_of_sized(RunComparison *comparison)
{
    Sized sized = sized_find(comparison);
    const ResultTexts skipped = {.at = sized.names, .n = sized.n};
    size_t first = compare_first_lonely(comparison), n_baseline = comparison->n_only[BASELINE], n = 0;
    auto_result_cells ResultCells lonely = sized_lonely_cells(comparison, first, n_baseline);
    auto_result_cells ResultCells others =
        sized_lonely_cells(comparison, first + n_baseline, comparison->n_only[CANDIDATE]);
    auto_compare_index CompareIndex index = compare_index_new(&others, &skipped);
    json_auto_t *set = json_object();
    const char *text;
    json_t *ignored;

    for (size_t i = 0; i < lonely.n; i++) {
        const CompareEntry *other = compare_index_find(&index, lonely.at[i], &skipped);

        if (other)
            sized_explain(&sized, lonely.at[i], other->cell, set);
    }
    json_object_foreach (set, text, ignored) {
        if (n++ < MOST_SIZED)
            warn(comparison, strdup(text));
    }
    if (n > MOST_SIZED)
        warn(comparison, text_printf("%zu more values that were chosen by measuring differ", n - MOST_SIZED));
}

void compare_find_warnings(RunComparison *comparison)
{
    static void (*const all[])(RunComparison * comparison) = {
        warn_of_itself,
        warn_of_experiments,
        warn_of_sized,
        warn_of_status,
        warn_of_cells,
        warn_of_doubts,
        warn_of_hosts,
        warn_of_noise,
    };

    for (size_t i = 0; i < ARRAY_LENGTH(all); i++)
        all[i](comparison);
}
