/* A ratio of 1.984 says enough, and is easier to read than one of 1.9836934715. */
#include "results/ratio-json.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"

#define RATIO_DIGITS 4

json_t *ratio_json_real(double value, int digits)
{
    char text[40];

    snprintf(text, sizeof(text), "%.*g", digits, value);
    return json_real(strtod(text, NULL));
}

static json_t *interval_json(const Ratio *ratio)
{
    json_t *interval;

    if (!ratio->has_interval)
        return json_null();
    interval = json_array();
    json_array_append_new(interval, ratio_json_real(ratio->low, RATIO_DIGITS));
    json_array_append_new(interval, ratio_json_real(ratio->high, RATIO_DIGITS));
    return interval;
}

void ratio_json_set(json_t *object, const Ratio *ratio)
{
    Verdict verdict = verdict_make(ratio);

    json_object_set_new(object, "ratio", ratio_json_real(ratio->value, RATIO_DIGITS));
    json_object_set_new(object, "interval", interval_json(ratio));
    json_object_set_new(object, "verdict", json_string(verdict_name(verdict)));
    if (verdict == VERDICT_CANNOT_TELL) {
        auto_free char *hint = verdict_hint(ratio);

        json_object_set_new(object, "hint", json_string(hint));
    }
}
