/* Because this process is a child subreaper, whoever loses its parent becomes our child. So "no child left"
 * means "no descendant left", and all ends with wait() saying ECHILD.
 *
 * Three ways to kill, one for each way to hide:
 * - In the process group of the direct child: the whole group goes at once. The kernel signals it under the
 *   lock that fork() needs, so nobody escapes by forking.
 * - By forking and exiting in turn, each time in a session of its own: such a process lives for 100 us, but
 *   it is an orphan, ours, and among the newest numbers. family_hunt_newest() tries those, a few us each.
 * - Anywhere else below us: a round walks all processes of /proc by number and kills each one whose parent
 *   is this process or was killed before it in the same round. A child with a smaller number than its parent
 *   (numbers wrap) is met in the next round, when its parent is dead and it is our child.
 *
 * The signal cannot hit a stranger. A killed process keeps its number until its parent reaps it, and that
 * parent is either this process, which does not reap between its look and its signal, or was killed before.
 *
 * It does not help against a program that multiplies faster than the guard gets the CPU to kill. That takes
 * a limit of processes (--pids-max). */
#include "guard/guard-family.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/kill.h"
#include "base/nsec.h"

/* A few entries at a time, so that a round sees processes that are newer than its start. */
#define DIRECTORY_BYTES 128

/* How many a round remembers to have killed. The children of any more are not recognised in the same
 * round; they are met in a later one, as orphans. */
#define MAX_KILLED 32768

/* How many of the newest numbers a hunt tries, and how many hunts there are at most before a round. */
#define HUNT_NUMBERS 128
#define MAX_HUNTS 64

/* How many to reap at a time beyond those that were killed. */
#define REAP_MORE 64

/* How long to wait for a death until the next round looks at all processes again. It doubles from round
 * to round: the first rounds should follow each other fast, but a process that the kernel cannot end yet,
 * because it waits for a disk, should not have all of /proc read a thousand times a second. */
#define PATIENCE_MIN (1 * NSEC_PER_MSEC)
#define PATIENCE_MAX (128 * NSEC_PER_MSEC)

/* The descendants that this round has killed, by ascending number. */
typedef struct Round {
    pid_t pids[MAX_KILLED];
    size_t n_pids;
} Round;

int guard_family_init(GuardFamily *family)
{
    auto_close int proc_fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (proc_fd < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
        return -errno;
    *family = (GuardFamily){.self = getpid(), .session = getsid(0), .proc_fd = take_fd(&proc_fd)};
    return 0;
}

/* In a storm of processes the guard must get its turn, or it takes long to overtake them. A nice value does
 * not do it, because the scheduler may share out the CPU by session first (autogroup). Takes a privilege;
 * without it storms end too, but later. */
static void family_ask_for_priority(void)
{
    struct sched_param parameters = {.sched_priority = 1};

    sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &parameters);
}

void guard_family_watch(GuardFamily *family, pid_t child)
{
    family->child = child;
    family_ask_for_priority();
}

/* WNOWAIT looks at the dead without reaping: so the direct child is recognised first, and stays a zombie.
 * Were it reaped here, its number could be given to a stranger before the family is killed by that
 * number. */
bool guard_family_reap(GuardFamily *family)
{
    for (int i = 0; i < REAP_MORE; i++) {
        siginfo_t info = {.si_pid = 0};

        if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) < 0 || info.si_pid == 0)
            return false;
        if (info.si_pid == family->child) {
            family->child_ended = true;
            return false;
        }
        waitpid(info.si_pid, NULL, __WALL);
    }
    return true;
}

/* Returns the parent of a process, or 0 if the process is gone. Its name stands in brackets and may contain
 * any byte, brackets too; behind it come only numbers. */
