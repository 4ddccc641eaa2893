/* A run of both is a run with two runtimes, on the same way as any other: plan, queue, guard, results. So the
 * interpreter and the model take turns repetition by repetition, and what is compared is what users see.
 *
 * All measurements are made once in every round, and not all rounds of one measurement in a row: a machine
 * that is slow for a minute then disturbs one round of everything. */
#include "server/prove.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "fidelity/reading.h"
#include "fidelity/recorded.h"
#include "fidelity/report.h"
#include "handlers/document.h"
#include "results/stats.h"
#include "server/lab-measure.h"
#include "server/lab.h"

enum {
    LEAST_ROUNDS = STATS_MIN_VALUES, /* that give an interval */
    MOST_ROUNDS = 2 * LEAST_ROUNDS,  /* where these decide nothing */
    SHOWN_ROUNDS = 3,                /* where there is nothing to decide */
    MOST_REPORTS = 32,
    /* More time for interpreters without a model, of which some take seconds to start and to get fast; half
     * of it goes into sizes. */
    ROOM_MS = 20000,
};

/* An interpreter, its lock, and the lock of the model; model NULL: there is none. */
typedef struct Proof {
    Lab *lab;
    const Catalog *model_runtime, *real_runtime;
    const CatalogLock *model, *real;
    FidelityPair (*pairs)[MOST_ROUNDS]; /* owned; of each quantity */
    char **reasons;                     /* owned; of each quantity, why a value is missing */
} Proof;

/* The lock of the runtime that models another one's; NULL: none does. */
static const CatalogLock *model_of(const Catalog *catalog, const CatalogLock *real)
{
    for (size_t i = 0; i < catalog->n_locks; i++)
        if (catalog->locks[i].models && strcmp(catalog->locks[i].models, real->real) == 0)
            return &catalog->locks[i];
    return NULL;
}

/* Whether an update of a counter is whole under the model's lock, and not under the interpreter's. */
static bool is_whole_in_model_alone(const Proof *proof)
{
    return proof->model && proof->real->between_bytecodes && !proof->model->between_bytecodes;
}

static bool is_asked_of(const FidelityMeasurement *measurement, const Proof *proof)
{
    const CatalogLock *lock = proof->model ? proof->model : proof->real;

    switch (measurement->locks) {
    case FIDELITY_WITH_PARAMETER:
        return lock->exclusive && catalog_parameter_of_lock(lock, measurement->parameter);
    case FIDELITY_WITHOUT_PARAMETER:
        return !lock->exclusive || lock->n_parameters == 0;
    case FIDELITY_MODEL_IS_WHOLE:
        return is_whole_in_model_alone(proof);
    case FIDELITY_BOTH_ALIKE:
        return !is_whole_in_model_alone(proof);
    case FIDELITY_ANY_LOCK:
        break;
    }
    return true;
}

/* Those of the modes, separated by commas, that the interpreter has; a new list. */
static json_t *modes_of(const Proof *proof, const char *modes)
{
    json_t *list = json_array();
    const char *item;
    size_t length;

    while ((length = text_next_item(&modes, &item)) > 0) {
        auto_free char *mode = text_printf("%.*s", (int)length, item);

        if (catalog_mode(proof->real_runtime, mode))
            json_array_append_new(list, json_string(mode));
    }
    return list;
}

/* Returns the run, or an object with its reason; a new reference. */
static json_t *measure(const Proof *proof, const FidelityMeasurement *measurement)
{
    const PlanLimits limits = {.allow = "",
        .max_estimate_ms = measurement->most_ms,
        .default_timeout_ms = measurement->most_ms + (proof->model ? 0 : ROOM_MS)};
    json_auto_t *given =
        json_pack("{s:[s], s:[s]}", "runtime", proof->real_runtime->runtime, "lock", proof->real->name);

    if (proof->model)
        json_array_insert_new(
            json_object_get(given, "runtime"), 0, json_string(proof->model_runtime->runtime));
    if (proof->model && strcmp(proof->model->name, proof->real->name) != 0)
        json_array_append_new(json_object_get(given, "lock"), json_string(proof->model->name));
    for (const FidelityGiven *one = measurement->given; one->name; one++)
        json_object_set_new(given, one->name, json_string(one->value));
    json_object_set_new(given, "mode", modes_of(proof, json_string_value(json_object_get(given, "mode"))));
    return lab_measure(proof->lab, &limits, measurement->experiment, given);
}

