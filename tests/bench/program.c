#include "tests/bench/program.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/sibling.h"
#include "base/text.h"
#include "tests/bench/bench.h"

enum { PATIENCE_MS = 120000, STOP_MS = 10000, MAX_OUTPUT = 64 << 20, MAX_PATHS = 32, MAX_WORDS = 64 };

const char *program_path(const char *folder, const char *name)
{
    static struct {
        const char *name;
        char *path;
    } known[MAX_PATHS];
    static size_t n_known;
    char *path;

    for (size_t i = 0; i < n_known; i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].path;
    path = sibling_find(folder, name);
    if (!path || n_known == MAX_PATHS) {
        free(path);
        return name;
    }
    known[n_known].name = name;
    known[n_known].path = path;
    return known[n_known++].path;
}

static _Noreturn void become(const char *const arguments[], int input, int output)
{
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(input, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    if (!getenv("GILSCOPE_BENCH_ERRORS"))
        dup2(nowhere, STDERR_FILENO);
    /* Ctrl-C is for the benchmark, which ends them in its own time. */
    setpgid(0, 0);
    execvp(arguments[0], (char *const *)arguments);
    _exit(127);
}

int program_start(Program *program, const char *const arguments[])
{
    int in[2], out[2];

    *program = (Program){0};
    if (pipe2(in, O_CLOEXEC) < 0)
        return bench_fail("no pipe: %s", strerror(errno));
    if (pipe2(out, O_CLOEXEC) < 0) {
        close(in[0]);
        close(in[1]);
        return bench_fail("no pipe: %s", strerror(errno));
    }
    program->pid = fork();
    if (program->pid == 0)
        become(arguments, in[0], out[1]);
    /* Both sides do it, so that the group is there for both. */
    if (program->pid > 0)
        setpgid(program->pid, program->pid);
    close(in[0]);
    close(out[1]);
    program->input = in[1];
    program->output = out[0];
    if (program->pid < 0) {
        program->pid = 0;
        close(program->input);
        close(program->output);
        return bench_fail("%s does not start: %s", arguments[0], strerror(errno));
    }
    return 0;
}

static size_t add_words(const char *words[static MAX_WORDS], size_t n, const char *const more[])
{
    for (size_t i = 0; more && more[i]; i++) {
        assert(n < MAX_WORDS - 1);
        words[n++] = more[i];
    }
    words[n] = NULL;
    return n;
}

int program_start_behind(Program *program, const char *const wrapper[], const char *const arguments[])
{
    const char *words[MAX_WORDS];

    add_words(words, add_words(words, 0, wrapper), arguments);
    if (program_start(program, words) < 0)
        return -1;
    program->is_group = wrapper;
    return 0;
}

int program_read_line(Program *program, char *line, size_t size)
{
    size_t length = 0;

    while (length < size - 1) {
        struct pollfd ready = {.fd = program->output, .events = POLLIN};

        int n_ready = poll(&ready, 1, PATIENCE_MS);

        /* A signal that ends the benchmark is heeded after this measurement. */
        if (n_ready < 0 && errno == EINTR)
            continue;
        if (n_ready != 1 || read(program->output, line + length, 1) != 1)
            return bench_fail("a program says nothing, or has ended");
        if (line[length] == '\n')
            break;
        length++;
    }
    line[length] = '\0';
    return 0;
}

void program_stop(Program *program)
{
    nsec_t until = nsec_now() + STOP_MS * NSEC_PER_MSEC;
    const struct timespec pause = {.tv_nsec = 1000000};
    pid_t target = program->is_group ? -program->pid : program->pid;

    if (program->pid <= 0)
        return;
    kill(target, SIGTERM);
    close(program->input);
    while (waitpid(program->pid, NULL, WNOHANG) == 0) {
        if (nsec_now() > until)
            kill(target, SIGKILL);
        nanosleep(&pause, NULL);
    }
    close(program->output);
    *program = (Program){0};
}

nsec_t program_cpu(const Program *program)
{
    clockid_t clock;

    return clock_getcpuclockid(program->pid, &clock) == 0 ? nsec_read_clock(clock) : 0;
}

static int status_of(pid_t pid)
{
    int status;

    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int program_run(const char *const arguments[], const char *input, char **ret_output)
{
    auto_free char *output = NULL;
    Program program;
    size_t length = 0;
    int r, status;

    if (program_start(&program, arguments) < 0)
        return -1;
    r = input ? text_write_fd(program.input, input, strlen(input)) : 0;
    close(program.input);
    if (r == 0)
        r = text_read_fd(program.output, MAX_OUTPUT, &output, &length);
    close(program.output);
    status = status_of(program.pid);
    if (status != 0)
        return bench_fail("%s ended with status %d", arguments[0], status);
    if (r < 0)
        return bench_fail("%s: %s", arguments[0], strerror(-r));
    if (ret_output)
        *ret_output = take_pointer(output);
    return 0;
}

int program_run_figures(const char *const arguments[], double *figures)
{
    auto_free char *output = NULL;
    char *at, *end;
    int n = 0;

    if (program_run(arguments, NULL, &output) < 0)
        return -1;
    for (at = output; n < BENCH_FIGURES; at = end) {
        double figure = strtod(at, &end);

        if (end == at)
            break;
        figures[n++] = figure;
    }
    return n > 0 ? n : bench_fail("%s printed no number", arguments[0]);
}
