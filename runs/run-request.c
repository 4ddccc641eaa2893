/* A runtime is asked for the cells that were planned here, not for the ranges that the client wrote: what
 * runs is what was checked and estimated. Of several runtimes each sees its own cells alone, by the numbers
 * that they have in the whole grid. */
#include "runs/run-request.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"

/* The processes that work for a run without being part of it: what they take is not noise. The server and
 * its origin are told by their process ids; the engine takes their CPU time out before it says that the
 * machine was noisy. */
static json_t *friends_json(const Origin *origin)
{
    json_t *friends = json_pack("[I]", (json_int_t)getpid());

    if (origin_pid(origin) > 0)
        json_array_append_new(friends, json_integer((json_int_t)origin_pid(origin)));
    return friends;
}

/* turn_ns goes back to the runtime that measured it when it described itself, so that all runs agree on what
 * a turn takes. */
static json_t *request_json(const RunPart *part, const Origin *origin)
{
    static const char *const copied[] = {"experiment", "repeat", "warmup", "seed", "detail"};
    const Run *run = part->run;
    const json_t *ports = origin_ports(origin);
    json_t *object = json_pack("{s:i}", "protocol", 1);

    for (size_t i = 0; i < ARRAY_LENGTH(copied); i++)
        json_object_set(object, copied[i], json_object_get(run->plan.request, copied[i]));
    plan_set_timeline(&run->plan, object);
    json_object_set_new(object, "tick_turns", json_integer(run->settings->tick_turns));
    if (part->catalog->turn_ns > 0)
        json_object_set_new(object, "turn_ns", json_real(part->catalog->turn_ns));
    json_object_set_new(object, "origin", ports ? json_pack("{s:O}", "ports", ports) : json_null());
    json_object_set_new(object, "friends", friends_json(origin));
    if (part_paces(part))
        json_object_set_new(object, "pace", json_true());
    if (json_integer_value(json_object_get(run->plan.request, "precision")) > 0)
        json_object_set(object, "max_repeat", json_object_get(run->plan.request, "max_repeat"));
    json_object_set(object, "allow", (json_t *)run->settings->allow);
    json_object_set_new(object, "max_bytes", json_integer((json_int_t)run->settings->limits.fetch_max_bytes));
    json_object_set_new(object, "cells", part_cells(part, &run->plan));
    return object;
}

/* One object a line, both ways: a runtime that reads by lines would wait for the end of this one. */
char *run_request_text(const RunPart *part, const Origin *origin)
{
    json_auto_t *request = request_json(part, origin);
    auto_free char *text = json_dumps(request, JSON_COMPACT);

    return text_printf("%s\n", text);
}
