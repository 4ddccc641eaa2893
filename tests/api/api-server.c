#include "tests/api/api-server.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/nsec.h"
#include "base/sibling.h"
#include "base/text.h"

enum { MAX_ARGUMENTS = 32, MAX_PROCESSES = 4096, POLL_MS = 2 };

static void sleep_ms(long ms)
{
    const struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

    nanosleep(&pause, NULL);
}

static nsec_t deadline(void)
{
    return nsec_now() + API_PATIENCE_S * NSEC_PER_SEC;
}

/* Which interpreters a machine has is nothing to most tests, and asking them all takes seconds. Those that a
 * test wants it names in its settings. */
static void forget_interpreters(void)
{
    static const char *const settings[] = {"GILSCOPE_RUNTIMES_PYTHON3", "GILSCOPE_RUNTIMES_PYPY3",
        "GILSCOPE_RUNTIMES_JYTHON", "GILSCOPE_RUNTIMES_RUBY"};

    for (size_t i = 0; i < ARRAY_LENGTH(settings); i++)
        setenv(settings[i], "", 1);
}

/* The first terminal that the leader of a session opens is the one that controls it. NULL: stays in that of
 * the test, in a process group of its own. */
static void take_terminal(const char *terminal)
{
    if (!terminal)
        setpgid(0, 0);
    else if (setsid() < 0 || open(terminal, O_RDWR | O_CLOEXEC) < 0)
        _exit(125);
}

/* Starts the program with both outputs in one pipe, or only the first. It ends with the test: one whose
 * assertion fails stops nothing, and what was left would be waited for. */
static pid_t spawn(
    char *const arguments[], const char *directory, const char *terminal, bool with_errors, int *ret_output)
{
    auto_free char *program = sibling_find("server", "gilscope");
    int ends[2];
    pid_t test = getpid(), pid;

    ck_assert_msg(program, "gilscope is not in the build tree");
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != test)
            _exit(125);
        take_terminal(terminal);
        forget_interpreters();
        dup2(ends[1], STDOUT_FILENO);
        if (with_errors)
            dup2(ends[1], STDERR_FILENO);
        if (directory && chdir(directory) < 0)
            _exit(126);
        execv(program, arguments);
        _exit(127);
    }
    close(ends[1]);
    *ret_output = ends[0];
    return pid;
}

/* The address stands in the first line: "gilscope 0.2.0 listens on http://127.0.0.1:40001/". */
static int read_port(int output)
{
    char text[512];
    size_t length = 0;
    char *colon;

    while (length < sizeof(text) - 1 && !memchr(text, '\n', length)) {
        struct pollfd ready = {.fd = output, .events = POLLIN};
        ssize_t n;

        ck_assert_msg(poll(&ready, 1, API_PATIENCE_S * 1000) == 1, "the server does not say its address");
        n = read(output, text + length, sizeof(text) - 1 - length);
        ck_assert_msg(n > 0, "the server ended before it listened");
        length += (size_t)n;
    }
    text[length] = '\0';
    colon = strstr(text, "http://127.0.0.1:");
    ck_assert_ptr_nonnull(colon);
    return atoi(colon + strlen("http://127.0.0.1:"));
}

static void launch(ApiServer *server, const char *terminal, va_list settings)
{
    const char *arguments[MAX_ARGUMENTS] = {
        "gilscope", "--set", "server.port=0", "--set", "archive.path=archive.db"};
    const char *setting;
    int n = 5;

    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    while ((setting = va_arg(settings, const char *))) {
        ck_assert_int_lt(n, MAX_ARGUMENTS - 2);
        arguments[n++] = "--set";
        arguments[n++] = setting;
    }
    server->pid = spawn((char *const *)arguments, server->directory, terminal, false, &server->output);
}

static void start(ApiServer *server, const char *terminal, va_list settings)
{
    launch(server, terminal, settings);
    server->port = read_port(server->output);
}

