#include "engine/events.h"

#include <assert.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "engine/describe.h"
#include "engine/experiment.h"
#include "engine/mode.h"

enum {
    SUMMARY_ROWS = 256,
    /* A thread's kernel stack, the same on x86-64 and arm64 (THREAD_SIZE in the kernel). */
    KERNEL_STACK_BYTES = 16384,
};

json_t *event_hello(double tick_ns, uint64_t turns_per_tick)
{
    return json_pack("{s:s, s:i, s:s, s:s, s:f, s:I}", "event", "hello", "protocol", PROTOCOL_VERSION,
        "runtime", RUNTIME_NAME, "version", GILSCOPE_VERSION, "tick_ns", tick_ns, "turns_per_tick",
        (json_int_t)turns_per_tick);
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

static json_t *header(const Cell *cell, int repetition, const char *status, const char *reason)
{
    return json_pack("{s:s, s:I, s:i, s:s, s:s?}", "event", "sample", "cell", (json_int_t)cell->number,
        "repetition", repetition, "status", status, "reason", reason);
}

json_t *event_no_sample(const Cell *cell, int repetition, const char *reason)
{
    return header(cell, repetition, "failed", reason);
}

/* What a task adds to the memory that was there before: its part of the growth and its place in the arena. */
static json_t *memory_json(const Cell *cell, const Arena *arena)
{
    const MemoryReading *before = &arena->memory_before;
    uint64_t resident = arena->resident_during, reserved = arena->reserved_during, n = cell->n_tasks;

    if (!arena->read_memory)
        return json_null();
    if (cell->mode->processes) {
        resident /= n;
        reserved /= n;
    } else {
        resident = (resident > before->resident ? resident - before->resident : 0) / n;
        reserved = (reserved > before->reserved ? reserved - before->reserved : 0) / n;
    }
    return json_pack("{s:I, s:I, s:I, s:I, s:I}", "peak_rss_bytes", (json_int_t)arena->peak_resident,
        "virtual_bytes", (json_int_t)arena->peak_reserved, "rss_per_task_bytes",
        (json_int_t)(resident + arena->task_stride), "virtual_per_task_bytes",
        (json_int_t)(reserved + arena->task_stride), "kernel_per_task_bytes",
        (json_int_t)(cell->mode->n_loops(cell->n_tasks) == cell->n_tasks && cell->n_tasks > 1
                         ? KERNEL_STACK_BYTES
                         : 0));
}

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

static json_t *task_json(const Cell *cell, const Task *task)
{
    return json_pack("{s:I, s:I, s:I, s:o, s:o}", "id", (json_int_t)task->id, "start_ns",
        (json_int_t)task->start, "end_ns", (json_int_t)task->end, "cpu_ns",
        cell->mode->one_loop ? json_null() : json_integer((json_int_t)task->cpu), "answer",
        cell->experiment->answer(cell, task));
}

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
    auto_free const Task **tasks = calloc(arena->n_tasks, sizeof(const Task *));
    json_t *array = json_array();

    assert(tasks);
    for (uint32_t i = 0; i < arena->n_tasks; i++)
        tasks[i] = arena_task(arena, i);
    qsort(tasks, arena->n_tasks, sizeof(tasks[0]), by_end);
    for (uint32_t i = 0; i < n_rows; i++)
        json_array_append_new(array, json_integer((json_int_t)tasks[i]->id));
    return array;
}

json_t *event_sample(const Cell *cell, int repetition, Arena *arena, bool full)
{
    uint32_t n_rows = full || cell->n_tasks < SUMMARY_ROWS ? cell->n_tasks : SUMMARY_ROWS;
    json_t *event, *rows, *metrics;

    if (!arena->complete)
        return header(cell, repetition, "failed",
            arena->reason[0] ? arena->reason : "its process ended before the last task did");
    event = header(cell, repetition, "done", NULL);
    rows = json_array();
    metrics = json_object();
    for (uint32_t i = 0; i < n_rows; i++)
        json_array_append_new(rows, task_json(cell, arena_task(arena, i)));
    cell->experiment->report(cell, arena, metrics);

    json_object_set_new(event, "wall_ns", json_integer((json_int_t)arena->wall));
    json_object_set_new(event, "cpu_ns", json_integer((json_int_t)arena->cpu));
    json_object_set_new(event, "create_ns", json_integer((json_int_t)arena->create));
    json_object_set_new(event, "join_ns", json_integer((json_int_t)arena->join));
    json_object_set_new(event, "context_switches",
        json_pack("{s:I, s:I}", "voluntary", (json_int_t)arena->voluntary_switches, "involuntary",
            (json_int_t)arena->involuntary_switches));
    json_object_set_new(event, "memory", memory_json(cell, arena));
    json_object_set_new(event, "lock_stats", lock_stats_json(arena));
    json_object_set_new(event, "per_task", rows);
    json_object_set_new(event, "per_task_omitted", json_integer((json_int_t)(cell->n_tasks - n_rows)));
    json_object_set_new(event, "completion_order", completion_order(arena, n_rows));
    json_object_set_new(event, "metrics", metrics);
    return event;
}
