/* What calls the steps of the tasks: one thread, many, or many processes. One mode-*.c each, ending in its
 * const descriptor.
 *
 * All of them do the same things in the same order, and differ in what they make for a task: allocate loops
 * and locks; cell_start_clock(); run the tasks, or make threads or processes that run them, note how many
 * there are, let the experiment attend, and join them; cell_stop_clock(); free. */
#pragma once

#include "engine/cell.h"

/* What a mode makes for each task. */
typedef struct ModeTask {
    const char *noun; /* "thread": what people call it */
    double ns;        /* to make one, from measurements with some room; 0: nothing is made */
    size_t bytes;     /* that it takes while it lives, with the kernel's part; 0: nothing of its own */
} ModeTask;

enum { MODE_MAX_ALIASES = 3 };

struct Mode {
    const char *name;
    const char *aliases[MODE_MAX_ALIASES + 1]; /* other names that are accepted, the best known first */
    const char *summary;

    /* Everything that others need to know of a mode: nobody asks for its name. */
    bool usual;         /* runs if nobody says which */
    bool baseline;      /* what all others are compared with */
    bool side_by_side;  /* each task has a loop, and so a seat, of its own, and they run at the same time */
    bool shares_memory; /* all tasks are in one process; else they share the arena and nothing else */
    bool one_loop;      /* all tasks run on one loop, in one thread, and take turns there */
    ModeTask task;

    /* Runs all tasks of the arena to their end, from the cell's process, which has one thread. Everything
     * that can be allocated is, then arena->epoch is taken with cell_start_clock() before the first task,
     * thread or process is made. Returns after the last is joined, with arena->create set. Returns 0, or a
     * negative errno with arena->reason written. */
    int (*run)(const Cell *cell, Arena *arena);
};

/* A task comes to its end before the next one begins: nothing can come between its steps. */
static inline bool mode_is_one_by_one(const Mode *mode)
{
    return !mode->side_by_side && !mode->one_loop;
}

static inline bool mode_makes_threads(const Mode *mode)
{
    return mode->side_by_side && mode->shares_memory;
}

/* How many threads or processes may be started: as many as there are tasks, or prepare() allows. */
uint32_t cell_start_limit(const Cell *cell);

/* Notes that so many tasks are started, "threads" or "processes", the next one not because of error (0: the
 * limit). Returns 0 if they are all, or the experiment takes fewer and arena->shortfall says why; else a
 * negative errno with arena->reason written. */
int cell_note_started(const Cell *cell, Arena *arena, uint32_t started, const char *what, int error);

/* Takes the start of the timed region, and stops it; see cell.c for what is read besides the clock.
 * Everything between the two is measured, and nothing else; both are called once, by the cell's first
 * thread. */
void cell_start_clock(Arena *arena);
void cell_stop_clock(Arena *arena);
