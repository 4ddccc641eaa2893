/* The biased count is that of free-threaded CPython (PEP 703; Objects/object.c, Python/brc.c), after Choi,
 * Shull and Torrellas (Biased Reference Counting, 2018). The true count is local + shared. It cannot be seen
 * at a glance, so the two have to be merged before anybody may conclude that it is zero:
 *
 *   - The owner's local count reaches zero: the owner gives up ownership, and from now on everybody counts in
 *     shared. Whoever brings that to zero frees the object.
 *   - Another thread gives back a reference that is counted in local, so shared would go below zero: it
 * queues the object for the owner instead, and the queue keeps that reference. The owner adds up both counts
 * at its next opportunity, gives up ownership and drops the queue's reference.
 *
 * shared is one word: the count times four, and below it the flags MERGED and QUEUED. So a count and its
 * flags change in one atomic operation, and nobody ever sees a new count with old flags. */
#include "engine/refcount.h"

#include <assert.h>

#include "base/nsec.h"

/* The flags of shared, below the count. */
enum { MERGED = 1, QUEUED = 2, ONE = 4 };

/* Two threads that load the same value store the same value, and one of the two references is forgotten.
 * With relaxed atomics instead of a plain variable this is what the program says, and not undefined
 * behaviour. */
static inline void take_plain(Refcount *count)
{
    int64_t value = atomic_load_explicit(&count->count, memory_order_relaxed);

    atomic_store_explicit(&count->count, value + 1, memory_order_relaxed);
}

static inline bool drop_plain(Refcount *count)
{
    int64_t value = atomic_load_explicit(&count->count, memory_order_relaxed) - 1;

    atomic_store_explicit(&count->count, value, memory_order_relaxed);
    return value == 0;
}

/* A thread that takes a reference has one already, or the object could be gone: nothing is ordered by it. */
static inline void take_atomic(Refcount *count)
{
    atomic_fetch_add_explicit(&count->count, 1, memory_order_relaxed);
}

/* Acquire and release: the thread that frees the object must see all that was done with it. */
static inline bool drop_atomic(Refcount *count)
{
    return atomic_fetch_sub_explicit(&count->count, 1, memory_order_acq_rel) == 1;
}

/* Relaxed: whether it is me cannot change under my hands. */
static inline bool is_owner(const Refcount *count, const void *self)
{
    return atomic_load_explicit(&count->owner, memory_order_relaxed) == self;
}

static inline int64_t local(const Refcount *count)
{
    return atomic_load_explicit(&count->local, memory_order_relaxed);
}

static inline void set_local(Refcount *count, int64_t value)
{
    atomic_store_explicit(&count->local, value, memory_order_relaxed);
}

static inline void take_biased(Refcount *count, const void *self)
{
    if (is_owner(count, self))
        set_local(count, local(count) + 1);
    else
        atomic_fetch_add_explicit(&count->shared, ONE, memory_order_relaxed);
}

/* What shared counts, without its flags. */
static inline int64_t counted(int64_t shared)
{
    return (shared & ~(int64_t)(MERGED | QUEUED)) / ONE;
}

/* By the owner: adds local to shared for good and drops the queue's reference. Returns the true count.
 * Acquire and release, as for the atomic count: it may be the end of the object. The loop is for those who
 * change shared between the load and the exchange; with their change the sum is made anew. A count that was
 * queued holds the reference of the queue, which ends here. */
static int64_t merge(Refcount *count)
{
    int64_t shared = atomic_load_explicit(&count->shared, memory_order_relaxed), merged;

    atomic_store_explicit(&count->owner, NULL, memory_order_relaxed);
    do
        merged = counted(shared) + local(count) - (shared & QUEUED ? 1 : 0);
    while (!atomic_compare_exchange_weak_explicit(
        &count->shared, &shared, merged * ONE + MERGED, memory_order_acq_rel, memory_order_relaxed));
    set_local(count, 0);
    return merged;
}

/* A shared count of zero without flags has no reference to give back: it is one of the owner's. After that
 * the count may go below zero, for further references of the owner's that others give back; the sum is right
 * again when it is merged. Only a merged count that reaches zero is the end of the object: then next is
 * MERGED and nothing else. */
static inline bool drop_shared(Refcount *count)
{
    int64_t shared = atomic_load_explicit(&count->shared, memory_order_relaxed), next;

    do
        next = shared == 0 ? QUEUED : shared - ONE;
    while (!atomic_compare_exchange_weak_explicit(
        &count->shared, &shared, next, memory_order_acq_rel, memory_order_relaxed));
    return next == MERGED;
}

/* The owner's usual drop is two plain accesses of its own memory. When local reaches zero the owner has
 * nothing left to give back, and must merge, or the references that others hold could never end the object.
 */
static inline bool drop_biased(Refcount *count, const void *self)
{
    if (!is_owner(count, self))
        return drop_shared(count);
    set_local(count, local(count) - 1);
    return local(count) == 0 && merge(count) == 0;
}

/* What an object with a mutex of its own would cost: two atomic operations, and a sleep where threads meet.
 */
