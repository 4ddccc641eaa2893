/* A fair lock: first come, first served. Whoever finds it taken gets the next number and sleeps in line. A
 * holder whose turn is over, and every holder that lets go, hands the lock to the first in line: it is never
 * free between them, so none that comes later, and not the one that let go, can get in between.
 *
 * What this prevents: no thread starves, and none waits for longer than a turn of each that came before it.
 * Under the locks of CPython that is a matter of luck. There is no queue in them, a release makes the lock
 * free for all, and a thread that is on a CPU at that moment is faster than one that has to be woken.
 *
 * What this causes is the reason why CPython's lock is not fair. Every hand-over is a switch: the next thread
 * is asleep, and the lock is kept for it while the kernel wakes it, some microseconds in which nobody
 * computes. A thread that lets go for a short call, as for a write to a pipe, stands at the end of the line
 * when it is back, although the lock was not needed by anybody for longer than the call. With a short turn
 * the lock is busy with changing hands (a lock convoy), with a long one a thread that answers requests waits
 * for a whole turn of each that computes. A lock that may be overtaken does without most of these switches.
 *
 * Each thread sleeps on a semaphore of its own, in the order of a list. One is woken at a time, and never in
 * vain, however many stand in line. */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>

#include "base/array.h"
#include "engine/own-semaphore.h"
#include "engine/registry.h"

/* A turn that is over goes on while nobody waits, and then somebody may come at any time. Then the holder
 * looks every so many ticks whether somebody stands in line. */
enum { TICKET_LOOK_TICKS = 100 };

typedef struct TicketSettings {
    int64_t turn_ticks;
} TicketSettings;

/* A place in line, in the stack of the thread that sleeps there. It is there only as long as its thread
 * sleeps, so the line needs no memory of its own and cannot be full. */
typedef struct Ticket {
    STAILQ_ENTRY(Ticket) entry;
    Semaphore called;
} Ticket;

typedef struct TicketLock {
    Lock base;
    int64_t turn_ticks; /* set before the first thread starts */
    int64_t left;       /* of the holder's turn, in ticks; guarded by the lock */

    /* A hint, relaxed: the holder asks again at its next check. */
    alignas(64) atomic_uint n_waiting;

    alignas(64) pthread_mutex_t mutex;
    bool taken;                 /* guarded by mutex, as the line is */
    STAILQ_HEAD(, Ticket) line; /* first come, first served */
} TicketLock;

static const Parameter ticket_parameters[] = {
    {
        .name = "turn_ticks",
        .unit = "ticks",
        .help = "how many ticks a thread runs before it gives way to the first in line (ticket)",
        .min = 1,
        .max = 1000000,
        .fallback = 10000,
        .offset = offsetof(TicketSettings, turn_ticks),
    },
};

static Lock *ticket_create(const LockPolicy *policy, const void *settings)
{
    TicketLock *ticket = lock_new(policy, sizeof(*ticket));
    int r;

    ticket->turn_ticks = ((const TicketSettings *)settings)->turn_ticks;
    STAILQ_INIT(&ticket->line);
    r = pthread_mutex_init(&ticket->mutex, NULL);
    assert(r == 0);
    return &ticket->base;
}

static void ticket_destroy(Lock *lock)
{
    pthread_mutex_destroy(&((TicketLock *)lock)->mutex);
}

static void ticket_lock_mutex(TicketLock *ticket)
{
    int r = pthread_mutex_lock(&ticket->mutex);

    assert(r == 0);
}

static void ticket_unlock_mutex(TicketLock *ticket)
{
    int r = pthread_mutex_unlock(&ticket->mutex);

    assert(r == 0);
}

/* The counter is for ticket_check(), which does not take the mutex. */
static void ticket_stand_in_line_locked(TicketLock *ticket, Ticket *mine)
{
    semaphore_init(&mine->called, 0);
    STAILQ_INSERT_TAIL(&ticket->line, mine, entry);
    atomic_fetch_add_explicit(&ticket->n_waiting, 1, memory_order_relaxed);
}

/* Returns the first in line, which has the lock now, or NULL. It is to be called outside of the mutex, so
 * that it does not wake only to run into it. */
