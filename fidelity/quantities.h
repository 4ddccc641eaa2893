/* What the models are held against the real interpreters in: the runs that are made of both, and the
 * quantities that are read from these runs, each with the bound that it must be within.
 *
 * Both are tables of requests and figures, as a client of the server would write them. How a run is made is
 * not known here (server/prove.c does that), and what a model is called neither: a lock says in the catalog
 * whose it models, and a real one what it is. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* A parameter of a request, as typed. */
typedef struct FidelityGiven {
    const char *name, *value;
} FidelityGiven;

enum { FIDELITY_MAX_GIVEN = 9 };

/* Which locks a measurement makes sense for. */
typedef enum FidelityLocks {
    FIDELITY_ANY_LOCK,
    FIDELITY_WITH_PARAMETER,    /* those that have the parameter, and for which tasks wait */
    FIDELITY_WITHOUT_PARAMETER, /* those that have none, or for which no task waits */
    FIDELITY_MODEL_IS_WHOLE,    /* the real one may go to another within x += 1, and its model may not */
    FIDELITY_BOTH_ALIKE,        /* all but those */
} FidelityLocks;

/* A run of both, once in every round. */
typedef struct FidelityMeasurement {
    const char *experiment;
    FidelityLocks locks;
    const char *parameter; /* of FIDELITY_WITH_PARAMETER */
    int64_t most_ms; /* the time limit beside a model; sizes that nobody gives take half of it at most */
    FidelityGiven given[FIDELITY_MAX_GIVEN + 1];
} FidelityMeasurement;

typedef enum FidelityFigure {
    FIGURE_OVER_ONE,       /* wall time over that of one task, the fastest repetition of either */
    FIGURE_OVER_ONE_APART, /* the time at work of tasks that share nothing, over that of one task */
    FIGURE_OVER_SERIAL,
    FIGURE_WALL,         /* ns */
    FIGURE_TURN,         /* of a countdown, by the time of one task after the other; ns,
                            of the fastest repetition */
    FIGURE_SLICE,        /* how long a task runs before it is another's turn; ns */
    FIGURE_SWITCHES,     /* voluntary context switches a second */
    FIGURE_PART_LOST,    /* of all updates, 0 to 1 */
    FIGURE_METRIC_NS,    /* of the path, a time */
    FIGURE_METRIC_RATE,  /* of the path, so many a second */
    FIGURE_MEMORY_BYTES, /* of the path */
} FidelityFigure;

typedef enum FidelityBoundKind {
    BOUND_PART,    /* the model may be off by this part of the real value: 0.1 is 10 % */
    BOUND_FACTOR,  /* it may be so many times as much, or as little */
    BOUND_WHETHER, /* both have some of it, or both have none */
    BOUND_NONE,    /* shown, not judged: absolute figures of two languages */
} FidelityBoundKind;

typedef struct FidelityBound {
    FidelityBoundKind kind;
    double most;
} FidelityBound;

/* Where the figure stands in the recorded data (tests/bench/reference): in the records of this list, of the
 * one whose fields are as `where` says ("cores=2 mode=t2"), the field, times the scale. list NULL: nowhere.
 */
typedef struct FidelityRecorded {
    const char *list, *where, *field;
    double scale;
} FidelityRecorded;

typedef struct FidelityQuantity {
    const char *name;
    size_t measurement; /* its place in the table */
    /* The cell that it is read from: of this mode and so many tasks and CPUs and, where parameter is not
     * NULL, with this value of it. */
    const char *mode;
    int64_t tasks, cpus;
    const char *parameter;
    int64_t value;
    size_t model_measurement; /* where the model's cell is in another run; 0: in the same */
    FidelityFigure figure;
    const char *path; /* of a metric */
    FidelityBound bound;
    FidelityRecorded recorded;
} FidelityQuantity;

extern const FidelityMeasurement fidelity_measurements[];
extern const size_t fidelity_n_measurements;
extern const FidelityQuantity fidelity_quantities[];
extern const size_t fidelity_n_quantities;
