/* The ratios compare two tasks with two calls one after the other. Where tasks run or wait at the same time
 * they should take 0.5 of it, where the lock lets only one of them work 1.0. The bounds between leave room
 * for a small machine, where starting a process already counts; beyond them the lesson would teach the
 * opposite. */
#include "server/preflight-judge.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "results/cell.h"
#include "results/human.h"

PreflightCast preflight_cast(const Catalog *catalog)
{
    PreflightCast cast = {.catalog = catalog};

    for (size_t i = 0; i < catalog->n_modes; i++) {
        const CatalogMode *mode = &catalog->modes[i];
        const CatalogMode **role = mode->baseline                              ? &cast.baseline
                                   : mode->one_loop                            ? &cast.loop
                                   : mode->side_by_side && mode->shares_memory ? &cast.threads
                                   : mode->side_by_side                        ? &cast.processes
                                                                               : NULL;

        if (role && !*role)
            *role = mode;
    }
    for (size_t i = 0; i < catalog->n_locks; i++) {
        const CatalogLock *lock = &catalog->locks[i];
        bool is_none = !lock->exclusive && lock->whose == CATALOG_FOR_ALL;

        if (lock->usual)
            cast.usual = lock;
        else if (is_none && !cast.none)
            cast.none = lock;
    }
    return cast;
}

/* One lesson that is a ratio. */
typedef struct Lesson {
    const char *name; /* "%s" is the lock's title */
    size_t mode;      /* of the cast */
    size_t lock;      /* of the cast */
    bool gains;       /* at most the bounds, else at least */
    double ok, limited;
} Lesson;

#define ROLE(role) offsetof(PreflightCast, role)

static const Lesson countdown_lessons[] = {
    {"threads under %s", ROLE(threads), ROLE(usual), false, 0.90, 0.75},
    {"processes", ROLE(processes), ROLE(usual), true, 0.65, 0.85},
    {"threads without a lock", ROLE(threads), ROLE(none), true, 0.65, 0.85},
};

static const Lesson fetch_lessons[] = {
    {"waiting in threads", ROLE(threads), ROLE(usual), true, 0.65, 0.85},
    {"waiting in one loop", ROLE(loop), ROLE(usual), true, 0.65, 0.85},
};

static const CatalogMode *cast_mode(const PreflightCast *cast, size_t role)
{
    return *(const CatalogMode *const *)((const char *)cast + role);
}

static const CatalogLock *cast_lock(const PreflightCast *cast, size_t role)
{
    return *(const CatalogLock *const *)((const char *)cast + role);
}

const char *preflight_state_name(ShowState state)
{
    static const char *const names[] = {[SHOW_OK] = "ok", [SHOW_LIMITED] = "limited", [SHOW_NO] = "no"};

    return names[state];
}

static ShowRow show_row(const char *name, ShowState state, char *why)
{
    return (ShowRow){.name = text_printf("%s", name), .state = state, .why = why};
}

/* With one CPU the lessons about gains by processes cannot be seen; the rows below say it with figures. A
 * runtime may say nothing of its machine. */
static ShowRow judge_cpus(const json_t *host)
{
    json_int_t usable = json_integer_value(json_object_get(host, "cpus_usable"));
    json_int_t online = json_integer_value(json_object_get(host, "cpus_online"));

    if (usable == 0)
        return show_row("CPUs", SHOW_LIMITED, text_printf("the runtime does not say how many are usable"));
    if (usable > 1)
        return show_row("CPUs", SHOW_OK,
            text_printf("%lld of %lld CPUs are usable", (long long)usable, (long long)online));
    return show_row("CPUs", SHOW_LIMITED,
        text_printf(
            "only 1 of %lld CPUs is usable: nothing runs at the same time as another", (long long)online));
}

/* A quota is enforced in periods of 100 ms: a run that has used up its share stands still for the rest of
 * one, which looks like a lock that nobody holds. */
static ShowRow judge_quota(const json_t *host)
{
    const json_t *quota = json_object_get(host, "cpu_quota");
    const json_t *throttled = json_object_get(host, "throttled_ns");
    auto_free char *time = human_time(json_integer_value(throttled));

    if (!json_is_number(quota))
        return show_row("CPU quota", SHOW_OK, text_printf("there is none"));
    if (json_integer_value(throttled) > 0)
        return show_row("CPU quota", SHOW_LIMITED,
            text_printf(
                "%.3g CPUs: it held everything back for %s meanwhile", json_number_value(quota), time));
    return show_row("CPU quota", SHOW_LIMITED,
        text_printf("%.3g CPUs: what wants more is held back", json_number_value(quota)));
}

/* Whether something else took CPU time while it was measured; of a virtual machine, also its neighbours. */
static ShowRow judge_noise(const json_t *host)
{
    const json_t *foreign = json_object_get(host, "foreign_cpu"), *steal = json_object_get(host, "steal");
    const char *reason = json_string_value(json_array_get(json_object_get(host, "noise_reasons"), 0));

    if (json_is_true(json_object_get(host, "noisy")))
        return show_row("quiet", SHOW_LIMITED, text_printf("%s", reason ? reason : "the machine is noisy"));
    if (!json_is_number(foreign) || !json_is_number(steal))
        return show_row("quiet", SHOW_LIMITED, text_printf("the kernel does not say what else was running"));
    return show_row("quiet", SHOW_OK,
        text_printf("other programs took %.1f %% of the CPU time, other machines %.1f %%",
            100 * json_number_value(foreign), 100 * json_number_value(steal)));
}

