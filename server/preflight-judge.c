/* The ratios compare two tasks with two calls one after the other. Where tasks run or wait at the same time
 * they should take 0.5 of it, where the lock lets only one of them work 1.0. The bounds between leave room
 * for a small machine, where starting a process already counts; beyond them the lesson would teach the
 * opposite. */
#include "server/preflight-judge.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "results/human.h"

/* One lesson that is a ratio. */
typedef struct Lesson {
    const char *name, *mode, *lock;
    bool gains; /* at most the bounds, else at least */
    double ok, limited;
} Lesson;

static const Lesson countdown_lessons[] = {
    {"threads under the GIL", "threads", "gil", false, 0.90, 0.75},
    {"processes", "processes", "gil", true, 0.65, 0.85},
    {"threads without a lock", "threads", "none", true, 0.65, 0.85},
};

static const Lesson fetch_lessons[] = {
    {"waiting in threads", "threads", "gil", true, 0.65, 0.85},
    {"waiting in one loop", "epoll", "gil", true, 0.65, 0.85},
};

const char *preflight_state_name(ShowState state)
{
    static const char *const names[] = {[SHOW_OK] = "ok", [SHOW_LIMITED] = "limited", [SHOW_NO] = "no"};

    return names[state];
}

static ShowRow row(const char *name, ShowState state, char *why)
{
    return (ShowRow){.name = name, .state = state, .why = why};
}

static ShowRow judge_cpus(const json_t *host)
{
    json_int_t usable = json_integer_value(json_object_get(host, "cpus_usable"));
    json_int_t online = json_integer_value(json_object_get(host, "cpus_online"));

    if (usable > 1)
        return row("CPUs", SHOW_OK,
            text_printf("%lld of %lld CPUs are usable", (long long)usable, (long long)online));
    return row("CPUs", SHOW_LIMITED,
        text_printf(
            "only 1 of %lld CPUs is usable: nothing runs at the same time as another", (long long)online));
}

static ShowRow judge_quota(const json_t *host)
{
    const json_t *quota = json_object_get(host, "cpu_quota");
    const json_t *throttled = json_object_get(host, "throttled_ns");
    auto_free char *time = human_time(json_integer_value(throttled));

    if (!json_is_number(quota))
        return row("CPU quota", SHOW_OK, text_printf("there is none"));
    if (json_integer_value(throttled) > 0)
        return row("CPU quota", SHOW_LIMITED,
            text_printf(
                "%.3g CPUs: it held everything back for %s meanwhile", json_number_value(quota), time));
    return row("CPU quota", SHOW_LIMITED,
        text_printf("%.3g CPUs: what wants more is held back", json_number_value(quota)));
}

static ShowRow judge_noise(const json_t *host)
{
    const json_t *foreign = json_object_get(host, "foreign_cpu"), *steal = json_object_get(host, "steal");
    const char *reason = json_string_value(json_array_get(json_object_get(host, "noise_reasons"), 0));

    if (json_is_true(json_object_get(host, "noisy")))
        return row("quiet", SHOW_LIMITED, text_printf("%s", reason ? reason : "the machine is noisy"));
    if (!json_is_number(foreign) || !json_is_number(steal))
        return row("quiet", SHOW_LIMITED, text_printf("the kernel does not say what else was running"));
    return row("quiet", SHOW_OK,
        text_printf("other programs took %.1f %% of the CPU time, other machines %.1f %%",
            100 * json_number_value(foreign), 100 * json_number_value(steal)));
}

static const json_t *find_experiment(const json_t *catalog, const char *experiment)
{
    size_t i;
    json_t *entry;

    json_array_foreach (json_object_get(catalog, "experiments"), i, entry) {
        const char *name = json_string_value(json_object_get(entry, "name"));

        if (name && strcmp(name, experiment) == 0)
            return entry;
    }
    return NULL;
}

/* The article speaks of thousands of threads and of ten thousand connections. */
static ShowRow judge_many(
    const json_t *catalog, const char *name, const char *experiment, const char *mode, const char *what)
{
    const json_t *entry = find_experiment(catalog, experiment);
    json_int_t most = json_integer_value(json_object_get(json_object_get(entry, "max_tasks"), mode));
    const char *reason = json_string_value(json_object_get(json_object_get(entry, "max_tasks_reason"), mode));
    auto_free char *number = human_integer(most);

    if (most >= 10000)
        return row(name, SHOW_OK, text_printf("there is room for %s %s", number, what));
    return row(name, most >= 1000 ? SHOW_LIMITED : SHOW_NO,
        text_printf("there is room for %s %s only, not for 10,000%s%s", number, what, reason ? ": " : "",
            reason ? reason : ""));
}

static const json_t *find_cell(const json_t *run, const Lesson *lesson)
{
    size_t i;
    json_t *cell;

    json_array_foreach (json_object_get(run, "cells"), i, cell) {
        const char *mode = json_string_value(json_object_get(cell, "mode"));
        const char *lock = json_string_value(json_object_get(cell, "lock"));

        if (mode && lock && strcmp(mode, lesson->mode) == 0 && strcmp(lock, lesson->lock) == 0)
            return cell;
    }
    return NULL;
}

static bool within(const Lesson *lesson, double ratio, double bound)
{
    return lesson->gains ? ratio <= bound : ratio >= bound;
}

static ShowRow judge_ratio(const Lesson *lesson, const json_t *run)
{
    const json_t *cell = find_cell(run, lesson);
    const json_t *relative = json_object_get(cell, "relative");
    const char *reason = json_string_value(json_object_get(cell, "reason"));
    const char *verdict = json_string_value(json_object_get(relative, "verdict"));
    double ratio = json_number_value(json_object_get(relative, "ratio"));
    auto_free char *figure = human_ratio(ratio);
    bool clear = !lesson->gains || (verdict && strcmp(verdict, "faster") == 0);
    ShowState state;

    if (!reason)
        reason = json_string_value(json_object_get(run, "reason"));
    if (ratio <= 0)
        return row(lesson->name, SHOW_NO, text_printf("no figure: %s", reason ? reason : "it did not run"));
    state = within(lesson, ratio, lesson->ok) && clear ? SHOW_OK
            : within(lesson, ratio, lesson->limited)   ? SHOW_LIMITED
                                                       : SHOW_NO;
    return row(lesson->name, state,
        text_printf("2 tasks take %s of the time of one after the other%s", figure,
            state == SHOW_OK ? ""
            : lesson->gains  ? "; it should be about 0.50"
                             : "; it should be about 1.00"));
}

void preflight_judge(
    const json_t *catalog, const json_t *countdown, const json_t *fetch, ShowRow rows[PREFLIGHT_ROWS])
{
    const json_t *host = json_object_get(countdown, "host");
    size_t n = 0;

    if (!host)
        host = json_object_get(catalog, "host");
    rows[n++] = judge_cpus(host);
    rows[n++] = judge_quota(host);
    rows[n++] = judge_noise(host);
    rows[n++] = judge_many(catalog, "threads (pids)", "idle", "threads", "threads");
    rows[n++] = judge_many(catalog, "fetches (descriptors)", "fetch", "epoll", "fetches at once");
    for (size_t i = 0; i < sizeof(countdown_lessons) / sizeof(countdown_lessons[0]); i++)
        rows[n++] = judge_ratio(&countdown_lessons[i], countdown);
    for (size_t i = 0; i < sizeof(fetch_lessons) / sizeof(fetch_lessons[0]); i++)
        rows[n++] = judge_ratio(&fetch_lessons[i], fetch);
}

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
    for (size_t i = 0; i < PREFLIGHT_ROWS; i++)
        free(rows[i].why);
}