static void make_directory(ApiServer *server)
{
    strcpy(server->directory, "/tmp/gilscope-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(server->directory));
}

int api_server_start_in_terminal(ApiServer *server, ...)
{
    int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    va_list settings;

    if (terminal < 0) {
        fprintf(stderr, "no pseudo-terminal here (%s): a test is skipped\n", strerror(errno));
        return -1;
    }
    /* A shell gives its programs the default, and tests may run under nohup. */
    signal(SIGHUP, SIG_DFL);
    ck_assert_int_eq(grantpt(terminal), 0);
    ck_assert_int_eq(unlockpt(terminal), 0);
    make_directory(server);
    va_start(settings, server);
    start(server, ptsname(terminal), settings);
    va_end(settings);
    return terminal;
}

void api_server_start(ApiServer *server, ...)
{
    va_list settings;

    make_directory(server);
    va_start(settings, server);
    start(server, NULL, settings);
    va_end(settings);
}

void api_server_start_again(ApiServer *server, ...)
{
    va_list settings;

    va_start(settings, server);
    start(server, NULL, settings);
    va_end(settings);
}

void api_server_launch_again(ApiServer *server, ...)
{
    va_list settings;

    va_start(settings, server);
    launch(server, NULL, settings);
    va_end(settings);
}

/* Waits for one child, or any with -1. Returns its status, or -1 if it does not end. */
static int reap(pid_t which, pid_t *ret_pid)
{
    nsec_t until = deadline();

    while (nsec_now() < until) {
        int status;
        pid_t pid = waitpid(which, &status, WNOHANG);

        if (pid != 0) {
            *ret_pid = pid;
            return status;
        }
        sleep_ms(POLL_MS);
    }
    *ret_pid = 0;
    return -1;
}

static void remove_directory(const char *directory)
{
    DIR *list = opendir(directory);
    struct dirent *entry;

    ck_assert_ptr_nonnull(list);
    while ((entry = readdir(list)))
        unlinkat(dirfd(list), entry->d_name, 0);
    closedir(list);
    rmdir(directory);
}

static int wait_for_end(ApiServer *server)
{
    pid_t pid;
    int status = reap(server->pid, &pid);

    ck_assert_msg(pid == server->pid, "the server does not end");
    close(server->output);
    /* What it leaves behind has this process for its parent now, and has to end by itself. */
    for (pid = 1; pid > 0;)
        reap(-1, &pid);
    ck_assert_msg(pid < 0 && errno == ECHILD, "a process is left");
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int api_server_wait(ApiServer *server)
{
    int status = wait_for_end(server);

    remove_directory(server->directory);
    return status;
}

int api_server_end(ApiServer *server, int signal_number)
{
    kill(server->pid, signal_number);
    return wait_for_end(server);
}

int api_server_stop(ApiServer *server, int signal_number)
{
    kill(server->pid, signal_number);
    return api_server_wait(server);
}

void api_server_touch(const ApiServer *server, const char *name)
{
    auto_free char *path = text_printf("%s/%s", server->directory, name);
    auto_close int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

    ck_assert_int_ge(fd, 0);
}

void api_server_wait_for_file(const ApiServer *server, const char *name)
{
    auto_free char *path = text_printf("%s/%s", server->directory, name);
    nsec_t until = deadline();

    while (access(path, F_OK) < 0 && nsec_now() < until)
        sleep_ms(POLL_MS);
    ck_assert_msg(access(path, F_OK) == 0, "%s never comes", name);
}

/* The parent of a process, or 0. The name may have any character, so the fields begin behind the last ')'. */
static pid_t parent_of(pid_t pid)
{
    auto_free char *path = text_printf("/proc/%d/stat", pid), *text = NULL;
    size_t length;
    char *name_end, state;
    int parent;

    if (text_read_file(path, 65536, &text, &length) < 0)
        return 0;
    name_end = strrchr(text, ')');
    if (!name_end || sscanf(name_end + 1, " %c %d", &state, &parent) != 2 || state == 'Z')
        return 0;
    return parent;
}

/* All processes that there are, and who started them. */
typedef struct Processes {
    pid_t pids[MAX_PROCESSES], parents[MAX_PROCESSES];
    int n;
} Processes;

static void list_processes(Processes *processes)
{
    DIR *directory = opendir("/proc");
    struct dirent *entry;

    ck_assert_ptr_nonnull(directory);
    processes->n = 0;
    while ((entry = readdir(directory)) && processes->n < MAX_PROCESSES) {
        pid_t pid = atoi(entry->d_name), parent = pid > 0 ? parent_of(pid) : 0;

        if (parent == 0)
            continue;
        processes->pids[processes->n] = pid;
        processes->parents[processes->n++] = parent;
    }
    closedir(directory);
}

static bool descends(const Processes *processes, pid_t pid, pid_t from)
{
    for (int step = 0; step < 64 && pid > 1; step++) {
        int k = 0;

        while (k < processes->n && processes->pids[k] != pid)
            k++;
        pid = k < processes->n ? processes->parents[k] : 0;
        if (pid == from)
            return true;
    }
    return false;
}

static int find_descendants(const ApiServer *server, pid_t *ret_one)
{
    static Processes processes;
    int n_found = 0;

    list_processes(&processes);
    for (int i = 0; i < processes.n; i++) {
        if (!descends(&processes, processes.pids[i], server->pid))
            continue;
        n_found++;
        *ret_one = processes.pids[i];
    }
    return n_found;
}

int api_server_count_descendants(const ApiServer *server)
{
    pid_t ignored;

    return find_descendants(server, &ignored);
}

pid_t api_server_find_descendant(const ApiServer *server)
{
    pid_t pid = 0;

    find_descendants(server, &pid);
    return pid;
}

pid_t api_server_find_named(const ApiServer *server, const char *name)
{
    static Processes processes;

    list_processes(&processes);
    for (int i = 0; i < processes.n; i++) {
        auto_free char *path = text_printf("/proc/%d/comm", processes.pids[i]), *text = NULL;
        size_t length;

        if (descends(&processes, processes.pids[i], server->pid) &&
            text_read_file(path, 64, &text, &length) == 0 && length == strlen(name) + 1 &&
            strncmp(text, name, strlen(name)) == 0)
            return processes.pids[i];
    }
    ck_abort_msg("there is no %s", name);
    return 0;
}

void api_server_wait_for_descendants(const ApiServer *server, int n)
{
    nsec_t until = deadline();
    int n_now;

    while ((n_now = api_server_count_descendants(server)) != n && nsec_now() < until)
        sleep_ms(POLL_MS);
    ck_assert_int_eq(n_now, n);
}

int api_run_program(char **ret_text, ...)
{
    const char *arguments[MAX_ARGUMENTS] = {"gilscope"};
    int n = 1, output, status;
    size_t length;
    va_list rest;
    pid_t pid;

    va_start(rest, ret_text);
    while (n < MAX_ARGUMENTS - 1 && (arguments[n] = va_arg(rest, const char *)))
        n++;
    va_end(rest);
    spawn((char *const *)arguments, NULL, NULL, true, &output);
    ck_assert_int_eq(text_read_fd(output, 1 << 20, ret_text, &length), 0);
    close(output);
    status = reap(-1, &pid);
    ck_assert_msg(pid > 0 && WIFEXITED(status), "the program does not end");
    return WEXITSTATUS(status);
}
