/* Who may be inside a step. A lock policy is a model of a real interpreter's lock: one lock-*.c each, ending
 * in its const descriptor.
 *
 * A loop (see engine/loop.h) sits in a seat: the seat is what an interpreter's thread state is to its lock,
 * and carries the counters of that one thread, so that nobody shares a cache line for counting. */
#pragma once

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/nsec.h"
#include "engine/parameter.h"

typedef struct LockSettings {
    int64_t switch_interval_us; /* gil: how long a waiter waits before it asks */
    int64_t check_interval;     /* gil-py2: ticks between two checks */
} LockSettings;

/* Counters of one seat: written by its thread only, summed after the join. */
typedef struct LockStats {
    uint64_t acquires;
    uint64_t contended;       /* acquisitions that found the lock taken */
    uint64_t handoffs;        /* acquisitions from another seat */
    uint64_t false_wakeups;   /* woken, and it was taken again */
    uint64_t drop_requests;   /* made by this seat while it waited */
    uint64_t forced_switches; /* waits of this seat, after a release, until another seat had it */
    nsec_t waited;            /* time in acquisitions and forced switches that had to wait */
    nsec_t held;              /* time inside: running time less waited time less time let go */
} LockStats;

typedef struct Tracer Tracer;

typedef struct Seat {
    alignas(64) LockStats stats;
    nsec_t outside; /* time between a release to wait or crunch, and the next acquisition */
    Tracer *tracer; /* set before the first task; NULL unless this repetition is traced, see timeline.h */
    nsec_t lost_at; /* gil-py2: when another took the lock from this seat; guarded by the lock */
} Seat;

typedef struct LockPolicy LockPolicy;

/* The common head of all locks; each policy puts its own state behind it. */
typedef struct Lock {
    const LockPolicy *policy;
    bool shared; /* several threads exist; set before the first of them starts, then read-only */
} Lock;

struct LockPolicy {
    const char *name;
    const char *title; /* "the GIL": how a sentence calls it */
    const char *summary;

    /* Everything that others need to know of a lock: nobody asks for its name. */
    bool usual;         /* the lock if nobody says which */
    bool exclusive;     /* never two tasks inside where they share memory */
    bool each_its_own;  /* each task that has a thread has a lock of its own; else one lock is for all */
    const char *models; /* which real runtime's lock it is a model of: "cpython3", "cpython2",
                           "free-threaded", "interpreters"; NULL: of none */
    double crowding;    /* with several CPUs, what each further task beside the first adds to the cost of
                           computing, as a part of it */
    const Parameter *parameters; /* may be NULL */
    size_t n_parameters;

    /* Returns a new lock; asserts that there is memory. Nothing is allocated later. */
    Lock *(*create)(const LockSettings *settings);
    void (*destroy)(Lock *lock);

    void (*acquire)(Lock *lock, Seat *seat);
    void (*release)(Lock *lock, Seat *seat);

    /* How many ticks a step may use before the lock wants to be asked again. The seat holds the lock. */
    uint64_t (*budget)(const Lock *lock);

    /* Between two steps: the seat holds the lock and has used so many ticks. May let go and take it again. */
    void (*check)(Lock *lock, Seat *seat, uint64_t ticks);
};