static pid_t family_read_parent(const GuardFamily *family, pid_t pid)
{
    char path[32], text[512], *at;
    ssize_t length;
    auto_close int fd = -1;
    pid_t parent;

    snprintf(path, sizeof(path), "%d/stat", pid);
    fd = openat(family->proc_fd, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    length = read(fd, text, sizeof(text) - 1);
    if (length <= 0)
        return 0;
    text[length] = '\0';
    at = strrchr(text, ')');
    return at && sscanf(at, ") %*c %d", &parent) == 1 ? parent : 0;
}

/* /proc is read in ascending order of numbers, so the list is sorted, and halving finds one of many
 * thousand. */
static bool round_has(const Round *round, pid_t pid)
{
    size_t low = 0, high = round->n_pids;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (round->pids[middle] == pid)
            return true;
        if (round->pids[middle] < pid)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* Asks what a process is to us, and kills it if it descends from us. waitpid() on one number has three
 * answers: the number itself, which was a dead child and is reaped now; 0, a living child; an error, no
 * child of ours, whose parent may still have been killed in this round. Asking wait() first is much
 * cheaper than opening a file in /proc, and in a storm nearly all are orphans that are ours already, dead
 * or alive. */
static void family_visit_process(GuardFamily *family, Round *round, pid_t pid)
{
    int status;
    pid_t ended = waitpid(pid, &status, WNOHANG | __WALL);

    if (ended == pid && pid == family->child)
        family->child_status = status;
    if (ended == pid || (ended < 0 && !round_has(round, family_read_parent(family, pid))))
        return;
    kill_with_group(pid, family->session);
    if (round->n_pids < MAX_KILLED)
        round->pids[round->n_pids++] = pid;
}

/* The number of the process that was created last, or 0. It is the fifth word of /proc/loadavg. */
static pid_t family_read_newest(const GuardFamily *family)
{
    auto_close int fd = openat(family->proc_fd, "loadavg", O_RDONLY | O_CLOEXEC);
    char text[128];
    ssize_t length = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
    pid_t newest;

    text[length > 0 ? length : 0] = '\0';
    return sscanf(text, "%*s %*s %*s %*s %d", &newest) == 1 ? newest : 0;
}

/* Kills orphans among the newest numbers. Returns false if there is none alive. The direct child is left
 * out: only family_visit_process() and family_reap_killed() keep its status when they reap it, and this
 * would lose it. */
static bool family_hunt_newest(GuardFamily *family)
{
    pid_t newest = family_read_newest(family);
    bool found = false;

    for (pid_t pid = newest; pid > newest - HUNT_NUMBERS && pid > 1; pid--) {
        int status;

        if (pid == family->child || waitpid(pid, &status, WNOHANG | __WALL) != 0)
            continue;
        kill_with_group(pid, family->session);
        found = true;
    }
    return found;
}

/* Looks at each process of the machine once, by ascending number. getdents64() is called here rather than
 * readdir(), which would read hundreds of names ahead and so miss those that are born meanwhile. */
static void family_kill_round(GuardFamily *family, Round *round)
{
    /* The type has room for the longest name, so it may reach behind the bytes that are asked for. */
    _Alignas(struct dirent64) char buffer[DIRECTORY_BYTES + sizeof(struct dirent64)];
    ssize_t length;

    round->n_pids = 0;
    lseek(family->proc_fd, 0, SEEK_SET);
    while ((length = getdents64(family->proc_fd, buffer, DIRECTORY_BYTES)) > 0) {
        const struct dirent64 *entry;

        for (ssize_t at = 0; at < length; at += entry->d_reclen) {
            entry = (const struct dirent64 *)(buffer + at);
            if (*entry->d_name >= '1' && *entry->d_name <= '9')
                family_visit_process(family, round, atoi(entry->d_name));
        }
    }
}

/* Returns false if no child has died for so long. */
static bool family_wait_for_death(nsec_t patience)
{
    struct timespec limit = nsec_to_timespec(patience);
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    return sigtimedwait(&set, NULL, &limit) >= 0;
}

/* Waits for the dead and reaps them, the direct child too, until as many as were killed are reaped or none
 * has died for so long. Stops in any case after a few more: a storm supplies new dead for ever. Returns
 * false when no child is left, dead or alive. */
static bool family_reap_killed(GuardFamily *family, size_t n_killed, nsec_t patience)
{
    size_t n_reaped = 0;

    while (n_reaped < n_killed + REAP_MORE) {
        int status;
        pid_t pid = waitpid(-1, &status, WNOHANG | __WALL);

        if (pid < 0)
            return false;
        if (pid == family->child)
            family->child_status = status;
        if (pid > 0)
            n_reaped++;
        else if (n_reaped >= n_killed || !family_wait_for_death(patience))
            return true;
    }
    return true;
}

void guard_family_kill(GuardFamily *family)
{
    nsec_t patience = PATIENCE_MIN;
    Round round;

    round.n_pids = 1;
    /* Not reaped yet, so the number can only be ours. */
    kill(-family->child, SIGKILL);
    /* Each turn waits for the deaths that the one before has caused, hunts the fast ones, and then looks
     * at all of them. It ends when there is no child left. As every descendant becomes a child when its
     * parent is dead, that is the end of the family. */
    while (family_reap_killed(family, round.n_pids, patience)) {
        for (int i = 0; i < MAX_HUNTS && family_hunt_newest(family); i++)
            ;
        family_kill_round(family, &round);
        if (patience < PATIENCE_MAX)
            patience *= 2;
    }
}
