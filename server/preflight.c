/* The two key experiments, small, on the same way as any other run: plan, queue, guard, engine, results. So
 * what stands in the way of a run stands in the way of the preflight too. Its time is limited run by run:
 * with the origin's start at most 20 s in all, usually ten. */
#include "server/preflight.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "results/layout.h"
#include "server/lab-measure.h"
#include "server/lab.h"
#include "server/preflight-judge.h"

enum { COUNTDOWN_MS = 9000, FETCH_MS = 5000 };

/* It fetches from the own origin alone. */
static const PlanLimits limits = {.allow = ""};

/* A quarter of the default size of the experiment: 50 ms a task. NULL if the runtime does not have it. */
static json_t *preflight_small_size(const Lab *lab)
{
    const CatalogExperiment *countdown = catalogs_experiment(&lab->catalogs, "countdown");
    const CatalogParameter *n = countdown ? catalog_parameter(countdown, "n") : NULL;
    json_int_t size = n ? json_integer_value(n->fallback) : 0;

    return size >= 4 ? json_integer(size / 4) : NULL;
}

/* The names of those modes, or locks, that the runtime has. */
static json_t *preflight_mode_names(const CatalogMode *const modes[], size_t n)
{
    json_t *names = json_array();

    for (size_t i = 0; i < n; i++)
        if (modes[i])
            json_array_append_new(names, json_string(modes[i]->name));
    return names;
}

static json_t *preflight_lock_names(const CatalogLock *const locks[], size_t n)
{
    json_t *names = json_array();

    for (size_t i = 0; i < n; i++)
        if (locks[i])
            json_array_append_new(names, json_string(locks[i]->name));
    return names;
}

/* As few cells as show the lessons, each long enough for its ratio to be clear of the noise. */
static json_t *preflight_measure_countdown(Lab *lab, const PreflightCast *cast)
{
    const CatalogMode *const modes[] = {cast->baseline, cast->threads, cast->processes};
    const CatalogLock *const locks[] = {cast->usual, cast->none};
    json_auto_t *given =
        json_pack("{s:o, s:o, s:i, s:i, s:i, s:i}", "mode", preflight_mode_names(modes, ARRAY_LENGTH(modes)),
            "lock", preflight_lock_names(locks, ARRAY_LENGTH(locks)), "tasks", 2, "repeat", 7, "warmup", 1,
            "timeout_ms", COUNTDOWN_MS);
    json_t *size = preflight_small_size(lab);

    if (size)
        json_object_set_new(given, "n", size);
    return lab_measure(lab, &limits, "countdown", given);
}

static json_t *preflight_measure_fetch(Lab *lab, const PreflightCast *cast)
{
    const CatalogMode *const modes[] = {cast->baseline, cast->threads, cast->loop};
    json_auto_t *given = json_pack("{s:o, s:o, s:i, s:i, s:i, s:i, s:i}", "mode",
        preflight_mode_names(modes, ARRAY_LENGTH(modes)), "lock", preflight_lock_names(&cast->usual, 1),
        "tasks", 2, "delay_ms", 100, "repeat", 6, "warmup", 1, "timeout_ms", FETCH_MS);

    return lab_measure(lab, &limits, "fetch", given);
}

/* Returns whether every lesson can be shown. */
static bool preflight_print_rows(const ShowRow rows[PREFLIGHT_ROWS])
{
    Layout *layout = layout_new(PREFLIGHT_ROWS, false);
    size_t names = layout_add(layout, "lesson", false, LAYOUT_KEEP);
    size_t states = layout_add(layout, "shown", false, LAYOUT_KEEP);
    size_t reasons = layout_add(layout, "because", false, LAYOUT_KEEP);
    auto_free char *conclusion = NULL;
    bool all;

    for (size_t i = 0; i < PREFLIGHT_ROWS; i++) {
        layout_set(layout, names, i, strdup(rows[i].name));
        layout_set(layout, states, i, strdup(preflight_state_name(rows[i].state)));
        layout_set(layout, reasons, i, strdup(rows[i].why));
    }
    layout_write(layout, stdout);
    layout_free(layout);
    conclusion = preflight_conclude(rows, &all);
    printf("\n%s\n", conclusion);
    return all;
}

/* The first runtime is the one that a request without a runtime gets. */
static bool preflight_look(Lab *lab, void *data)
{
    const PreflightCast cast = preflight_cast(lab->catalogs.list[0]);
    json_auto_t *countdown = preflight_measure_countdown(lab, &cast),
                *fetch = preflight_measure_fetch(lab, &cast);
    ShowRow rows[PREFLIGHT_ROWS];
    bool all;

    (void)data;
    preflight_judge(&cast, countdown, fetch, rows);
    all = preflight_print_rows(rows);
    preflight_free_rows(rows);
    return all;
}

int preflight(const Config *config)
{
    return lab_measure_all(config, preflight_look, NULL);
}
