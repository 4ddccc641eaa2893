/* The event stream of a run that is not over: what happened so far, then what happens. */
#pragma once

#include <stdint.h>

#include "handlers/app.h"
#include "handlers/client.h"

/* Watches the run for a client, from behind the event of this number on, and returns the answer. own is what
 * its request said, taken over; NULL: it only looks on. */
Response *follow_run(App *app, Run *run, const Client *client, Ask *own, bool joined, uint64_t last_number);

/* Last-Event-ID, or 0. Returns 0, or -EINVAL with the problem set if it is no number. */
int follow_last_number(const Request *request, uint64_t *ret, Problem *problem);

/* Returns an answer that is an event stream: of a stream, or with stream NULL of a text that is taken over,
 * or without both empty, for HEAD. */
Response *follow_response(Stream *stream, char *text);
