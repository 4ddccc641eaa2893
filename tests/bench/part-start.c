/* The server from its start to its first answer, and what it and its origin hold of memory when nobody asks.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/bench/bench.h"
#include "tests/bench/client.h"
#include "tests/bench/server.h"

enum { SETTLE_MS = 1000 };

/* In MB of a million bytes; 0 if it is not there. */
static double resident_of(pid_t pid)
{
    auto_free char *path = text_printf("/proc/%d/status", pid), *text = NULL;
    const char *line;
    size_t length;
    double kb;

    if (text_read_file(path, 65536, &text, &length) < 0 || !(line = strstr(text, "\nVmRSS:")) ||
        sscanf(line, " VmRSS: %lf", &kb) != 1)
        return 0;
    return kb * 1024 / 1e6;
}

/* At rest the server has one child. */
static pid_t child_of(pid_t pid)
{
    auto_free char *path = text_printf("/proc/%d/task/%d/children", pid, pid), *text = NULL;
    size_t length;
    int child = 0;

    if (text_read_file(path, 4096, &text, &length) == 0)
        sscanf(text, "%d", &child);
    return child;
}

static int ask_once(const Server *server)
{
    auto_client_answer ClientAnswer answer = {0};
    int fd = client_connect(server->port), r = fd < 0 ? -1 : client_get(fd, "/healthz", "", &answer);

    if (fd >= 0)
        close(fd);
    return r;
}

static int measure(const BenchContender *self, double *figures)
{
    const struct timespec pause = {.tv_sec = SETTLE_MS / 1000};
    auto_free char *archive = text_printf("%s/start.db", bench_folder());
    Server server = {0};
    nsec_t before = nsec_now();
    int r;

    (void)self;
    r = server_start(&server, archive, NULL);
    if (r == 0)
        r = ask_once(&server);
    figures[0] = (double)(nsec_now() - before) / NSEC_PER_MSEC;
    if (r == 0) {
        nanosleep(&pause, NULL);
        figures[1] = resident_of(server.program.pid);
        figures[2] = resident_of(child_of(server.program.pid));
        if (figures[1] <= 0 || figures[2] <= 0)
            r = bench_fail("the memory of the server or its origin cannot be read");
    }
    server_stop(&server);
    return r;
}

static const BenchContender contenders[] = {
    {"gilscope", .measure = measure},
};

static const BenchRow rows[] = {
    {"start", "server start to first answer", "ms", 0, BENCH_ALONE, 0, .limit = 50},
    {"memory-server", "idle resident memory of the server", "MB", 0, BENCH_ALONE, 1, .limit = 12},
    {"memory-origin", "idle resident memory of the origin", "MB", 0, BENCH_ALONE, 2, .limit = 12},
};

const BenchPart part_start = {
    .name = "start",
    .about = "the server's start and its memory",
    .contenders = contenders,
    .n_contenders = ARRAY_LENGTH(contenders),
    .rows = rows,
    .n_rows = ARRAY_LENGTH(rows),
    .rounds = 15,
};
