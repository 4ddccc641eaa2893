/* The real gilscope-guard around programs with bad habits.
 *
 * Each test is a child subreaper itself, so whoever escapes the guard becomes its child, and "nobody is
 * left" is a question that wait() answers without looking for anyone and without a clock. */
#include <assert.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cgroup.h"
#include "base/cleanup.h"
#include "base/cpulist.h"
#include "base/sibling.h"
#include "base/text.h"
#include "tests/api/guard-play.h"

#define PLAY "--play="
#define MAX_ARGUMENTS 16
#define MAX_OUTPUT 100000
#define PATIENCE_S 120 /* it only keeps a hang from lasting for ever */
#define N(array) ((int)ARRAY_LENGTH(array))

/* All ends are ours; -1 when closed. */
typedef struct Guarded {
    pid_t pid;
    int input, output, errors, hangup;
} Guarded;

static char self_path[PATH_MAX];

static void make_pipe(int *ret_read, int *ret_write)
{
    int fds[2];

    ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
    *ret_read = fds[0];
    *ret_write = fds[1];
}

/* In the child: prepare is what a test wants to have done before the guard starts. */
__attribute__((noreturn)) static void exec_guard(
    const char *const *arguments, int hangup, void (*prepare)(void))
{
    auto_free char *path = sibling_find("guard", "gilscope-guard");
    auto_free char *option = text_printf("--hangup-fd=%d", hangup);
    const char *argv[MAX_ARGUMENTS + 3] = {"gilscope-guard", option};

    assert(path);
    fcntl(hangup, F_SETFD, 0);
    for (int i = 0; arguments[i]; i++) {
        assert(i < MAX_ARGUMENTS);
        argv[i + 2] = strcmp(arguments[i], "SELF") == 0 ? self_path : arguments[i];
    }
    if (prepare)
        prepare();
    execv(path, (char **)argv);
    _exit(124);
}

/* Starts the guard with a hang-up descriptor and these further arguments, ended by NULL. */
static Guarded guard_start(const char *const *arguments, void (*prepare)(void))
{
    Guarded guarded = {.pid = -1};
    int input, output, errors, hangup;

    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    make_pipe(&input, &guarded.input);
    make_pipe(&guarded.output, &output);
    make_pipe(&guarded.errors, &errors);
    make_pipe(&hangup, &guarded.hangup);
    guarded.pid = fork();
    ck_assert_int_ge(guarded.pid, 0);
    if (guarded.pid == 0) {
        dup2(input, STDIN_FILENO);
        dup2(output, STDOUT_FILENO);
        dup2(errors, STDERR_FILENO);
        exec_guard(arguments, hangup, prepare);
    }
    close(input);
    close(output);
    close(errors);
    close(hangup);
    return guarded;
}

#define GUARD_START(prepare, ...) guard_start((const char *const[]){__VA_ARGS__, NULL}, prepare)

static void close_end(int *fd)
{
    close(take_fd(fd));
}

static char *read_end(int *fd)
{
    char *text = NULL;
    size_t length;

    ck_assert_int_eq(text_read_fd(*fd, MAX_OUTPUT, &text, &length), 0);
    close_end(fd);
    return text;
}

static void wait_until_ready(const Guarded *guarded)
{
    char text[6] = "";

    for (size_t n = 0; n < sizeof(text); n++)
        ck_assert_int_eq(read(guarded->output, text + n, 1), 1);
    ck_assert_mem_eq(text, "ready\n", sizeof(text));
}

static void assert_nobody_left(void)
{
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG | __WALL), -1);
    ck_assert_int_eq(errno, ECHILD);
}

