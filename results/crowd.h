/* How many tasks did the same thing at once, as the spans of the traced repetition show it: a count of who
 * was inside the lock together is right on a machine that is so busy that no time can be trusted.
 *
 * Two spans that only touch are not at once: the one task let go, and the other took the lock. Nor are two
 * that share less than CROWD_APART_NS, as the clocks of two CPUs may differ by less than that. */
#pragma once

#include <jansson.h>

#include "results/cell.h"
#include "results/spans.h"
#include "results/words.h"

#define CROWD_APART_NS 1000

/* How many tasks had a span of that kind at once: the most there ever were, and the mean over the wall time
 * of the traced repetition. Where spans were dropped, the mean is that of the part up to the last end that
 * was recorded, and both may have been higher: is_whole is false. The same is true where spans are only as
 * fine as fine_ns (0: exact), and two that share less than that are not at once. Unknown if spans is NULL or
 * has a reason. */
ResultCrowd crowd_of_spans(const Spans *spans, SpansKind kind, double fine_ns);

/* What the crowds of a cell show: "never more than one thread held the lock at a time". NULL where there
 * is nothing to see: one task, or a mode that has never two side by side. Needs the facts of its mode and
 * lock. */
const char *crowd_words(Words *words, const ResultCell *cell);

/* {max, mean, whole}, and "text" if there is one, or null for an unknown one; a new reference. */
json_t *crowd_json(const ResultCrowd *crowd);
void crowd_read(const json_t *json, ResultCrowd *ret);
