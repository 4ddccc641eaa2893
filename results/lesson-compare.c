/* The sentence that compares modes. Cells of one mode at one place (lock, its settings, CPUs, runtime) are a
 * family: they differ in nothing but numbers such as tasks, so their ratios are said as a range. Where a mode
 * has one verdict at all places, the places are not worth their names. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "results/human.h"
#include "results/lesson-parts.h"
#include "results/view.h"

#define MOST_ITEMS 8

static const char *const place_axes[] = {"lock", "switch_interval_us", "check_interval", "cpus", "runtime"};

#define N_PLACE_AXES (sizeof(place_axes) / sizeof(place_axes[0]))

typedef struct Family {
    const json_t *cell; /* the first of them */
    size_t n, n_same, n_faster, n_slower;
    double low, high; /* ratios, or nanoseconds */
} Family;

typedef struct Comparison {
    const Lesson *lesson;
    bool of_ratios; /* against serial; otherwise of wall times */
    Family *families;
    size_t n_families;
    size_t n_items;  /* written so far */
    bool has_places; /* that differ, so that a mode may have several items */
} Comparison;

static bool read_value(const json_t *cell, bool ratio, double *ret)
{
    const json_t *value = ratio ? json_object_get(json_object_get(cell, "relative"), "ratio")
                                : json_object_get(json_object_get(cell, "wall_ns"), "median");

    if (ratio && lesson_matches(cell, "serial", NULL))
        return false;
    *ret = json_number_value(value);
    return json_is_number(value) && *ret > 0 && *ret < 1e18;
}

/* NULL if the axis means nothing to the cell. */
static const json_t *place_value(const json_t *cell, const char *axis)
{
    return lesson_matters(cell, axis) ? view_value(cell, axis) : NULL;
}

static bool is_same_place(const json_t *a, const json_t *b)
{
    for (size_t i = 0; i < N_PLACE_AXES; i++) {
        const json_t *of_a = place_value(a, place_axes[i]), *of_b = place_value(b, place_axes[i]);

        if (of_a != of_b && !json_equal(of_a, of_b))
            return false;
    }
    return true;
}

static Family *find_family(Comparison *comparison, const json_t *cell)
{
    Family *family;

    for (size_t i = 0; i < comparison->n_families; i++) {
        family = &comparison->families[i];
        if (is_same_place(family->cell, cell) &&
            lesson_matches(cell, lesson_word(family->cell, "mode"), NULL))
            return family;
    }
    family = &comparison->families[comparison->n_families++];
    *family = (Family){.cell = cell, .low = INFINITY};
    return family;
}

static void collect(Comparison *comparison, bool of_ratios)
{
    int64_t least = lesson_least_tasks(comparison->lesson);
    size_t i;
    json_t *cell;

    comparison->of_ratios = of_ratios;
    json_array_foreach (comparison->lesson->cells, i, cell) {
        int verdict = lesson_verdict(cell);
        double value;
        Family *family;

        if (lesson_number(cell, "tasks") < (double)least || !read_value(cell, of_ratios, &value))
            continue;
        family = find_family(comparison, cell);
        family->n++;
        family->n_same += verdict == LESSON_SAME;
        family->n_faster += verdict == LESSON_FASTER;
        family->n_slower += verdict == LESSON_SLOWER;
        family->low = fmin(family->low, value);
        family->high = fmax(family->high, value);
    }
}

/* The verdict that all of a family share, or NULL. */
static const char *common_verdict(const Family *family)
{
    return family->n_same == family->n                                 ? "the same"
           : family->n_faster == family->n                             ? "faster"
           : family->n_slower == family->n                             ? "slower"
           : family->n_same + family->n_faster + family->n_slower == 0 ? "cannot tell"
                                                                       : NULL;
}

/* "the same", or "3 faster, 1 cannot tell" */
static void write_verdict(const Family *family, FILE *file)
{
    const struct {
        size_t n;
        const char *word;
    } counts[] = {{family->n_same, "the same"}, {family->n_faster, "faster"}, {family->n_slower, "slower"},
        {family->n - family->n_same - family->n_faster - family->n_slower, "cannot tell"}};
    const char *common = common_verdict(family), *comma = "";

    if (common) {
        fprintf(file, " (%s)", common);
        return;
    }
    fputs(" (", file);
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        if (counts[i].n > 0) {
            fprintf(file, "%s%zu %s", comma, counts[i].n, counts[i].word);
            comma = ", ";
        }
    }
    fputs(")", file);
}

/* "1.01" or "0.51 to 0.98", and as many times what the first of all is told */
static void write_amount(const Comparison *comparison, const Family *family, FILE *file)
{
    auto_free char *low = comparison->of_ratios ? human_ratio(family->low) : human_time((int64_t)family->low);
    auto_free char *high =
        comparison->of_ratios ? human_ratio(family->high) : human_time((int64_t)family->high);

    fprintf(file, "%s%s%s", low, strcmp(low, high) == 0 ? "" : " to ", strcmp(low, high) == 0 ? "" : high);
    if (comparison->of_ratios)
        fputs(comparison->n_items == 0 ? " times the serial time" : " times", file);
}

