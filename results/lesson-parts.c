/* Reading a run, which may come from an archive or another version and hold anything, and giving reasons. A
 * reason is a claim, so it needs every verdict that could speak against it to speak for it. */
#include "results/lesson-parts.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "results/human.h"
#include "results/view.h"

#define MOST_REASONS 3
#define SHORT_PART 0.2 /* of the wall time spent on creating and joining */

const char *lesson_word(const json_t *cell, const char *name)
{
    const char *text = json_string_value(view_value(cell, name));

    return text ? text : "";
}

double lesson_number(const json_t *cell, const char *name)
{
    return json_number_value(view_value(cell, name));
}

bool lesson_asked(const Lesson *lesson, const char *name, const char *value)
{
    return strcmp(lesson_word(json_array_get(lesson->cells, 0), name), value) == 0;
}

bool lesson_metric(const json_t *cell, const char *name, double *ret)
{
    const json_t *value = json_object_get(json_object_get(cell, "metrics"), name);

    if (!json_is_number(value) || !isfinite(json_number_value(value)))
        return false;
    *ret = json_number_value(value);
    return true;
}

char *lesson_metric_text(const json_t *cell, const char *name)
{
    double ignored;

    return lesson_metric(cell, name, &ignored)
               ? human_value(json_object_get(json_object_get(cell, "metrics"), name))
               : NULL;
}

bool lesson_matches(const json_t *cell, const char *mode, const char *lock)
{
    return (!mode || strcmp(lesson_word(cell, "mode"), mode) == 0) &&
           (!lock || strcmp(lesson_word(cell, "lock"), lock) == 0);
}

int lesson_verdict(const json_t *cell)
{
    static const struct {
        const char *name;
        int verdict;
    } verdicts[] = {{"same", LESSON_SAME}, {"faster", LESSON_FASTER}, {"slower", LESSON_SLOWER}};
    const char *name = json_string_value(json_object_get(json_object_get(cell, "relative"), "verdict"));

    for (size_t i = 0; name && i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
        if (strcmp(name, verdicts[i].name) == 0)
            return verdicts[i].verdict;
    }
    return 0;
}

static double positive(const json_t *value)
{
    double number = json_number_value(value);

    return number > 0 && number < 1e18 ? number : 0;
}

double lesson_median(const json_t *cell, const char *time)
{
    return positive(json_object_get(json_object_get(cell, time), "median"));
}

double lesson_memory(const json_t *cell, const char *name)
{
    return positive(json_object_get(json_object_get(cell, "memory"), name));
}

bool lesson_is_short(const json_t *cell)
{
    return lesson_median(cell, "create_ns") + lesson_median(cell, "join_ns") >
           SHORT_PART * lesson_median(cell, "wall_ns");
}

int64_t lesson_n_tasks(const json_t *cell)
{
    double tasks = lesson_number(cell, "tasks");

    return tasks >= 1 && tasks <= 1e15 ? (int64_t)tasks : 0;
}

bool lesson_is_single(const Lesson *lesson)
{
    size_t i;
    json_t *cell;

    json_array_foreach (lesson->cells, i, cell) {
        if (lesson_n_tasks(cell) > 1)
            return false;
    }
    return true;
}

int64_t lesson_least_tasks(const Lesson *lesson)
{
    return lesson_is_single(lesson) ? 0 : 2;
}

void lesson_because(Lesson *lesson, const char *format, ...)
{
    va_list args;

    if (lesson->n_reasons++ >= MOST_REASONS)
        return;
    fputs(lesson->n_reasons > 1 ? "; " : "", lesson->why);
    va_start(args, format);
    vfprintf(lesson->why, format, args);
    va_end(args);
}

/* Side by side needs two tasks, two CPUs, and tasks that outlast their creation; waiting does so anywhere. */
static bool can_show(const Lesson *lesson, const json_t *cell)
{
    if (lesson_n_tasks(cell) < 2)
        return false;
    return !lesson->computes || (lesson_number(cell, "cpus") >= 2 && !lesson_is_short(cell));
}

static bool holds(const Lesson *lesson, const LessonReason *reason)
{
    bool any = false;
    size_t i;
    json_t *cell;

    json_array_foreach (lesson->cells, i, cell) {
        int verdict = lesson_verdict(cell);

        if (verdict == 0 || !lesson_matches(cell, reason->mode, reason->lock) || !can_show(lesson, cell))
            continue;
        if (!(verdict & reason->verdicts))
            return false;
        any = true;
    }
    return any;
}

void lesson_give_reasons(Lesson *lesson, const LessonReason *reasons, size_t n)
{
    const char *last = "";

    for (size_t i = 0; i < n; i++) {
        if (strcmp(reasons[i].text, last) == 0 || !holds(lesson, &reasons[i]))
            continue;
        lesson_because(lesson, "%s", reasons[i].text);
        last = reasons[i].text;
    }
}

/* A cell that does not say its interval has the usual one. */
static bool is_about(const LessonSource *source, const json_t *cell)
{
    double interval = lesson_number(cell, "check_interval");

    return lesson_matches(cell, source->mode, source->lock) &&
           (source->check_interval == 0 || interval == 0 || interval == source->check_interval);
}

void lesson_cite(Lesson *lesson, const LessonSource *sources, size_t n)
{
    size_t i;
    json_t *cell;

    for (size_t k = 0; k < n; k++) {
        json_array_foreach (lesson->cells, i, cell) {
            if (is_about(&sources[k], cell)) {
                fputs(sources[k].text, lesson->source);
                return;
            }
        }
    }
}
