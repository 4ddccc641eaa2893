/* The exact figures are in JSON and CSV. Here a reader wants to compare at a glance, and three digits are
 * more than most timings are good for. */
#include "results/human.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"

typedef struct Unit {
    const char *name;
    double ns;
} Unit;

static const Unit units[] = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};

#define N_UNITS (sizeof(units) / sizeof(units[0]))

/* The unit in which the number, rounded to three digits, stays below 1000. */
static const Unit *pick_unit(double ns)
{
    size_t i = 0;

    while (i + 1 < N_UNITS && ns / units[i].ns >= 999.5)
        i++;
    return &units[i];
}

/* Three digits of a number that is not negative; all digits before the point if there are more. The exponent
 * is taken after rounding, so that 0.9996 becomes 1.00. */
static char *three_digits(double value)
{
    char rounded[16];
    int exponent;

    if (value >= 999.5)
        return human_integer(llround(value));
    snprintf(rounded, sizeof(rounded), "%.2e", value);
    exponent = atoi(strchr(rounded, 'e') + 1);
    return text_printf("%.*f", value > 0 && exponent < 2 ? 2 - exponent : 0, value);
}

/* Nanoseconds are whole; a fraction would pretend. */
static char *number_in_unit(double ns, const Unit *unit)
{
    return unit == &units[0] ? text_printf("%.0f", ns) : three_digits(ns / unit->ns);
}

char *human_time(int64_t ns)
{
    const Unit *unit = pick_unit((double)ns);
    auto_free char *number = number_in_unit((double)ns, unit);

    return text_printf("%s %s", number, unit->name);
}

char *human_time_range(int64_t low_ns, int64_t high_ns)
{
    const Unit *unit = pick_unit((double)high_ns);
    auto_free char *low = NULL, *high = number_in_unit((double)high_ns, unit);

    if (low_ns < high_ns / 10) {
        low = human_time(low_ns);
        return text_printf("%s..%s %s", low, high, unit->name);
    }
    low = number_in_unit((double)low_ns, unit);
    return text_printf("%s..%s %s", low, high, unit->name);
}

char *human_integer(int64_t value)
{
    char digits[24], grouped[32], *to = grouped + sizeof(grouped);
    int n = snprintf(digits, sizeof(digits), "%lld", (long long)value);
    int first = digits[0] == '-';

    *--to = '\0';
    for (int i = n - 1, count = 0; i >= first; i--, count++) {
        if (count > 0 && count % 3 == 0)
            *--to = ',';
        *--to = digits[i];
    }
    if (first)
        *--to = '-';
    return text_printf("%s", to);
}

char *human_real(double value)
{
    double size = fabs(value);
    auto_free char *digits = NULL;

    if (!isfinite(value) || size > 1e15 || (size > 0 && size < 1e-6))
        return text_printf("%.3g", value);
    digits = three_digits(size);
    return text_printf("%s%s", value < 0 ? "-" : "", digits);
}

char *human_ratio(double ratio)
{
    return ratio >= 0.1 && ratio < 100 ? text_printf("%.2f", ratio) : human_real(ratio);
}

char *human_value(const json_t *value)
{
    auto_free char *dump = NULL;

    if (!value || json_is_null(value))
        return text_printf("-");
    if (json_is_integer(value))
        return human_integer(json_integer_value(value));
    if (json_is_real(value))
        return human_real(json_real_value(value));
    if (json_is_string(value))
        return text_printf("%s", json_string_value(value));
    if (json_is_boolean(value))
        return text_printf("%s", json_is_true(value) ? "on" : "off");
    dump = json_dumps(value, JSON_COMPACT | JSON_REAL_PRECISION(6));
    return text_printf("%s", dump ? dump : "-");
}
