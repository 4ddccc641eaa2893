/* How much a machine disturbed a run; private to this folder.
 *
 * Each sample may say what part of the time of the CPUs that it could use went to other programs (foreign
 * CPU) and to other virtual machines (steal) while it was made, and how long a quota held it back. The kernel
 * counts in ticks of 10 ms, so a short sample says nothing for itself, and nothing is judged by one: the
 * shares are summed over the good repetitions of all cells, each weighted with its time. Runtimes read the
 * kernel's figures without gaps, so that the ticks cut off from one sample are found in the next, and the sum
 * is off by no more than two ticks or so. A run is noisy if a share passes NOISE_LIMIT by more than these two
 * ticks, or if a quota held it back at all. */
#pragma once

#include "results/collected.h"

#define NOISE_LIMIT 0.08

/* Returns the object "host" of a run, a new reference: the machine as it was given (NULL: null) and what was
 * heard, with its keys in the documented order. Figures that nobody reported are null. */
json_t *noise_host(const Results *results, const json_t *host);
