/* Two runs are compared because one thing changed; a warning names what else did, or what makes either run
 * doubtful by itself. No warning takes a figure back. */
#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "results/compare-parts.h"
#include "results/plain.h"

/* Texts may come from anyone and be of any length. */
#define VALUE_WIDTH 60
#define REASON_WIDTH 500
#define MOST_SIZED 8 /* parameters that were chosen by measuring, and warnings about them */

enum {
    BASELINE,
    CANDIDATE,
    N_SIDES,
};

static const char *const side_names[] = {[BASELINE] = "baseline", [CANDIDATE] = "candidate"};

typedef struct Doubts {
    const json_t *comparison, *runs[N_SIDES];
    json_t *warnings;
} Doubts;

/* Takes the text over. */
static void add(const Doubts *doubts, char *text)
{
    json_array_append_new(doubts->warnings, json_string(text));
    free(text);
}

/* A value as it is typed in a request: 50000000, not 50,000,000. */
static char *value_text(const json_t *value, const char *missing)
{
    if (!value || json_is_null(value))
        return strdup(missing);
    if (json_is_string(value))
        return plain_cut(strdup(json_string_value(value)), VALUE_WIDTH);
    return plain_cut(json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15)), VALUE_WIDTH);
}

/* Null is no value, as is what is not there. */
static bool differ(const json_t *a, const json_t *b)
{
    bool has_a = a && !json_is_null(a), has_b = b && !json_is_null(b);

    return has_a || has_b ? !json_equal(a, b) : false;
}

static char *both_text(const json_t *const values[N_SIDES], const char *missing)
{
    auto_free char *baseline = value_text(values[BASELINE], missing);
    auto_free char *candidate = value_text(values[CANDIDATE], missing);

    return text_printf("%s in the baseline, %s in the candidate", baseline, candidate);
}

static void doubt_itself(const Doubts *doubts)
{
    const char *baseline = json_string_value(json_object_get(doubts->runs[BASELINE], "id"));
    const char *candidate = json_string_value(json_object_get(doubts->runs[CANDIDATE], "id"));

    if (doubts->runs[BASELINE] == doubts->runs[CANDIDATE] ||
        (baseline && candidate && strcmp(baseline, candidate) == 0))
        add(doubts, strdup("a run is compared with itself, so there is no difference to find"));
}

static void doubt_experiment(const Doubts *doubts)
{
    const json_t *const values[] = {
        [BASELINE] = json_object_get(doubts->runs[BASELINE], "experiment"),
        [CANDIDATE] = json_object_get(doubts->runs[CANDIDATE], "experiment"),
    };
    auto_free char *both = both_text(values, "unknown");

    if (differ(values[BASELINE], values[CANDIDATE]))
        add(doubts, text_printf("the experiments differ: %s", both));
}

static void doubt_status(const Doubts *doubts)
{
    for (int s = 0; s < N_SIDES; s++) {
        const json_t *status = json_object_get(doubts->runs[s], "status");
        const json_t *reason = json_object_get(doubts->runs[s], "reason");
        auto_free char *text = value_text(status, "unknown");
        auto_free char *why =
            json_is_string(reason) ? plain_cut(strdup(json_string_value(reason)), REASON_WIDTH) : NULL;

        if (strcmp(text, "done") != 0)
            add(doubts, text_printf("the %s is not done, its status is %s%s%s", side_names[s], text,
                            why ? ": " : "", why ? why : ""));
    }
}

/* A run that is done may have cells that are not. */
static void doubt_cells(const Doubts *doubts)
{
    for (int s = 0; s < N_SIDES; s++) {
        const json_t *cells = json_object_get(doubts->runs[s], "cells"), *cell;
        const char *run_status = json_string_value(json_object_get(doubts->runs[s], "status"));
        size_t i, n = 0;

        json_array_foreach (cells, i, cell) {
            const char *status = json_string_value(json_object_get(cell, "status"));

            n += status && strcmp(status, "done") != 0;
        }
        if (n > 0 && run_status && strcmp(run_status, "done") == 0)
            add(doubts, text_printf("%zu of %zu cells of the %s %s not done", n, json_array_size(cells),
                            side_names[s], n == 1 ? "is" : "are"));
    }
}

/* "other programs took 50.0 % of the CPU time, the quota ..."; the caller frees it. */
static char *noise_text(const json_t *host)
{
    char *text = NULL;
    size_t length = 0, i;
    FILE *file = open_memstream(&text, &length);
    const json_t *reason;

    assert(file);
    json_array_foreach (json_object_get(host, "noise_reasons"), i, reason) {
        if (json_is_string(reason))
            fprintf(file, "%s%s", ftell(file) > 0 ? "; " : "", json_string_value(reason));
    }
    fclose(file);
    return plain_cut(text, REASON_WIDTH);
}

static void doubt_noise(const Doubts *doubts)
{
    for (int s = 0; s < N_SIDES; s++) {
        const json_t *host = json_object_get(doubts->runs[s], "host");
        auto_free char *reasons = noise_text(host);

        if (json_is_true(json_object_get(host, "noisy")))
            add(doubts, text_printf("the machine was noisy during the %s%s%s", side_names[s],
                            *reasons ? ": " : "", reasons));
    }
}

