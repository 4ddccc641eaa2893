/* The old way was to name the cell with the ratio farthest from 1. On a busy machine that is the cell with
 * the most noise, another one each time, and often one of which its own verdict says that nothing can be
 * told. Now all modes are named in the order of the request, each with its verdict; where the grid is too
 * large for that, verdicts are counted. */
#include "results/headline.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "results/axes.h"
#include "results/human.h"
#include "results/lesson.h"
#include "results/scaling.h"
#include "results/sentences.h"

/* What one line has room for. */
#define MOST_GROUPS 2
#define MOST_CELLS 4
#define MOST_VALUES 4
#define MOST_RUNTIMES 6

/* A run on its way into its line. */
typedef struct Headline {
    const ResultRun *run;
    ResultCells cells;   /* those that are done */
    Axes varying;        /* in what these differ */
    const char **titles; /* owned; one for each of them, of what it differs in beside the mode */
    Words *words;
} Headline;

/* Takes the value over. */
static json_t *headline_json(const char *text, json_t *value, const char *unit)
{
    return json_pack("{s:s, s:o, s:s?}", "text", text, "value", value, "unit", unit);
}

/* "2", "2 and 4", "1, 2, 4, 8 and 3 more": the values of an axis over all cells, each once; sets *ret_n to
 * how many there are. */
static const char *headline_values(Headline *headline, const Axis *axis, size_t *ret_n)
{
    json_auto_t *seen = json_object(); /* a set that keeps the order in which the values came */
    size_t n = 0, n_all;
    const char *text, *list = "";
    json_t *ignored;

    for (size_t i = 0; i < headline->cells.n; i++) {
        auto_free char *value = axis_text(axis, headline->cells.at[i]);

        if (axis_is_set(axis, headline->cells.at[i]))
            json_object_set_new(seen, value, json_true());
    }
    n_all = json_object_size(seen);
    json_object_foreach (seen, text, ignored) {
        if (n < MOST_VALUES)
            list = words_join(headline->words, list, ++n == n_all ? " and " : ", ", text);
    }
    *ret_n = n_all;
    return n_all > n ? words_printf(headline->words, "%s and %zu more", list, n_all - n) : list;
}

/* "2 tasks, lock gil": without these two, a ratio could be of anything. What varies is left out where each
 * group has a title of its own. */
static const char *headline_scope(Headline *headline, bool with_varying)
{
    size_t n_tasks, n_locks;
    const char *tasks = headline_values(headline, &(Axis){"tasks", AXIS_TASKS, false}, &n_tasks);
    const char *locks = headline_values(headline, &(Axis){"lock", AXIS_LOCK, false}, &n_locks), *scope = "";

    if (n_tasks == 1 || (n_tasks > 1 && with_varying))
        scope = words_printf(headline->words, "%s %s", tasks, strcmp(tasks, "1") == 0 ? "task" : "tasks");
    if (n_locks == 1 || (n_locks > 1 && with_varying))
        scope = words_join(headline->words, scope, ", ", words_printf(headline->words, "lock %s", locks));
    return scope;
}

/* "threads", or "threads (lock none)" where that alone would not be one cell. */
static const char *headline_cell(Headline *headline, size_t i)
{
    const char *mode = headline->cells.at[i]->mode, *title = headline->titles[i];

    return *title ? words_printf(headline->words, "%s (%s)", mode, title) : mode;
}

/* Whether no cell before this one has its title. */
static bool headline_begins_group(const Headline *headline, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (strcmp(headline->titles[k], headline->titles[i]) == 0)
            return false;
    }
    return true;
}

/* "threads took 1.02 times the serial time (the same), processes 0.51 times (faster)" for the cells with the
 * title of this one, then what cannot be told, and what the spans show of it: these no noise can spoil. "" if
 * none of them is compared. */
static const char *headline_group(Headline *headline, size_t of)
{
    Words *words = headline->words;
    const char *decided = "", *open = "", *evidence = NULL;

    for (size_t i = of; i < headline->cells.n; i++) {
        const ResultCell *cell = headline->cells.at[i];
        const char *verdict = verdict_words(cell->relative.verdict), *took;

        if (!result_is_compared(cell) || strcmp(headline->titles[i], headline->titles[of]) != 0)
            continue;
        if (!verdict) {
            open = words_join(words, open, ", ", cell->mode);
            evidence = evidence ? evidence : cell->inside.text;
            continue;
        }
        took = *decided
                   ? words_printf(words, "%s %s times", cell->mode, words_ratio(words, cell->relative.ratio))
                   : sentence_took(words, headline->run, cell, cell->mode);
        decided = words_join(words, decided, ", ", words_printf(words, "%s (%s)", took, verdict));
    }
    if (*open)
        open = words_printf(words, "%s%s: cannot tell", open, *decided ? "" : " against serial");
    open = words_join(words, open, ", but ", evidence ? evidence : "");
    return words_join(words, decided, "; ", open);
}

