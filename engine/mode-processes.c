/* A process for each task, forked from this one, which has a single thread. Each has a copy of the lock, as
 * each Python process has a GIL of its own, and shares nothing with the others but the arena.
 *
 * fork() copies only the thread that calls it. A second thread could hold a mutex, of malloc for one, at that
 * moment, and in the child nobody would ever unlock it; so the cell's process has one thread in this mode. */
#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/drive.h"
#include "engine/experiment.h"
#include "engine/registry.h"

/* As in cell.c: a task does not outlive the cell that it belongs to. It leaves without exit handlers, which
 * belong to the parent, and without writing again what the parent had buffered. The loop and the lock are
 * copies of the parent's, made by fork(), so each process has its own without a line of code. The seat is
 * the one of its task, in the shared arena. */
static _Noreturn void processes_work(Loop *loop, Arena *arena, uint32_t task, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    loop->seat = arena_seat(arena, task);
    drive_tasks(loop, task, 1);
    drive_close(loop);
    _exit(0);
}

/* A process that ended in another way than work() does leaves a task that says so. Its own writes to the
 * task may have stopped anywhere, so the parent writes the failure into the arena. */
static void processes_join(pid_t pid, Task *task)
{
    int status;
    pid_t waited;

    do
        waited = waitpid(pid, &status, 0);
    while (waited < 0 && errno == EINTR);
    assert(waited == pid);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return;
    task->failed = true;
    if (WIFSIGNALED(status))
        task_fail(task, "its process died of signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        task_fail(task, "its process ended with status %d", WEXITSTATUS(status));
}

static int processes_run(const Cell *cell, Arena *arena)
{
    Lock *lock = lock_create(cell->lock, &cell->lock_settings);
    pid_t *pids = calloc(cell->n_tasks, sizeof(*pids)), self = getpid();
    uint32_t limit = cell_start_limit(cell), started;
    Loop loop;
    int r = 0;

    assert(pids);
    loop_init(&loop, cell, arena, lock, arena_seat(arena, 0), 1);
    loop.alone = true;
    cell_start_clock(arena);
    /* The child never comes back from here, and the first fork that fails ends the start: after "too many
     * processes" the next would most likely fail, too, or take the last number from somebody else. */
    for (started = 0; started < limit; started++) {
        pids[started] = fork();
        if (pids[started] == 0)
            processes_work(&loop, arena, started, self);
        if (pids[started] < 0) {
            r = errno;
            break;
        }
    }
    arena->create = nsec_now() - arena->epoch;
    r = cell_note_started(cell, arena, started, "processes", r);
    /* Those that are there may wait for the missing ones, or for a parent that attends to them: the cell has
     * failed, so they need not come to their end. */
    if (r < 0)
        for (uint32_t i = 0; i < started; i++)
            kill(pids[i], SIGKILL);
    else if (cell->experiment->attend)
        cell->experiment->attend(cell, arena);
    for (uint32_t i = 0; i < started; i++)
        processes_join(pids[i], arena_task(arena, i));
    cell_stop_clock(arena);
    loop_finish(&loop);
    lock_destroy(lock);
    free(pids);
    return r;
}

const Mode mode_processes = {
    .name = "processes",
    .aliases = {"process", "multiprocessing"},
    .summary = "a process for each task: each has a lock of its own, and no shared data",
    .usual = true,
    .side_by_side = true,
    /* 60 KB of its own, page tables of 90 KB, and the rest of the kernel's part. */
    .task = {.noun = "process", .ns = 400e3, .bytes = 240 << 10},
    .run = processes_run,
};