/* "cpu_model (A CPU in the baseline, B CPU in the candidate), kernel (...)", or ""; the caller frees it. */
static char *host_differences(const json_t *const hosts[N_SIDES])
{
    static const struct {
        const char *name, *missing;
    } fields[] = {
        {"cpu_model", "unknown"},
        {"cpus_usable", "unknown"},
        {"cpu_quota", "none"},
        {"kernel", "unknown"},
    };
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);

    assert(file);
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        const json_t *const values[] = {
            [BASELINE] = json_object_get(hosts[BASELINE], fields[i].name),
            [CANDIDATE] = json_object_get(hosts[CANDIDATE], fields[i].name),
        };
        auto_free char *both = both_text(values, fields[i].missing);

        if (differ(values[BASELINE], values[CANDIDATE]))
            fprintf(file, "%s%s (%s)", ftell(file) > 0 ? ", " : "", fields[i].name, both);
    }
    fclose(file);
    return text;
}

static void doubt_hosts(const Doubts *doubts)
{
    const json_t *hosts[N_SIDES];
    auto_free char *differences = NULL;
    bool known = true;

    for (int s = 0; s < N_SIDES; s++) {
        hosts[s] = json_object_get(doubts->runs[s], "host");
        if (json_is_object(hosts[s]))
            continue;
        known = false;
        add(doubts, text_printf("the host of the %s is not known", side_names[s]));
    }
    differences = host_differences(hosts);
    if (known && *differences)
        add(doubts, text_printf("the hosts differ: %s", differences));
}

/* Returns for the name of each parameter that was chosen by measuring in which runs that was so: the sum of 1
 * for the baseline and 2 for the candidate. A new object. */
static json_t *sized_names(const Doubts *doubts)
{
    json_t *names = json_object();

    for (int s = 0; s < N_SIDES; s++) {
        const json_t *request = json_object_get(doubts->runs[s], "request"), *item;
        size_t i;

        json_array_foreach (json_object_get(request, "sized"), i, item) {
            const char *name = json_string_value(item);
            json_int_t sides = name ? json_integer_value(json_object_get(names, name)) : 0;

            if (name && (sides > 0 || json_object_size(names) < MOST_SIZED))
                json_object_set_new(names, name, json_integer(sides | 1 << s));
        }
    }
    return names;
}

/* Adds to the set what explains that two cells that are alike but for these parameters do not match. */
static void explain_sized(json_t *names, const json_t *baseline, const json_t *candidate, json_t *set)
{
    static const char *const of[] = {"", " of the baseline", " of the candidate", ""};
    const char *name;
    json_t *sides;

    json_object_foreach (names, name, sides) {
        const json_t *const values[] = {
            [BASELINE] = json_object_get(json_object_get(baseline, "params"), name),
            [CANDIDATE] = json_object_get(json_object_get(candidate, "params"), name),
        };
        auto_free char *both = NULL, *cut = NULL, *text = NULL;

        if (!differ(values[BASELINE], values[CANDIDATE]))
            continue;
        both = both_text(values, "none");
        cut = plain_cut(strdup(name), VALUE_WIDTH);
        text = text_printf("%s%s was chosen by measuring: %s; ask for the same %s", cut,
            of[json_integer_value(sides)], both, cut);
        json_object_set_new(set, text, json_true());
    }
}

static void doubt_sized(const Doubts *doubts)
{
    const json_t *lonely = json_object_get(doubts->comparison, "only_baseline"), *cell;
    const json_t *others = json_object_get(doubts->comparison, "only_candidate");
    json_auto_t *names = sized_names(doubts), *index = compare_index(others, names), *set = json_object();
    size_t i, n = 0;
    const char *text;
    json_t *ignored;

    json_array_foreach (lonely, i, cell) {
        const json_t *positions = compare_find(index, cell, names);
        const json_t *last = json_array_get(positions, json_array_size(positions) - 1);

        if (last)
            explain_sized(names, cell, json_array_get(others, (size_t)json_integer_value(last)), set);
    }
    json_object_foreach (set, text, ignored) {
        if (n++ < MOST_SIZED)
            add(doubts, strdup(text));
    }
    if (n > MOST_SIZED)
        add(doubts, text_printf("%zu more values that were chosen by measuring differ", n - MOST_SIZED));
}

json_t *compare_warnings(const json_t *comparison, const json_t *baseline, const json_t *candidate)
{
    static void (*const all[])(const Doubts *doubts) = {
        doubt_itself,
        doubt_experiment,
        doubt_sized,
        doubt_status,
        doubt_cells,
        doubt_hosts,
        doubt_noise,
    };
    Doubts doubts = {.comparison = comparison, .warnings = json_array()};

    doubts.runs[BASELINE] = baseline;
    doubts.runs[CANDIDATE] = candidate;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        all[i](&doubts);
    return doubts.warnings;
}
