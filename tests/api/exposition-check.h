/* Reads Prometheus' text exposition format, version 0.0.4, more strictly than Prometheus does: each family
 * has HELP, TYPE and then all of its samples, no family and no sample comes twice, counters end in _total and
 * are not negative, the buckets of a histogram have rising bounds, count upwards and end with +Inf, which is
 * the count. Asserts that the text is right. */
#pragma once

typedef struct Exposition Exposition;

/* Reads a text and checks all of it. */
Exposition *exposition_new(const char *text);
void exposition_free(Exposition *exposition);

/* Returns the value of a sample, named with its labels as they stand in the text: "a_total{code=\"200\"}".
 * Asserts that there is one. */
double exposition_value(const Exposition *exposition, const char *sample);

/* Returns a family's type; asserts that there is one. */
const char *exposition_type(const Exposition *exposition, const char *family);
