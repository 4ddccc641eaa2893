/* A repetition has two sides. The engine's process forks, waits with a deadline, and turns whatever became
 * of the child into a reason that people understand. The child confines itself to the cell's CPUs, prepares,
 * starts the clock, lets the mode run all tasks, and leaves its outcome in the arena; it never returns from
 * cell_child_main().
 *
 * Nothing but the arena comes back. So a child that crashed, ran out of memory or was killed needs no
 * handling of its own: complete is still false. */
#include "engine/cell.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "engine/affinity.h"
#include "engine/experiment.h"
#include "engine/memory.h"
#include "engine/mode.h"
#include "engine/timeline.h"

/* What the process and its joined children have used so far. */
typedef struct Usage {
    nsec_t cpu;
    uint64_t voluntary, involuntary;
} Usage;

static nsec_t cell_nsec_from_timeval(const struct timeval *tv)
{
    return (nsec_t)tv->tv_sec * NSEC_PER_SEC + (nsec_t)tv->tv_usec * NSEC_PER_USEC;
}

/* Children count once they were waited for: those of the processes mode are, when its clock stops. */
static Usage cell_read_usage(void)
{
    static const int whose[] = {RUSAGE_SELF, RUSAGE_CHILDREN};
    Usage sum = {0};

    for (size_t i = 0; i < ARRAY_LENGTH(whose); i++) {
        struct rusage usage;

        getrusage(whose[i], &usage);
        sum.cpu += cell_nsec_from_timeval(&usage.ru_utime) + cell_nsec_from_timeval(&usage.ru_stime);
        sum.voluntary += (uint64_t)usage.ru_nvcsw;
        sum.involuntary += (uint64_t)usage.ru_nivcsw;
    }
    return sum;
}

/* The usage at the start; the arena is shared, this is the cell's process alone. */
static Usage usage_before;

/* The clock is read last here and first in cell_stop_clock(), so that reading the usage, some microseconds,
 * is no part of the wall time. */
void cell_start_clock(Arena *arena)
{
    usage_before = cell_read_usage();
    arena->epoch = nsec_now();
}

/* A task that has ended has written its end, and the modes join all of them before they come here. */
void cell_stop_clock(Arena *arena)
{
    nsec_t last_end = 0;
    Usage usage;

    arena->wall = nsec_now() - arena->epoch;
    usage = cell_read_usage();
    arena->cpu = usage.cpu - usage_before.cpu;
    arena->voluntary_switches = usage.voluntary - usage_before.voluntary;
    arena->involuntary_switches = usage.involuntary - usage_before.involuntary;
    for (uint32_t i = 0; i < arena->n_tasks; i++)
        if (arena_task(arena, i)->end > last_end)
            last_end = arena_task(arena, i)->end;
    arena->join = arena->wall > last_end ? arena->wall - last_end : 0;
}

uint32_t cell_start_limit(const Cell *cell)
{
    return cell->start_limit > 0 && cell->start_limit < cell->n_tasks ? cell->start_limit : cell->n_tasks;
}

/* Fewer threads than were asked for are a result for one experiment, whose subject that is; for all others
 * the figures would be those of another cell, so it fails. */
int cell_note_started(const Cell *cell, Arena *arena, uint32_t started, const char *what, int error)
{
    const char *why = error > 0 ? strerror(error) : cell->start_limit_reason;

    arena->n_started = started;
    if (started == cell->n_tasks)
        return 0;
    if (cell->experiment->takes_fewer && started > 0) {
        /* How many there are is a figure of the result. */
        snprintf(arena->shortfall, ARENA_REASON_SIZE, "%s", why);
        return 0;
    }
    snprintf(arena->reason, ARENA_REASON_SIZE, "only %u of %u %s could be started: %.100s", started,
        cell->n_tasks, what, why);
    return error > 0 ? -error : -EAGAIN;
}

/* The first task that failed speaks for the cell: what others lack then follows from it. Else the first that
 * answered wrongly. The answers are checked in every repetition: a lock that lets two in, or a loop that
 * loses a wake-up, shows in a wrong sum before it shows in a time, and a figure of wrong work is worse than
 * none. */
static bool cell_answers_are_right(const Cell *cell, Arena *arena)
{
    const char *complaint = NULL;
    uint32_t i;

    for (i = 0; i < arena->n_started && !arena_task(arena, i)->failed; i++)
        ;
    if (i < arena->n_started)
        complaint = arena_task(arena, i)->reason;
    for (uint32_t at = 0; at < arena->n_started && !complaint; at++) {
        i = at;
        complaint = arena_task(arena, i)->end == 0 ? "it did not come to its end"
                                                   : cell->experiment->check(cell, arena_task(arena, i));
    }
    if (complaint)
        snprintf(arena->reason, sizeof(arena->reason), "task %u: %.140s", i, complaint);
    return !complaint;
}

/* The order is that of what must not be measured. CPUs are chosen first, so that every thread and process
 * inherits them. Then the experiment prepares, the arena's pages are brought in, and the memory before is
 * read; only then does the mode start the clock. conclude() comes before the answers are checked, since it
 * may gather what the check looks at. */
