/* One after the other, in the one thread there is: the baseline that everything is compared with. The lock is
 * taken and asked as in the other modes, so that what they cost more is not the lock's bare presence. */
#include "engine/drive.h"
#include "engine/registry.h"

static int serial_run(const Cell *cell, Arena *arena)
{
    Lock *lock = lock_create(cell->lock, &cell->lock_settings);
    Loop loop;

    loop_init(&loop, cell, arena, lock, arena_seat(arena, 0), 1);
    loop.alone = true;
    cell_start_clock(arena);
    for (uint32_t i = 0; i < cell->n_tasks; i++)
        drive_tasks(&loop, i, 1);
    drive_close(&loop);
    cell_stop_clock(arena);
    loop_finish(&loop);
    lock_destroy(lock);
    return 0;
}

const Mode mode_serial = {
    .name = "serial",
    .summary = "one after the other in one thread",
    .usual = true,
    .baseline = true,
    .shares_memory = true,
    .task = {.noun = "call"},
    .run = serial_run,
};
