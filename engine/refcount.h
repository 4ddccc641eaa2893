/* The reference count of one object, kept in four ways. Nothing is really freed.
 *
 * Each way has fields of its own. self is any address that belongs to the calling
 * thread alone for as long as the count is used, and is only compared. All functions may be called by several
 * threads at the same time, but for refcount_init() and refcount_settle(). */
#pragma once

#include <pthread.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum CountKind {
    COUNT_PLAIN,  /* a load and a store: what a lock around the interpreter makes right */
    COUNT_ATOMIC, /* one atomic operation */
    COUNT_BIASED, /* the owner's thread counts plainly, the others atomically (PEP 703) */
    COUNT_LOCKED, /* a mutex for each object */
} CountKind;

typedef struct Refcount {
    CountKind kind; /* set before anybody else knows the object, then read-only */

    /* Plain: relaxed load, relaxed store, because the race is the lesson. Atomic: read, modify, write. */
    alignas(64) _Atomic int64_t count;

    /* Biased, side by side as in an object's head. An owner is known by any address of its own. */
    _Atomic(const void *) owner; /* NULL once local and shared are merged; changed by the owner only */
    _Atomic int64_t local;       /* the owner's: relaxed load, relaxed store, as in CPython */
    _Atomic int64_t shared;      /* four times the count of all others, and flags; may be negative */

    alignas(64) pthread_mutex_t mutex;
    int64_t guarded; /* locked: guarded by mutex */
} Refcount;

/* Makes a count that stands at so many references; a biased one counts them for an owner who is to come.
 * Before other threads know the object. */
void refcount_init(Refcount *count, CountKind kind, int64_t references);

/* The first who calls it becomes the owner of a biased count. Everybody calls it before all else. */
void refcount_adopt(Refcount *count, const void *self);

/* Takes a reference; gives one back. Both are called with the own address by whoever takes or gives back, and
 * need not be the same. refcount_drop returns whether the count reached zero: the object would be freed. */
void refcount_take(Refcount *count, const void *self);
bool refcount_drop(Refcount *count, const void *self);

/* Takes so many references and gives them back, a list of REFCOUNT_HELD at a time. (One at a time the lost
 * updates would hide: a lost take and a lost drop cancel.) Returns how often the count reached zero. */
enum { REFCOUNT_HELD = 32 };

uint64_t refcount_churn(Refcount *count, const void *self, uint64_t times);

/* Between steps: an owner who was asked to merge does so. Returns whether the count reached zero. */
bool refcount_serve(Refcount *count, const void *self);

/* Returns the count when nobody uses it any more and everything that was done to it has become visible. */
int64_t refcount_settle(Refcount *count);

/* The time to take a reference and give it back, by one thread, in nanoseconds: the least of several short
 * measurements, less than a millisecond in all. Measured once per kind and process. */
double refcount_pair_ns(CountKind kind);
