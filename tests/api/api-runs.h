/* What tests of runs do again and again: start one and go on, wait until it is so far. Waiting fails after
 * API_PATIENCE_S. */
#pragma once

#include <jansson.h>

#include "tests/api/api-client.h"

/* The smallest run of the fake runtime; more parameters follow with '&'. */
#define API_ONCE "?repeat=1&warmup=0&mode=serial&lock=gil"

/* The header by which a client of this name owns its runs. */
#define API_OWNER(name) "Gilscope-Owner: the-secret-of-" name

/* The text of a member; "" if there is none. */
const char *api_text(const json_t *object, const char *key);

/* Starts a run that goes on by itself, "gated" with more parameters, and returns its id, owned by the caller.
 * A client that is named in them, "&client=anna", is its owner. */
char *api_book(const ApiServer *server, const char *experiment, const char *more);

/* The same from another address of loopback; from may be NULL. */
char *api_book_from(const ApiServer *server, const char *from, const char *experiment, const char *more);

/* Sends the request for a run, by a client and owner as above, and returns the socket on which its answer
 * will come. */
int api_send_run(const ApiServer *server, const char *experiment, const char *more);

/* One run, a new object. */
json_t *api_run(const ApiServer *server, const char *id);

/* The path of the page behind this one of /runs, "" if it is the last; owned by the caller. */
char *api_next_page(const ApiAnswer *answer);

/* Waits until the run has this status. */
void api_wait_for_status(const ApiServer *server, const char *id, const char *status);

/* Waits until there are so many runs of this status ("": of any). */
void api_wait_for_runs(const ApiServer *server, const char *status, size_t n);

/* Waits until so many have asked for the newest run, and returns its id, owned by the caller. */
char *api_wait_for_asks(const ApiServer *server, int n);

/* Asserts the status of an answer, showing the body if it is another. */
void api_assert_status(const ApiAnswer *answer, long status);
