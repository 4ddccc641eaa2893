/* Every event is one line of JSON. It is made when the repetition is over, from the arena alone; nothing
 * here is called while a clock runs. Times are nanoseconds as whole numbers, and those of tasks count from
 * the start of their cell. docs/protocol.md has the members and what they mean. */
#include "engine/events.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "engine/describe.h"
#include "engine/experiment.h"
#include "engine/host.h"
#include "engine/mode.h"
#include "engine/timeline.h"

enum {
    SUMMARY_ROWS = 256,
    /* A thread's kernel stack, the same on x86-64 and arm64 (THREAD_SIZE in the kernel). */
    KERNEL_STACK_BYTES = 16384,
};

json_t *event_hello(uint64_t turns_per_tick)
{
    double load = host_load();

    return json_pack("{s:s, s:i, s:s, s:s, s:I, s:o}", "event", "hello", "protocol", PROTOCOL_VERSION,
        "runtime", RUNTIME_NAME, "version", GILSCOPE_VERSION, "turns_per_tick", (json_int_t)turns_per_tick,
        "load1", load >= 0 ? json_real(load) : json_null());
}

json_t *event_done(void)
{
    return json_pack("{s:s}", "event", "done");
}

json_t *event_error(const char *message, const Problem *problem)
{
    json_t *event = json_pack("{s:s, s:s}", "event", "error", "message", message);

    if (problem)
        json_object_set_new(event, "problem", problem_json(problem));
    return event;
}

/* What all samples have; a sample that failed has nothing more. */
static json_t *header(const Cell *cell, int repetition, const char *status, const char *reason)
{
    return json_pack("{s:s, s:I, s:i, s:s, s:s?}", "event", "sample", "cell", (json_int_t)cell->number,
        "repetition", repetition, "status", status, "reason", reason);
}

/* A process that called exit() in the middle of a task leaves no reason behind. */
static const char *failure(const Arena *arena)
{
    return arena->reason[0] ? arena->reason : "its process ended before the last task did";
}

json_t *event_no_sample(const Cell *cell, int repetition, const char *reason)
{
    return header(cell, repetition, "failed", reason);
}

/* What a task adds to memory: as a process what it has, else its part of the growth since before. In a
 * process everything is its own, and what it shares with its parent is counted in part by the kernel.
 * Threads have one memory together, which may also have shrunk meanwhile: that is no negative need. */
static uint64_t per_task(const Arena *arena, uint64_t before, uint64_t during)
{
    if (arena->tasks_are_alone)
        before = 0;
    return (during > before ? during - before : 0) / arena->n_started;
}

/* To that comes its place in the arena. The kernel keeps page tables and, of a thread, a stack. */
static json_t *memory_json(const Cell *cell, const Arena *arena)
{
    const MemoryReading *before = &arena->memory_before;
    bool has_stack = cell->mode->side_by_side;

    if (!arena->read_memory)
        return json_null();
    return json_pack("{s:I, s:I, s:I, s:I, s:I}", "peak_rss_bytes", (json_int_t)arena->peak_resident,
        "virtual_bytes", (json_int_t)arena->peak_reserved, "rss_per_task_bytes",
        (json_int_t)(per_task(arena, before->resident, arena->resident_during) + arena->task_stride),
        "virtual_per_task_bytes",
        (json_int_t)(per_task(arena, before->reserved, arena->reserved_during) + arena->task_stride),
        "kernel_per_task_bytes",
        (json_int_t)(per_task(arena, before->page_tables, arena->page_tables_during) +
                     (has_stack ? KERNEL_STACK_BYTES : 0)));
}

/* Each seat has counted for itself; all threads have been joined, so plain additions see everything. */
static json_t *lock_stats_json(Arena *arena)
{
    LockStats sum = {0};

    for (uint32_t i = 0; i < arena->n_seats; i++) {
        const LockStats *stats = &arena_seat(arena, i)->stats;

        sum.acquires += stats->acquires;
        sum.contended += stats->contended;
        sum.handoffs += stats->handoffs;
        sum.false_wakeups += stats->false_wakeups;
        sum.drop_requests += stats->drop_requests;
        sum.forced_switches += stats->forced_switches;
        sum.held += stats->held;
        sum.waited += stats->waited;
    }
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "acquires", (json_int_t)sum.acquires,
        "contended", (json_int_t)sum.contended, "handoffs", (json_int_t)sum.handoffs, "false_wakeups",
        (json_int_t)sum.false_wakeups, "drop_requests", (json_int_t)sum.drop_requests, "forced_switches",
        (json_int_t)sum.forced_switches, "held_ns", (json_int_t)sum.held, "waited_ns",
        (json_int_t)sum.waited);
}

