/* Numbers for people: 271 ms, 1.98 s, 1,000,000,000. The exact figures are in JSON and CSV; here a reader
 * wants to compare at a glance, and three digits are more than most timings are good for.
 *
 * The page writes numbers by the same rules (static/core/format.js), and tests/cases/numbers.json holds the cases
 * that both are tested against: a rule is changed there first. Each function returns a new string that the
 * caller frees.
 *
 * No function here knows what it writes a number of; the words around it are in sentences.h and words.h. Pure
 * functions, for any thread. */
#pragma once

#include <jansson.h>
#include <stdint.h>

/* Three significant digits in ns, µs, ms or s, whole nanoseconds; "0 s". */
char *human_time(int64_t ns);

/* "270..273 ms", with one unit if both are of the same order or the low end is 0. */
char *human_time_range(int64_t low_ns, int64_t high_ns);

/* Exact below 10,000 B, then three significant digits in KB, MB or GB, which are powers of 1000. */
char *human_bytes(int64_t bytes);

/* 1,000,000,000 */
char *human_integer(int64_t value);

/* Three significant digits; from 1000 on whole and grouped; below 10^-6 and beyond 10^15 with an exponent. */
char *human_real(double value);

/* Two decimals while they say something (0.51, 1.98), three significant digits outside that (120, 0.0394,
 * 0.00400): a ratio is never shown as nothing. */
char *human_ratio(double ratio);

/* A share of 1 with one decimal: "98.4 %". */
char *human_percent(double share);

/* Any JSON value on one line: numbers as above, strings bare, on and off, "-" for null and NULL. A real
 * without a fraction is written as the integer that it is, since JSON knows no difference. */
char *human_value(const json_t *value);

/* The value of a field whose name ends in its unit: total_ns and wait_ms are times, rss_per_task_bytes is
 * bytes; any other is a value as above. */
char *human_field(const char *name, const json_t *value);
