/* gilscope-guard: runs a program confined, and leaves nothing of it behind.
 *
 * It stands between an owner (the server, or a person) and a runtime that may fork, burn, hang or crash. It
 * does almost nothing: it waits until the program ends, until a signal tells it to stop, or until the owner
 * is gone, which shows as a hang-up of the pipe it was given. Then it kills and reaps every descendant and
 * reports how the program ended. If the guard itself is killed, the kernel kills the direct child
 * (PR_SET_PDEATHSIG); that is all that can be done then. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guard/guard-child.h"
#include "guard/guard-family.h"
#include "guard/guard-group.h"
#include "guard/guard-options.h"

typedef struct Guard {
    GuardOptions options;
    GuardFamily family;
    GuardGroup group;
    sigset_t mask; /* as it was given to us, for the program */
    int signal_fd;
    int hangup_fd; /* -1: none */
} Guard;

static int fail(const char *what, int error)
{
    fprintf(stderr, "gilscope-guard: %s: %s\n", what, strerror(error));
    return GUARD_STATUS_FAILED;
}

/* From here on no signal ends the guard before its work is done. Those that come early stay pending. */
static void block_signals(Guard *guard)
{
    sigset_t all;

    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &guard->mask);
    /* Ignored by whoever started us, it would make the kernel reap in our place. */
    signal(SIGCHLD, SIG_DFL);
}

static int open_signals(Guard *guard)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGQUIT);
    sigaddset(&set, SIGTERM);
    guard->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return guard->signal_fd < 0 ? -errno : 0;
}

/* Only what can hang up is accepted; a file never would. */
static int open_hangup(Guard *guard)
{
    const GuardOption *option = &guard->options.option[GUARD_HANGUP_FD];
    struct stat status;

    guard->hangup_fd = option->given ? (int)option->value : -1;
    if (!option->given)
        return 0;
    if (fstat(guard->hangup_fd, &status) < 0 || (!S_ISFIFO(status.st_mode) && !S_ISSOCK(status.st_mode))) {
        fprintf(stderr, "gilscope-guard: --hangup-fd=%d: must be an open pipe or socket\n", guard->hangup_fd);
        return -EINVAL;
    }
    return fcntl(guard->hangup_fd, F_SETFD, FD_CLOEXEC) < 0 ? -errno : 0;
}

/* Reads what has arrived. Returns true if one of the signals told us to stop. */
static bool read_signals(Guard *guard)
{
    struct signalfd_siginfo info;
    bool stop = false;

    while (read(guard->signal_fd, &info, sizeof(info)) == sizeof(info))
        if (info.ssi_signo != SIGCHLD)
            stop = true;
    return stop;
}

/* Waits for something to happen (timeout as in poll()). Returns true if we are told to stop. Data on the
 * hang-up descriptor means nothing. */
static bool told_to_stop(Guard *guard, int timeout)
{
    struct pollfd fds[] = {
        {.fd = guard->signal_fd, .events = POLLIN},
        {.fd = guard->hangup_fd, .events = POLLRDHUP},
    };

    if (poll(fds, 2, timeout) <= 0)
        return false;
    return read_signals(guard) || fds[1].revents != 0;
}

/* The program has its own standard input and output now; with ours open, ends of file would not travel. */
static void let_go_of_streams(void)
{
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
}

static int exit_status(int status)
{
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Waits until the program has ended or we are told to stop, and leaves nobody. Returns the exit status. */
static int watch(Guard *guard, pid_t child)
{
    bool stop = false, more = false;

    guard_family_watch(&guard->family, child);
    let_go_of_streams();
    while (!stop && !guard->family.child_ended) {
        stop = told_to_stop(guard, more ? 0 : -1);
        more = guard_family_reap(&guard->family);
    }
    guard_family_kill(&guard->family);
    return guard->family.child_ended ? exit_status(guard->family.child_status) : GUARD_STATUS_STOPPED;
}

static int guard_run(Guard *guard)
{
    const GuardOption *pids_max = &guard->options.option[GUARD_PIDS_MAX];
    pid_t child;
    int status;

    if (told_to_stop(guard, 0))
        return GUARD_STATUS_STOPPED;
    guard_group_make(&guard->group, pids_max->given ? pids_max->value : 0);
    child = guard_child_start(&guard->options, &guard->group, &guard->mask);
    status = child < 0 ? fail("cannot start a process", -child) : watch(guard, child);
    guard_group_remove(&guard->group);
    return status;
}

int main(int argc, char **argv)
{
    Guard guard;
    int r;

    (void)argc;
    block_signals(&guard);
    if (guard_options_parse(&guard.options, argv) < 0)
        return GUARD_STATUS_FAILED;
    if (guard.options.option[GUARD_HELP].given) {
        guard_options_help();
        return 0;
    }
    if (guard.options.option[GUARD_VERSION].given) {
        printf("gilscope-guard %s\n", GILSCOPE_VERSION);
        return 0;
    }
    if (open_hangup(&guard) < 0)
        return GUARD_STATUS_FAILED;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return fail("cannot set no_new_privs", errno);
    r = guard_family_init(&guard.family);
    if (r < 0)
        return fail("cannot watch over processes through /proc", -r);
    r = open_signals(&guard);
    if (r < 0)
        return fail("cannot wait for signals", -r);
    return guard_run(&guard);
}
