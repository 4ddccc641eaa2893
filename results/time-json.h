/* Times and the ratios of their medians as JSON, the same in a run and in a comparison; private to this
 * folder.
 */
#pragma once

#include <jansson.h>

#include "results/cell.h"

/* Returns {median, min, max, mad, interval, level, reason}, a new reference; null for a time that is not
 * known. reason says why a part of it is null; where all is there, or where the number of samples is not
 * known, it is null itself. The samples are not in it: a run adds its own. */
json_t *time_json(const ResultTime *time);

/* Returns the comparison that a ratio makes, rounded as it is shown: a ratio of 1.984 says enough, and is
 * easier to read than one of 1.9836934715. advice: see verdict_hint(). Sets *ret_hint to the text of its hint
 * (NULL: it has none), which the caller frees when the comparison is no longer needed. */
ResultRelative relative_from_ratio(const Ratio *ratio, const char *advice, char **ret_hint);

/* Sets "ratio", "interval" (null without one), "verdict", and "hint" where it cannot be told. */
void relative_json_set(json_t *object, const ResultRelative *relative);
