/* One repetition of one cell of an experiment, as the engine would run it, and what its event says. */
#pragma once

#include "engine/describe.h"
#include "engine/events.h"
#include "engine/registry.h"
#include "engine/request.h"
#include "tests/unit/run.h"

/* Reads the request for a cell with these parameters, which are taken over. The lock is asked as often as it
 * can be. */
static inline Cell cell_of(
    const char *experiment, const Mode *mode, const LockPolicy *lock, int n_tasks, json_t *params)
{
    json_auto_t *object =
        json_pack("{s:i, s:s, s:[{s:s, s:s, s:i, s:o}]}", "protocol", PROTOCOL_VERSION, "experiment",
            experiment, "cells", "mode", mode->name, "lock", lock->name, "tasks", n_tasks, "params", params);
    auto_problem Problem problem = {0};
    Request request;
    Cell cell;

    json_object_set_new(params, "switch_interval_us", json_integer(100));
    json_object_set_new(params, "check_interval", json_integer(1));
    ck_assert_int_eq(request_parse(object, &request, &problem), 0);
    cell = request.cells[0];
    cell.turns_per_tick = 1;
    request_finish(&request);
    return cell;
}

/* Runs it and returns the arena of a repetition that went well. */
static inline Arena *arena_of(const Cell *cell)
{
    Arena *arena;

    ck_assert_int_eq(cell_run(cell, false, nsec_now() + 60 * NSEC_PER_SEC, &arena), 0);
    ck_assert_msg(arena->complete, "%s in %s under %s: %s", cell->experiment->name, cell->mode->name,
        cell->lock->name, arena->reason);
    return arena;
}

/* Runs it and returns its metrics, a new reference. */
static inline json_t *metrics_of(const Cell *cell)
{
    Arena *arena = arena_of(cell);
    json_auto_t *event = event_sample(cell, 0, arena, false);

    arena_free(arena);
    return json_incref(json_object_get(event, "metrics"));
}

static inline int64_t metric(const json_t *metrics, const char *name)
{
    ck_assert_msg(json_is_integer(json_object_get(metrics, name)), "there is no metric %s", name);
    return json_integer_value(json_object_get(metrics, name));
}