/* A group each, with what it differs in from the others: "2 tasks, lock gil: threads took ...". */
static const char *headline_of_groups(Headline *headline)
{
    Words *words = headline->words;
    const char *scope = headline_scope(headline, false), *text = "";

    for (size_t i = 0; i < headline->cells.n; i++) {
        const char *group = headline_begins_group(headline, i) ? headline_group(headline, i) : "";

        if (!*group)
            continue;
        group =
            words_join(words, words_join(words, *text ? "" : scope, ", ", headline->titles[i]), ": ", group);
        text = words_join(words, text, "; ", group);
    }
    return text;
}

/* Whether each runtime is one group, so that a mode has one cell in each. */
static bool headline_is_of_runtimes(const Headline *headline)
{
    size_t n_groups = 0, n_runtimes = 0;

    for (size_t i = 0; i < headline->cells.n; i++) {
        bool is_new = true;

        for (size_t k = 0; k < i && is_new; k++)
            is_new = strcmp(headline->cells.at[k]->runtime, headline->cells.at[i]->runtime) != 0;
        n_runtimes += is_new;
        n_groups += headline_begins_group(headline, i);
    }
    return n_runtimes == n_groups && n_runtimes > 1 && n_runtimes <= MOST_RUNTIMES;
}

/* Of several runtimes, what the first mode took in each of them: "2 tasks: threads against serial of the same
 * runtime: 1.02 times in c (the same), 0.52 in jython (faster)". That is what they were put side by side for;
 * the other modes stand in the table. */
static const char *headline_of_runtimes(Headline *headline)
{
    Words *words = headline->words;
    const ResultCell *first = NULL;
    const char *text = "", *open = "";

    for (size_t i = 0; i < headline->cells.n; i++) {
        const ResultCell *cell = headline->cells.at[i];
        const char *verdict = verdict_words(cell->relative.verdict);

        if (!result_is_compared(cell) || (first && strcmp(first->mode, cell->mode) != 0))
            continue;
        first = first ? first : cell;
        if (verdict)
            text = words_join(words, text, ", ",
                words_printf(words, "%s%s in %s (%s)", words_ratio(words, cell->relative.ratio),
                    *text ? "" : " times", cell->runtime, verdict));
        else
            open = words_join(words, open, ", ", cell->runtime);
    }
    if (*open)
        text = words_join(words, text, "; ", words_printf(words, "cannot tell in %s", open));
    text = words_printf(words, "%s against %s of the same runtime: %s", first->mode,
        first->relative.baseline ? first->relative.baseline->mode : "serial", text);
    return words_join(words, headline_scope(headline, false), ": ", text);
}

/* A grid of many groups: the verdicts of each mode, counted. */
static const char *headline_of_modes(Headline *headline)
{
    Words *words = headline->words;
    json_auto_t *seen = json_object();
    const char *text = "";

    for (size_t i = 0; i < headline->cells.n; i++) {
        const ResultCell *cell = headline->cells.at[i];

        if (!result_is_compared(cell) || json_object_get(seen, cell->mode))
            continue;
        json_object_set_new(seen, cell->mode, json_true());
        text = words_join(words, text, "; ", sentence_mode(words, headline->run, cell));
    }
    return words_join(words, headline_scope(headline, true), ": ", text);
}

/* The verdicts, if any cell is compared; null if none is. */
static json_t *headline_of_verdicts(Headline *headline)
{
    const ResultCell *first = NULL;
    size_t n_groups = 0, n_compared = 0;
    const char *text;

    for (size_t i = 0; i < headline->cells.n; i++) {
        const ResultCell *cell = headline->cells.at[i];

        n_groups += headline_begins_group(headline, i);
        n_compared += result_is_compared(cell);
        if (!first && result_is_compared(cell) && verdict_words(cell->relative.verdict))
            first = cell;
    }
    if (n_compared == 0)
        return json_null();
    text = n_groups <= MOST_GROUPS             ? headline_of_groups(headline)
           : headline_is_of_runtimes(headline) ? headline_of_runtimes(headline)
                                               : headline_of_modes(headline);
    return first ? headline_json(text, json_real(first->relative.ratio), "ratio")
                 : headline_json(text, json_null(), NULL);
}

/* Without a serial cell, how far each mode scales; null where no number of tasks is held against one. The
 * value is the speed-up up to which more tasks are known to help. */
