/* From a request to its answer: what a person waits for besides the experiment itself. The floor is what the
 * system needs to start a program that is linked as the engine is, and to fork as often as the engine does.
 */
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/nsec.h"
#include "base/text.h"
#include "tests/bench/bench.h"
#include "tests/bench/client.h"
#include "tests/bench/server.h"

static Server server;

static int open_part(void)
{
    auto_free char *archive = text_printf("%s/run.db", bench_folder());

    return server_start(&server, archive, NULL);
}

static void close_part(void)
{
    server_stop(&server);
}

/* text is the path with its query. */
static int measure_request(const BenchContender *self, double *figures)
{
    auto_client_answer ClientAnswer answer = {0};
    auto_close int connection = client_open(server.port);
    nsec_t before = nsec_now();

    if (connection < 0 || client_get(connection, self->text, "", &answer) < 0)
        return -1;
    figures[0] = (double)(nsec_now() - before) / NSEC_PER_MSEC;
    return 0;
}

/* n is how often it forks. */
static int measure_spawn(const BenchContender *self, double *figures)
{
    auto_free char *n = text_printf("%ld", self->n);
    const char *program = program_path("tests/bench", "bare-start");
    char *const arguments[] = {(char *)program, n, (char *)"series", NULL};
    posix_spawn_file_actions_t actions;
    nsec_t before;
    pid_t pid;
    int r, status = 0;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    before = nsec_now();
    r = posix_spawn(&pid, program, &actions, NULL, arguments, environ);
    if (r == 0)
        waitpid(pid, &status, 0);
    figures[0] = (double)(nsec_now() - before) / NSEC_PER_MSEC;
    posix_spawn_file_actions_destroy(&actions);
    return r == 0 && status == 0 ? 0 : bench_fail("bare-start does not run: %s", strerror(r));
}

enum { SMALLEST, EMPTY, DEFAULT, FORKS };

static const BenchContender contenders[] = {
    [SMALLEST] = {"the smallest run", .measure = measure_request,
        .text = "/run/countdown?n=1&mode=serial&lock=gil&tasks=1&repeat=1&warmup=0"},
    [EMPTY] = {"an empty program linked alike", .measure = measure_spawn},
    [DEFAULT] = {"the default run", .measure = measure_request, .text = "/run/countdown?n=1"},
    [FORKS] = {"24 forks linked alike", .measure = measure_spawn, .n = 24},
};

static const BenchRow rows[] = {
    {"run-smallest", "request to answer, smallest run", "ms", SMALLEST, EMPTY, .ratio = 2, .limit = 15},
    {"run-default", "request to answer, default run with n=1", "ms", DEFAULT, FORKS, .ratio = 1.5},
};

const BenchPart part_run = {
    .name = "run",
    .about = "from a request to its answer",
    .contenders = contenders,
    .n_contenders = ARRAY_LENGTH(contenders),
    .rows = rows,
    .n_rows = ARRAY_LENGTH(rows),
    .rounds = 25,
    .open = open_part,
    .close = close_part,
};
