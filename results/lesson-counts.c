/* Counting together, once what the interpreter counts (references) and once what the program counts. An
 * update that was lost is a fact of one repetition; that none was lost proves nothing, unless something
 * promises it. */
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "results/human.h"
#include "results/lesson-parts.h"

#define INTERPRETERS "locks of different interpreters do not keep each other out"

static const LessonSource counter_sources[] = {
    {"threads", "gil", 0,
        "CPython 3.11 and 3.13 lose nothing in x += 1, but 600,000 of 2,000,000 with a call in between"},
    {"threads", "gil-py2", 100, "CPython 2.7 lost 510,000 of 2,000,000 increments of two threads"},
    {"threads", "none", 0,
        "CPython 3.13 without its GIL lost 720,000 of 2,000,000 increments of two threads"},
};

static const LessonSource refcount_sources[] = {
    {NULL, NULL, 0,
        "The article gives this as the reason for the GIL: without it Python's memory management is not safe "
        "in "
        "threads"},
};

static bool has_lost(const json_t *cell, double *ret_updates)
{
    return lesson_metric(cell, "lost_updates", ret_updates) && *ret_updates > 0;
}

/* "600,000 of 2,000,000" */
static char *lost_of_all(const json_t *cell, double *ret_size)
{
    auto_free char *lost = lesson_metric_text(cell, "lost_updates");
    auto_free char *all = lesson_metric_text(cell, "expected");

    return has_lost(cell, ret_size) && all ? text_printf("%s of %s", lost, all) : NULL;
}

/* Lost takes and lost gives cancel each other: what is seen is the difference. */
static char *how_far_off(const json_t *cell, double *ret_size)
{
    return has_lost(cell, ret_size) ? lesson_metric_text(cell, "lost_updates") : NULL;
}

/* Whether all cells of a mode and lock with two tasks or more, at least one, lost something, or nothing. */
static bool all_lost(const Lesson *lesson, const char *mode, const char *lock, bool something)
{
    bool any = false;
    size_t i;
    json_t *cell;

    json_array_foreach (lesson->cells, i, cell) {
        double updates;

        if (!lesson_matches(cell, mode, lock) || lesson_number(cell, "tasks") < 2)
            continue;
        if (!lesson_metric(cell, "lost_updates", &updates) || (updates > 0) != something)
            return false;
        any = true;
    }
    return any;
}

/* Returns how many cells have a count, and how many of them lost nothing. */
static size_t count_cells(const Lesson *lesson, size_t *ret_exact)
{
    size_t i, n = 0;
    json_t *cell;

    *ret_exact = 0;
    json_array_foreach (lesson->cells, i, cell) {
        double updates;

        if (!lesson_metric(cell, "lost_updates", &updates))
            continue;
        n++;
        *ret_exact += updates == 0;
    }
    return n;
}

/* "SUBJECT 600,000 of 2,000,000 in threads under none, and nothing in the other 7 cells" */
static void tell_losses(
    Lesson *lesson, const char *subject, const char *before, const char *good, LessonAmount *amount)
{
    size_t n_exact, n = count_cells(lesson, &n_exact);
    auto_free char *losses = text_printf("%s%s", subject, before);

    lesson_list(lesson, losses, amount);
    if (n_exact == n && n > 0)
        fprintf(lesson->result, "%s%s", subject, good);
    else if (n_exact == 1)
        fprintf(lesson->result, ", and %s in the other cell", good);
    else if (n_exact > 0)
        fprintf(lesson->result, ", and %s in the other %zu cells", good, n_exact);
}

static const char *const exclusive_locks[] = {"gil", "gil-py2"};

#define N_EXCLUSIVE_LOCKS (sizeof(exclusive_locks) / sizeof(exclusive_locks[0]))

static void explain_counter(Lesson *lesson, bool switches)
{
    bool lost_under_lock = false, exact_under_lock = false;

    for (size_t i = 0; i < N_EXCLUSIVE_LOCKS; i++) {
        lost_under_lock = lost_under_lock || all_lost(lesson, "threads", exclusive_locks[i], true);
        exact_under_lock = exact_under_lock || all_lost(lesson, "threads", exclusive_locks[i], false);
    }
    if (switches && lost_under_lock)
        lesson_because(lesson,
            "the lock may change hands in between: it protects the interpreter, not the program's data");
    if (!switches && exact_under_lock && !lost_under_lock)
        lesson_because(lesson, "the lock is only let go between whole updates");
    if (all_lost(lesson, "threads", "none", true))
        lesson_because(
            lesson, "without a lock two threads load the same value, and one result replaces the other");
    if (all_lost(lesson, "threads", "none", false))
        lesson_because(lesson, "without a lock nothing promises that nothing is lost");
    if (all_lost(lesson, "threads", "per-interpreter", true))
        lesson_because(lesson, INTERPRETERS);
    if (all_lost(lesson, "epoll", NULL, true))
        lesson_because(lesson, "a loop that gives control away between load and store loses updates too");
}