/* Waits for the end and returns the exit status. Nobody may be left then. */
static int guard_wait(Guarded *guarded)
{
    int status;

    ck_assert_int_eq(waitpid(guarded->pid, &status, 0), guarded->pid);
    assert_nobody_left();
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* Runs to the end with nothing on standard input, and compares what it says with the expected text. */
static int guard_run(Guarded guarded, const char *expected_output, const char *expected_errors)
{
    auto_free char *output = NULL, *errors = NULL;

    close_end(&guarded.input);
    output = read_end(&guarded.output);
    errors = read_end(&guarded.errors);
    if (expected_output)
        ck_assert_str_eq(output, expected_output);
    if (expected_errors)
        ck_assert_str_eq(errors, expected_errors);
    return guard_wait(&guarded);
}

static int guard_shell(const char *option, const char *script, const char *expected_output)
{
    return guard_run(GUARD_START(NULL, option, "--", "/bin/sh", "-c", script), expected_output, "");
}

START_TEST(exit_status_of_the_program_is_passed_on)
{
    ck_assert_int_eq(guard_run(GUARD_START(NULL, "--", "true"), "", ""), 0);
    ck_assert_int_eq(guard_run(GUARD_START(NULL, "/bin/sh", "-c", "exit 7"), "", ""), 7);
}
END_TEST

START_TEST(death_by_a_signal_is_128_and_its_number)
{
    ck_assert_int_eq(guard_shell("--nofile=100", "kill -KILL $$", ""), 137);
}
END_TEST

START_TEST(program_that_cannot_start_is_126_or_127)
{
    ck_assert_int_eq(guard_run(GUARD_START(NULL, "--", "/nonexistent/program"), "",
                         "gilscope-guard: /nonexistent/program: No such file or directory\n"),
        127);
    ck_assert_int_eq(guard_run(GUARD_START(NULL, "--", "/etc/passwd"), "",
                         "gilscope-guard: /etc/passwd: Permission denied\n"),
        126);
}
END_TEST

static const struct {
    const char *argument, *errors;
} bad_usage[] = {
    {"--nofile=abc", "gilscope-guard: --nofile=abc: must be a whole number from 16 to 1048576\n"},
    {"--nofile=15", "gilscope-guard: --nofile=15: must be a whole number from 16 to 1048576\n"},
    {"--nofile=", "gilscope-guard: --nofile=: must be a whole number from 16 to 1048576\n"},
    {"--nofile", "gilscope-guard: --nofile: needs a value, as in --nofile=N\n"},
    {"--cpu-seconds=0", "gilscope-guard: --cpu-seconds=0: must be a whole number from 1 to 31536000\n"},
    {"--oom-score-adj=1001",
        "gilscope-guard: --oom-score-adj=1001: must be a whole number from -1000 to 1000\n"},
    {"--hangup-fd=2", "gilscope-guard: --hangup-fd=2: must be a whole number from 3 to 1048576\n"},
    {"--hangup-fd=1000000", "gilscope-guard: --hangup-fd=1000000: must be an open pipe or socket\n"},
    {"--cpus=", "gilscope-guard: --cpus=: must be a list of CPU numbers from 0 to 1023, as in 0-3,8\n"},
    {"--cpus=0-", "gilscope-guard: --cpus=0-: must be a list of CPU numbers from 0 to 1023, as in 0-3,8\n"},
    {"--cpus=1024",
        "gilscope-guard: --cpus=1024: must be a list of CPU numbers from 0 to 1023, as in 0-3,8\n"},
    {"--cpus", "gilscope-guard: --cpus: needs a value, as in --cpus=LIST\n"},
    {"--pids-max=0", "gilscope-guard: --pids-max=0: must be a whole number from 1 to 4194304\n"},
    {"--clean-env=yes", "gilscope-guard: --clean-env=yes: takes no value\n"},
    {"--file-siz=1", "gilscope-guard: there is no option --file-siz=1; did you mean --file-size?\n"},
    {"-h", "gilscope-guard: there is no option -h; see --help\n"},
};

START_TEST(bad_usage_is_125_and_one_line_with_option_value_and_range)
{
    ck_assert_int_eq(
        guard_run(GUARD_START(NULL, bad_usage[_i].argument, "--", "true"), "", bad_usage[_i].errors), 125);
}
END_TEST

START_TEST(a_program_must_be_given)
{
    ck_assert_int_eq(
        guard_run(GUARD_START(NULL, "--"), "", "gilscope-guard: no PROGRAM given, see --help\n"), 125);
}
END_TEST

START_TEST(help_and_version_go_to_standard_output)
{
    Guarded guarded = GUARD_START(NULL, "--help");
    auto_free char *help = read_end(&guarded.output);

    ck_assert_int_eq(guard_wait(&guarded), 0);
    ck_assert_ptr_nonnull(strstr(help, "--oom-score-adj=N"));
    ck_assert_ptr_nonnull(strstr(help, "(-1000 to 1000)"));
    ck_assert_ptr_nonnull(strstr(help, "--cpus=LIST"));
    ck_assert_ptr_nonnull(strstr(help, "without this limit where there is no such group"));
    guarded = GUARD_START(NULL, "--version");
    free(help);
    help = read_end(&guarded.output);
    ck_assert_int_eq(guard_wait(&guarded), 0);
    ck_assert_int_eq(strncmp(help, "gilscope-guard ", 15), 0);
}
END_TEST

START_TEST(streams_pass_through_untouched)
{
    Guarded guarded = GUARD_START(NULL, "--", "/bin/sh", "-c", "cat; echo bad >&2");
    auto_free char *output = NULL, *errors = NULL;

    ck_assert_int_eq(text_write_fd(guarded.input, "one\0two", 7), 0);
    close_end(&guarded.input);
    output = read_end(&guarded.output);
    ck_assert_mem_eq(output, "one\0two", 8);
    errors = read_end(&guarded.errors);
    ck_assert_str_eq(errors, "bad\n");
    ck_assert_int_eq(guard_wait(&guarded), 0);
}
END_TEST

/* The program shuts its ends and lives on; both pipes must tell although the guard is still there. */
START_TEST(ends_of_file_travel)
{
    Guarded guarded = GUARD_START(NULL, "--", "SELF", PLAY "mute");
    auto_free char *rest = NULL;

    wait_until_ready(&guarded);
    rest = read_end(&guarded.output);
    ck_assert_str_eq(rest, "");
    signal(SIGPIPE, SIG_IGN);
    ck_assert_int_eq(text_write_fd(guarded.input, "x", 1), -EPIPE);
    close_end(&guarded.hangup);
    ck_assert_int_eq(guard_wait(&guarded), 143);
}
END_TEST

static const char *const bad_roles[] = {
    PLAY "bomb", PLAY "chain", PLAY "crowd", PLAY "daemon", PLAY "deaf", PLAY "mute", PLAY "storm"};

START_TEST(hangup_leaves_nobody)
{
    Guarded guarded = GUARD_START(NULL, "--", "SELF", bad_roles[_i]);

    wait_until_ready(&guarded);
    close_end(&guarded.hangup);
    ck_assert_int_eq(guard_wait(&guarded), 143);
}
END_TEST

static const int stop_signals[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT};

START_TEST(stop_signal_leaves_nobody)
{
    Guarded guarded = GUARD_START(NULL, "--", "SELF", PLAY "daemon");

    wait_until_ready(&guarded);
    ck_assert_int_eq(kill(guarded.pid, stop_signals[_i]), 0);
    ck_assert_int_eq(guard_wait(&guarded), 143);
}
END_TEST

START_TEST(program_that_ends_by_itself_leaves_nobody)
{
    Guarded guarded = GUARD_START(NULL, "--", "SELF", PLAY "deserter");

    ck_assert_int_eq(guard_wait(&guarded), 5);
}
END_TEST

START_TEST(data_on_the_hangup_descriptor_means_nothing)
{
    Guarded guarded = GUARD_START(NULL, "--", "/bin/sh", "-c", "read line; exit 3");

    ck_assert_int_eq(text_write_fd(guarded.hangup, "data", 4), 0);
    ck_assert_int_eq(text_write_fd(guarded.input, "go\n", 3), 0);
    ck_assert_int_eq(guard_wait(&guarded), 3);
}
END_TEST

static void raise_blocked_signal(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGTERM);
}

