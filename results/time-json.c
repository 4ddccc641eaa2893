/* The order in which the keys are set is the one that a reader sees. */
#include "results/time-json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define RATIO_DIGITS 4
#define LEVEL_DIGITS 3

static double round_to(double value, int digits)
{
    char text[40];

    snprintf(text, sizeof(text), "%.*g", digits, value);
    return strtod(text, NULL);
}

static json_t *integer_json(int64_t value)
{
    return value == RESULT_UNKNOWN ? json_null() : json_integer(value);
}

static json_t *real_json(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* Two of a kind, or null. */
static json_t *pair_json(json_t *low, json_t *high)
{
    json_t *pair = json_pack("[o, o]", low, high);

    if (!json_is_null(low))
        return pair;
    json_decref(pair);
    return json_null();
}

json_t *time_json(const ResultTime *time)
{
    if (time->median == RESULT_UNKNOWN)
        return json_null();
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "median", integer_json(time->median), "min",
        integer_json(time->min), "max", integer_json(time->max), "mad", integer_json(time->mad), "interval",
        pair_json(integer_json(time->low), integer_json(time->high)), "level",
        real_json(isnan(time->level) ? NAN : round_to(time->level, LEVEL_DIGITS)));
}

ResultRelative relative_from_ratio(const Ratio *ratio, char **ret_hint)
{
    Verdict verdict = verdict_make(ratio);

    *ret_hint = verdict == VERDICT_CANNOT_TELL ? verdict_hint(ratio) : NULL;
    return (ResultRelative){
        .is_known = true,
        .to = RESULT_UNKNOWN,
        .ratio = ratio->value > 0 ? round_to(ratio->value, RATIO_DIGITS) : NAN,
        .low = ratio->has_interval ? round_to(ratio->low, RATIO_DIGITS) : NAN,
        .high = ratio->has_interval ? round_to(ratio->high, RATIO_DIGITS) : NAN,
        .verdict = verdict,
        .hint = *ret_hint,
    };
}

void relative_json_set(json_t *object, const ResultRelative *relative)
{
    json_object_set_new(object, "ratio", real_json(relative->ratio));
    json_object_set_new(object, "interval", pair_json(real_json(relative->low), real_json(relative->high)));
    json_object_set_new(object, "verdict", json_string(verdict_name(relative->verdict)));
    if (relative->hint)
        json_object_set_new(object, "hint", json_string(relative->hint));
}