/* The article speaks of thousands of threads and of ten thousand connections. */
static ShowRow judge_many(const PreflightCast *cast, const char *name, const char *experiment_name,
    const CatalogMode *mode, const char *what)
{
    const CatalogExperiment *experiment = catalog_experiment(cast->catalog, experiment_name);
    const CatalogRoom *room = experiment && mode ? catalog_room(cast->catalog, experiment, mode) : NULL;
    int64_t most = room ? room->max_tasks : 0;
    const char *reason = room ? room->reason : NULL;
    auto_free char *number = human_integer(most);

    if (most >= 10000)
        return show_row(name, SHOW_OK, text_printf("there is room for %s %s", number, what));
    return show_row(name, most >= 1000 ? SHOW_LIMITED : SHOW_NO,
        text_printf("there is room for %s %s only, not for 10,000%s%s", number, what, reason ? ": " : "",
            reason ? reason : ""));
}

/* The cell of these, or one of which nothing is known. So a cell that was not measured is no special
 * case: it has no ratio. */
static const ResultCell *judge_find_cell(
    const ResultRun *run, const CatalogMode *mode, const CatalogLock *lock)
{
    static const ResultCell none;

    for (size_t i = 0; mode && lock && i < run->cells.n; i++)
        if (strcmp(run->cells.at[i]->mode, mode->name) == 0 &&
            strcmp(run->cells.at[i]->lock, lock->name) == 0)
            return run->cells.at[i];
    return &none;
}

/* A lesson is that tasks gain by running together, or that they do not. */
static bool lesson_holds(const Lesson *lesson, double ratio, double bound)
{
    return lesson->gains ? ratio <= bound : ratio >= bound;
}

static ShowRow judge_ratio(const PreflightCast *cast, const Lesson *lesson, const ResultRun *run)
{
    const CatalogLock *lock = cast_lock(cast, lesson->lock);
    const ResultCell *cell = judge_find_cell(run, cast_mode(cast, lesson->mode), lock);
    const ResultRelative *relative = &cell->relative;
    const char *reason = cell->reason ? cell->reason : run->reason;
    auto_free char *name = text_printf(lesson->name, lock ? lock->title : "a lock"), *figure = NULL;
    /* A gain must also be one by the interval, not only by the median: with few repetitions a ratio of
     * 0.6 can be chance. That nothing is gained needs no such proof. */
    bool clear = !lesson->gains || relative->verdict == VERDICT_FASTER;
    ShowState state;

    if (!relative->is_known)
        return show_row(name, SHOW_NO, text_printf("no figure: %s", reason ? reason : "it did not run"));
    figure = human_ratio(relative->ratio);
    state = lesson_holds(lesson, relative->ratio, lesson->ok) && clear ? SHOW_OK
            : lesson_holds(lesson, relative->ratio, lesson->limited)   ? SHOW_LIMITED
                                                                       : SHOW_NO;
    return show_row(name, state,
        text_printf("2 tasks take %s of the time of one after the other%s", figure,
            state == SHOW_OK ? ""
            : lesson->gains  ? "; it should be about 0.50"
                             : "; it should be about 1.00"));
}

void preflight_judge(
    const PreflightCast *cast, const json_t *countdown, const json_t *fetch, ShowRow rows[PREFLIGHT_ROWS])
{
    const json_t *host = json_object_get(countdown, "host");
    auto_result_run ResultRun countdown_run = {0}, fetch_run = {0};
    size_t n = 0;

    if (!host)
        host = cast->catalog->host.json;
    result_run_read(countdown, &countdown_run);
    result_run_read(fetch, &fetch_run);
    rows[n++] = judge_cpus(host);
    rows[n++] = judge_quota(host);
    rows[n++] = judge_noise(host);
    rows[n++] = judge_many(cast, "threads (pids)", "idle", cast->threads, "threads");
    rows[n++] = judge_many(cast, "fetches (descriptors)", "fetch", cast->loop, "fetches at once");
    for (size_t i = 0; i < ARRAY_LENGTH(countdown_lessons); i++)
        rows[n++] = judge_ratio(cast, &countdown_lessons[i], &countdown_run);
    for (size_t i = 0; i < ARRAY_LENGTH(fetch_lessons); i++)
        rows[n++] = judge_ratio(cast, &fetch_lessons[i], &fetch_run);
    assert(n == PREFLIGHT_ROWS);
}

/* Rows that are limited do not count as missing: the lesson can be seen, if less clearly. */
char *preflight_conclude(const ShowRow rows[PREFLIGHT_ROWS], bool *ret_all)
{
    int n_not = 0;
    bool quiet = true;

    for (size_t i = 0; i < PREFLIGHT_ROWS; i++) {
        n_not += rows[i].state == SHOW_NO;
        if (strcmp(rows[i].name, "quiet") == 0)
            quiet = rows[i].state == SHOW_OK;
    }
    *ret_all = n_not == 0;
    if (n_not == 0)
        return text_printf("This machine can show every lesson.");
    return text_printf("This machine cannot show %d of %d%s.", n_not, PREFLIGHT_ROWS,
        quiet ? "" : " now; it may be more when it is quiet");
}

void preflight_free_rows(ShowRow rows[PREFLIGHT_ROWS])
{
    for (size_t i = 0; i < PREFLIGHT_ROWS; i++) {
        free(rows[i].name);
        free(rows[i].why);
    }
}
