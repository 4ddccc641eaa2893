/* gilscope-guard: runs a program confined, and leaves nothing of it behind.
 *
 * It stands between an owner (the server, or a person) and a runtime that may fork, burn, hang or crash. It
 * does almost nothing: it waits until the program ends, until a signal tells it to stop, or until the owner
 * is gone, which shows as a hang-up of the pipe it was given. Then it kills and reaps every descendant and
 * reports how the program ended.
 *
 * Somebody may kill the guard itself, or stop it: a person, or the kernel where memory runs out. One process
 * could do nothing about that, and what had left the program's group and session would live on. So there are
 * two, each the other's guard:
 *
 *     owner --- keeper --- watchman --- program --- ...
 *
 * The watchman starts the program, and does all the work as long as nobody disturbs it. The keeper waits for
 * the watchman. If the watchman dies, the keeper inherits all that it left, because both are subreapers, and
 * kills it. If the keeper dies, the watchman's lifeline hangs up, a pipe of which the keeper has the other
 * end; the kernel then also wakes a watchman that was stopped (PR_SET_PDEATHSIG). In a session of its own the
 * watchman is out of reach of what is sent to the keeper's group. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/nsec.h"
#include "base/streams.h"
#include "guard/guard-child.h"
#include "guard/guard-family.h"
#include "guard/guard-group.h"
#include "guard/guard-options.h"
#include "guard/guard-stop.h"

/* How long the keeper lets the watchman work that was told to stop. Well below the time after which the
 * server takes the guard itself to be stuck. */
#define KEEPER_PATIENCE (1 * NSEC_PER_SEC)

typedef struct Guard {
    GuardOptions options;
    GuardFamily family;
    GuardGroup group;
    GuardStop stop;
    sigset_t mask; /* as it was given to us, for the program */
    char *name;    /* argv[0], which the watchman changes; NULL: there is none */
} Guard;

static int guard_fail(const char *what, int error)
{
    fprintf(stderr, "gilscope-guard: %s: %s\n", what, strerror(error));
    return GUARD_STATUS_FAILED;
}

/* From here on no signal ends the guard before its work is done. Those that come early stay pending, and
 * are read from a descriptor later (guard-stop.c). The mask that was in force is kept: the program must
 * not start with everything blocked. */
static void guard_block_signals(Guard *guard)
{
    sigset_t all;

    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &guard->mask);
    /* Ignored by whoever started us, it would make the kernel reap in our place. */
    signal(SIGCHLD, SIG_DFL);
}

/* Waits until the direct child has ended, which returns false, or until we are told to stop, which
 * returns true. The child has its own standard input and output by now; with ours open, ends of file
 * would not travel: the owner would wait for the end of an output that only the guard still holds. */
static bool guard_watch(Guard *guard, pid_t child)
{
    bool stop = false, more = false;

    guard_family_watch(&guard->family, child);
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
    while (!stop && !guard->family.child_ended) {
        /* Where orphans die faster than they are reaped, only a look is taken between two rounds of
         * reaping. Otherwise a signal to stop would wait until the storm is over. */
        stop = guard_stop_wait(&guard->stop, more ? 0 : -1);
        more = guard_family_reap(&guard->family);
    }
    return stop;
}

/* Returns the exit status: the program's, as a shell would report it. Everything that descends from the
 * program is killed also if the program has ended by itself: a process that it left behind would disturb
 * the next run, and hold this one's output open. */