static json_t *headline_of_scaling(Headline *headline)
{
    Words *words = headline->words;
    const ResultCell *first = NULL;
    const char *text = "";
    size_t n = 0;

    for (size_t i = 0; i < headline->cells.n; i++) {
        const ResultCell *cell = headline->cells.at[i], *knee;
        const char *scaling;

        if (!scaling_is_base(cell) || n++ >= MOST_GROUPS)
            continue;
        scaling = sentence_scaling(words, &headline->varying, &headline->cells, cell, &knee);
        text = words_join(words, text, "; ", scaling);
        first = first ? first : knee;
    }
    if (!*text)
        return json_null();
    if (n > MOST_GROUPS)
        text = words_printf(words, "%s; and %zu more", text, n - MOST_GROUPS);
    return first ? headline_json(text, json_real(first->scaling.speedup), "ratio")
                 : headline_json(text, json_null(), NULL);
}

/* Without anything to compare with, how long it took: in a list any time is better than none, unless each
 * runtime did another amount of work. */
static json_t *headline_of_times(Headline *headline)
{
    Words *words = headline->words;
    bool work_differs = axes_work_differs(&headline->varying);
    int64_t least = INT64_MAX, most = 0, first = RESULT_UNKNOWN;
    const char *each = "", *text;
    size_t n = 0;

    for (size_t i = 0; i < headline->cells.n; i++) {
        int64_t median = headline->cells.at[i]->wall.median;

        if (median == RESULT_UNKNOWN)
            continue;
        first = n++ == 0 ? median : first;
        least = median < least ? median : least;
        most = median > most ? median : most;
        each = words_join(words, each, ", ",
            words_printf(words, n == 1 ? "%s took %s" : "%s %s", headline_cell(headline, i),
                words_time(words, (double)median)));
    }
    if (n == 0 || work_differs)
        return json_null();
    text = n <= MOST_CELLS ? each
                           : words_printf(words, "%zu cells took %s to %s, with nothing to compare them with",
                                 n, words_time(words, (double)least), words_time(words, (double)most));
    return headline_json(
        words_join(words, headline_scope(headline, n > MOST_CELLS), ": ", text), json_integer(first), "ns");
}

/* The unit stands at the end of a figure's name; what has none is a count. A name that is nothing but a unit
 * has nothing before it to be a figure of. */
static const char *headline_unit(const char *path)
{
    static const char *const units[][2] = {
        {"_ns", "ns"}, {"_bytes", "bytes"}, {"_per_s", "1/s"}, {"_share", "ratio"}};
    size_t length = strlen(path);

    for (size_t i = 0; i < ARRAY_LENGTH(units); i++) {
        size_t suffix = strlen(units[i][0]);

        if (length > suffix && strcmp(path + length - suffix, units[i][0]) == 0)
            return units[i][1];
    }
    return "count";
}

/* A cell's figure as a text, and how many cells have the same. */
typedef struct Figure {
    const char *text;
    size_t cell; /* among those of the headline */
    size_t n_alike;
} Figure;

/* The figure in its words; the first one of a line has them, the others stand beside it. */
static const char *headline_in_words(Headline *headline, const char *text)
{
    return words_fill(
        headline->words, headline->run->about.words, &(WordsName){.name = "", .text = text}, 1, false);
}

/* "0 in the other 5 cells": the text that most cells share, if at least two do; NULL if all differ. */
static const char *headline_usual(const Figure *figures, size_t n, size_t *ret_n)
{
    const Figure *usual = NULL;

    for (size_t i = 0; i < n; i++) {
        if (figures[i].n_alike > (usual ? usual->n_alike : 1))
            usual = &figures[i];
    }
    *ret_n = usual ? usual->n_alike : 0;
    return usual ? usual->text : NULL;
}

/* "threads, epoll: no figure": the cells that have none, as too few values have no percentile; "" if
 * all have one. A line that passed over them would be about the others alone. */
static const char *headline_without_figure(Headline *headline, const Figure *figures, size_t n)
{
    Words *words = headline->words;
    const char *without = "";
    size_t n_without = headline->cells.n - n, next = 0;

    for (size_t i = 0; i < headline->cells.n && n_without <= MOST_CELLS; i++) {
        if (next < n && figures[next].cell == i)
            next++;
        else
            without = words_join(words, without, ", ", headline_cell(headline, i));
    }
    if (n_without > MOST_CELLS)
        without = words_printf(words, "%zu cells", n_without);
    return n_without == 0 ? "" : words_printf(words, "%s: no figure", without);
}

