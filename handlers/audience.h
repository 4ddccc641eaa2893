/* The clients whose connection is kept for long: they watch the class board or a run, or wait for one. Each
 * takes the place of hundreds that ask and go, so there is a limit of them, for one address and for all. What
 * is left of the server's connections is for everybody else: health checks, the page, lists.
 *
 * All of it belongs to the thread of the loop. */
#pragma once

#include <stdint.h>
#include <sys/queue.h>

#include "handlers/request.h"
#include "handlers/response.h"

typedef struct Audience {
    int64_t max, max_address; /* limits.max_watchers and limits.max_watchers_address, in force */
    int64_t n;                /* now */
    LIST_HEAD(, AudienceAddress) addresses; /* that somebody watches from; owned */
} Audience;

/* Takes a place for as long as the request lasts. Returns NULL, or the answer if there is none left. A place
 * that nobody needs after all is given back with the request's end. */
Response *audience_enter(Audience *audience, Request *request);

/* Called for each request when it is over. */
void audience_leave(Audience *audience, const Request *request);