START_TEST(signal_before_the_start_starts_nothing)
{
    ck_assert_int_eq(guard_run(GUARD_START(raise_blocked_signal, "--", "echo", "started"), "", ""), 143);
}
END_TEST

/* The guard waits behind a byte on its standard input until its owner has hung up. */
static void wait_for_owner(void)
{
    char byte;

    if (read(STDIN_FILENO, &byte, 1) != 1)
        _exit(124);
}

START_TEST(hangup_before_the_start_starts_nothing)
{
    Guarded guarded = GUARD_START(wait_for_owner, "--", "echo", "started");

    close_end(&guarded.hangup);
    ck_assert_int_eq(text_write_fd(guarded.input, "x", 1), 0);
    ck_assert_int_eq(guard_run(guarded, "", ""), 143);
}
END_TEST

static void ignore_child_signal(void)
{
    signal(SIGCHLD, SIG_IGN);
}

START_TEST(ignored_child_signal_does_no_harm)
{
    ck_assert_int_eq(guard_run(GUARD_START(ignore_child_signal, "--", "/bin/sh", "-c", "exit 7"), "", ""), 7);
}
END_TEST

START_TEST(guard_within_a_guard_leaves_nobody)
{
    auto_free char *path = sibling_find("guard", "gilscope-guard");
    Guarded guarded = GUARD_START(NULL, "--", path, "--", "SELF", PLAY "daemon");

    wait_until_ready(&guarded);
    close_end(&guarded.hangup);
    ck_assert_int_eq(guard_wait(&guarded), 143);
}
END_TEST

