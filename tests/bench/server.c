#include "tests/bench/server.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "tests/bench/bench.h"

int server_start(Server *server, const char *archive, const char *const wrapper[])
{
    auto_free char *path = text_printf("archive.path=%s", archive ? archive : "none");
    const char *const arguments[] = {program_path("server", "gilscope"), "--set", "server.port=0", "--set",
        "runtimes.python3=", "--set", "runtimes.pypy3=", "--set", "runtimes.jython=", "--set",
        "runtimes.ruby=", "--set", "archive.max_runs=1000000", "--set", path, NULL};
    const char *colon;
    char line[512];

    if (program_start_behind(&server->program, wrapper, arguments) < 0)
        return -1;
    if (program_read_line(&server->program, line, sizeof(line)) < 0)
        return -1;
    colon = strstr(line, "http://127.0.0.1:");
    server->port = colon ? atoi(colon + strlen("http://127.0.0.1:")) : 0;
    return server->port > 0 ? 0 : bench_fail("the server does not say where it listens");
}

void server_stop(Server *server)
{
    program_stop(&server->program);
    server->port = 0;
}

int origin_start(Program *origin, char **ret_ports)
{
    const char *const arguments[] = {program_path("origin", "gilscope-origin"), NULL};
    char line[1024], *from, *to;

    if (program_start(origin, arguments) < 0 || program_read_line(origin, line, sizeof(line)) < 0)
        return -1;
    from = strchr(line, '[');
    to = strchr(line, ']');
    if (!from || !to)
        return bench_fail("the origin does not say where it listens");
    *to = '\0';
    *ret_ports = text_copy(from + 1);
    return 0;
}