static int watchman_run(Guard *guard)
{
    pid_t child = guard_child_start(&guard->options, &guard->group, &guard->mask);
    int status;

    if (child < 0)
        return guard_fail("cannot start a process", -child);
    guard_watch(guard, child);
    guard_family_kill(&guard->family);
    if (!guard->family.child_ended)
        return GUARD_STATUS_STOPPED;
    status = guard->family.child_status;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Somebody who kills by name would kill both, so the watchman has another: for killall, and in the command
 * line, for ps and pgrep -f. The two are of one length, because there is no more room in argv. */
static void watchman_take_name(char *own_name)
{
    static const char old_name[] = "gilscope-guard", new_name[] = "gilscope-watch";
    char *at = own_name ? strrchr(own_name, '/') : NULL;

    static_assert(sizeof(old_name) == sizeof(new_name), "it must fit");
    prctl(PR_SET_NAME, new_name);
    at = at ? at + 1 : own_name;
    if (at && strcmp(at, old_name) == 0)
        memcpy(at, new_name, sizeof(new_name));
}

__attribute__((noreturn)) static void watchman_main(Guard *guard, int lifeline_fd)
{
    int status, r;

    guard->stop.lifeline_fd = lifeline_fd;
    setsid();
    prctl(PR_SET_PDEATHSIG, SIGCONT);
    watchman_take_name(guard->name);
    /* The watchman opens /proc anew. A descriptor that is inherited shares its place in the folder with
     * the keeper's: each would move the other's, and both would skip processes. */
    close(guard->family.proc_fd);
    r = guard_family_init(&guard->family);
    status = r < 0 ? guard_fail("cannot watch over processes through /proc", -r) : watchman_run(guard);
    /* The keeper does this too, if it is there. */
    guard_group_remove(&guard->group);
    _exit(status);
}

/* Tells the watchman to stop, wakes it if it was stopped, and waits for its end, at most KEEPER_PATIENCE.
 * A watchman that does not end in this time is killed by the caller like any other descendant. */
static void keeper_stop_watchman(Guard *guard, pid_t watchman, int lifeline_fd)
{
    nsec_t now = nsec_now(), end = now + KEEPER_PATIENCE;

    /* A hang-up is for ever: poll() would report it again at once, and this loop would spin instead of
     * waiting. The closed lifeline is what tells the watchman. */
    guard->stop.hangup_fd = -1;
    close(lifeline_fd);
    kill(watchman, SIGCONT);
    for (; !guard->family.child_ended && now < end; now = nsec_now()) {
        guard_stop_wait(&guard->stop, (int)((end - now) / NSEC_PER_MSEC) + 1);
        guard_family_reap(&guard->family);
    }
}

/* A keeper that was stopped does not see that its owner is gone. The kernel wakes it then, or it would stay
 * stopped for ever, and its watchman a zombie. A keeper that is awake notices nothing. */
static void keeper_ask_to_be_woken(void)
{
    prctl(PR_SET_PDEATHSIG, SIGCONT);
}

/* Before the keeper ends: the owner may die at the same moment, and SIGCONT takes back any stop that is under
 * way. LeakSanitizer stops a process at its end to look at its memory; it lost that stop and waited for ever,
 * with a keeper that span. */
static void keeper_ask_no_more(void)
{
    prctl(PR_SET_PDEATHSIG, 0);
}

/* Waits for the watchman, or stops it, and leaves nobody. Returns the exit status, which is the watchman's;
 * or the negative number of the signal that killed the watchman. */
static int keeper_watch(Guard *guard, pid_t watchman, int lifeline_fd)
{
    int status;

    if (guard_watch(guard, watchman))
        keeper_stop_watchman(guard, watchman, lifeline_fd);
    guard_family_kill(&guard->family);
    if (!guard->family.child_ended)
        return GUARD_STATUS_STOPPED;
    status = guard->family.child_status;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/* A watchman that was killed could not report how the program ended. The keeper dies in the same way, so
 * that the owner does not take it for the program's end. The signal is raised while it is still blocked,
 * and strikes when the mask is lifted. What is returned is only for a signal that does not kill. */
static int keeper_die(int signal_number)
{
    sigset_t none;

    sigemptyset(&none);
    signal(signal_number, SIG_DFL);
    raise(signal_number);
    sigprocmask(SIG_SETMASK, &none, NULL);
    return GUARD_STATUS_FAILED;
}

static int keeper_run(Guard *guard)
{
    const GuardOption *options = guard->options.option;
    int lifeline[2], status;
    pid_t watchman;

    keeper_ask_to_be_woken();
    /* The owner may be gone already. Nothing was started, so nothing is to be cleaned up. */
    if (guard_stop_wait(&guard->stop, 0)) {
        keeper_ask_no_more();
        return GUARD_STATUS_STOPPED;
    }
    if (pipe2(lifeline, O_CLOEXEC) < 0)
        return guard_fail("cannot make a pipe", errno);
    guard_group_make(&guard->group, options[GUARD_PIDS_MAX].value, options[GUARD_MEMORY_MAX].value);
    watchman = fork();
    if (watchman == 0) {
        close(lifeline[1]);
        watchman_main(guard, lifeline[0]);
    }
    close(lifeline[0]);
    status = watchman < 0 ? guard_fail("cannot start a process", errno)
                          : keeper_watch(guard, watchman, lifeline[1]);
    guard_group_remove(&guard->group);
    keeper_ask_no_more();
    return status < 0 ? keeper_die(-status) : status;
}

int main(int argc, char **argv)
{
    Guard guard = {.name = argv[0]};
    int r;

    (void)argc;
    streams_fill();
    guard_block_signals(&guard);
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
    if (guard_stop_open(&guard.stop, &guard.options.option[GUARD_HANGUP_FD]) < 0)
        return GUARD_STATUS_FAILED;
    /* No program below gets more rights by being executed. One with another user's rights could not be
     * killed from here. */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return guard_fail("cannot set no_new_privs", errno);
    r = guard_family_init(&guard.family);
    if (r < 0)
        return guard_fail("cannot watch over processes through /proc", -r);
    return keeper_run(&guard);
}
