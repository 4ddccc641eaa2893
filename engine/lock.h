/* Which tasks may be inside a step at the same time. Two things stand apart here: the books, which are the
 * same for every lock and are kept in lock.c alone, and the algorithm, which is a policy: one lock-*.c each,
 * ending in its const descriptor.
 *
 * A loop (see engine/loop.h) sits in a seat: the seat is what an interpreter's thread state is to its lock,
 * and carries the counters of that one thread, so that nobody shares a cache line for counting.
 *
 * What a loop does with its lock is acquire, then check between any two steps, then release; see drive.c. A
 * policy does the same three things and says in one word how it went. It reads no clock for the books and
 * counts none of their figures. So a policy can be naive, slow or unfair, but what it is said to have held is
 * never more than the time there was; and one that gives the lock away without saying so is stopped. */
#pragma once

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/nsec.h"
#include "engine/parameter.h"

/* A place for the struct of a policy's parameters, whichever it is. A cell holds it by value, so it can be
 * copied without knowing the policy. */
typedef struct LockSettings {
    alignas(16) char bytes[64];
} LockSettings;

/* Counters of one seat: written by its thread only, summed after the join. The last three are a policy's own
 * to count, if its algorithm knows such a thing. */
typedef struct LockStats {
    uint64_t acquires;
    uint64_t contended;       /* acquisitions that found the lock taken */
    uint64_t handoffs;        /* acquisitions from another seat */
    nsec_t waited;            /* until it had the lock, where another had it; and in forced switches */
    nsec_t held;              /* from an acquisition to its release, less what was waited in between */
    uint64_t false_wakeups;   /* woken, and it was taken again */
    uint64_t drop_requests;   /* made by this seat while it waited */
    uint64_t forced_switches; /* waits of this seat, after a release, until another seat had it */
} LockStats;

typedef struct Tracer Tracer;

typedef struct Seat {
    alignas(64) LockStats stats;
    nsec_t outside; /* time between a release to wait or crunch, and the next acquisition */
    nsec_t waits;   /* the part of it in which the loop itself waited; see drive.c */
    Tracer *tracer; /* set before the first task; NULL unless this repetition is traced, see timeline.h */

    /* Of the books. */
    nsec_t held_since; /* moves forward by what is waited while the lock is given way */
    nsec_t lost_at;    /* when the lock went to another; 0: it did not. Guarded by the lock */
} Seat;

typedef struct LockPolicy LockPolicy;

/* The common head of all locks; each policy puts its own state behind it. */
typedef struct Lock {
    const LockPolicy *policy;
    bool shared; /* several threads use it; set by the mode before the first of them starts, then read-only */
    Seat *holder; /* has the lock, or had it last; of the books, guarded by the lock */
} Lock;

/* What became of the lock at a check. */
typedef enum LockTurn {
    LOCK_KEPT,         /* the seat goes on */
    LOCK_RETAKEN,      /* it let go and took it again, and found it free */
    LOCK_RETAKEN_LATE, /* it let go and took it again, and found it taken */
    LOCK_YIELD, /* somebody waits: now it is to let go and to take it again, as release() and acquire() do */
} LockTurn;

struct LockPolicy {
    const char *name;
    const char *title; /* "the GIL": how a sentence calls it */
    const char *summary;

    /* Everything that others need to know of a lock: nobody asks for its name. */
    bool usual;             /* the lock if nobody says which */
    bool exclusive;         /* never two tasks inside where they share memory */
    bool fair;              /* first come, first served; else whoever is quicker */
    bool between_bytecodes; /* it may go to another after any tick, also within the program's x += 1; else
                               only where a step ends: a jump back or a call */
    bool each_its_own;      /* each task that has a thread has a lock of its own; else one lock is for all */
    const char *models;     /* which real runtime's lock it is a model of: "cpython3", "cpython2",
                               "free-threaded", "interpreters"; NULL: of none */
    double crowding;        /* with several CPUs, what each further task beside the first adds to the cost of
                               computing, as a part of it */
    const Parameter *parameters; /* of a struct of the policy's own; may be NULL */
    size_t n_parameters;