/* Whether a group for processes can be made below this one, and entered: found out by doing so. */
static bool can_divide(const CgroupTree *tree)
{
    auto_free char *trial = text_printf("%s/gilscope-test-%d", tree->folder, (int)getpid());
    auto_free char *limit = text_printf("%s/pids.max", trial),
                   *members = text_printf("%s/cgroup.procs", trial);
    int status = -1;
    pid_t pid;

    if (!tree->is_own || mkdir(trial, 0755) < 0)
        return false;
    pid = fork();
    if (pid == 0) {
        int fd = open(members, O_WRONLY | O_CLOEXEC);

        _exit(access(limit, W_OK) == 0 && write(fd, "0", 1) == 1 ? 0 : 1);
    }
    waitpid(pid, &status, 0);
    rmdir(trial);
    return status == 0;
}

/* The folder of the group that this guard makes for its child, owned by the caller; NULL if none can be made
 * here. */
static char *group_of_guard(pid_t guard)
{
    Cgroup own;

    cgroup_find_controller("", "pids", &own);
    for (int i = 0; i < 2; i++) {
        const CgroupTree *tree = i == 0 ? &own.v1 : &own.v2;

        if (can_divide(tree))
            return text_printf("%s/gilscope-%d", tree->folder, (int)guard);
    }
    return NULL;
}

static void lead_a_group(void)
{
    setpgid(0, 0);
}

/* The process of the guard that started the program; the one that we started is its keeper. */
static pid_t watchman_of(const Guarded *guarded)
{
    auto_free char *path = text_printf("/proc/%d/task/%d/children", (int)guarded->pid, (int)guarded->pid);
    auto_file FILE *file = fopen(path, "r");
    int watchman, another;

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%d %d", &watchman, &another), 1);
    return watchman;
}

/* Reaps whoever becomes ours. Nobody may have lived until the alarm that ends each player. */
static void wait_for_everybody(void)
{
    int status;

    while (waitpid(-1, &status, __WALL) > 0)
        ck_assert(!WIFSIGNALED(status) || WTERMSIG(status) != SIGALRM);
    ck_assert_int_eq(errno, ECHILD);
}

static void assert_killed(const Guarded *guarded)
{
    int status;

    ck_assert_int_eq(waitpid(guarded->pid, &status, 0), guarded->pid);
    ck_assert(WIFSIGNALED(status));
    ck_assert_int_eq(WTERMSIG(status), SIGKILL);
}

START_TEST(killed_guard_leaves_nobody)
{
    Guarded guarded = GUARD_START(NULL, "--pids-max=500", "--", "SELF", bad_roles[_i]);
    auto_free char *group = group_of_guard(guarded.pid);

    wait_until_ready(&guarded);
    ck_assert_int_eq(kill(guarded.pid, SIGKILL), 0);
    assert_killed(&guarded);
    wait_for_everybody();
    if (group)
        ck_assert_int_eq(access(group, F_OK), -1);
}
END_TEST

