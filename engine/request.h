/* The request object of the run protocol: one experiment and its cells, already spelled out and numbered. */
#pragma once

#include <jansson.h>

#include "base/problem.h"
#include "engine/cell.h"
#include "engine/noise.h"

typedef struct Request {
    char *allow; /* owned; the cells refer to it */
    Cell *cells;
    size_t n_cells;
    int repeat, warmup;
    int max_repeat;      /* rounds go on so far unless they are stopped; no more than repeat: they do not */
    bool full;           /* all rows of tasks, not only the first */
    bool pace;           /* waits behind each event until it is told to go on */
    uint32_t max_spans;  /* of each cell in one more repetition, which is traced; 0: there is none */
    uint64_t tick_turns; /* countdown turns that fill one tick */
    double turn_ns;      /* what one takes, as the catalog said; 0: not known */
    nsec_t deadline;     /* on the monotonic clock; 0: none */
    pid_t friends[NOISE_MAX_FRIENDS]; /* whose CPU time is not foreign */
    size_t n_friends;
} Request;

/* Reads and checks a request. Returns 0, or -EINVAL with the problem set and *ret untouched. The origin's
 * ports ("origin": {"ports": [...]}) and the processes that work for the run ("friends": [pid, ...]) are
 * taken from the object, if they are there.
 *
 * Where fetch may go besides the origin says "allow", an array of host:port patterns (see plan/allow.h), and
 * "max_bytes" how long a page from there may be. Without "allow" it may go nowhere else, so that what a
 * server forgets stays closed. "allow": null is for a person at a shell: it may go anywhere. */
int request_parse(const json_t *object, Request *ret, Problem *problem);

/* Frees what the request owns; its cells must not be used any more. */
void request_finish(Request *request);
