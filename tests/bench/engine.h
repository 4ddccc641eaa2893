/* One repetition of one cell by gilscope-run, as a person would start it. */
#pragma once

#include <jansson.h>

/* Runs it with these words, separated by blanks ("countdown n=1 mode=serial"); without warm-up, timeline and
 * server, once. Returns 0 and sets *ret to the event of its repetition (a new reference), or the result of
 * bench_fail(). */
int engine_sample(const char *words, json_t **ret);

/* A number of an event, by the names on the way to it: "memory.rss_per_task_bytes". 0 if there is none. */
double engine_number(const json_t *event, const char *path);