/* Which cells are named is decided by how many differ and where they stand, never by which is the largest. */
static const char *headline_of_figures(
    Headline *headline, const Figure *figures, size_t n, const char *least, const char *most)
{
    Words *words = headline->words;
    size_t n_usual, n_named = 0;
    const char *usual = headline_usual(figures, n, &n_usual), *text = "";

    if (n > 1 && n_usual == n)
        return words_printf(words, "%s in each of %zu cells", headline_in_words(headline, usual), n);
    if (n - n_usual > MOST_CELLS)
        return words_printf(words, "%s in %zu cells",
            headline_in_words(headline, words_printf(words, "%s to %s", least, most)), n);
    for (size_t i = 0; i < n; i++) {
        const Figure *figure = &figures[i];

        if (usual && strcmp(figure->text, usual) == 0)
            continue;
        text = words_join(words, text, ", ",
            words_printf(words, "%s in %s",
                n_named++ == 0 ? headline_in_words(headline, figure->text) : figure->text,
                headline_cell(headline, figure->cell)));
    }
    if (!usual)
        return text;
    return words_printf(words, "%s, %s in the other %zu cells", text, usual, n_usual);
}

static json_t *headline_of_figure(Headline *headline)
{
    const char *path = headline->run->about.figure;
    auto_free Figure *figures = calloc(headline->cells.n + 1, sizeof(*figures));
    json_auto_t *least = NULL, *most = NULL;
    Words *words = headline->words;
    size_t n = 0;
    const char *text;

    assert(figures);
    for (size_t i = 0; i < headline->cells.n; i++) {
        json_auto_t *value = result_figure(headline->cells.at[i], path);

        if (!value)
            continue;
        figures[n++] = (Figure){words_keep(words, human_field(path, value)), i, 0};
        if (!least || json_number_value(value) < json_number_value(least)) {
            json_decref(least);
            least = json_incref(value);
        }
        if (!most || json_number_value(value) > json_number_value(most)) {
            json_decref(most);
            most = json_incref(value);
        }
    }
    if (n == 0)
        return headline_json(words_join(words, headline_scope(headline, headline->cells.n > MOST_CELLS), ": ",
                                 headline_without_figure(headline, figures, 0)),
            json_null(), NULL);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++)
            figures[i].n_alike += strcmp(figures[i].text, figures[k].text) == 0;
    }
    text = headline_of_figures(headline, figures, n, words_keep(words, human_field(path, least)),
        words_keep(words, human_field(path, most)));
    text = words_join(words, text, "; ", headline_without_figure(headline, figures, n));
    return headline_json(words_join(words, headline_scope(headline, n > MOST_CELLS), ": ", text),
        json_incref(most), headline_unit(path));
}

static json_t *headline_pick(Headline *headline)
{
    json_t *made;

    if (headline->run->about.figure)
        return headline_of_figure(headline);
    if (headline->run->about.fixed_time)
        return json_null();
    made = headline_of_verdicts(headline);
    if (json_is_null(made))
        made = headline_of_scaling(headline);
    return json_is_null(made) ? headline_of_times(headline) : made;
}

/* What stands against the figures themselves has to stand beside them: a line is all that a board shows. */
static void headline_add_doubt(const ResultRun *run, Words *words, json_t *made)
{
    const char *doubt = words_keep(words, lesson_own_doubt(run));
    const char *text = json_string_value(json_object_get(made, "text"));

    if (text && doubt)
        json_object_set_new(made, "text", json_string(words_printf(words, "%s; but %s", text, doubt)));
}

/* Cells that failed have figures, too, of fewer repetitions than were asked for; nobody is told of them here.
 */
json_t *headline_make(const ResultRun *run)
{
    auto_result_cells ResultCells cells = result_cells_new(run->cells.n);
    auto_words Words words = {0};
    Headline headline = {.run = run, .words = &words};
    json_t *made;

    for (size_t i = 0; i < run->cells.n; i++) {
        if (run->cells.at[i]->status == RESULT_DONE)
            result_cells_add(&cells, run->cells.at[i]);
    }
    if (cells.n == 0 || run->status == RESULT_QUEUED || run->status == RESULT_RUNNING)
        return json_null();
    headline.cells = cells;
    headline.varying = axes_varying(&cells);
    headline.titles = calloc(cells.n, sizeof(*headline.titles));
    assert(headline.titles);
    for (size_t i = 0; i < cells.n; i++)
        headline.titles[i] = sentence_title(&words, &headline.varying, cells.at[i]);
    made = headline_pick(&headline);
    headline_add_doubt(run, &words, made);
    free(headline.titles);
    axes_finish(&headline.varying);
    return made;
}
