/* Everything is a descriptor, so one poll() waits for all of it, and there is no moment between looking and
 * sleeping in which a signal could be missed.
 *
 * The signals are blocked in main.c and read here from a descriptor. Several of one kind that come close
 * together are one: it does not matter, as each wake-up looks at all children. */
#include "guard/guard-stop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"

static int stop_open_signals(void)
{
    sigset_t set;
    int fd;

    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGQUIT);
    sigaddset(&set, SIGTERM);
    fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

/* Only what can hang up is accepted; a file never would, and the guard would outlive its owner. The
 * descriptor is closed on exec: with a copy of it in the program, a socket's other side would still see
 * somebody there. */
static int stop_check_hangup(int fd)
{
    struct stat status;

    if (fstat(fd, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)))
        return fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ? -errno : 0;
    fprintf(stderr, "gilscope-guard: --hangup-fd=%d: must be an open pipe or socket\n", fd);
    return -EINVAL;
}

int guard_stop_open(GuardStop *stop, const GuardOption *hangup)
{
    int r = hangup->given ? stop_check_hangup((int)hangup->value) : 0;

    if (r < 0)
        return r;
    r = stop_open_signals();
    if (r < 0) {
        fputs("gilscope-guard: cannot wait for signals\n", stderr);
        return r;
    }
    *stop =
        (GuardStop){.signal_fd = r, .hangup_fd = hangup->given ? (int)hangup->value : -1, .lifeline_fd = -1};
    return 0;
}

/* Reads all that are there, so that poll() sleeps the next time. SIGCHLD only wakes: who has ended,
 * wait() says. */
static bool stop_read_signals(const GuardStop *stop)
{
    struct signalfd_siginfo info;
    bool told = false;

    while (read(stop->signal_fd, &info, sizeof(info)) == sizeof(info))
        if (info.ssi_signo != SIGCHLD)
            told = true;
    return told;
}

bool guard_stop_wait(const GuardStop *stop, int timeout)
{
    struct pollfd fds[] = {
        {.fd = stop->signal_fd, .events = POLLIN},
        {.fd = stop->hangup_fd, .events = POLLRDHUP},
        {.fd = stop->lifeline_fd, .events = POLLRDHUP},
    };

    if (poll(fds, ARRAY_LENGTH(fds), timeout) <= 0)
        return false;
    return stop_read_signals(stop) || fds[1].revents != 0 || fds[2].revents != 0;
}