START_TEST(killed_watchman_leaves_nobody)
{
    Guarded guarded = GUARD_START(NULL, "--pids-max=500", "--", "SELF", bad_roles[_i]);
    auto_free char *group = group_of_guard(guarded.pid);

    wait_until_ready(&guarded);
    ck_assert_int_eq(kill(watchman_of(&guarded), SIGKILL), 0);
    assert_killed(&guarded);
    assert_nobody_left();
    if (group)
        ck_assert_int_eq(access(group, F_OK), -1);
}
END_TEST

static char *first_line(pid_t pid, const char *name)
{
    auto_free char *path = text_printf("/proc/%d/%s", (int)pid, name);
    size_t length;
    char *text;

    ck_assert_int_eq(text_read_file(path, MAX_OUTPUT, &text, &length), 0);
    text[strcspn(text, "\n")] = '\0';
    return text;
}

/* So that a kill by name does not hit both. */
START_TEST(the_two_processes_have_different_names)
{
    Guarded guarded = GUARD_START(NULL, "--", "SELF", PLAY "deaf");
    auto_free char *comm = NULL, *arguments = NULL, *own_comm = NULL, *own_arguments = NULL;

    wait_until_ready(&guarded);
    comm = first_line(guarded.pid, "comm");
    arguments = first_line(guarded.pid, "cmdline");
    own_comm = first_line(watchman_of(&guarded), "comm");
    own_arguments = first_line(watchman_of(&guarded), "cmdline");
    ck_assert_str_eq(comm, "gilscope-guard");
    ck_assert_str_eq(arguments, "gilscope-guard");
    ck_assert_str_eq(own_comm, "gilscope-watch");
    ck_assert_str_eq(own_arguments, "gilscope-watch");
    close_end(&guarded.hangup);
    ck_assert_int_eq(guard_wait(&guarded), 143);
}
END_TEST

/* As a whole group, for example from a shell. */
START_TEST(killed_group_of_the_guard_leaves_nobody)
{
    Guarded guarded = GUARD_START(lead_a_group, "--", "SELF", PLAY "daemon");

    wait_until_ready(&guarded);
    ck_assert_int_eq(kill(-guarded.pid, SIGKILL), 0);
    assert_killed(&guarded);
    wait_for_everybody();
}
END_TEST

START_TEST(stopped_watchman_is_woken_or_passed_over)
{
    Guarded guarded = GUARD_START(NULL, "--", "SELF", bad_roles[_i]);

    wait_until_ready(&guarded);
    ck_assert_int_eq(kill(watchman_of(&guarded), SIGSTOP), 0);
    close_end(&guarded.hangup);
    ck_assert_int_eq(guard_wait(&guarded), 143);
}
END_TEST

/* What the server does to a guard that does not react. */
START_TEST(guard_that_is_stopped_and_killed_leaves_nobody)
{
    Guarded guarded = GUARD_START(NULL, "--", "SELF", bad_roles[_i]);

    wait_until_ready(&guarded);
    ck_assert_int_eq(kill(guarded.pid, SIGSTOP), 0);
    ck_assert_int_eq(kill(watchman_of(&guarded), SIGSTOP), 0);
    close_end(&guarded.hangup);
    ck_assert_int_eq(kill(guarded.pid, SIGKILL), 0);
    assert_killed(&guarded);
    wait_for_everybody();
}
END_TEST

static void lower_soft_limit(void)
{
    struct rlimit limit = {.rlim_cur = 64, .rlim_max = 128};

    setrlimit(RLIMIT_NOFILE, &limit);
}

START_TEST(soft_limit_of_descriptors_is_raised_and_the_hard_one_never)
{
    ck_assert_int_eq(guard_run(GUARD_START(lower_soft_limit, "--nofile=1M", "--", "/bin/sh", "-c",
                                   "ulimit -Sn; ulimit -Hn"),
                         "128\n128\n", ""),
        0);
    ck_assert_int_eq(guard_shell("--nofile=100", "ulimit -Sn; ulimit -Hn", "100\n100\n"), 0);
}
END_TEST

