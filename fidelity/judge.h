/* From pairs of values to what they show: how far the model is off, and whether that is within the bound.
 *
 * A pair is one round: the interpreter and the model, measured one after the other. Rounds in which the
 * machine changed its speed are dropped, as their quotient would be one of two machines. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "fidelity/quantities.h"

typedef struct FidelityPair {
    double real, model; /* NAN: not measured, or there is no model */
    bool is_steady;
} FidelityPair;

typedef enum FidelityOutcome {
    FIDELITY_HOLDS,        /* all of the interval is within the bound */
    FIDELITY_MISSES,       /* none of it is */
    FIDELITY_INCONCLUSIVE, /* too noisy, or too few rounds */
    FIDELITY_SHOWN,        /* there is no bound, or no model */
    FIDELITY_NOT_MEASURED,
    N_FIDELITY_OUTCOMES,
} FidelityOutcome;

typedef struct FidelityRow {
    const FidelityQuantity *quantity;
    double real, model;      /* medians of the rounds that count; NAN: there is none */
    double ratio, low, high; /* model over real, and its 95 % interval; NAN: there is none */
    double recorded;         /* on another machine, see recorded.h; NAN: nothing is */
    size_t n_rounds, n_dropped;
    FidelityOutcome outcome;
    char *reason; /* owned; why there is no figure, or why it says nothing; or NULL */
} FidelityRow;

/* Judges the pairs of all rounds. reason (taken over, may be NULL) is why values are missing. */
FidelityRow fidelity_judge(
    const FidelityQuantity *quantity, const FidelityPair *pairs, size_t n_pairs, char *reason);

/* The same of an interpreter whose lock nothing is a model of: its values are shown, as far as there are
 * any. */
FidelityRow fidelity_show(
    const FidelityQuantity *quantity, const FidelityPair *pairs, size_t n_pairs, char *reason);

/* "holds", "misses", "inconclusive", "shown", "not measured" */
const char *fidelity_outcome_name(FidelityOutcome outcome);
