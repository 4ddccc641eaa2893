/* Numbers for people: 271 ms, 1.98 s, 1,000,000,000. Each function returns a new string that the caller
 * frees. */
#pragma once

#include <jansson.h>
#include <stdint.h>

/* Three significant digits in ns, us, ms or s. */
char *human_time(int64_t ns);

/* "270..273 ms", with one unit if both are of the same order. */
char *human_time_range(int64_t low_ns, int64_t high_ns);

/* 1,000,000,000 */
char *human_integer(int64_t value);

/* Three significant digits; from 1000 on whole and grouped; beyond 10^15 with an exponent. */
char *human_real(double value);

/* A ratio keeps two decimals while they say something: 0.51, 1.98, 120. */
char *human_ratio(double ratio);

/* Any JSON value on one line: numbers as above, strings bare, on and off, "-" for null and NULL. */
char *human_value(const json_t *value);
