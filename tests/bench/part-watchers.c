/* Whether those who watch a run disturb it: the same run with 30 more event streams of it open, and without.
 * One stream is there in both cases, by which its end is known. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/nsec.h"
#include "base/text.h"
#include "tests/bench/bench.h"
#include "tests/bench/client.h"
#include "tests/bench/engine.h"
#include "tests/bench/server.h"

enum { WHOLE, WALLS };
enum { MAX_WATCHERS = 31, PATIENCE_MS = 120000 };

static Server server;

static int open_part(void)
{
    return server_start(&server, NULL, NULL);
}

static void close_part(void)
{
    server_stop(&server);
}

/* Asks for the run without waiting. Sets id, or returns the result of bench_fail(). */
static int begin_run(char id[static 64])
{
    static const char path[] = "/run/countdown?n=2e7&tasks=2&repeat=15&warmup=1&timeline=off&fresh=true";
    auto_client_answer ClientAnswer answer = {0};
    json_auto_t *run = NULL;
    int fd = client_connect(server.port), r = fd < 0 ? -1 : 0;

    if (r == 0)
        r = client_send(fd, "POST", path, "Prefer: respond-async\r\nContent-Length: 0\r\n");
    if (r == 0)
        r = client_receive(fd, &answer);
    if (fd >= 0)
        close(fd);
    if (r < 0)
        return -1;
    run = json_loads(answer.body, 0, NULL);
    snprintf(id, 64, "%s", json_string_value(json_object_get(run, "id")));
    return answer.status == 202 && json_object_get(run, "id")
               ? 0
               : bench_fail("the run does not begin: status %d", answer.status);
}

/* Reads all streams, and forgets what comes, until all have ended. Returns 0, or -1 if that does not happen.
 */
static int drain(struct pollfd *streams, nfds_t n)
{
    char bytes[65536];
    nfds_t n_open = n;

    while (n_open > 0) {
        if (poll(streams, n, PATIENCE_MS) <= 0)
            return -1;
        for (nfds_t i = 0; i < n; i++) {
            if (streams[i].fd < 0 || !streams[i].revents || recv(streams[i].fd, bytes, sizeof(bytes), 0) > 0)
                continue;
            close(streams[i].fd);
            streams[i].fd = -1;
            n_open--;
        }
    }
    return 0;
}

/* n streams of the run are open until it ends; each is told to close behind its last event. */
static int watch(const char *id, nfds_t n)
{
    auto_free char *path = text_printf("/runs/%s/events", id);
    struct pollfd streams[MAX_WATCHERS];
    int r = 0;

    for (nfds_t i = 0; i < n; i++) {
        streams[i] = (struct pollfd){.fd = client_connect(server.port), .events = POLLIN};
        if (streams[i].fd < 0 || client_send(streams[i].fd, "GET", path, "Connection: close\r\n") < 0)
            r = -1;
    }
    if (r == 0 && drain(streams, n) < 0)
        r = bench_fail("the run does not end");
    for (nfds_t i = 0; i < n; i++)
        if (streams[i].fd >= 0)
            close(streams[i].fd);
    return r;
}

/* Figures: ms of the whole run, ms of what it measured. */
static int read_run(const char *id, double *figures)
{
    auto_free char *path = text_printf("/runs/%s", id);
    auto_client_answer ClientAnswer answer = {0};
    json_auto_t *run = NULL;
    const json_t *cell;
    int fd = client_connect(server.port);
    size_t i;

    if (fd < 0 || client_get(fd, path, "", &answer) < 0)
        return -1;
    close(fd);
    run = json_loads(answer.body, 0, NULL);
    figures[WHOLE] = engine_number(run, "duration_ns") / NSEC_PER_MSEC;
    figures[WALLS] = 0;
    json_array_foreach (json_object_get(run, "cells"), i, cell)
        figures[WALLS] += engine_number(cell, "wall_ns.median") / NSEC_PER_MSEC;
    return figures[WALLS] > 0 ? 0 : bench_fail("the run measured nothing");
}

static int measure(const BenchContender *self, double *figures)
{
    char id[64];

    if (begin_run(id) < 0 || watch(id, (nfds_t)self->n + 1) < 0)
        return -1;
    return read_run(id, figures);
}

enum { WATCHED, ALONE };

static const BenchContender contenders[] = {
    [WATCHED] = {"30 watchers", .measure = measure, .n = 30},
    [ALONE] = {"no watchers", .measure = measure, .n = 0},
};

static const BenchRow rows[] = {
    {"watchers", "run beside 30 event streams: all of it", "ms", WATCHED, ALONE, WHOLE, .ratio = 1.02},
    {"watchers-walls", "run beside 30 event streams: what it measures", "ms", WATCHED, ALONE, WALLS,
        .ratio = 1.02},
};

const BenchPart part_watchers = {
    .name = "watchers",
    .about = "a run that is watched",
    .contenders = contenders,
    .n_contenders = ARRAY_LENGTH(contenders),
    .rows = rows,
    .n_rows = ARRAY_LENGTH(rows),
    .rounds = 15,
    .open = open_part,
    .close = close_part,
};
