/* The event stream of a run that is not over: what happened so far, then what happens. */
#pragma once

#include <stdint.h>

#include "handlers/app.h"
#include "handlers/client.h"

/* Watches the run for the client of a request and returns the answer: first the events behind the one with
 * this number, all that there were with 0, then what happens. own is what its request said, taken over; NULL:
 * it only looks on. The run ends with its last watcher as it would for a client that waits, see
 * queue_unwatch(). */
Response *follow_run(App *app, const Request *request, Run *run, const Client *client, Ask *own, bool joined,
    uint64_t last_number);

/* Reads Last-Event-ID, which a browser sends when its stream was broken and it comes back; without one
 * *ret is 0. Returns 0, or -EINVAL with the problem extended if it is no number. */
int follow_last_number(const Request *request, uint64_t *ret, Problem *problem);

/* Returns an answer that is an event stream: of a stream, or with stream NULL of a text that is held, or
 * without both empty, for HEAD. */
Response *follow_response(Stream *stream, Shared *text);
