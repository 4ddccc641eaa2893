/* Is one median faster or slower than another, or the same? And if the repetitions cannot tell, what would
 * help. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef enum Verdict {
    VERDICT_NONE,   /* nothing was compared */
    VERDICT_SAME,   /* the whole interval of the ratio lies within 0.95 to 1.05 */
    VERDICT_FASTER, /* not the same, and the whole interval lies below 1 */
    VERDICT_SLOWER, /* not the same, and the whole interval lies above 1 */
    VERDICT_CANNOT_TELL,
} Verdict;

/* A median over the one it is compared with. */
typedef struct Ratio {
    double value;
    bool has_interval; /* false if one side has too few good repetitions */
    double low, high;
    size_t n; /* good repetitions of the side that has fewer */
} Ratio;

Verdict verdict_make(const Ratio *ratio);

/* "same", "faster", "slower" or "cannot tell"; NULL for VERDICT_NONE. */
const char *verdict_name(Verdict verdict);

/* "the same", "faster" or "slower", as a sentence says it; NULL for what is not decided. */
const char *verdict_words(Verdict verdict);

/* The verdict of that name; VERDICT_NONE if there is none, or the name is NULL. */
Verdict verdict_from_name(const char *name);

/* Returns one line on how to narrow a ratio whose verdict is VERDICT_CANNOT_TELL; the caller frees it. */
char *verdict_hint(const Ratio *ratio);
