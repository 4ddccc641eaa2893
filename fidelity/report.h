/* The table of fidelity, for people and for programs. */
#pragma once

#include <jansson.h>
#include <stdio.h>

#include "fidelity/judge.h"

/* An interpreter beside the model of its lock. Texts are borrowed. */
typedef struct FidelityReport {
    const char *runtime, *version, *about; /* "python3", "3.11.7", what it calls itself */
    const char *lock, *model;              /* its own lock, and the one that models it; NULL: none does */
    FidelityRow *rows;                     /* owned */
    size_t n_rows;
} FidelityReport;

void fidelity_report_finish(FidelityReport *report);

/* Writes the table and below it the count of outcomes. */
void fidelity_print(const FidelityReport *report, FILE *file);

/* Returns {runtime, version, about, lock, model, rows: [{quantity, real, model, ratio, interval, bound,
 * outcome, recorded, rounds, dropped, reason}]}, a new reference. Times are in nanoseconds, rates in 1/s;
 * what is not known is null. */
json_t *fidelity_json(const FidelityReport *report);