/* What the loops waited for by themselves, summed over them as the lock's times are. */
static nsec_t waits_of(Arena *arena)
{
    nsec_t sum = 0;

    for (uint32_t i = 0; i < arena->n_seats; i++)
        sum += arena_seat(arena, i)->waits;
    return sum;
}

/* Where tasks share a thread nobody can say how much CPU time one of them had: null, not 0. */
static json_t *task_json(const Cell *cell, const Task *task)
{
    return json_pack("{s:I, s:I, s:I, s:o, s:o}", "id", (json_int_t)task->id, "start_ns",
        (json_int_t)task->start, "end_ns", (json_int_t)task->end, "cpu_ns",
        cell->mode->one_loop ? json_null() : json_integer((json_int_t)task->cpu), "answer",
        cell->experiment->answer(cell, task));
}

/* Of those that ended in the same nanosecond the lower number comes first, so that the order is always the
 * same. */
static int by_end(const void *one, const void *other)
{
    const Task *a = *(const Task *const *)one, *b = *(const Task *const *)other;

    if (a->end != b->end)
        return a->end < b->end ? -1 : 1;
    return a->id < b->id ? -1 : 1;
}

/* The tasks' numbers in the order in which they ended, the first n_rows of them. */
static json_t *completion_order(Arena *arena, uint32_t n_rows)
{
    auto_free const Task **tasks = calloc(arena->n_started, sizeof(const Task *));
    json_t *array = json_array();

    assert(tasks);
    for (uint32_t i = 0; i < arena->n_started; i++)
        tasks[i] = arena_task(arena, i);
    qsort(tasks, arena->n_started, sizeof(tasks[0]), by_end);
    for (uint32_t i = 0; i < n_rows; i++)
        json_array_append_new(array, json_integer((json_int_t)tasks[i]->id));
    return array;
}

static int by_coming(const void *one, const void *other)
{
    const Task *a = *(const Task *const *)one, *b = *(const Task *const *)other;

    return (a->came > b->came) - (a->came < b->came);
}

/* How long nobody was at work after all tasks were made and before the last of them ended: those that had
 * come had ended, and the others had not yet run. It begins where create_ns ends, and whatever it counts is
 * no time of a task. So it never counts what another figure explains: a thread that comes late while others
 * hold the lock costs nothing, and is not said to. */
static nsec_t start_delay(Arena *arena)
{
    auto_free const Task **tasks = calloc(arena->n_started, sizeof(const Task *));
    nsec_t worked_until = arena->create, delay = 0;

    if (arena->create == 0)
        return 0;
    assert(tasks);
    for (uint32_t i = 0; i < arena->n_started; i++)
        tasks[i] = arena_task(arena, i);
    qsort(tasks, arena->n_started, sizeof(tasks[0]), by_coming);
    for (uint32_t i = 0; i < arena->n_started; i++) {
        if (tasks[i]->came > worked_until)
            delay += tasks[i]->came - worked_until;
        if (tasks[i]->end > worked_until)
            worked_until = tasks[i]->end;
    }
    return delay;
}

static int by_start(const void *one, const void *other)
{
    const Task *a = *(const Task *const *)one, *b = *(const Task *const *)other;

    return (a->start > b->start) - (a->start < b->start);
}

/* How long nobody was at work before all tasks were made. Under a lock for all, whoever starts threads needs
 * it back after each, and those that are there compute meanwhile: that time is in create_ns, but it is not
 * what making them has cost. */
static nsec_t create_alone(Arena *arena)
{
    auto_free const Task **tasks = calloc(arena->n_started, sizeof(const Task *));
    nsec_t worked_until = 0, alone = 0;

    if (arena->create == 0)
        return 0;
    assert(tasks);
    for (uint32_t i = 0; i < arena->n_started; i++)
        tasks[i] = arena_task(arena, i);
    qsort(tasks, arena->n_started, sizeof(tasks[0]), by_start);
    for (uint32_t i = 0; i < arena->n_started && worked_until < arena->create; i++) {
        nsec_t start = tasks[i]->start < arena->create ? tasks[i]->start : arena->create;

        if (start > worked_until)
            alone += start - worked_until;
        if (tasks[i]->end > worked_until)
            worked_until = tasks[i]->end;
    }
    return alone + (arena->create > worked_until ? arena->create - worked_until : 0);
}

