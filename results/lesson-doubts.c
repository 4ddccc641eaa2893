/* What stands against the figures of a run. It never takes a number back; it says what else could have made
 * it, so that nobody carries home more than was measured.
 *
 * The usual way to a wrong lesson is not a wrong figure but a right one from a place where nothing else could
 * come out: a container with one CPU, where no mode is faster than another; tasks so short that making them
 * is most of the time; a machine on which somebody else computes. Each of these looks like the work of a
 * lock. */
#include <math.h>
#include <string.h>

#include "base/array.h"
#include "results/human.h"
#include "results/lesson-parts.h"
#include "results/plain.h"
#include "results/stats.h"

#define REASON_WIDTH 160

/* From so many times the CPU time of one on it is said: the repetitions of a quiet machine differ by less. */
#define SLOWER_CPUS 1.2

/* What is counted over all cells that are done. */
typedef struct Tally {
    size_t n_others, n_short;  /* that are not serial, and of these */
    size_t n_compared, n_open; /* that the lesson compares, and of these without a verdict from enough
                                  repetitions */
    size_t n_passed_over;      /* of the others, with a ratio that the lesson leaves out */
    size_t n_scaled;           /* of the others, held against one task of the same mode */
    size_t least_repetitions;
    bool has_one_cpu; /* all of them */
} Tally;

/* Serial cells count for CPUs and repetitions only: they are what is compared with, and of them neither short
 * tasks nor a missing verdict says anything. A comparison that the lesson leaves out is not counted either: a
 * lesson of "1 slower, 1 cannot tell" beside a doubt of "1 of 3" would contradict itself. It is open only if
 * it had repetitions enough: one that had too few has a doubt of its own. */
static Tally count_cells(const Lesson *lesson)
{
    const ResultCells *cells = &lesson->cells;
    Tally tally = {.least_repetitions = SIZE_MAX, .has_one_cpu = true};

    for (size_t i = 0; i < cells->n; i++) {
        const ResultCell *cell = cells->at[i];
        bool is_open = !verdict_words(cell->relative.verdict);
        bool is_compared = cell->relative.is_known && lesson_compares(lesson, cell);

        tally.has_one_cpu = tally.has_one_cpu && cell->cpus == 1;
        if (cell->wall.n < tally.least_repetitions)
            tally.least_repetitions = cell->wall.n;
        if (lesson_is(cell, LESSON_SERIAL))
            continue;
        tally.n_others++;
        tally.n_short += lesson_is_short(cell);
        tally.n_scaled += cell->scaling.is_known;
        tally.n_compared += is_compared;
        tally.n_passed_over += result_is_compared(cell) && cell->tasks < lesson_least_tasks(lesson);
        tally.n_open += is_compared && is_open && cell->wall.n >= STATS_MIN_VALUES;
    }
    return tally;
}

/* A reason may be the last words of a program that died, of any length. */
static const char *because_of(Words *words, const char *reason)
{
    return reason && *reason
               ? words_printf(words, ": %s", words_keep(words, plain_cut(strdup(reason), REASON_WIDTH)))
               : "";
}

/* A cell that was cancelled or ran out of time may have figures, which stand in the table: it has a result,
 * and is not finished. */
bool lesson_is_unfinished(const ResultRun *run)
{
    size_t n = 0;

    for (size_t i = 0; i < run->cells.n; i++) {
        const ResultCell *cell = run->cells.at[i];

        if (cell->status == RESULT_DONE)
            continue;
        if ((cell->status != RESULT_CANCELLED && cell->status != RESULT_TIMEOUT) ||
            cell->wall.median == RESULT_UNKNOWN)
            return false;
        n++;
    }
    return n > 0;
}

const char *lesson_missing(Words *words, const ResultRun *run)
{
    for (size_t i = 0; i < run->cells.n; i++) {
        const char *reason = run->cells.at[i]->reason;

        if (reason && *reason)
            return because_of(words, reason);
    }
    return because_of(words, run->reason);
}

/* All reasons, as the machine's owner may be able to do something about each. */
static const char *noise_of(Words *words, const ResultTexts *reasons)
{
    const char *all = "";

    for (size_t i = 0; i < reasons->n; i++)
        all = words_join(words, all, ", ", reasons->at[i]);
    return words_printf(words, "the machine was noisy%s", because_of(words, all));
}

/* Work done side by side needs two CPUs. Where there is but one to give, that is said even of waiting, which
 * does not need the second: the reader's next run may be one that computes. */
static const char *one_cpu_of(Words *words, const ResultHost *host, bool computes)
{
    if (host->cpus_usable != 1)
        return computes ? "the cells had one CPU, and on one CPU nothing runs side by side" : NULL;
    return words_printf(words, "this %s has one CPU to give%s", host->container ? "container" : "machine",
        computes ? ", and on one CPU nothing runs side by side"
                 : ", enough for waiting but not for computing side by side");
}

/* How all repetitions of a mode lie to those that they are compared with; RATIO_MIXED if its cells differ. */
static RatioSeen seen_of_mode(const Lesson *lesson, const char *mode)
{
    RatioSeen seen = RATIO_MIXED;
    bool any = false;

    for (size_t i = 0; i < lesson->cells.n; i++) {
        const ResultCell *cell = lesson->cells.at[i], *baseline = cell->relative.baseline;
        RatioSeen own;

        if (strcmp(cell->mode, mode) != 0 || !result_is_compared(cell))
            continue;
        own = baseline && cell->wall.n > 1 && baseline->wall.n > 1
                  ? verdict_seen(cell->wall.min, cell->wall.max, baseline->wall.min, baseline->wall.max)
                  : RATIO_MIXED;
        if (any && own != seen)
            return RATIO_MIXED;
        seen = own;
        any = true;
    }
    return seen;
}

