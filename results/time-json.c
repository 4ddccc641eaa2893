/* Times and ratios as JSON. The order in which the keys are set is the one that a reader sees. Times stay
 * whole nanoseconds; ratios and levels are rounded, because most of their digits mean nothing. */
#include "results/time-json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/enough.h"
#include "base/text.h"

#define RATIO_DIGITS 4
#define LEVEL_DIGITS 3

/* Rounds to so many significant digits. printf() counts them from the first that is not 0, so a ratio of
 * 0.00123456 keeps as many as one of 123.456. */
static double time_round(double value, int digits)
{
    char text[40];

    snprintf(text, sizeof(text), "%.*g", digits, value);
    return strtod(text, NULL);
}

static json_t *time_integer_json(int64_t value)
{
    return value == RESULT_UNKNOWN ? json_null() : json_integer(value);
}

static json_t *time_real_json(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* Two of a kind, or null where the lower one is null. Takes both over. */
static json_t *time_interval_json(json_t *low, json_t *high)
{
    json_t *pair = json_pack("[o, o]", low, high);

    if (!json_is_null(low))
        return pair;
    json_decref(pair);
    return json_null();
}

/* Why something is left out. A run that was stored without its samples does not know how many there were. */
static json_t *time_reason_json(const ResultTime *time)
{
    auto_free char *interval = enough_reason(time->n, "repetition", "an interval", ENOUGH_FOR_INTERVAL);
    auto_free char *both = text_printf("%s, and for a spread, which needs %d", interval, ENOUGH_FOR_SPREAD);

    if (time->low != RESULT_UNKNOWN || time->n == 0 || time->n >= ENOUGH_FOR_INTERVAL)
        return json_null();
    return json_string(time->n < ENOUGH_FOR_SPREAD ? both : interval);
}

json_t *time_json(const ResultTime *time)
{
    if (time->median == RESULT_UNKNOWN)
        return json_null();
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "median", time_integer_json(time->median), "min",
        time_integer_json(time->min), "max", time_integer_json(time->max), "mad",
        time_integer_json(time->mad), "interval",
        time_interval_json(time_integer_json(time->low), time_integer_json(time->high)), "level",
        time_real_json(isnan(time->level) ? NAN : time_round(time->level, LEVEL_DIGITS)), "reason",
        time_reason_json(time));
}

/* A ratio that is not known is 0 here, and no measured one is: both medians are above it. The hint names the
 * interval, and is made of the one that is shown: rounded again from all its digits, 2.2749 would be 2.27 in
 * the words and 2.28 in the figures. The verdict is that of all digits. */
ResultRelative relative_from_ratio(const Ratio *ratio, const char *advice, char **ret_hint)
{
    Verdict verdict = verdict_make(ratio);
    Ratio shown = *ratio;

    shown.low = time_round(ratio->low, RATIO_DIGITS);
    shown.high = time_round(ratio->high, RATIO_DIGITS);
    *ret_hint = verdict == VERDICT_CANNOT_TELL ? verdict_hint(&shown, advice) : NULL;
    return (ResultRelative){
        .is_known = true,
        .to = RESULT_UNKNOWN,
        .ratio = ratio->value > 0 ? time_round(ratio->value, RATIO_DIGITS) : NAN,
        .low = ratio->has_interval ? shown.low : NAN,
        .high = ratio->has_interval ? shown.high : NAN,
        .verdict = verdict,
        .hint = *ret_hint,
    };
}

/* The hint is left out where there is none; the other members are always there. */
void relative_json_set(json_t *object, const ResultRelative *relative)
{
    json_object_set_new(object, "ratio", time_real_json(relative->ratio));
    json_object_set_new(object, "interval",
        time_interval_json(time_real_json(relative->low), time_real_json(relative->high)));
    json_object_set_new(object, "verdict", json_string(verdict_name(relative->verdict)));
    if (relative->hint)
        json_object_set_new(object, "hint", json_string(relative->hint));
}
