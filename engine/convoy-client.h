/* The client of the convoy experiment: a process outside of the cell's mode and lock, as a browser is outside
 * of a server. It sends a request over a socket pair, waits for the answer, and takes the time. */
#pragma once

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/nsec.h"

enum {
    CONVOY_MAX_TASKS = 256,
    /* Where a closed loop is fast the client ends before its time; only pages that are used take memory. */
    CONVOY_MAX_REQUESTS = 4000000,
};

/* What a task that computes has done so far. Written by the task only; relaxed, a sign of life. */
typedef struct ConvoyHog {
    alignas(64) atomic_ullong ticks;
} ConvoyHog;

/* A mapping that the client and all tasks share, also if they are processes. */
typedef struct ConvoyBoard {
    alignas(64) atomic_uint n_begun; /* tasks that have begun; relaxed, a sign to start */
    alignas(64) atomic_bool over;    /* no more requests will come; relaxed, looked at again and again */
    ConvoyHog hogs[CONVOY_MAX_TASKS];

    /* By the client, read when it has ended. */
    nsec_t first, last; /* when it began to send, and when it had the last answer */
    uint32_t n_requests;
    uint64_t latencies[CONVOY_MAX_REQUESTS]; /* of each request in nanoseconds, in the order of sending */
} ConvoyBoard;

typedef struct ConvoyClient {
    ConvoyBoard *board;
    int fd;              /* its end of the socket pair */
    uint32_t n_needed;   /* tasks that must have begun before the first request */
    nsec_t duration;     /* no request is begun later; there is always one */
    bool paced;          /* waits a little between two requests: */
    nsec_t pause;        /* at least so long */
    bool waits_for_hogs; /* and until a hog is seen at work */
    uint64_t seed;       /* of the waits */
} ConvoyClient;

/* Maps a board. Returns 0 and sets *ret, or a negative errno. It goes with the process. */
int convoy_board_create(ConvoyBoard **ret);

/* Forks the client, from a process with one thread, with other_fd closed. It ends when its time is over, when
 * the other end of its socket pair is closed, or with this thread. Returns its id, or a negative errno. */
pid_t convoy_client_start(const ConvoyClient *client, int other_fd);

/* When the client has ended: sorts the latencies. */
void convoy_sort(ConvoyBoard *board);

/* Of sorted latencies: the least one that is as long as so many hundredths of all, or longer; 0 if there are
 * none. */
uint64_t convoy_percentile(const ConvoyBoard *board, uint32_t hundredths);