static bool is_first_of_mode(const Lesson *lesson, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (strcmp(lesson->cells.at[i]->mode, lesson->cells.at[index]->mode) == 0)
            return false;
    }
    return true;
}

/* "3 repetitions cannot tell faster from slower, that takes at least 6 (in processes all were faster)" */
static const char *too_few_of(const Lesson *lesson, size_t n)
{
    Words *words = lesson->words;
    const char *seen = "";

    for (size_t i = 0; i < lesson->cells.n; i++) {
        const char *mode = lesson->cells.at[i]->mode;
        const char *how = verdict_seen_words(seen_of_mode(lesson, mode));

        if (*how && is_first_of_mode(lesson, i))
            seen = words_join(words, seen, ", ", words_printf(words, "in %s %s", mode, how));
    }
    return words_printf(words, "%s cannot tell faster from slower, that takes at least %d%s%s%s",
        words_count(words, (int64_t)n, "repetition"), STATS_MIN_VALUES, *seen ? " (" : "", seen,
        *seen ? ")" : "");
}

/* "creating, starting and joining the tasks took more than a fifth of the time in 2 of 3 cells beside
 * serial". Serial cells stand in the same table and make no tasks, so they are set apart by name: the number
 * of cells is otherwise not that of the rows. */
static const char *short_of(Lesson *lesson, const Tally *tally)
{
    const ResultCell *serial = lesson_best(lesson, LESSON_SERIAL, NULL);

    return words_printf(lesson->words,
        "creating, starting and joining the tasks took more than a fifth of the time in %zu of %s%s%s",
        tally->n_short, words_count(lesson->words, (int64_t)tally->n_others, "cell"),
        serial ? " beside " : "", serial ? serial->mode : "");
}

/* How much more of the CPUs' time each task took than one after the other; what it takes to start a process
 * is not in it. 0: not known, or so short that it says nothing. */
static double cpu_growth(const ResultCell *cell)
{
    const ResultCell *baseline = cell->relative.baseline;
    double growth;

    if (!cell->relative.is_known || !baseline || lesson_is_short(cell))
        return 0;
    growth = result_task_cpu(cell) / result_task_cpu(baseline);
    return isfinite(growth) ? growth : 0;
}

/* A task that waits for a lock uses no CPU, and processes share none that they could fight for. So where they
 * needed more of the CPUs' time for the same work, the CPUs were slower: to the kernel of a virtual machine a
 * CPU is its own, and yet the guest of somebody else may run on the same core. */
const char *lesson_doubts_cpus(Lesson *lesson)
{
    const ResultCell *worst = lesson_best(lesson, LESSON_APART, cpu_growth);
    double growth = worst ? cpu_growth(worst) : 0;

    if (growth < SLOWER_CPUS)
        return NULL;
    return words_printf(lesson->words,
        "the same work took %s times as much CPU time in %s%s as in %s, so the CPUs held it up and not a "
        "lock: "
        "they did less while several worked at once (two may share a core, or another machine uses it)",
        words_keep(lesson->words, human_ratio(growth)), worst->mode, lesson_in_runtime(lesson, worst),
        worst->relative.baseline->mode);
}

/* Where nothing came out, only what is missing stands against it: the other doubts are about figures, and
 * there are none. Cells that differ in their CPUs do so because it was asked, so one of them with a single
 * CPU is no doubt; all of them are. */
const char *lesson_doubts(Lesson *lesson)
{
    const ResultRun *run = lesson->run;
    const Tally tally = count_cells(lesson);
    Words *words = lesson->words;
    bool is_unfinished = lesson_is_unfinished(run);
    bool computes = lesson->kind->computes, has_result = *lesson->result != '\0';
    size_t n_missing = run->cells.n - lesson->cells.n;
    const char *const doubts[] = {
        n_missing == 0
            ? NULL
            : words_printf(words, "%zu of %s %s %s%s", n_missing,
                  words_count(words, (int64_t)run->cells.n, "cell"),
                  is_unfinished ? (n_missing == 1 ? "was" : "were") : (n_missing == 1 ? "has" : "have"),
                  is_unfinished ? "not finished" : "no result", lesson_missing(words, run)),
        !lesson->kind->doubt ? NULL : lesson->kind->doubt(lesson),
        !run->host.is_noisy ? NULL : noise_of(words, &run->host.noise_reasons),
        !tally.has_one_cpu ? NULL : one_cpu_of(words, &run->host, computes),
        !computes || tally.n_short == 0 ? NULL : short_of(lesson, &tally),
        (!lesson->has_ratios && tally.n_scaled == 0) || tally.least_repetitions >= STATS_MIN_VALUES
            ? NULL
            : too_few_of(lesson, tally.least_repetitions),
        !lesson->has_ratios || tally.n_open == 0
            ? NULL
            : words_printf(words, "%zu of %s%s cannot tell, %s too wide", tally.n_open,
                  words_count(words, (int64_t)tally.n_compared, "comparison"),
                  tally.n_passed_over > 0 ? " of several tasks" : "",
                  tally.n_open == 1 ? "its interval is" : "their intervals are"),
        !lesson->has_times || tally.n_others == 0 || tally.n_scaled > 0 || !computes
            ? NULL
            : "without mode=serial there is nothing to compare these times with",
    };
    const char *all = "";

    for (size_t i = 0; i < (has_result ? ARRAY_LENGTH(doubts) : 1); i++) {
        if (doubts[i])
            all = words_join(words, all, "; ", doubts[i]);
    }
    return all;
}