START_TEST(limits_reach_the_program)
{
    ck_assert_int_eq(guard_shell("--cpu-seconds=9", "ulimit -St; ulimit -Ht", "9\n10\n"), 0);
    ck_assert_int_eq(guard_shell("--file-size=1024", "ulimit -Sf; ulimit -Hf", "2\n2\n"), 0);
    ck_assert_int_eq(guard_shell("--oom-score-adj=1000", "cat /proc/self/oom_score_adj", "1000\n"), 0);
}
END_TEST

START_TEST(guard_itself_does_not_volunteer_to_be_killed)
{
    ck_assert_int_ne(guard_shell("--oom-score-adj=1000", "grep -qx 1000 /proc/$PPID/oom_score_adj", ""), 0);
}
END_TEST

/* The signal mask is the one that the guard was given. */
START_TEST(program_runs_in_its_own_group_without_new_privileges)
{
    ck_assert_int_eq(guard_shell("--clean-env",
                         "set -- $(cat /proc/$$/stat); test $5 = $$; echo $?;"
                         "grep -E 'NoNewPrivs|SigBlk' /proc/self/status",
                         "0\nSigBlk:\t0000000000000000\nNoNewPrivs:\t1\n"),
        0);
}
END_TEST

START_TEST(clean_environment_keeps_only_the_harmless)
{
    setenv("SECRET", "1", 1);
    setenv("LANG", "C", 1);
    ck_assert_int_eq(guard_shell("--clean-env", "echo $SECRET,$LANG", ",C\n"), 0);
    ck_assert_int_eq(guard_shell("--nofile=100", "echo $SECRET,$LANG", "1,C\n"), 0);
}
END_TEST

/* Each of the CPUs that this test may use, and what taskset would show of a program that has only that. */
START_TEST(program_runs_on_the_given_cpus_and_the_guard_does_not)
{
    auto_free char *own = NULL;
    cpu_set_t usable;

    ck_assert_int_eq(sched_getaffinity(0, sizeof(usable), &usable), 0);
    own = cpulist_text(&usable);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        auto_free char *option = text_printf("--cpus=%d", cpu), *expected = text_printf("%d\n%s\n", cpu, own);

        if (CPU_ISSET(cpu, &usable))
            ck_assert_int_eq(
                guard_shell(option, "sed -n 's/^Cpus_allowed_list:.//p' /proc/self/status /proc/$PPID/status",
                    expected),
                0);
    }
}
END_TEST

static void take_first_cpu_only(void)
{
    cpu_set_t usable, first;
    int cpu = 0;

    sched_getaffinity(0, sizeof(usable), &usable);
    while (!CPU_ISSET(cpu, &usable))
        cpu++;
    CPU_ZERO(&first);
    CPU_SET(cpu, &first);
    sched_setaffinity(0, sizeof(first), &first);
}

START_TEST(a_cpu_that_is_not_usable_is_named)
{
    auto_free char *option = NULL, *errors = NULL;
    cpu_set_t usable;
    int first = 0, other = CPU_SETSIZE - 1;

    ck_assert_int_eq(sched_getaffinity(0, sizeof(usable), &usable), 0);
    while (!CPU_ISSET(first, &usable))
        first++;
    while (!CPU_ISSET(other, &usable))
        other--;
    /* With a single CPU, one that is not there at all. */
    if (other == first)
        other++;
    option = text_printf("--cpus=%d,%d", first, other);
    errors = text_printf("gilscope-guard: %s: CPU %d is not usable, only %d\n", option, other, first);
    ck_assert_int_eq(guard_run(GUARD_START(take_first_cpu_only, option, "--", "true"), "", errors), 125);
}
END_TEST

START_TEST(processes_are_limited_where_a_group_can_be_made)
{
    Guarded guarded = GUARD_START(NULL, "--pids-max=10", "--", "SELF", PLAY "breed");
    auto_free char *group = group_of_guard(guarded.pid);

    /* The program itself is the tenth. */
    ck_assert_int_eq(guard_run(guarded, group ? "9 EAGAIN\n" : "50 0\n", ""), 0);
    if (group)
        ck_assert_int_eq(access(group, F_OK), -1);
}
END_TEST

