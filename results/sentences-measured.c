/* How a run was measured, in words: its repetitions, how precise it became, on what machine, and what else
 * ran there meanwhile. */
#include "results/sentences.h"

#include <math.h>
#include <string.h>

#include "base/array.h"

/* The level is that of the first cell that has one: it depends on the number of good repetitions alone, and
 * most cells have as many. */
static const char *sentence_level(Words *words, const ResultCells *cells)
{
    for (size_t i = 0; i < cells->n; i++) {
        double level = cells->at[i]->wall.level;

        if (isfinite(level))
            return words_printf(words, "each interval holds the true median in about %d of 100 such runs",
                (int)floor(level * 100));
    }
    return "";
}

/* Whether there may be fewer repetitions than were asked for. */
static bool sentence_ended_early(const ResultRun *run)
{
    return run->status == RESULT_FAILED || run->status == RESULT_CANCELLED || run->status == RESULT_TIMEOUT;
}

/* words_join() leaves the gap out where a part is empty: without warm-ups nothing is said of them. Nobody is
 * shown the intervals of a time that was given. */
const char *sentence_repetitions(Words *words, const ResultRun *run)
{
    const char *warmups = run->warmup > 0 ? words_count(words, run->warmup, "warm-up") : "";
    int64_t n = run->precision.is_known ? run->precision.rounds : run->repeat;
    const char *text;

    if (n <= 0)
        return NULL;
    text = words_join(words, words_count(words, n, "repetition"), " after ", warmups);
    if (!run->precision.is_known && sentence_ended_early(run))
        text = words_printf(words, "asked for %s", text);
    if (run->duration_ns != RESULT_UNKNOWN)
        text = words_printf(words, "%s, %s in all", text, words_time(words, (double)run->duration_ns));
    return words_join(words, text, "; ", run->about.fixed_time ? "" : sentence_level(words, &run->cells));
}

/* Per cent as it was asked, 5 or 2.5, and as it was reached, 4.21. */
static const char *sentence_width(Words *words, double per_cent)
{
    return words_printf(words, "%.3g %%", per_cent);
}

/* Whoever asked for a precision must hear whether it was reached before reading any figure, and if not, what
 * has to be changed. */
const char *sentence_precision(Words *words, const ResultPrecision *precision)
{
    static const struct {
        const char *stopped_by, *words;
    } ends[] = {
        {"max_repeat", "max_repeat ended it"},
        {"time", "the time limit ended it"},
        {"output", "the output of the runtime became too much"},
        {"client", "it was cancelled"},
        {"server", "the end of the server ended it"},
        {"runtime", "the runtime ended by itself"},
        {"failure", "it failed"},
    };
    const char *of = strcmp(precision->of, "ratio") == 0     ? "ratio"
                     : strcmp(precision->of, "speedup") == 0 ? "speed-up"
                                                             : "median";
    const char *asked, *reached, *after;

    if (!precision->is_known || !precision->stopped_by)
        return NULL;
    asked = sentence_width(words, precision->asked);
    reached = isfinite(precision->reached) ? sentence_width(words, precision->reached) : NULL;
    after = words_printf(words, "after %s", words_count(words, precision->rounds, "repetition"));
    for (size_t i = 0; i < ARRAY_LENGTH(ends); i++) {
        if (strcmp(ends[i].stopped_by, precision->stopped_by) != 0)
            continue;
        /* Where every cell failed, none is left whose repetitions could be counted: some may well have had
         * good ones. */
        if (!reached && precision->rounds == 0)
            return words_printf(
                words, "%s, with too few repetitions for an interval; %s was asked", ends[i].words, asked);
        if (!reached)
            return words_printf(
                words, "%s %s, too few for an interval; %s was asked", ends[i].words, after, asked);
        return words_printf(words, "%s %s: every %s is known within %s, and %s was asked", ends[i].words,
            after, of, reached, asked);
    }
    return reached ? words_printf(
                         words, "every %s is known within %s, as asked (%s), %s", of, reached, asked, after)
                   : NULL;
}

/* What a reader needs to know whether another machine's figures may be held against these. */
const char *sentence_machine(Words *words, const ResultHost *host)
{
    const char *text = host->cpu_model ? host->cpu_model : "unknown CPU";

    if (!host->is_known)
        return NULL;
    if (host->cpus_usable != RESULT_UNKNOWN && host->cpus_online != RESULT_UNKNOWN)
        text = words_printf(words, "%s, %s of %s CPUs usable", text,
            words_integer(words, (double)host->cpus_usable), words_integer(words, (double)host->cpus_online));
    if (isfinite(host->cpu_quota))
        text = words_printf(words, "%s, quota %.3g CPUs", text, host->cpu_quota);
    text = words_join(words, text, ", container ", host->container ? host->container : "");
    return words_join(words, text, ", kernel ", host->kernel ? host->kernel : "");
}

const char *sentence_noise(Words *words, const ResultHost *host)
{
    const char *text;

    if (!isfinite(host->foreign_cpu) || !isfinite(host->steal) || !host->is_known)
        return NULL;
    text = words_printf(words, "other programs took %s of the CPU time, other machines %s",
        words_keep(words, human_percent(host->foreign_cpu)), words_keep(words, human_percent(host->steal)));
    return isfinite(host->load1) ? words_printf(words, "%s; load before the run %.2f", text, host->load1)
                                 : text;
}

/* For the page, which shows it in a box; the table writes the reasons as a list (results/prose.c). */
const char *sentence_care(Words *words, const ResultHost *host)
{
    const char *reasons = "";

    if (!host->is_noisy)
        return NULL;
    for (size_t i = 0; i < host->noise_reasons.n; i++)
        reasons = words_join(words, reasons, "; ", host->noise_reasons.at[i]);
    return words_printf(words, "The machine was noisy, so take the figures with care: %s.",
        *reasons ? reasons : "other work ran meanwhile");
}
