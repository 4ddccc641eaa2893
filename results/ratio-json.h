/* A ratio as JSON, the same wherever two medians are compared; private to this folder. */
#pragma once

#include <jansson.h>

#include "results/verdict.h"

/* Returns the value with so many significant digits, a new reference. */
json_t *ratio_json_real(double value, int digits);

/* Sets "ratio", "interval" (null without one), "verdict", and "hint" where it cannot be told. */
void ratio_json_set(json_t *object, const Ratio *ratio);