/* With ten thousand tasks the rows would be megabytes for each repetition; usually the first 256 are sent,
 * with the number of those left out. Figures of the cell as a whole (lock_stats, metrics) are sums over all
 * tasks. */
json_t *event_sample(const Cell *cell, int repetition, Arena *arena, bool full)
{
    uint32_t n_rows = full || arena->n_started < SUMMARY_ROWS ? arena->n_started : SUMMARY_ROWS;
    json_t *event, *rows, *metrics;

    if (!arena->complete)
        return header(cell, repetition, "failed", failure(arena));
    event = header(cell, repetition, "done", NULL);
    rows = json_array();
    metrics = json_object();
    for (uint32_t i = 0; i < n_rows; i++)
        json_array_append_new(rows, task_json(cell, arena_task(arena, i)));
    cell->experiment->report(cell, arena, metrics);

    json_object_set_new(event, "wall_ns", json_integer((json_int_t)arena->wall));
    json_object_set_new(event, "cpu_ns", json_integer((json_int_t)arena->cpu));
    json_object_set_new(event, "create_ns", json_integer((json_int_t)arena->create));
    json_object_set_new(event, "create_alone_ns", json_integer((json_int_t)create_alone(arena)));
    json_object_set_new(event, "join_ns", json_integer((json_int_t)arena->join));
    json_object_set_new(event, "waits_ns", json_integer((json_int_t)waits_of(arena)));
    json_object_set_new(event, "start_ns", json_integer((json_int_t)start_delay(arena)));
    json_object_set_new(event, "context_switches",
        json_pack("{s:I, s:I}", "voluntary", (json_int_t)arena->voluntary_switches, "involuntary",
            (json_int_t)arena->involuntary_switches));
    json_object_set_new(event, "memory", memory_json(cell, arena));
    json_object_set_new(event, "lock_stats", lock_stats_json(arena));
    json_object_set_new(event, "per_task", rows);
    json_object_set_new(event, "per_task_omitted", json_integer((json_int_t)(arena->n_started - n_rows)));
    json_object_set_new(event, "completion_order", completion_order(arena, n_rows));
    json_object_set_new(event, "metrics", metrics);
    return event;
}

/* A millionth is far below what the ticks of the kernel leave to be known. */
static json_t *share_json(double share)
{
    return json_real(round(share * 1e6) / 1e6);
}

void event_add_noise(json_t *event, const Noise *noise)
{
    json_object_set_new(event, "noise",
        json_pack("{s:I, s:I, s:o, s:o, s:I}", "span_ns", (json_int_t)noise->span, "cpus",
            (json_int_t)noise->n_cpus, "foreign_cpu", share_json(noise->foreign_cpu), "steal",
            share_json(noise->steal), "throttled_ns", (json_int_t)noise->throttled));
}

static const char *const span_names[] = {
    [SPAN_RUN] = "run",
    [SPAN_WAIT_LOCK] = "wait-lock",
    [SPAN_WAIT_IO] = "wait-io",
    [SPAN_OUTSIDE] = "outside",
    [SPAN_FALSE_WAKEUP] = "false-wakeup",
};

json_t *event_no_timeline(const Cell *cell, const char *reason)
{
    return json_pack(
        "{s:s, s:I, s:s}", "event", "timeline", "cell", (json_int_t)cell->number, "reason", reason);
}

/* A span is an array and not an object, because there may be tens of thousands: [task, kind, start, end],
 * and an instant without an end. */
json_t *event_timeline(const Cell *cell, Arena *arena)
{
    Timeline *timeline = arena->timeline;
    json_t *spans, *instants;

    if (!arena->complete)
        return event_no_timeline(cell, failure(arena));
    spans = json_array();
    instants = json_array();
    timeline_sort(timeline);
    for (uint32_t i = 0; i < timeline_count(timeline); i++) {
        const Span *span = &timeline->spans[i];
        bool instant = span->kind == SPAN_FALSE_WAKEUP;
        json_t *row = json_pack("[I, s, I]", (json_int_t)span->task, span_names[span->kind],
            (json_int_t)(span->start - arena->epoch));

        if (!instant)
            json_array_append_new(row, json_integer((json_int_t)(span->end - arena->epoch)));
        json_array_append_new(instant ? instants : spans, row);
    }
    return json_pack("{s:s, s:I, s:I, s:I, s:o, s:o}", "event", "timeline", "cell", (json_int_t)cell->number,
        "wall_ns", (json_int_t)arena->wall, "dropped", (json_int_t)timeline_dropped(timeline), "spans", spans,
        "instants", instants);
}