static Ticket *ticket_next_locked(TicketLock *ticket)
{
    Ticket *next = STAILQ_FIRST(&ticket->line);

    ticket->taken = next != NULL;
    if (!next)
        return NULL;
    STAILQ_REMOVE_HEAD(&ticket->line, entry);
    atomic_fetch_sub_explicit(&ticket->n_waiting, 1, memory_order_relaxed);
    return next;
}

/* Whoever is called has the lock already. So taken is not set again behind the wait: it was true all the
 * time, and nobody else has seen the lock free. left is written by the holder only. */
static bool ticket_acquire(Lock *lock, Seat *seat)
{
    TicketLock *ticket = (TicketLock *)lock;
    bool was_taken;
    Ticket mine;

    (void)seat;
    ticket_lock_mutex(ticket);
    was_taken = ticket->taken;
    ticket->taken = true;
    if (was_taken)
        ticket_stand_in_line_locked(ticket, &mine);
    ticket_unlock_mutex(ticket);
    if (was_taken)
        semaphore_wait(&mine.called);
    ticket->left = ticket->turn_ticks;
    return was_taken;
}

/* The lock is handed over inside the mutex, before the next one wakes: between the two nobody can take it. */
static bool ticket_release(Lock *lock, Seat *seat)
{
    TicketLock *ticket = (TicketLock *)lock;
    Ticket *next;

    (void)seat;
    ticket_lock_mutex(ticket);
    next = ticket_next_locked(ticket);
    ticket_unlock_mutex(ticket);
    if (next)
        semaphore_post(&next->called);
    return false;
}

/* Stands in line before it calls the next one, which may put it off its CPU at once and is to see it there.
 * Were the two done one after the other, as release and acquire, the next one could be through with its turn
 * and stand in line again before this one is back, and would be served first: two threads would take turns
 * and a third wait. The line is not empty here: only a holder takes somebody out of it, and that is this
 * seat. */
static bool ticket_pass_on(Lock *lock, Seat *seat)
{
    TicketLock *ticket = (TicketLock *)lock;
    Ticket mine, *next;

    (void)seat;
    ticket_lock_mutex(ticket);
    ticket_stand_in_line_locked(ticket, &mine);
    next = ticket_next_locked(ticket);
    ticket_unlock_mutex(ticket);
    semaphore_post(&next->called);
    semaphore_wait(&mine.called);
    ticket->left = ticket->turn_ticks;
    return next != &mine;
}

/* Before the turn is over nobody can have the lock, so there is nothing to look at. */
static uint64_t ticket_budget(const Lock *lock)
{
    const TicketLock *ticket = (const TicketLock *)lock;

    return ticket->left > 0 ? (uint64_t)ticket->left : TICKET_LOOK_TICKS;
}

/* A turn that is over is not given a new one while nobody waits: whoever comes then has the lock at the next
 * look, and does not wait for a whole turn more. */
static LockTurn ticket_check(Lock *lock, Seat *seat, uint64_t ticks)
{
    TicketLock *ticket = (TicketLock *)lock;

    (void)seat;
    if (ticket->left > 0)
        ticket->left -= (int64_t)ticks;
    if (ticket->left > 0)
        return LOCK_KEPT;
    return atomic_load_explicit(&ticket->n_waiting, memory_order_relaxed) > 0 ? LOCK_YIELD : LOCK_KEPT;
}

const LockPolicy lock_ticket = {
    .name = "ticket",
    .title = "the ticket lock",
    .summary = "a fair lock: first come, first served, and each turn costs a switch",
    .exclusive = true,
    .fair = true,
    .crowding = 0.05, /* of the usual turn, of 58 us; the next in line begins some 3 us later */
    .parameters = ticket_parameters,
    .n_parameters = ARRAY_LENGTH(ticket_parameters),
    .create = ticket_create,
    .destroy = ticket_destroy,
    .acquire = ticket_acquire,
    .release = ticket_release,
    .check = ticket_check,
    .pass_on = ticket_pass_on,
    .budget = ticket_budget,
};