void lesson_counter(Lesson *lesson)
{
    bool switches = lesson_asked(lesson, "switch_inside", "on");
    auto_free char *tasks = lesson_tasks(lesson, "task", "tasks");
    auto_free char *subject = text_printf("%s added to one counter%s: %s lost ", tasks,
        switches ? ", with a call between load and store" : "", lesson_is_single(lesson) ? "it" : "they");

    lesson->computes = true;
    tell_losses(lesson, subject, "", "nothing", lost_of_all);
    explain_counter(lesson, switches);
    lesson_cite(lesson, counter_sources, sizeof(counter_sources) / sizeof(counter_sources[0]));
}

/* The CPU time of one reference taken and released, or 0. */
static double price(const Lesson *lesson, const char *mode, const char *lock)
{
    size_t i;
    json_t *cell;

    json_array_foreach (lesson->cells, i, cell) {
        double references = lesson_number(cell, "n") * lesson_number(cell, "tasks");

        if (lesson_matches(cell, mode, lock) && references >= 1e5 && lesson_number(cell, "tasks") > 1)
            return lesson_median(cell, "cpu_ns") / references;
    }
    return 0;
}

static void tell_frees(Lesson *lesson)
{
    double frees = 0, most = 0;
    size_t i;
    json_t *cell;

    json_array_foreach (lesson->cells, i, cell) {
        if (lesson_metric(cell, "premature_frees", &frees) && frees > most)
            most = frees;
    }
    if (most > 0 && most < 1e18) {
        auto_free char *number = human_integer((int64_t)most);
        auto_free char *times = most == 1 ? strdup("once") : text_printf("up to %s times", number);

        lesson_because(lesson,
            "%s the count said that nobody used the object, and an interpreter would have freed it in use",
            times);
    }
}

/* What a count costs that is right without the lock around the interpreter. */
static void tell_price(Lesson *lesson, const char *count)
{
    double alone = price(lesson, "serial", NULL), together = price(lesson, "threads", "none");

    if (all_lost(lesson, "threads", "none", false) && alone > 0 && together > 0) {
        auto_free char *in_threads = human_real(together), *in_serial = human_real(alone);

        lesson_because(lesson,
            "%s, and a reference took %s ns of CPU time in threads and %s ns one after the other",
            strcmp(count, "locked") == 0 ? "it needs no global lock, because it has a lock of its own"
                                         : "it needs no lock",
            in_threads, in_serial);
    }
}

static void explain_refcount(Lesson *lesson, const char *count)
{
    bool plain = strcmp(count, "plain") == 0;

    if (plain && all_lost(lesson, "threads", "none", true))
        lesson_because(
            lesson, "without a lock two threads load the same count, and one result replaces the other");
    if (plain && all_lost(lesson, "threads", "per-interpreter", true))
        lesson_because(lesson, INTERPRETERS);
    tell_frees(lesson);
    if (plain && all_lost(lesson, "threads", "none", false))
        lesson_because(lesson, "without a lock nothing promises that a plain count is right");
    if (plain && all_lost(lesson, "threads", "gil", false))
        lesson_because(lesson, "the GIL keeps a plain count exact, because one thread counts at a time");
    if (!plain)
        tell_price(lesson, count);
}

void lesson_refcount(Lesson *lesson)
{
    const char *count = lesson_word(json_array_get(lesson->cells, 0), "count");
    auto_free char *tasks = lesson_tasks(lesson, "task", "tasks");
    auto_free char *subject = text_printf(
        "%s took and gave back references to one object: in the end its %s count was ", tasks, count);

    lesson->computes = true;
    tell_losses(lesson, subject, "off by ", "right", how_far_off);
    explain_refcount(lesson, count);
    lesson_cite(lesson, refcount_sources, sizeof(refcount_sources) / sizeof(refcount_sources[0]));
}