START_TEST(a_stopped_guard_removes_its_group)
{
    Guarded guarded = GUARD_START(NULL, "--pids-max=500", "--", "SELF", bad_roles[_i]);
    auto_free char *group = group_of_guard(guarded.pid);

    wait_until_ready(&guarded);
    if (group)
        ck_assert_int_eq(access(group, F_OK), 0);
    close_end(&guarded.hangup);
    ck_assert_int_eq(guard_wait(&guarded), 143);
    if (group)
        ck_assert_int_eq(access(group, F_OK), -1);
}
END_TEST

START_TEST(a_group_that_was_left_behind_is_taken_over)
{
    Guarded guarded = GUARD_START(wait_for_owner, "--pids-max=10", "--", "SELF", PLAY "breed");
    auto_free char *group = group_of_guard(guarded.pid);

    if (group)
        ck_assert_int_eq(mkdir(group, 0755), 0);
    ck_assert_int_eq(text_write_fd(guarded.input, "x", 1), 0);
    ck_assert_int_eq(guard_run(guarded, group ? "9 EAGAIN\n" : "50 0\n", ""), 0);
    if (group)
        ck_assert_int_eq(access(group, F_OK), -1);
}
END_TEST

/* Both processes of a guard are killed, so that neither can clean up; the next guard does. */
START_TEST(a_group_that_killed_guards_left_behind_is_removed_by_the_next)
{
    Guarded guarded = GUARD_START(NULL, "--pids-max=500", "--", "SELF", PLAY "deaf");
    auto_free char *group = group_of_guard(guarded.pid);
    pid_t watchman;

    wait_until_ready(&guarded);
    watchman = watchman_of(&guarded);
    ck_assert_int_eq(kill(guarded.pid, SIGSTOP), 0);
    ck_assert_int_eq(kill(watchman, SIGKILL), 0);
    ck_assert_int_eq(kill(guarded.pid, SIGKILL), 0);
    assert_killed(&guarded);
    wait_for_everybody();
    /* The kernel may still count the dead when the first one looks; and one of another test may come before.
     */
    do
        ck_assert_int_eq(guard_run(GUARD_START(NULL, "--pids-max=500", "--", "true"), "", ""), 0);
    while (group && access(group, F_OK) == 0);
}
END_TEST

/* Hides all control groups from the guard. */
static void hide_groups(void)
{
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("none", "/sys", "tmpfs", 0, NULL) < 0)
        _exit(124);
}

START_TEST(without_a_group_the_program_runs_all_the_same)
{
    auto_free char *group = group_of_guard(0);

    /* Where none can be made there is nothing to hide, and it may take privileges that nobody has. */
    ck_assert_int_eq(
        guard_run(GUARD_START(group ? hide_groups : NULL, "--pids-max=10", "--", "SELF", PLAY "breed"),
            "50 0\n", ""),
        0);
}
END_TEST

START_TEST(limits_hold_together)
{
    ck_assert_int_eq(guard_run(GUARD_START(NULL, "--clean-env", "--oom-score-adj=1000", "--file-size=0",
                                   "--cpu-seconds=5", "--pids-max=40", "--nofile=100", "--", "/bin/sh", "-c",
                                   "ulimit -f; ulimit -t; ulimit -n; cat /proc/self/oom_score_adj"),
                         "0\n5\n100\n1000\n", ""),
        0);
}
END_TEST

/* The number of the descriptor is in the guard's own arguments. */
START_TEST(hangup_descriptor_stays_with_the_guard)
{
    ck_assert_int_eq(guard_shell("--nofile=100",
                         "fd=$(tr '\\0' '\\n' </proc/$PPID/cmdline | sed -n 's/^--hangup-fd=//p');"
                         "test -n \"$fd\" && test ! -e /proc/self/fd/$fd",
                         ""),
        0);
}
END_TEST

static void close_input(void)
{
    close(STDIN_FILENO);
}

/* The first descriptor that it opens would be its standard input, which it closes. */
START_TEST(a_guard_without_standard_input_can_be_stopped)
{
    Guarded guarded = GUARD_START(close_input, "--", "SELF", PLAY "daemon");

    wait_until_ready(&guarded);
    ck_assert_int_eq(kill(guarded.pid, SIGTERM), 0);
    ck_assert_int_eq(guard_wait(&guarded), 143);
}
END_TEST

