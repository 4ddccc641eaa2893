/* A process for each task, forked from this one, which has a single thread. Each has a copy of the lock, as
 * each Python process has a GIL of its own, and shares nothing with the others but the arena. */
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
 * belong to the parent. */
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

/* A process that ended in another way than work() does leaves a task that says so. */
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
    if (r == 0 && cell->experiment->attend)
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
    .summary = "a process for each task: each has a lock of its own, and no shared data",
    .usual = true,
    .side_by_side = true,
    /* 60 KB of its own, page tables of 90 KB, and the rest of the kernel's part. */
    .task = {.noun = "process", .ns = 400e3, .bytes = 240 << 10},
    .run = processes_run,
};
