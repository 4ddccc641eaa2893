/* A task that waits for requests, beside tasks that compute. Each answer takes microseconds, but under a
 * global lock the task that answers must get the lock back first, behind one that never waits: the convoy
 * effect, after David Beazley, "Understanding the Python GIL" (PyCon 2010).
 *
 * Task 0 answers the client (see convoy-client.h), all others are hogs. Where they can run at the same time,
 * the hogs go on until the client is satisfied. In serial, and on a loop without await_every, they cannot:
 * there each hog computes for duration_ms, and on the loop the request waits for it.
 *
 * The first to end tells the others: the board's flag over is set by the client when it has enough, or by a
 * task that finds that no more can come. It is looked at between steps, so nobody is interrupted. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/enough.h"
#include "base/text.h"
#include "engine/convoy-client.h"
#include "engine/registry.h"
#include "engine/ticks.h"

enum {
    REQUEST_TICKS = 30, /* to receive, look and send takes an interpreter some 30 instructions */
    LOOK_TICKS = 10000, /* between two looks at the clock: 60 us */
};

static const char *const switches[] = {"on", "off", NULL};

typedef struct ConvoyParams {
    int64_t hogs, duration_ms, await_every, pause_us;
    int paced;
} ConvoyParams;

/* In the cell's process; tasks that are processes have a copy. */
typedef struct Convoy {
    ConvoyBoard *board;
    int fd; /* of task 0, the client has the other end; -1: closed */
    pid_t client;
} Convoy;

enum { OUTCOME_P50, OUTCOME_P90, OUTCOME_P99, OUTCOME_MAX, OUTCOME_REQUESTS, OUTCOME_TIME };

/* What task 0 does next. */
typedef enum ConvoyStage { STAGE_NEW, STAGE_RECEIVE, STAGE_LOOK, STAGE_ANSWER, STAGE_NEXT } ConvoyStage;

typedef struct ConvoyTask {
    bool begun;

    /* Of task 0. */
    Task *task;
    ConvoyStage stage;
    Watch watch; /* on a loop of many */
    uint64_t request;
    ssize_t received; /* what came of receiving it */
    uint64_t n_answered;

    /* Of a hog. */
    nsec_t until;
    uint64_t ticks, since_await, since_look;
} ConvoyTask;

static int64_t convoy_size_duration(void)
{
    return 1000;
}

static const Parameter parameters[] = {
    {
        .name = "hogs",
        .help = "tasks that only compute; one more answers the requests",
        .max = CONVOY_MAX_TASKS - 1,
        .fallback = 1,
        .offset = offsetof(ConvoyParams, hogs),
    },
    {
        .name = "paced",
        .type = PARAMETER_CHOICE,
        .help = "when the client sends its next request; on: when it has seen a hog at work; off: at once "
                "after an answer",
        .choices = switches,
        .offset = offsetof(ConvoyParams, paced),
    },
    {
        .name = "pause_us",
        .unit = "us",
        .help = "how long a paced client rests before a request, and up to 1 ms more",
        .max = 10000000,
        .fallback = 1000,
        .offset = offsetof(ConvoyParams, pause_us),
    },
    {
        .name = "duration_ms",
        .unit = "ms",
        .help = "how long the client sends requests; if not given, for 1 s, " PARAMETER_LESS,
        .min = 1,
        .max = 60000,
        .size = convoy_size_duration,
        .offset = offsetof(ConvoyParams, duration_ms),
    },
    {
        .name = "await_every",
        .unit = "ticks",
        .help = "ticks until a hog lets the others have a turn; in epoll only; 0: it never does",
        .max = 1000000000000,
        .offset = offsetof(ConvoyParams, await_every),
    },
};

/* The first request waits for all hogs to begin, and the last answer for its turn among them.
 *
 * Under a lock for all, whoever starts them needs a turn of its own after each, behind those that compute
 * already: so the time until the last has begun grows with the square of their number. Under the global lock
 * every turn takes a switch interval, and under a fair one a slice. Without a lock whoever starts them has to
 * share the CPUs with those that are there. Each hog adds to the time until the first request, and so to the
 * whole, since the client's time begins with it. */