static bool place_varies(const Comparison *comparison, const char *axis)
{
    const json_t *first = NULL;

    for (size_t i = 0; i < comparison->n_families; i++) {
        const json_t *value = place_value(comparison->families[i].cell, axis);

        if (first && value && !json_equal(first, value))
            return true;
        first = first ? first : value;
    }
    return false;
}

static void write_place(const Comparison *comparison, const Family *family, FILE *file)
{
    for (size_t i = 0; i < N_PLACE_AXES; i++) {
        const json_t *value = place_value(family->cell, place_axes[i]);

        if (value && place_varies(comparison, place_axes[i]))
            lesson_write_value(place_axes[i], value, file);
    }
}

/* Who changed one setting only wants to read its name. */
static void write_everywhere(const Comparison *comparison, FILE *file)
{
    const char *only = NULL;
    size_t n = 0;

    for (size_t i = 0; i < N_PLACE_AXES; i++) {
        if (place_varies(comparison, place_axes[i])) {
            only = place_axes[i];
            n++;
        }
    }
    if (n == 1 && (strcmp(only, "switch_interval_us") == 0 || strcmp(only, "check_interval") == 0))
        fprintf(file, " at every %s", only);
    else
        fputs(" everywhere", file);
}

/* All families of the mode of the given one become one, if they share a verdict. */
static bool merge_places(const Comparison *comparison, const Family *first, Family *ret)
{
    const char *verdict = common_verdict(first), *mode = lesson_word(first->cell, "mode"), *common;
    Family all = {.cell = first->cell, .low = INFINITY};
    size_t n = 0;

    for (size_t i = 0; i < comparison->n_families; i++) {
        const Family *family = &comparison->families[i];

        if (!lesson_matches(family->cell, mode, NULL))
            continue;
        common = common_verdict(family);
        if (!verdict || !common || strcmp(common, verdict) != 0 || lesson_verdict(first->cell) == 0)
            return false;
        n++;
        all.n += family->n;
        all.n_same += family->n_same;
        all.n_faster += family->n_faster;
        all.n_slower += family->n_slower;
        all.low = fmin(all.low, family->low);
        all.high = fmax(all.high, family->high);
    }
    *ret = all;
    return n > 1 && comparison->of_ratios;
}

static void write_item(
    Comparison *comparison, const Family *family, bool everywhere, bool with_mode, FILE *file)
{
    if (comparison->n_items < MOST_ITEMS) {
        fputs(comparison->n_items == 0 ? " " : with_mode && comparison->has_places ? "; " : ", ", file);
        if (with_mode)
            fprintf(file, "%s ", lesson_word(family->cell, "mode"));
        if (comparison->n_items == 0)
            fputs("took ", file);
        write_amount(comparison, family, file);
        if (everywhere)
            write_everywhere(comparison, file);
        else
            write_place(comparison, family, file);
        if (comparison->of_ratios)
            write_verdict(family, file);
    }
    comparison->n_items++;
}

/* Mode by mode, each with its places. */
static void write_modes(Comparison *comparison, FILE *file)
{
    for (size_t i = 0; i < comparison->n_families; i++) {
        const Family *first = &comparison->families[i];
        const char *mode = lesson_word(first->cell, "mode");
        bool with_mode = true, seen = false;
        Family all;

        for (size_t k = 0; k < i; k++)
            seen = seen || lesson_matches(comparison->families[k].cell, mode, NULL);
        if (seen)
            continue;
        if (merge_places(comparison, first, &all)) {
            write_item(comparison, &all, true, true, file);
            continue;
        }
        for (size_t k = i; k < comparison->n_families; k++) {
            if (!lesson_matches(comparison->families[k].cell, mode, NULL))
                continue;
            write_item(comparison, &comparison->families[k], false, with_mode, file);
            with_mode = false;
        }
    }
}

static bool all_serial(const Lesson *lesson)
{
    size_t i;
    json_t *cell;

    json_array_foreach (lesson->cells, i, cell) {
        if (!lesson_matches(cell, "serial", NULL))
            return false;
    }
    return true;
}

void lesson_compare(Lesson *lesson, const char *subject)
{
    size_t n = json_array_size(lesson->cells);
    auto_free Family *families = calloc(n, sizeof(*families));
    Comparison comparison = {.lesson = lesson, .families = families};
    const char *lock;

    assert(families);
    collect(&comparison, true);
    if (comparison.n_families == 0)
        collect(&comparison, false);
    if (comparison.n_families == 0)
        return;
    lesson->compares = comparison.of_ratios;
    lesson->lacks_serial = !comparison.of_ratios && !all_serial(lesson);
    for (size_t i = 0; i < N_PLACE_AXES; i++)
        comparison.has_places = comparison.has_places || place_varies(&comparison, place_axes[i]);
    lock = lesson_word(comparison.families[0].cell, "lock");
    fprintf(lesson->result, "%s%s%s:", subject, *lock && !place_varies(&comparison, "lock") ? " under " : "",
        place_varies(&comparison, "lock") ? "" : lock);
    write_modes(&comparison, lesson->result);
    if (comparison.n_items > MOST_ITEMS)
        fprintf(lesson->result, " and %zu more", comparison.n_items - MOST_ITEMS);
}
