/* How many values a figure needs. A percentile, a spread or an interval can be computed of any number of
 * values, and of too few it says what nobody has measured: of 30 latencies the 99th percentile is just the
 * longest. Then the figure is left out, and the reason stands beside it in words.
 *
 * All such numbers stand here, for the engine and for the results. A median of repetitions needs no more than
 * one: it is shown with the number of repetitions, and claims nothing beyond them. */
#pragma once

#include <stddef.h>

enum {
    ENOUGH_FOR_SPREAD = 3,   /* how far values lie apart: of one it would be 0, of two just their distance */
    ENOUGH_FOR_INTERVAL = 6, /* that holds the true median with a probability of 0.95; see results/stats.h */
};

/* Returns how many values a percentile from 1 to 99 needs: so many that one lies beyond it, and at least 3,
 * so that one lies on either side of a median. So 3 for the 50th, 10 for the 90th and 100 for the 99th. */
size_t enough_for_percentile(unsigned percentile);

/* Returns why n values are too few, "30 requests are too few for a 99th percentile, which needs 100"; the
 * caller frees it. value is what one of them is called, and figure what they are too few for, with its
 * article. */
char *enough_reason(size_t n, const char *value, const char *figure, size_t needed);