static const Cost costs[] = {
    {.kind = COST_WAIT, .ns = 1e6, .times = {"duration_ms"}},
    {.kind = COST_WAIT,
        .ns = 1e6,
        .times = {"hogs", "duration_ms"},
        .only_if = {IF_ONE_LOOP, {"await_every", .equals = 0}}},
    {.kind = COST_WAIT,
        .ns = 3e3,
        .times = {"hogs", "switch_interval_us"},
        .only_if = {IF_THREADS, {"lock.models", .is = "cpython3"}}},
    {.kind = COST_WAIT,
        .ns = 1e3,
        .times = {"hogs", "hogs", "switch_interval_us"},
        .only_if = {IF_THREADS, {"lock.models", .is = "cpython3"}}},
    {.kind = COST_WAIT,
        .ns = 16,
        .times = {"hogs", "hogs", "turn_ticks"},
        .only_if = {IF_THREADS, {"lock.fair", .equals = true}}},
    {.kind = COST_OUTSIDE, .ns = 50e3, .times = {"hogs"}, .only_if = {IF_THREADS}},
    {.kind = COST_OUTSIDE, .ns = 300e3, .times = {"hogs"}, .only_if = {IF_PROCESSES}},
};

/* The latencies, where the client sends some 110,000 requests a second. */
static const MemoryUse memory[] = {
    {.bytes = 900, .times = {"duration_ms"}, .only_if = {{"paced", .is = "off"}}},
};

/* Whether requests are answered while hogs compute. */
static bool convoy_runs_together(const Cell *cell)
{
    const ConvoyParams *params = (const ConvoyParams *)cell->params;

    return cell->mode->side_by_side || (cell->mode->one_loop && params->await_every > 0);
}

/* All are to be there when the first request comes; a loop that is to be frozen needs its first hog. In
 * serial only the task that answers can begin, since it ends only when the client does. */
static uint32_t convoy_n_needed(const Cell *cell)
{
    if (convoy_runs_together(cell))
        return cell->n_tasks;
    return cell->mode->one_loop && cell->n_tasks > 1 ? 2 : 1;
}

/* The client is forked while the process has one thread, and before the clock starts. SOCK_SEQPACKET keeps
 * the bounds of messages: a request is received whole or not at all. The own copy of the client's end is
 * closed at once; otherwise the socket would stay open when the client has ended, and task 0 would wait for
 * ever. */