/* What the interpreter does not have it says the reason of itself. */
static void explain_absence(Proof *proof, size_t quantity)
{
    const char *names[] = {fidelity_quantities[quantity].mode,
        fidelity_measurements[fidelity_quantities[quantity].measurement].experiment};

    for (size_t i = 0; i < ARRAY_LENGTH(names) && !proof->reasons[quantity]; i++) {
        const char *reason = catalog_absence(proof->real_runtime, names[i]);

        if (reason)
            proof->reasons[quantity] = text_printf("%s: %s", proof->real_runtime->runtime, reason);
    }
}

/* Reads all quantities of a measurement from its run. A few have the model's value in another one. */
static void read_round(Proof *proof, size_t measurement, size_t round, const json_t *json)
{
    auto_result_run ResultRun run = {0};

    result_run_read(json, &run);
    for (size_t i = 0; i < fidelity_n_quantities; i++) {
        const FidelityQuantity *quantity = &fidelity_quantities[i];
        size_t of_model = quantity->model_measurement ? quantity->model_measurement : quantity->measurement;
        bool real_is_steady = true, model_is_steady = true;
        FidelityPair *pair = &proof->pairs[i][round];

        if (quantity->measurement == measurement)
            pair->real = reading_value(&run, quantity, proof->real_runtime->runtime, proof->real->name,
                &real_is_steady, &proof->reasons[i]);
        if (proof->model && of_model == measurement)
            pair->model = reading_value(&run, quantity, proof->model_runtime->runtime, proof->model->name,
                &model_is_steady, &proof->reasons[i]);
        pair->is_steady = pair->is_steady && real_is_steady && model_is_steady;
    }
}

/* A round that has not been made has no pair. */
static void clear_pairs(Proof *proof)
{
    for (size_t i = 0; i < fidelity_n_quantities; i++)
        for (size_t round = 0; round < MOST_ROUNDS; round++)
            proof->pairs[i][round] = (FidelityPair){NAN, NAN, true};
}

/* Whether the rounds so far leave some quantity of the measurement undecided. What cannot be measured at all
 * is not tried again and again. */
static bool is_undecided(const Proof *proof, size_t measurement)
{
    for (size_t i = 0; i < fidelity_n_quantities; i++) {
        const FidelityQuantity *quantity = &fidelity_quantities[i];
        FidelityRow row;

        if (quantity->measurement != measurement)
            continue;
        row = fidelity_judge(quantity, proof->pairs[i], LEAST_ROUNDS, NULL);
        free(row.reason);
        if (row.outcome == FIDELITY_INCONCLUSIVE)
            return true;
    }
    return false;
}

/* Whether the interpreter has the mode of any quantity of the measurement. */
static bool has_a_mode_of(const Proof *proof, size_t measurement)
{
    for (size_t i = 0; i < fidelity_n_quantities; i++)
        if (fidelity_quantities[i].measurement == measurement &&
            catalog_mode(proof->real_runtime, fidelity_quantities[i].mode))
            return true;
    return false;
}

/* What is measured further is decided once, after the least number of rounds, and all of it is then measured
 * to the end: who looks after each round and stops where the figures please is wrong more often than the
 * interval says. */
static void measure_rounds(Proof *proof, size_t from, size_t to, const bool *wanted)
{
    for (size_t round = from; round < to; round++) {
        fprintf(stderr, "%s, lock %s: round %zu of %zu\n", proof->real_runtime->runtime, proof->real->name,
            round + 1, to);
        for (size_t i = 0; i < fidelity_n_measurements; i++) {
            json_auto_t *run = wanted[i] ? measure(proof, &fidelity_measurements[i]) : NULL;

            if (run)
                read_round(proof, i, round, run);
        }
    }
}

static void measure_all_rounds(Proof *proof)
{
    auto_free bool *wanted = calloc(fidelity_n_measurements, sizeof(*wanted));
    size_t n = 0;

    assert(wanted);
    for (size_t i = 0; i < fidelity_n_measurements; i++)
        wanted[i] = is_asked_of(&fidelity_measurements[i], proof) && has_a_mode_of(proof, i);
    measure_rounds(proof, 0, proof->model ? LEAST_ROUNDS : SHOWN_ROUNDS, wanted);
    if (!proof->model)
        return;
    for (size_t i = 0; i < fidelity_n_measurements; i++) {
        wanted[i] = wanted[i] && is_undecided(proof, i);
        n += wanted[i];
    }
    if (n == 0)
        return;
    fprintf(stderr, "%zu of the measurements leave something undecided and are made again\n", n);
    measure_rounds(proof, LEAST_ROUNDS, MOST_ROUNDS, wanted);
}

