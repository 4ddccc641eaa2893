/* One shared mapping with everything that a repetition of a cell writes: its header, a seat for each loop
 * and a task for each call of the function. It is made and touched before the clock starts, and lies in the
 * same place for threads and for processes, so the parent reads the outcome of both in the same way.
 *
 *     | Arena | Seat 0, 1, ... | Task 0 + state | Task 1 + state | ...
 *
 * It is mapped by the engine before it forks the cell's process, which forks those of its tasks. All of them
 * see the same bytes at the same address, so pointers into it are good in each of them. What a process that
 * crashed had written until then is still there.
 *
 * Seats and tasks begin on a cache line of their own: otherwise two threads that count would take one line
 * from each other's CPU, and the threads mode would look slower than it is, for a reason of ours. */
#pragma once

#include <stdatomic.h>
#include <stddef.h>

#include "base/nsec.h"
#include "engine/lock.h"

enum { ARENA_REASON_SIZE = 160, ARENA_OUTCOMES = 8 };

/* One call of the experiment's function. Written by its own loop only, read after the join. */
typedef struct Task {
    alignas(64) uint32_t id;
    /* Since the cell's start. came: its loop's thread first ran, before it asked for the lock. start: its
     * first step. end is 0 until it is done. */
    nsec_t came, start, end;
    nsec_t cpu;        /* thread time, where the task had the thread for itself */
    struct Task *next; /* in its loop's ready queue */
    bool ready;        /* stands in that queue */
    bool failed;
    char reason[ARENA_REASON_SIZE]; /* why it failed; empty if it did not */
    alignas(16) char state[];       /* the experiment's own */
} Task;

/* Memory in use at one moment; see engine/memory.h. */
typedef struct MemoryReading {
    uint64_t resident;    /* anonymous bytes in memory */
    uint64_t reserved;    /* bytes of address space */
    uint64_t page_tables; /* bytes of the kernel that map them */
} MemoryReading;

typedef struct Timeline Timeline;

typedef struct Arena {
    /* Set by arena_create(), then read-only. In bytes, from the beginning of the mapping. */
    size_t size, seat_offset, task_offset, task_stride;
    uint32_t n_seats, n_tasks;

    /* Written by the cell's process after the join. */
    bool complete; /* the repetition came to its end */
    bool refused;  /* it must not be run, here or again */
    char reason[ARENA_REASON_SIZE];
    /* wall: from before the first task is made until the last is joined. cpu: of all threads and processes of
     * the cell in that time. create: until all threads or processes are made, 0 where none are. join: from
     * the end of the last task to the end of wall. */
    nsec_t wall, cpu, create, join;
    uint64_t voluntary_switches, involuntary_switches;
    uint64_t peak_resident, peak_reserved;
    MemoryReading memory_before;
    uint64_t outcome[ARENA_OUTCOMES]; /* the experiment's own, by its conclude() */

    /* Written by the cell's process when all tasks are started; see mode.h. */
    uint32_t n_started;                /* tasks that there are; n_tasks unless too few could be had */
    char shortfall[ARENA_REASON_SIZE]; /* why they are fewer; empty if they are not */

    nsec_t epoch;         /* the monotonic clock at the start; set before the first task */
    bool read_memory;     /* this repetition looks at its memory; set before the first task */
    bool tasks_are_alone; /* each task is a process of its own; set before the first task */
    bool memory_noted;    /* the experiment has looked when all tasks were there; set before the first ends */
    Timeline *timeline;   /* owned; NULL unless traced; set before the first task */

    /* Relaxed: only the order of its own values counts. */
    alignas(64) atomic_uint n_finished;
    /* By the first task to end while the others are there; of processes, the sum over all. */
    atomic_ullong resident_during, reserved_during, page_tables_during;
} Arena;

/* Makes an arena of so many seats and tasks with state_bytes for each task's experiment. Returns 0 and sets
 * *ret, or a negative errno. */
int arena_create(uint32_t n_seats, uint32_t n_tasks, size_t state_bytes, Arena **ret);

/* Unmaps it here, with its timeline; NULL is fine. Other processes that have it keep their mapping. */
void arena_free(Arena *arena);

/* Brings all its pages into this process, so that no timed region pays for the first touch. A mapping that
 * is shared has no pages before somebody writes to them, and each first write is a page fault of a
 * microsecond or so. To be called by the process whose clock is about to start. */
void arena_touch(Arena *arena);

/* The i-th seat, i below n_seats; likewise below for tasks. */
static inline Seat *arena_seat(Arena *arena, uint32_t i)
{
    return (Seat *)((char *)arena + arena->seat_offset) + i;
}

static inline Task *arena_task(Arena *arena, uint32_t i)
{
    return (Task *)((char *)arena + arena->task_offset + i * arena->task_stride);
}