static int convoy_prepare(Cell *cell, char reason[static ARENA_REASON_SIZE])
{
    const ConvoyParams *params = (const ConvoyParams *)cell->params;
    Convoy *convoy = calloc(1, sizeof(*convoy));
    ConvoyClient client = {
        .n_needed = convoy_n_needed(cell),
        .duration = (nsec_t)params->duration_ms * NSEC_PER_MSEC,
        .paced = params->paced == 0,
        .pause = (nsec_t)params->pause_us * NSEC_PER_USEC,
        .waits_for_hogs = cell->n_tasks > 1 && convoy_runs_together(cell),
        .seed = cell->seed,
    };
    int fds[2], r = convoy ? convoy_board_create(&client.board) : -ENOMEM;

    if (r == 0 && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
        r = -errno;
    if (r == 0) {
        convoy->board = client.board;
        convoy->fd = fds[0];
        client.fd = fds[1];
        convoy->client = convoy_client_start(&client, convoy->fd);
        r = convoy->client < 0 ? convoy->client : 0;
        close(client.fd);
    }
    if (r < 0)
        snprintf(reason, ARENA_REASON_SIZE, "its client cannot be started: %s", strerror(-r));
    cell->prepared = convoy;
    return r;
}

static void convoy_close_socket(Convoy *convoy)
{
    if (convoy->fd >= 0)
        close(convoy->fd);
    convoy->fd = -1;
}

/* A process that answers has the only copy of its end: if it dies, the client knows, and the hogs end with
 * it. */
static void convoy_begin(const Cell *cell, Task *task)
{
    Convoy *convoy = cell->prepared;
    ConvoyTask *state = (ConvoyTask *)task->state;

    state->begun = true;
    state->task = task;
    if (!cell->mode->shares_memory && task->id > 0)
        convoy_close_socket(convoy);
    atomic_fetch_add_explicit(&convoy->board->n_begun, 1, memory_order_relaxed);
}

/* Whether a process has ended, a task's or the client's. It is left to be waited for by whoever started it.
 */
static bool convoy_some_process_ended(void)
{
    siginfo_t info = {0};

    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0;
}

/* In the processes mode every process has inherited this end, and each that does not answer closes it; so
 * does the cell's own process, when all have been forked. In threads it is the one that is used.
 *
 * None of them ends before all have begun, so one that has ended has crashed. The client would wait for it
 * for ever, and the others for the client. */
static void convoy_attend(const Cell *cell, Arena *arena)
{
    const struct timespec moment = nsec_to_timespec(1 * NSEC_PER_MSEC);
    Convoy *convoy = cell->prepared;

    if (cell->mode->shares_memory)
        return;
    convoy_close_socket(convoy);
    while (atomic_load_explicit(&convoy->board->n_begun, memory_order_relaxed) < arena->n_started) {
        if (convoy_some_process_ended()) {
            atomic_store_explicit(&convoy->board->over, true, memory_order_relaxed);
            return;
        }
        nanosleep(&moment, NULL);
    }
}

/* The watch is a part of the task's state, so its address leads to it. */
static void convoy_on_ready(Loop *loop, Watch *watch, uint32_t events)
{
    ConvoyTask *state = (ConvoyTask *)((char *)watch - offsetof(ConvoyTask, watch));

    (void)events;
    loop_wake(loop, state->task);
}

/* The hogs must be told, or they would compute for ever for a client that is not there. */
static Step convoy_stop_answering(Loop *loop, Task *task, StepKind kind)
{
    const Convoy *convoy = loop->cell->prepared;
    ConvoyTask *state = (ConvoyTask *)task->state;

    if (state->watch.watched)
        loop_watch(loop, &state->watch, 0);
    atomic_store_explicit(&convoy->board->over, true, memory_order_relaxed);
    return (Step){kind, 0};
}

/* What came of a receive, inside the lock again. Without a whole request the client has ended. To look at one
 * takes an interpreter some instructions. Sending may block, so it lets go of its lock for that, too. */
static Step convoy_look_at_request(Loop *loop, Task *task, ssize_t n, uint64_t ticks)
{
    ConvoyTask *state = (ConvoyTask *)task->state;

    if (n != sizeof(state->request))
        return convoy_stop_answering(loop, task, STEP_DONE);
    if (ticks > REQUEST_TICKS)
        ticks = REQUEST_TICKS;
    ticks_count_down(ticks * loop->cell->turns_per_tick);
    state->stage = STAGE_ANSWER;
    return (Step){STEP_DETACHED, ticks};
}

static void convoy_send_answer(const Convoy *convoy, ConvoyTask *state)
{
    state->n_answered +=
        send(convoy->fd, &state->request, sizeof(state->request), MSG_NOSIGNAL) == sizeof(state->request);
}

/* In a thread of its own: as in an interpreter, whose recv() sleeps in the kernel and takes the lock only
 * when it is back with the request. How long it is outside decides what becomes of the convoy. Whoever lets
 * go of the lock wakes a hog; while a request that is there already is received, the hog has the time to
 * come, and the answer waits for the lock once more. To sleep for a descriptor first and to receive inside
 * the lock would be shorter, and half of the answers would slip through. */
static Step convoy_answer_alone(Loop *loop, Task *task, uint64_t ticks)
{
    const Convoy *convoy = loop->cell->prepared;
    ConvoyTask *state = (ConvoyTask *)task->state;

    switch (state->stage) {
    case STAGE_NEW:
        convoy_begin(loop->cell, task);
        break;
    case STAGE_RECEIVE:
        do
            state->received = recv(convoy->fd, &state->request, sizeof(state->request), 0);
        while (state->received < 0 && errno == EINTR);
        state->stage = STAGE_LOOK;
        return (Step){STEP_MORE, 0};
    case STAGE_LOOK:
        return convoy_look_at_request(loop, task, state->received, ticks);
    case STAGE_ANSWER:
        convoy_send_answer(convoy, state);
        state->stage = STAGE_NEXT;
        return (Step){STEP_MORE, 0};
    case STAGE_NEXT:
        break;
    }
    state->stage = STAGE_RECEIVE;
    return (Step){STEP_BLOCKING, 0};
}

/* On a loop that others share it must not block, so it waits for the descriptor. The watch is set before the
 * task counts as begun: from then on the client may send. What wakes the task may be a leftover, so a receive
 * that finds nothing just waits on. */
static Step convoy_answer_on_loop(Loop *loop, Task *task, uint64_t ticks)
{
    const Convoy *convoy = loop->cell->prepared;
    ConvoyTask *state = (ConvoyTask *)task->state;
    ssize_t n;

    if (state->stage == STAGE_NEW) {
        state->watch = (Watch){.fd = convoy->fd, .ready = convoy_on_ready};
        if (loop_watch(loop, &state->watch, EPOLLIN) < 0) {
            task_fail(task, "its socket cannot be watched: too few descriptors");
            return convoy_stop_answering(loop, task, STEP_FAILED);
        }
        convoy_begin(loop->cell, task);
        state->stage = STAGE_RECEIVE;
        return (Step){STEP_WAIT, 0};
    }
    if (state->stage == STAGE_ANSWER) {
        convoy_send_answer(convoy, state);
        state->stage = STAGE_RECEIVE;
        return (Step){STEP_WAIT, 0};
    }
    n = recv(convoy->fd, &state->request, sizeof(state->request), MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN)
        return (Step){STEP_WAIT, 0};
    return convoy_look_at_request(loop, task, n, ticks);
}

static Step convoy_answer_request(Loop *loop, Task *task, uint64_t ticks)
{
    return loop->alone ? convoy_answer_alone(loop, task, ticks) : convoy_answer_on_loop(loop, task, ticks);
}

/* Reading a flag costs nothing, reading the clock does; so where it is the clock that decides, it is read
 * every 10,000 ticks only. */
static bool convoy_is_over(const Cell *cell, ConvoyTask *state)
{
    const Convoy *convoy = cell->prepared;

    if (convoy_runs_together(cell))
        return atomic_load_explicit(&convoy->board->over, memory_order_relaxed);
    if (state->since_look < LOOK_TICKS)
        return false;
    state->since_look = 0;
    if (nsec_now() < state->until)
        return false;
    /* What the client sent later would be answered on a loop that is no longer frozen. */
    atomic_store_explicit(&convoy->board->over, true, memory_order_relaxed);
    return true;
}

/* A hog is a countdown without an end. What it has done is published on the board after each step, because
 * the client looks there for a sign of life. */
static Step convoy_compute(Loop *loop, Task *task, uint64_t ticks)
{
    const ConvoyParams *params = (const ConvoyParams *)loop->cell->params;
    const Convoy *convoy = loop->cell->prepared;
    ConvoyTask *state = (ConvoyTask *)task->state;
    uint64_t await_every = loop->alone ? 0 : (uint64_t)params->await_every;

    if (!state->begun) {
        convoy_begin(loop->cell, task);
        state->until = nsec_now() + (nsec_t)params->duration_ms * NSEC_PER_MSEC;
    }
    if (await_every > 0 && ticks > await_every - state->since_await)
        ticks = await_every - state->since_await;
    ticks_count_down(ticks * loop->cell->turns_per_tick);
    state->ticks += ticks;
    state->since_look += ticks;
    state->since_await += ticks;
    atomic_store_explicit(&convoy->board->hogs[task->id].ticks, state->ticks, memory_order_relaxed);
    if (convoy_is_over(loop->cell, state))
        return (Step){STEP_DONE, ticks};
    if (await_every > 0 && state->since_await == await_every) {
        state->since_await = 0;
        loop_wake(loop, task);
        return (Step){STEP_WAIT, ticks};
    }
    return (Step){STEP_MORE, ticks};
}

static Step convoy_step(Loop *loop, Task *task, uint64_t ticks)
{
    return task->id == 0 ? convoy_answer_request(loop, task, ticks) : convoy_compute(loop, task, ticks);
}

/* With this end closed the client ends, if it has not. Sorting and choosing the percentiles happens after
 * the clock, and only these go to the arena: the board is gone with this process. */
static void convoy_conclude(const Cell *cell, Arena *arena)
{
    Convoy *convoy = cell->prepared;
    ConvoyBoard *board = convoy->board;

    convoy_close_socket(convoy);
    while (waitpid(convoy->client, NULL, 0) < 0 && errno == EINTR)
        ;
    convoy_sort(board);
    arena->outcome[OUTCOME_P50] = convoy_percentile(board, 50);
    arena->outcome[OUTCOME_P90] = convoy_percentile(board, 90);
    arena->outcome[OUTCOME_P99] = convoy_percentile(board, 99);
    arena->outcome[OUTCOME_MAX] = convoy_percentile(board, 100);
    arena->outcome[OUTCOME_REQUESTS] = board->n_requests;
    arena->outcome[OUTCOME_TIME] = board->last - board->first;
}

/* Tasks that are processes wrote their states into the arena, and the client its count onto the board, so
 * both can be compared here. */
static const char *convoy_check(const Cell *cell, const Task *task)
{
    const Convoy *convoy = cell->prepared;

    if (task->id > 0)
        return NULL;
    if (convoy->board->n_requests == 0)
        return "the client had no answer";
    return ((const ConvoyTask *)task->state)->n_answered == convoy->board->n_requests
               ? NULL
               : "not every request was answered";
}

static json_t *convoy_answer(const Cell *cell, const Task *task)
{
    const ConvoyTask *state = (const ConvoyTask *)task->state;

    (void)cell;
    return json_integer((json_int_t)(task->id == 0 ? state->n_answered : state->ticks));
}

/* Ticks of all hogs together, in the time in which there was one. */
static double convoy_hog_ticks_per_s(Arena *arena)
{
    nsec_t first = UINT64_MAX, last = 0;
    uint64_t ticks = 0;

    for (uint32_t i = 1; i < arena->n_tasks; i++) {
        const Task *task = arena_task(arena, i);

        first = task->start < first ? task->start : first;
        last = task->end > last ? task->end : last;
        ticks += ((const ConvoyTask *)task->state)->ticks;
    }
    return last > first ? (double)ticks * (double)NSEC_PER_SEC / (double)(last - first) : 0;
}

/* A loop that is frozen answers one request, and a slow thread a few: of those no percentile is told, and the
 * longest latency has to do. */
static void convoy_report_percentile(const uint64_t *outcome, int index, unsigned percentile, json_t *metrics)
{
    size_t n = outcome[OUTCOME_REQUESTS], needed = enough_for_percentile(percentile);
    auto_free char *name = text_printf("latency_p%u_ns", percentile);
    auto_free char *figure = text_printf("a %uth percentile", percentile), *reason = NULL;
    auto_free char *reason_name = text_printf("%s_reason", name);

    json_object_set_new(metrics, name, n < needed ? json_null() : json_integer((json_int_t)outcome[index]));
    if (n >= needed)
        return;
    reason = enough_reason(n, "request", figure, needed);
    json_object_set_new(metrics, reason_name, json_string(reason));
}

static void convoy_report(const Cell *cell, Arena *arena, json_t *metrics)
{
    const uint64_t *outcome = arena->outcome;
    double seconds = (double)outcome[OUTCOME_TIME] / (double)NSEC_PER_SEC;

    (void)cell;
    convoy_report_percentile(outcome, OUTCOME_P50, 50, metrics);
    convoy_report_percentile(outcome, OUTCOME_P90, 90, metrics);
    convoy_report_percentile(outcome, OUTCOME_P99, 99, metrics);
    json_object_set_new(metrics, "latency_max_ns", json_integer((json_int_t)outcome[OUTCOME_MAX]));
    json_object_set_new(metrics, "requests", json_integer((json_int_t)outcome[OUTCOME_REQUESTS]));
    json_object_set_new(metrics, "requests_per_s", json_real((double)outcome[OUTCOME_REQUESTS] / seconds));
    json_object_set_new(metrics, "hog_ticks_per_s", json_real(convoy_hog_ticks_per_s(arena)));
}

const Experiment experiment_convoy = {
    .name = "convoy",
    .summary =
        "answer requests beside tasks that compute: under a global lock each answer waits for its turn",
    .headline = {"metrics.latency_p50_ns", "half within", "half of the answers came within {}"},
    .parameters = parameters,
    .n_parameters = ARRAY_LENGTH(parameters),
    .costs = costs,
    .n_costs = ARRAY_LENGTH(costs),
    .memory = memory,
    .n_memory = ARRAY_LENGTH(memory),
    .fixed_time = true,
    .tasks_parameter = "hogs",
    .tasks_plus = 1,
    .max_tasks = CONVOY_MAX_TASKS,
    .state_bytes = sizeof(ConvoyTask),
    .prepare = convoy_prepare,
    .step = convoy_step,
    .attend = convoy_attend,
    .conclude = convoy_conclude,
    .check = convoy_check,
    .answer = convoy_answer,
    .report = convoy_report,
};