    /* There is no lock before the first thread: a lone seat neither takes it nor lets go of it. */
    bool starts_with_threads;

    /* How many ticks a step may use before the lock wants to be asked again; see budget(). */
    uint64_t budget_ticks;

    /* Returns a new lock, made with lock_new(), from the struct of its parameters; asserts that there is
     * memory. Nothing is allocated later. NULL (then so are all that follow): there is no algorithm,
     * everybody is always inside, and nothing is counted.
     */
    Lock *(*create)(const LockPolicy *policy, const void *settings);
    void (*destroy)(Lock *lock);

    /* Returns when the seat has the lock. True: it found it taken and had to wait. */
    bool (*acquire)(Lock *lock, Seat *seat);

    /* Lets go. True: it came back only when another seat had the lock (a forced switch). */
    bool (*release)(Lock *lock, Seat *seat);

    /* Between two steps: the seat holds the lock and has used so many ticks. A lock that is not there yet
     * must be kept. */
    LockTurn (*check)(Lock *lock, Seat *seat, uint64_t ticks);

    /* After LOCK_YIELD, if to let go and to ask again has to be one thing; NULL: it is release() and
     * acquire(). Between those two the seat may be put off its CPU by the one that it woke, and until it is
     * back nobody knows that it wants the lock. True: it had to wait. */
    bool (*pass_on)(Lock *lock, Seat *seat);

    /* Where the budget changes from step to step; NULL: it is budget_ticks. The seat holds the lock. */
    uint64_t (*budget)(const Lock *lock);
};

/* For policies: memory for a lock, with the policy's state behind the head, all zero but the head. Given
 * back by lock_destroy() with free(), behind the policy's destroy(). Asserts that there is memory. */
void *lock_new(const LockPolicy *policy, size_t size);

/* Fills in the policy's own struct from a cell's params (NULL: there are none). What they do not say is the
 * default; what does not fit is added to the problem. The cell's params hold those of all locks of the grid;
 * what belongs to another policy is passed over. */
void lock_read_settings(const LockPolicy *policy, const json_t *params, LockSettings *ret, Problem *problem);

/* Makes a lock of this policy, also of one without an algorithm; it is freed by lock_destroy(), when no
 * thread uses it any more. Both before and after the timed region. */
Lock *lock_create(const LockPolicy *policy, const LockSettings *settings);
void lock_destroy(Lock *lock);

/* Takes the lock. now is the clock, which callers have just read for books of their own: a lock that is free
 * costs no more than to read it once more. For the thread of the seat, which does not hold it. Returns when
 * it does. */
void lock_acquire(Lock *lock, Seat *seat, nsec_t now);

/* Lets go of it. Returns how long the seat then waited for a forced switch. For the thread of the seat,
 * which holds it (asserted). The wait is no part of what was held. */
nsec_t lock_release(Lock *lock, Seat *seat, nsec_t now);

/* How many ticks the next step may use, at least 1. The seat holds the lock. */
static inline uint64_t lock_budget(const Lock *lock)
{
    return lock->policy->budget ? lock->policy->budget(lock) : lock->policy->budget_ticks;
}

/* The two behind the tests below. */
void lock_come_back(Lock *lock, Seat *seat);
void lock_yield(Lock *lock, Seat *seat);

/* Between two steps that used so many ticks: gives way if the policy says so. No clock is read where nobody
 * else comes, since some policies let go a million times a second. */
static inline void lock_check(Lock *lock, Seat *seat, uint64_t ticks)
{
    LockTurn turn = lock->policy->check ? lock->policy->check(lock, seat, ticks) : LOCK_KEPT;

    switch (turn) {
    case LOCK_KEPT:
        break;
    case LOCK_RETAKEN:
    case LOCK_RETAKEN_LATE:
        seat->stats.acquires++;
        seat->stats.contended += turn == LOCK_RETAKEN_LATE;
        if (lock->holder != seat)
            lock_come_back(lock, seat);
        break;
    case LOCK_YIELD:
        lock_yield(lock, seat);
        break;
    }
}
