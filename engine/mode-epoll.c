/* All tasks on one event loop in one thread, as asyncio runs them: a task that waits costs nothing, and a
 * task that computes or blocks stops all others. There is one seat, so the lock is never contended; it is
 * taken and asked all the same, because an interpreter does not know that it is alone. */
#include "engine/drive.h"
#include "engine/registry.h"

static int epoll_run(const Cell *cell, Arena *arena)
{
    Lock *lock = lock_create(cell->lock, &cell->lock_settings);
    Loop loop;

    loop_init(&loop, cell, arena, lock, arena_seat(arena, 0), cell->n_tasks);
    cell_start_clock(arena);
    drive_tasks(&loop, 0, cell->n_tasks);
    drive_close(&loop);
    cell_stop_clock(arena);
    loop_finish(&loop);
    lock_destroy(lock);
    return 0;
}

const Mode mode_epoll = {
    .name = "epoll",
    .aliases = {"asyncio", "async"},
    .summary = "all on one event loop in one thread",
    .shares_memory = true,
    .one_loop = true,
    .task = {.noun = "task"},
    .run = epoll_run,
};