static inline int64_t add_locked(Refcount *count, int64_t references)
{
    int64_t value;
    int r = pthread_mutex_lock(&count->mutex);

    assert(r == 0);
    value = count->guarded += references;
    r = pthread_mutex_unlock(&count->mutex);
    assert(r == 0);
    return value;
}

static inline void take(Refcount *count, CountKind kind, const void *self)
{
    switch (kind) {
    case COUNT_PLAIN:
        take_plain(count);
        break;
    case COUNT_ATOMIC:
        take_atomic(count);
        break;
    case COUNT_BIASED:
        take_biased(count, self);
        break;
    case COUNT_LOCKED:
        add_locked(count, 1);
        break;
    }
}

static inline bool drop(Refcount *count, CountKind kind, const void *self)
{
    switch (kind) {
    case COUNT_PLAIN:
        return drop_plain(count);
    case COUNT_ATOMIC:
        return drop_atomic(count);
    case COUNT_BIASED:
        return drop_biased(count, self);
    case COUNT_LOCKED:
        return add_locked(count, -1) == 0;
    }
    return false;
}

void refcount_init(Refcount *count, CountKind kind, int64_t references)
{
    int r;

    *count = (Refcount){.kind = kind};
    r = pthread_mutex_init(&count->mutex, NULL);
    assert(r == 0);
    atomic_init(&count->count, references);
    /* The object itself stands for the owner who is to come. */
    atomic_init(&count->owner, count);
    atomic_init(&count->local, references);
    count->guarded = references;
}

/* The owner is the first thread that comes, decided by one exchange: a second one finds somebody there
 * already. */
void refcount_adopt(Refcount *count, const void *self)
{
    const void *nobody = count;

    atomic_compare_exchange_strong_explicit(
        &count->owner, &nobody, self, memory_order_relaxed, memory_order_relaxed);
}

void refcount_take(Refcount *count, const void *self)
{
    take(count, count->kind, self);
}

bool refcount_drop(Refcount *count, const void *self)
{
    return drop(count, count->kind, self);
}

/* Made for one kind each, so that nothing but the count's own work is in the loop. always_inline with a
 * constant kind lets the compiler resolve the switch once for each loop. A branch for each reference would
 * cost as much as the plain count itself. */
static inline __attribute__((always_inline)) uint64_t churn(
    Refcount *count, CountKind kind, const void *self, uint64_t times)
{
    uint64_t zeros = 0, held;

    for (; times > 0; times -= held) {
        held = times < REFCOUNT_HELD ? times : REFCOUNT_HELD;
        for (uint64_t i = 0; i < held; i++)
            take(count, kind, self);
        for (uint64_t i = 0; i < held; i++)
            zeros += drop(count, kind, self);
    }
    return zeros;
}

uint64_t refcount_churn(Refcount *count, const void *self, uint64_t times)
{
    switch (count->kind) {
    case COUNT_PLAIN:
        return churn(count, COUNT_PLAIN, self, times);
    case COUNT_ATOMIC:
        return churn(count, COUNT_ATOMIC, self, times);
    case COUNT_BIASED:
        return churn(count, COUNT_BIASED, self, times);
    case COUNT_LOCKED:
        return churn(count, COUNT_LOCKED, self, times);
    }
    return 0;
}

/* Relaxed: a look that is too early finds nothing, and the next step looks again. merge() reads it anew with
 * the order it needs. */
bool refcount_serve(Refcount *count, const void *self)
{
    if (!is_owner(count, self) || !(atomic_load_explicit(&count->shared, memory_order_relaxed) & QUEUED))
        return false;
    return merge(count) == 0;
}

/* A biased count that still has an owner is merged here, by whoever settles it: its owner has ended and will
 * not. */
int64_t refcount_settle(Refcount *count)
{
    switch (count->kind) {
    case COUNT_PLAIN:
    case COUNT_ATOMIC:
        return atomic_load_explicit(&count->count, memory_order_relaxed);
    case COUNT_BIASED:
        if (atomic_load_explicit(&count->owner, memory_order_relaxed))
            return merge(count);
        return counted(atomic_load_explicit(&count->shared, memory_order_relaxed));
    case COUNT_LOCKED:
        return count->guarded;
    }
    return 0;
}

/* By one thread, without anybody who disturbs it: the least that this count can cost. */
double refcount_pair_ns(CountKind kind)
{
    enum { PAIRS = 2000, MEASUREMENTS = 40 };
    static double least[COUNT_LOCKED + 1];
    Refcount count;

    if (least[kind] > 0)
        return least[kind];
    refcount_init(&count, kind, 1);
    refcount_adopt(&count, &kind);
    for (int i = 0; i < MEASUREMENTS; i++) {
        nsec_t since = nsec_now();
        double pair;

        refcount_churn(&count, &kind, PAIRS);
        pair = (double)(nsec_now() - since) / PAIRS;
        if (i == 0 || pair < least[kind])
            least[kind] = pair;
    }
    pthread_mutex_destroy(&count.mutex);
    return least[kind];
}