static FidelityReport report_of(Proof *proof, const json_t *recorded)
{
    const char *python = recorded_python(recorded, proof->real->real, proof->real_runtime->version);
    FidelityReport report = {
        .runtime = proof->real_runtime->runtime,
        .version = proof->real_runtime->version,
        .about = proof->real_runtime->about,
        .lock = proof->real->name,
        .model = proof->model ? proof->model->name : NULL,
        .tick_turns = proof->lab->settings.tick_turns,
        .rows = calloc(fidelity_n_quantities, sizeof(FidelityRow)),
    };

    assert(report.rows);
    for (size_t i = 0; i < fidelity_n_quantities; i++) {
        const FidelityQuantity *quantity = &fidelity_quantities[i];
        FidelityRow *row = &report.rows[report.n_rows];

        if (!is_asked_of(&fidelity_measurements[quantity->measurement], proof))
            continue;
        *row = (proof->model ? fidelity_judge : fidelity_show)(
            quantity, proof->pairs[i], MOST_ROUNDS, proof->reasons[i]);
        row->recorded = recorded_figure(recorded, python, &quantity->recorded);
        proof->reasons[i] = NULL;
        report.n_rows++;
    }
    return report;
}

static FidelityReport prove_lock(
    Lab *lab, const Catalog *catalog, const CatalogLock *real, const json_t *recorded)
{
    Proof proof = {
        .lab = lab,
        .model_runtime = lab->catalogs.list[0],
        .real_runtime = catalog,
        .model = model_of(lab->catalogs.list[0], real),
        .real = real,
    };
    FidelityReport report;

    proof.pairs = calloc(fidelity_n_quantities, sizeof(*proof.pairs));
    proof.reasons = calloc(fidelity_n_quantities, sizeof(*proof.reasons));
    assert(proof.pairs && proof.reasons);
    clear_pairs(&proof);
    for (size_t i = 0; i < fidelity_n_quantities; i++)
        explain_absence(&proof, i);
    measure_all_rounds(&proof);
    report = report_of(&proof, recorded);
    for (size_t i = 0; i < fidelity_n_quantities; i++)
        free(proof.reasons[i]);
    free(proof.reasons);
    free(proof.pairs);
    return report;
}

/* A table is printed as soon as it is made, since the next takes minutes. */
static size_t prove_all(
    Lab *lab, const json_t *recorded, bool as_json, FidelityReport reports[static MOST_REPORTS])
{
    size_t n = 0;

    for (size_t i = 1; i < lab->catalogs.n; i++) {
        const Catalog *catalog = lab->catalogs.list[i];

        for (size_t k = 0; k < catalog->n_locks && n < MOST_REPORTS; k++) {
            if (!catalog->locks[k].real)
                continue;
            reports[n] = prove_lock(lab, catalog, &catalog->locks[k], recorded);
            if (!as_json && n > 0)
                putchar('\n');
            if (!as_json)
                fidelity_print(&reports[n], stdout);
            fflush(stdout);
            n++;
        }
    }
    return n;
}

/* Nothing missed, and something held. */
static bool is_proved(const FidelityReport *reports, size_t n)
{
    bool any = false;

    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < reports[i].n_rows; k++) {
            if (reports[i].rows[k].outcome == FIDELITY_MISSES)
                return false;
            any = any || reports[i].rows[k].outcome == FIDELITY_HOLDS;
        }
    }
    return any;
}

static void print_json(const FidelityReport *reports, size_t n)
{
    json_auto_t *list = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, fidelity_json(&reports[i]));
    json_dumpf(list, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    putchar('\n');
}

static void print_missing(const Catalogs *catalogs)
{
    for (size_t i = 0; i < catalogs->n_missing; i++)
        fprintf(stderr, "%s: %s\n", catalogs->missing[i].runtime, catalogs->missing[i].reason);
}

static bool prove_in(Lab *lab, void *data)
{
    const bool *as_json = data;
    json_auto_t *recorded = document_load("recorded.json");
    FidelityReport reports[MOST_REPORTS];
    size_t n;
    bool proved;

    lab_await_runtimes(lab);
    print_missing(&lab->catalogs);
    n = prove_all(lab, recorded, *as_json, reports);
    if (n == 0)
        fputs("gilscope: there is no interpreter to hold the models against; see [runtimes]\n", stderr);
    if (*as_json)
        print_json(reports, n);
    proved = is_proved(reports, n);
    for (size_t i = 0; i < n; i++)
        fidelity_report_finish(&reports[i]);
    return proved;
}

int prove(const Config *config, bool as_json)
{
    return lab_measure_all(config, prove_in, &as_json);
}
