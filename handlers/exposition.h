/* Prometheus' text exposition format, version 0.0.4: families of samples, each with its HELP and TYPE lines,
 *
 *     # HELP gilscope_runs_total Runs that are over.
 *     # TYPE gilscope_runs_total counter
 *     gilscope_runs_total{experiment="countdown",status="done"} 3
 *
 * All samples of a family have to stand behind its head, one after the other. */
#pragma once

#include <stdint.h>
#include <stdio.h>

#define EXPOSITION_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* Begins a family. type is counter, gauge or histogram; help is one line of plain text. */
void exposition_family(FILE *file, const char *name, const char *type, const char *help);

/* Writes a sample of the family that was begun last. labels are pairs of a name and a value, ended by
 * NULL; NULL alone: there are none. Values may have any character; names are ours and are not checked. */
void exposition_sample(FILE *file, const char *name, const char *const *labels, double value);

/* The same with a whole number, which keeps all its digits. */
void exposition_count(FILE *file, const char *name, const char *const *labels, uint64_t value);
