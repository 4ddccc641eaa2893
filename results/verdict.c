/* A difference counts only if the interval of the ratio leaves no doubt. "Same" comes first: a difference of
 * two percent may be beyond doubt and still not be worth a word.
 *
 * The hint rests on one fact: an interval narrows with the square root of the number of repetitions. */
#include "results/verdict.h"

#include <math.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "results/human.h"
#include "results/stats.h"

/* Below a twentieth a difference may be beyond doubt and still teaches nothing. */
#define SAME_WITHIN 0.05
#define MOST_REPETITIONS 200 /* beyond that, more of the same is no good advice */
#define USUAL_REPETITIONS 7

/* The question is never whether the medians differ, since measured times always do. It is whether the whole
 * interval lies on one side. An interval that holds 1 but is wider than the band of "same" is undecided: the
 * repetitions would bear either answer. */
Verdict verdict_make(const Ratio *ratio)
{
    if (!ratio->has_interval)
        return VERDICT_CANNOT_TELL;
    if (ratio->low >= 1 - SAME_WITHIN && ratio->high <= 1 + SAME_WITHIN)
        return VERDICT_SAME;
    if (ratio->high < 1)
        return VERDICT_FASTER;
    if (ratio->low > 1)
        return VERDICT_SLOWER;
    return VERDICT_CANNOT_TELL;
}

RatioSeen verdict_seen(int64_t min, int64_t max, int64_t baseline_min, int64_t baseline_max)
{
    return max < baseline_min ? RATIO_ALL_FASTER : min > baseline_max ? RATIO_ALL_SLOWER : RATIO_MIXED;
}

/* Three against three are all faster by mere chance in one of twenty cases. So it is worth saying, and is no
 * verdict. */
const char *verdict_seen_words(RatioSeen seen)
{
    static const char *const words[] = {
        [RATIO_MIXED] = "", [RATIO_ALL_FASTER] = "all were faster", [RATIO_ALL_SLOWER] = "all were slower"};

    return words[seen];
}

static const char *const names[] = {
    [VERDICT_SAME] = "same",
    [VERDICT_FASTER] = "faster",
    [VERDICT_SLOWER] = "slower",
    [VERDICT_CANNOT_TELL] = "cannot tell",
};

const char *verdict_name(Verdict verdict)
{
    return names[verdict];
}

const char *verdict_words(Verdict verdict)
{
    if (verdict == VERDICT_NONE || verdict == VERDICT_CANNOT_TELL)
        return NULL;
    return verdict == VERDICT_SAME ? "the same" : names[verdict];
}

Verdict verdict_from_name(const char *name)
{
    for (size_t i = VERDICT_SAME; name && i < ARRAY_LENGTH(names); i++) {
        if (strcmp(name, names[i]) == 0)
            return (Verdict)i;
    }
    return VERDICT_NONE;
}

/* Half the width must become less than the way from the ratio to 1, or, for "same", than the way to the
 * nearer edge of the five percent. Whichever of the two ways is longer is reached first. */
double verdict_allowed(const Ratio *ratio)
{
    double away = fabs(ratio->value - 1);

    return fmax(away, SAME_WITHIN - away);
}

/* Width goes with the square root of n, so the number needed goes with the square of how much narrower it
 * must be. */
double verdict_repetitions(const Ratio *ratio)
{
    double half = (ratio->high - ratio->low) / 2, n = (double)ratio->n;
    double narrower = half / verdict_allowed(ratio);

    /* Twice what is there is the least that is worth another try. In tens: it is an estimate. */
    return ceil(fmax(n * narrower * narrower, 2 * n) / 10) * 10;
}

/* Without an interval, repetitions are what is missing, and what was seen of them is
 * said first; of a single one there is nothing to be seen. With one that is far too wide, more of them is no
 * good advice: a quieter machine helps more. One thing is named, because whoever changes two at once does not
 * learn which of them it was. */
char *verdict_hint(const Ratio *ratio, const char *advice)
{
    auto_free char *low = NULL, *high = NULL;
    const char *seen = ratio->n > 1 ? verdict_seen_words(ratio->seen) : "";
    auto_free char *usual = text_printf("try repeat=%d", USUAL_REPETITIONS);
    double needed;

    if (!ratio->has_interval)
        return text_printf("%s%s%zu good repetition%s too few for an interval, which needs %d; %s", seen,
            *seen ? ", but " : "", ratio->n, ratio->n == 1 ? " is" : "s are", STATS_MIN_VALUES,
            advice ? advice : usual);
    low = human_ratio(ratio->low);
    high = human_ratio(ratio->high);
    if (advice)
        return text_printf("the ratio is between %s and %s; %s", low, high, advice);
    needed = verdict_repetitions(ratio);
    if (needed > MOST_REPETITIONS)
        return text_printf("the ratio is between %s and %s; try a quieter machine", low, high);
    return text_printf("the ratio is between %s and %s; try repeat=%.0f", low, high, needed);
}