static void cell_run_here(Cell *cell, Arena *arena)
{
    int r = affinity_confine((int)cell->n_cpus);

    if (r < 0) {
        snprintf(arena->reason, sizeof(arena->reason), "the machine no longer leaves %u CPUs: %s",
            cell->n_cpus, r == -EINVAL ? "the affinity was lowered" : strerror(-r));
        return;
    }
    if (cell->experiment->prepare)
        r = cell->experiment->prepare(cell, arena->reason);
    arena->refused = r == -EACCES;
    if (r < 0)
        return;
    arena_touch(arena);
    if (arena->read_memory)
        memory_read(0, &arena->memory_before);
    if (cell->mode->run(cell, arena) < 0)
        return;
    if (arena->read_memory)
        memory_read_peak(&arena->peak_resident, &arena->peak_reserved);
    if (cell->experiment->conclude)
        cell->experiment->conclude(cell, arena);
    arena->complete = cell_answers_are_right(cell, arena);
}

/* If the engine dies, its cells are to die too, and not to go on as orphans beside the next measurement. The
 * signal of the parent's death does not come if the parent died before it was asked for, so that is looked
 * at again. _exit() and not exit(): what the engine had in its output buffers would be written a second
 * time. */
static _Noreturn void cell_child_main(const Cell *cell, Arena *arena, pid_t parent)
{
    Cell mine = *cell;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    prctl(PR_SET_NAME, "gilscope-cell");
    /* Ctrl-C in a terminal goes to all of its processes. The engine decides what it means; a repetition that
     * has begun goes on to its end. */
    signal(SIGINT, SIG_IGN);
    cell_run_here(&mine, arena);
    _exit(0);
}

/* Whether the child has ended, without reaping it. */
static bool cell_has_ended(pid_t pid)
{
    siginfo_t info = {0};

    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid == pid;
}

/* Whether the child ends before the deadline. A pidfd is readable when the process has ended, so one ppoll()
 * waits for either, without a signal handler and without asking again and again. Where no descriptor can be
 * had there is nothing left but to ask: a cell that hangs must be ended all the same. */
static bool cell_ends_before(pid_t pid, nsec_t deadline)
{
    static const struct timespec moment = {.tv_nsec = NSEC_PER_MSEC};
    auto_close int pidfd = pidfd_open(pid, 0);
    struct pollfd ended = {.fd = pidfd, .events = POLLIN};

    for (;;) {
        nsec_t now = nsec_now();
        const struct timespec left = nsec_to_timespec(deadline > now ? deadline - now : 0);

        if (pidfd >= 0 ? ppoll(&ended, 1, &left, NULL) > 0 : cell_has_ended(pid))
            return true;
        if (now >= deadline)
            return false;
        if (pidfd < 0)
            nanosleep(&moment, NULL);
    }
}

/* Waits until the child has ended or the deadline has passed; kills it then. Its own children follow it.
 * waitpid() comes last in any case: the child is a zombie until then, and only after it does its CPU time
 * count for the noise meter. */
static bool cell_wait_until(pid_t pid, nsec_t deadline, int *ret_status)
{
    bool in_time = deadline == 0 || cell_ends_before(pid, deadline);

    if (!in_time)
        kill(pid, SIGKILL);
    while (waitpid(pid, ret_status, 0) < 0 && errno == EINTR)
        ;
    return in_time;
}

/* A mode whose tasks run side by side gives each a seat, so that no two threads count in one cache line. All
 * others have one loop at a time, and so a single seat. */
static int cell_create_arena(const Cell *cell, Arena **ret)
{
    int r = arena_create(
        cell->mode->side_by_side ? cell->n_tasks : 1, cell->n_tasks, experiment_state_bytes(cell), ret);

    if (r == 0)
        (*ret)->tasks_are_alone = !cell->mode->shares_memory;
    return r;
}

/* Runs one repetition in a child; takes the arena over, and hands it out if there was a child. */
static int cell_run_child(const Cell *cell, Arena *arena, nsec_t deadline, Arena **ret)
{
    pid_t parent = getpid(), pid;
    bool in_time;
    int status, r;

    pid = fork();
    if (pid == 0)
        cell_child_main(cell, arena, parent);
    if (pid < 0) {
        r = -errno;
        arena_free(arena);
        return r;
    }
    in_time = cell_wait_until(pid, deadline, &status);
    if (!in_time)
        snprintf(arena->reason, sizeof(arena->reason), "it took longer than timeout_ms allows");
    else if (WIFSIGNALED(status))
        snprintf(arena->reason, sizeof(arena->reason), "its process died of signal %d (%s)", WTERMSIG(status),
            strsignal(WTERMSIG(status)));
    else if (WEXITSTATUS(status) != 0)
        snprintf(
            arena->reason, sizeof(arena->reason), "its process ended with status %d", WEXITSTATUS(status));
    /* The child may have written that it is complete and have crashed after that. */
    if (!in_time || status != 0)
        arena->complete = false;
    *ret = arena;
    return 0;
}

int cell_run(const Cell *cell, bool read_memory, nsec_t deadline, Arena **ret)
{
    Arena *arena;
    int r = cell_create_arena(cell, &arena);

    if (r < 0)
        return r;
    arena->read_memory = read_memory;
    return cell_run_child(cell, arena, deadline, ret);
}

int cell_trace(const Cell *cell, uint32_t max_spans, nsec_t deadline, Arena **ret)
{
    Arena *arena;
    int r = cell_create_arena(cell, &arena);

    if (r < 0)
        return r;
    r = timeline_create(arena->n_seats, arena->n_tasks, max_spans, &arena->timeline);
    if (r < 0) {
        arena_free(arena);
        return r;
    }
    for (uint32_t i = 0; i < arena->n_seats; i++)
        arena_seat(arena, i)->tracer = &arena->timeline->tracers[i];
    return cell_run_child(cell, arena, deadline, ret);
}
