/* The rules by which a number becomes three digits and a unit. They look simple and have edges: where
 * rounding gives one digit more (999,600 ns are 1.00 ms and not 1,000 µs), where a fraction would pretend,
 * where nothing is left of a small ratio. The page follows the same rules in JavaScript, so each edge is a
 * case in tests/cases/numbers.json. */
#include "results/human.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"

#define EXACT_BYTES 10000 /* below this, rounding would hide a page of memory */

/* A unit and how much of the smallest one it is. The microsecond has its own letter: in a sentence, "28 us"
 * is read as a word. Tables have bars of block characters anyway, so a terminal that shows those shows µ too.
 */
typedef struct Unit {
    const char *name;
    double size;
} Unit;

static const Unit time_units[] = {{"ns", 1}, {"µs", 1e3}, {"ms", 1e6}, {"s", 1e9}};
static const Unit byte_units[] = {{"B", 1}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}};

/* Rounding is spelled out, half upwards: printf and JavaScript disagree on what lies exactly between two
 * digits (27.25 is 27.2 to one and 27.3 to the other), and the page would show another number than the table.
 * Here both do the same operations on the same doubles. */
static double number_round(double size, int decimals)
{
    double scale = 1;

    while (decimals-- > 0)
        scale *= 10;
    return round(size * scale) / scale;
}

static char *number_fixed(double size, int decimals)
{
    return text_printf("%.*f", decimals, number_round(size, decimals));
}

/* Three digits of a number that is not negative; all digits before the point if there are more. The bounds
 * are where rounding begins to give one digit more, so that 0.9996 becomes 1.00: each is half a step below a
 * power of ten. */
static char *number_three_digits(double size)
{
    double bound = 99.95;
    int decimals = 0;

    if (size >= 999.5)
        return human_integer((int64_t)number_round(size, 0));
    for (; size > 0 && size < bound; bound /= 10)
        decimals++;
    return number_fixed(size, decimals);
}

/* The unit in which a number, rounded to three digits, stays below 1000. The bound is not 1000, because 999.7
 * would be shown as 1,000 of the smaller unit. */
static const Unit *unit_pick(double size, const Unit *units, size_t n_units)
{
    size_t i = 0;

    while (i + 1 < n_units && size / units[i].size >= 999.5)
        i++;
    return &units[i];
}

/* Nothing has every unit, and "0 ns" would pretend to have looked that closely. */
static const Unit *time_unit(double ns)
{
    return ns > 0 ? unit_pick(ns, time_units, ARRAY_LENGTH(time_units))
                  : &time_units[ARRAY_LENGTH(time_units) - 1];
}

/* What is counted in the smallest unit is whole; a fraction would pretend. */
static char *number_in_unit(double size, const Unit *unit)
{
    return unit->size > 1 ? number_three_digits(size / unit->size) : number_fixed(size, 0);
}

char *human_time(int64_t ns)
{
    double size = fabs((double)ns);
    const Unit *unit = time_unit(size);
    auto_free char *number = number_in_unit(size, unit);

    return text_printf("%s%s %s", ns < 0 ? "-" : "", number, unit->name);
}

/* Two ends that differ by more than a factor of ten get a unit each: "0.0120..12.0 ms" is read as the same
 * number twice. */
char *human_time_range(int64_t low_ns, int64_t high_ns)
{
    const Unit *unit = time_unit((double)high_ns);
    bool share_unit = low_ns == 0 || (double)low_ns >= (double)high_ns / 10;
    auto_free char *high = number_in_unit((double)high_ns, unit);
    auto_free char *low = share_unit ? number_in_unit((double)low_ns, unit) : human_time(low_ns);

    return text_printf("%s..%s %s", low, high, unit->name);
}

/* Exact while the number is short: a page of 4,096 B is recognised as a page, and 4.10 KB is not. */
char *human_bytes(int64_t bytes)
{
    double size = fabs((double)bytes);
    const Unit *unit = unit_pick(size, byte_units, ARRAY_LENGTH(byte_units));
    auto_free char *number =
        size < EXACT_BYTES ? human_integer(bytes) : number_three_digits(size / unit->size);

    if (size < EXACT_BYTES)
        return text_printf("%s B", number);
    return text_printf("%s%s %s", bytes < 0 ? "-" : "", number, unit->name);
}

/* From the last digit to the first, since groups are counted from there. It works on digits, so the smallest
 * number, which has no positive counterpart, is right too. */
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

/* 1.25e-7: C would write an exponent of at least two digits. */
static char *number_with_exponent(double size)
{
    char text[32];
    const char *exponent;

    snprintf(text, sizeof(text), "%.2e", size);
    exponent = strchr(text, 'e');
    return exponent ? text_printf("%.*se%d", (int)(exponent - text), text, atoi(exponent + 1))
                    : text_printf("%s", text);
}

char *human_real(double value)
{
    double size = fabs(value);
    bool is_extreme = !isfinite(value) || size > 1e15 || (size > 0 && size < 1e-6);
    auto_free char *number = is_extreme ? number_with_exponent(size) : number_three_digits(size);

    return text_printf("%s%s", value < 0 ? "-" : "", number);
}

/* From 9.995 on two decimals would round to 10.00, which is one digit too many. */
char *human_ratio(double ratio)
{
    return ratio >= 0.1 && ratio < 9.995 ? number_fixed(ratio, 2) : human_real(ratio);
}

char *human_percent(double share)
{
    auto_free char *number = number_fixed(fabs(share) * 100, 1);

    return text_printf("%s%s %%", share < 0 ? "-" : "", number);
}

/* Beyond 10^15 a double may be whole only because it has no digits left for a fraction. */
static char *number_as_json(double value)
{
    bool is_whole = fabs(value) <= 1e15 && floor(value) == value;

    return is_whole ? human_integer((int64_t)value) : human_real(value);
}

char *human_value(const json_t *value)
{
    auto_free char *dump = NULL;

    if (!value || json_is_null(value))
        return text_printf("-");
    if (json_is_integer(value))
        return human_integer(json_integer_value(value));
    if (json_is_real(value))
        return number_as_json(json_real_value(value));
    if (json_is_string(value))
        return text_printf("%s", json_string_value(value));
    if (json_is_boolean(value))
        return text_printf("%s", json_is_true(value) ? "on" : "off");
    dump = json_dumps(value, JSON_COMPACT | JSON_REAL_PRECISION(6));
    return text_printf("%s", dump ? dump : "-");
}

/* Whether "_ns" is in "total_ns" or in "create_ns_per_task", at the end of a word. */
static bool field_has_unit(const char *name, const char *unit)
{
    const char *at = strstr(name, unit);

    return at && (at[strlen(unit)] == '\0' || at[strlen(unit)] == '_');
}

/* A double is enough for every number here: three digits are shown. */
char *human_field(const char *name, const json_t *value)
{
    double number = json_number_value(value);

    if (json_is_number(value) && fabs(number) < 1e18) {
        if (field_has_unit(name, "_ns"))
            return human_time(llround(number));
        if (field_has_unit(name, "_ms"))
            return human_time(llround(number * 1e6));
        if (field_has_unit(name, "_bytes") || strcmp(name, "bytes") == 0)
            return human_bytes(llround(number));
    }
    return human_value(value);
}
