/* Header, seats and tasks lie behind one another in one anonymous shared mapping. Shared, so that processes
 * write into the same pages as their parent reads; one mapping, so that it is touched and given back whole.
 * Seats and tasks begin on a cache line each: two tasks that count must not take the line from one another.
 *
 * The layout is decided once, when the arena is made, and kept as offsets, because the state behind each
 * task has the size that the experiment asks for. Offsets are rounded up to the alignment of what begins
 * there, and the stride of the tasks is a multiple of it. */
#include "engine/arena.h"

#include <errno.h>
#include <sys/mman.h>

#include "engine/pages.h"
#include "engine/timeline.h"

/* unit need not be a power of two. */
static size_t arena_round_up(size_t size, size_t unit)
{
    return (size + unit - 1) / unit * unit;
}

int arena_create(uint32_t n_seats, uint32_t n_tasks, size_t state_bytes, Arena **ret)
{
    size_t seat_offset = arena_round_up(sizeof(Arena), alignof(Seat));
    size_t task_offset = arena_round_up(seat_offset + n_seats * sizeof(Seat), alignof(Task));
    size_t task_stride = arena_round_up(sizeof(Task) + state_bytes, alignof(Task));
    size_t size = task_offset + n_tasks * task_stride;
    Arena *arena = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (arena == MAP_FAILED)
        return -errno;
    arena->size = size;
    arena->seat_offset = seat_offset;
    arena->task_offset = task_offset;
    arena->task_stride = task_stride;
    arena->n_seats = n_seats;
    arena->n_tasks = n_tasks;
    arena->n_started = n_tasks;
    for (uint32_t i = 0; i < n_tasks; i++)
        arena_task(arena, i)->id = i;
    *ret = arena;
    return 0;
}

void arena_free(Arena *arena)
{
    if (!arena)
        return;
    timeline_free(arena->timeline);
    munmap(arena, arena->size);
}

void arena_touch(Arena *arena)
{
    pages_touch(arena, arena->size);
    if (arena->timeline)
        pages_touch(arena->timeline, arena->timeline->size);
}
