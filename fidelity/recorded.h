/* Figures of real interpreters that were measured on another machine once
 * (tests/bench/reference/cpython.json). They stand beside what is measured here, and decide nothing. */
#pragma once

#include <jansson.h>

#include "fidelity/quantities.h"

/* The interpreter of the data that is nearest to one that is here: its lock is the same real one, and of
 * these its version agrees for longest. Borrowed from the data; NULL: there is none. */
const char *recorded_python(const json_t *data, const char *real, const char *version);

/* The figure that was recorded of that interpreter (NULL: none), or NAN. */
double recorded_figure(const json_t *data, const char *python, const FidelityRecorded *where);
