/* Is one median faster or slower than another, or the same? And if the repetitions cannot tell, what would
 * help.
 *
 * "Cannot tell" is an answer like the others, and the most honest one of a noisy machine. Nobody else in the
 * program decides between faster and slower. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum Verdict {
    VERDICT_NONE,   /* nothing was compared */
    VERDICT_SAME,   /* the whole interval of the ratio lies within 0.95 to 1.05 */
    VERDICT_FASTER, /* not the same, and the whole interval lies below 1 */
    VERDICT_SLOWER, /* not the same, and the whole interval lies above 1 */
    VERDICT_CANNOT_TELL,
} Verdict;

/* What can be seen without an interval: how the repetitions of one side lie to those of the other. */
typedef enum RatioSeen {
    RATIO_MIXED,      /* some on either side, or one side has none */
    RATIO_ALL_FASTER, /* the slowest was faster than the fastest that it is compared with */
    RATIO_ALL_SLOWER,
} RatioSeen;

/* A median over the one it is compared with; below 1 is faster. */
typedef struct Ratio {
    double value;      /* 0: not known */
    bool has_interval; /* false if one side has too few good repetitions */
    double low, high;  /* at 95 %; only if has_interval */
    size_t n;          /* good repetitions of the side that has fewer */
    RatioSeen seen;
} Ratio;

/* How all repetitions lie, by their shortest and their longest time on either side. */
RatioSeen verdict_seen(int64_t min, int64_t max, int64_t baseline_min, int64_t baseline_max);

/* "all were faster", "all were slower"; "" if they were not. */
const char *verdict_seen_words(RatioSeen seen);

/* The verdict of a ratio by its interval alone; the ratio itself does not count. VERDICT_CANNOT_TELL without
 * an interval. */
Verdict verdict_make(const Ratio *ratio);

/* "same", "faster", "slower" or "cannot tell"; NULL for VERDICT_NONE. */
const char *verdict_name(Verdict verdict);

/* "the same", "faster" or "slower", as a sentence says it; NULL for what is not decided. */
const char *verdict_words(Verdict verdict);

/* The verdict of that name; VERDICT_NONE if there is none, or the name is NULL. */
Verdict verdict_from_name(const char *name);

/* How far the ends of the interval may be from the ratio for a verdict other than "cannot tell". */
double verdict_allowed(const Ratio *ratio);

/* How many repetitions should give one; only of a ratio with an interval. */
double verdict_repetitions(const Ratio *ratio);

/* Returns one line on a ratio whose verdict is VERDICT_CANNOT_TELL: what is known of it, and what would help
 * (advice, as results/advice.h makes it; NULL: what usually does). The caller frees it. */
char *verdict_hint(const Ratio *ratio, const char *advice);
