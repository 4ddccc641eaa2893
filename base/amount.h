/* Amounts in words of people, for sentences: 250 ms, 90 s would be "1 minute 30 s", and 2571041 s are 30
 * days. Figures that are compared with one another stand in one unit and are made elsewhere. Each returns a
 * new string that the caller frees. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* A time of so many milliseconds, which is rounded up or down: an estimate goes up and the limit beside it
 * down, so that a sentence never says "1 minute, and the limit is 1 minute". */
char *amount_time(int64_t ms, bool up);

/* A size: 60 MB, 17 GB, in powers of 1000. */
char *amount_bytes(double bytes);
