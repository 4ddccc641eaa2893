/* The table of fidelity, for people and for programs. */
#pragma once

#include <jansson.h>
#include <stdio.h>

#include "fidelity/judge.h"

/* An interpreter beside the model of its lock. Texts are borrowed. */
typedef struct FidelityReport {
    const char *runtime, *version, *about; /* "python3", "3.11.7", what it calls itself */
    const char *lock, *model;              /* its own lock, and the one that models it; NULL: none does */
    int64_t tick_turns;                    /* of the model: lock.tick_turns of the settings */
    FidelityRow *rows;                     /* owned */
    size_t n_rows;
} FidelityReport;

void fidelity_report_finish(FidelityReport *report);

/* How many turns of the engine's countdown a tick of the interpreter took, which is what lock.tick_turns
 * stands for on this machine; NAN where its lock counts no ticks, or nothing was measured. */
double fidelity_tick_turns(const FidelityReport *report);

/* Writes the table, below it the count of outcomes, and of a lock that counts ticks how long one was. */
void fidelity_print(const FidelityReport *report, FILE *file);

/* Returns {runtime, version, about, lock, model, tick: {turns, set}, rows: [{quantity, real, model, ratio,
 * interval, bound, outcome, recorded, rounds, dropped, reason}]}, a new reference. Times are in nanoseconds,
 * rates in 1/s; what is not known is null, and tick is for a lock that counts ticks. */
json_t *fidelity_json(const FidelityReport *report);
