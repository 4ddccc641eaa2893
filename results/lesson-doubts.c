/* What stands against the figures of a run. It never takes a number back; it says what else could have made
 * it, so that nobody carries home more than was measured. */
#include <assert.h>
#include <string.h>

#include "base/cleanup.h"
#include "results/lesson-parts.h"
#include "results/plain.h"
#include "results/stats.h"

#define REASON_WIDTH 160

/* The reason of the first cell that has one, else of the run, or NULL. */
static const char *first_reason(const json_t *run)
{
    size_t i;
    json_t *cell;

    json_array_foreach (json_object_get(run, "cells"), i, cell) {
        const char *reason = json_string_value(json_object_get(cell, "reason"));

        if (reason && *reason)
            return reason;
    }
    return json_string_value(json_object_get(run, "reason"));
}

static void write_reason(const char *reason, FILE *file)
{
    auto_free char *text = reason ? plain_cut(strdup(reason), REASON_WIDTH) : NULL;

    if (text && *text)
        fprintf(file, ": %s", text);
}

void lesson_write_missing(const json_t *run, FILE *file)
{
    write_reason(first_reason(run), file);
}

static void doubt_missing(const json_t *run, const Lesson *lesson, FILE *file)
{
    size_t n = json_array_size(json_object_get(run, "cells")), n_done = json_array_size(lesson->cells);

    if (n_done == n)
        return;
    fprintf(file, "; %zu of %zu cells have no result", n - n_done, n);
    write_reason(first_reason(run), file);
}

static void doubt_noise(const json_t *run, const Lesson *lesson, FILE *file)
{
    const json_t *host = json_object_get(run, "host"), *reason;
    auto_free char *text = NULL;
    size_t i, length;
    FILE *reasons;

    (void)lesson;
    if (!json_is_true(json_object_get(host, "noisy")))
        return;
    reasons = open_memstream(&text, &length);
    assert(reasons);
    json_array_foreach (json_object_get(host, "noise_reasons"), i, reason) {
        if (json_is_string(reason))
            fprintf(reasons, "%s%s", ftell(reasons) > 0 ? ", " : "", json_string_value(reason));
    }
    fclose(reasons);
    fputs("; the machine was noisy", file);
    write_reason(text, file);
}

/* Work done side by side needs two CPUs. Where the cells differ in that, it is what was asked. */
static void doubt_one_cpu(const json_t *run, const Lesson *lesson, FILE *file)
{
    const json_t *host = json_object_get(run, "host");
    const char *place = json_is_string(json_object_get(host, "container")) ? "container" : "machine";
    size_t i;
    json_t *cell;

    json_array_foreach (lesson->cells, i, cell) {
        if (lesson_number(cell, "cpus") != 1)
            return;
    }
    if (json_integer_value(json_object_get(host, "cpus_usable")) == 1)
        fprintf(file, "; this %s has one CPU to give%s", place,
            lesson->computes ? ", and on one CPU nothing runs side by side"
                             : ", enough for waiting but not for computing side by side");
    else if (lesson->computes)
        fputs("; the cells had one CPU, and on one CPU nothing runs side by side", file);
}

static void doubt_short_tasks(const json_t *run, const Lesson *lesson, FILE *file)
{
    size_t i, n_short = 0, n = 0;
    json_t *cell;

    (void)run;
    json_array_foreach (lesson->cells, i, cell) {
        n += !lesson_matches(cell, "serial", NULL);
        n_short += !lesson_matches(cell, "serial", NULL) && lesson_is_short(cell);
    }
    if (lesson->computes && n_short > 0)
        fprintf(file,
            "; in %zu of %zu cells creating and joining the tasks took more than a fifth of the time",
            n_short, n);
}

static size_t n_samples(const json_t *cell)
{
    return json_array_size(json_object_get(json_object_get(cell, "wall_ns"), "samples"));
}

static void doubt_few_repetitions(const json_t *run, const Lesson *lesson, FILE *file)
{
    size_t i, least = SIZE_MAX;
    json_t *cell;

    (void)run;
    json_array_foreach (lesson->cells, i, cell)
        least = n_samples(cell) < least ? n_samples(cell) : least;
    if (lesson->compares && least < STATS_MIN_VALUES)
        fprintf(file, "; %zu repetition%s cannot tell faster from slower, that takes at least %d", least,
            least == 1 ? "" : "s", STATS_MIN_VALUES);
}

static void doubt_wide_intervals(const json_t *run, const Lesson *lesson, FILE *file)
{
    size_t i, n = 0, n_open = 0;
    json_t *cell;

    (void)run;
    json_array_foreach (lesson->cells, i, cell) {
        if (lesson_matches(cell, "serial", NULL) || !json_is_object(json_object_get(cell, "relative")))
            continue;
        n++;
        n_open += lesson_verdict(cell) == 0 && n_samples(cell) >= STATS_MIN_VALUES;
    }
    if (lesson->compares && n_open > 0)
        fprintf(file, "; %zu of %zu comparisons cannot tell, their intervals are too wide", n_open, n);
}

static void doubt_no_serial(const json_t *run, const Lesson *lesson, FILE *file)
{
    (void)run;
    if (lesson->lacks_serial && lesson->computes)
        fputs("; without mode=serial there is nothing to compare these times with", file);
}

/* What stands against the figures. Each writes "; " and a clause, or nothing. */
static void (*const doubts[])(const json_t *run, const Lesson *lesson, FILE *file) = {
    doubt_missing,
    doubt_noise,
    doubt_one_cpu,
    doubt_short_tasks,
    doubt_few_repetitions,
    doubt_wide_intervals,
    doubt_no_serial,
};

void lesson_write_doubts(const Lesson *lesson, const json_t *run, FILE *file)
{
    bool has_result = ftell(lesson->result) > 0;

    for (size_t i = 0; i < sizeof(doubts) / sizeof(doubts[0]); i++) {
        if (has_result || doubts[i] == doubt_missing)
            doubts[i](run, lesson, file);
    }
}