static Suite *guard_suite(void)
{
    Suite *suite = suite_create("guard");
    TCase *tcase = tcase_create("guard");

    tcase_set_timeout(tcase, PATIENCE_S);
    tcase_add_test(tcase, exit_status_of_the_program_is_passed_on);
    tcase_add_test(tcase, death_by_a_signal_is_128_and_its_number);
    tcase_add_test(tcase, program_that_cannot_start_is_126_or_127);
    tcase_add_loop_test(tcase, bad_usage_is_125_and_one_line_with_option_value_and_range, 0, N(bad_usage));
    tcase_add_test(tcase, a_program_must_be_given);
    tcase_add_test(tcase, help_and_version_go_to_standard_output);
    tcase_add_test(tcase, streams_pass_through_untouched);
    tcase_add_test(tcase, ends_of_file_travel);
    tcase_add_loop_test(tcase, hangup_leaves_nobody, 0, N(bad_roles));
    tcase_add_loop_test(tcase, stop_signal_leaves_nobody, 0, N(stop_signals));
    tcase_add_test(tcase, program_that_ends_by_itself_leaves_nobody);
    tcase_add_test(tcase, data_on_the_hangup_descriptor_means_nothing);
    tcase_add_test(tcase, signal_before_the_start_starts_nothing);
    tcase_add_test(tcase, hangup_before_the_start_starts_nothing);
    tcase_add_test(tcase, ignored_child_signal_does_no_harm);
    tcase_add_test(tcase, guard_within_a_guard_leaves_nobody);
    tcase_add_loop_test(tcase, killed_guard_leaves_nobody, 0, N(bad_roles));
    tcase_add_loop_test(tcase, killed_watchman_leaves_nobody, 0, N(bad_roles));
    tcase_add_test(tcase, the_two_processes_have_different_names);
    tcase_add_test(tcase, killed_group_of_the_guard_leaves_nobody);
    tcase_add_loop_test(tcase, stopped_watchman_is_woken_or_passed_over, 0, N(bad_roles));
    tcase_add_loop_test(tcase, guard_that_is_stopped_and_killed_leaves_nobody, 0, N(bad_roles));
    tcase_add_test(tcase, soft_limit_of_descriptors_is_raised_and_the_hard_one_never);
    tcase_add_test(tcase, limits_reach_the_program);
    tcase_add_test(tcase, guard_itself_does_not_volunteer_to_be_killed);
    tcase_add_test(tcase, program_runs_in_its_own_group_without_new_privileges);
    tcase_add_test(tcase, clean_environment_keeps_only_the_harmless);
    tcase_add_test(tcase, program_runs_on_the_given_cpus_and_the_guard_does_not);
    tcase_add_test(tcase, a_cpu_that_is_not_usable_is_named);
    tcase_add_test(tcase, processes_are_limited_where_a_group_can_be_made);
    tcase_add_loop_test(tcase, a_stopped_guard_removes_its_group, 0, N(bad_roles));
    tcase_add_test(tcase, a_group_that_was_left_behind_is_taken_over);
    tcase_add_test(tcase, a_group_that_killed_guards_left_behind_is_removed_by_the_next);
    tcase_add_test(tcase, without_a_group_the_program_runs_all_the_same);
    tcase_add_test(tcase, limits_hold_together);
    tcase_add_test(tcase, hangup_descriptor_stays_with_the_guard);
    tcase_add_test(tcase, a_guard_without_standard_input_can_be_stopped);
    suite_add_tcase(suite, tcase);
    return suite;
}

/* Started by the guard with a role, this program is one of those with bad habits. */
int main(int argc, char **argv)
{
    SRunner *runner;
    int n_failed;

    if (argc > 1 && strncmp(argv[1], PLAY, strlen(PLAY)) == 0)
        guard_play(argv[1] + strlen(PLAY));
    if (readlink("/proc/self/exe", self_path, sizeof(self_path) - 1) < 0)
        return EXIT_FAILURE;
    runner = srunner_create(guard_suite());
    srunner_run_all(runner, CK_ENV);
    n_failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
