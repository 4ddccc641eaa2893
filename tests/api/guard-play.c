/* Every role ends by itself in the end, in time or in number, so that a guard that does not work leaves the
 * machine usable. */
#include "tests/api/guard-play.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/array.h"
#include "base/nsec.h"

#define LIFE_SECONDS 60
#define STORM_RUNNERS 40
#define STORM_SECONDS 5
#define CROWD 300
#define CHAIN 100
#define BOMB_BIRTHS 300

typedef struct Role {
    const char *name;
    void (*play)(void);
} Role;

/* Counts births in all processes of a role. */
static atomic_int *births;

static int count_birth(void)
{
    return atomic_fetch_add_explicit(births, 1, memory_order_relaxed);
}

static void be_ready(void)
{
    ssize_t n = write(STDOUT_FILENO, "ready\n", 6);

    assert(n == 6);
}

__attribute__((noreturn)) static void live_on(void)
{
    for (;;)
        pause();
}

/* A pending alarm does not pass to a child, so each process needs its own. */
static pid_t fork_mortal(void)
{
    pid_t pid = fork();

    if (pid == 0)
        alarm(LIFE_SECONDS);
    return pid;
}

static void ignore_all_signals(void)
{
    for (int i = 1; i < SIGRTMIN; i++)
        if (i != SIGALRM)
            signal(i, SIG_IGN);
}

static void play_deaf(void)
{
    ignore_all_signals();
    be_ready();
    live_on();
}

/* Shuts the ends of its pipes and lives on. */
static void play_mute(void)
{
    be_ready();
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
    live_on();
}

static void become_daemon(void)
{
    if (fork_mortal() != 0)
        return;
    setsid();
    if (fork_mortal() != 0)
        _exit(0);
    ignore_all_signals();
    be_ready();
    live_on();
}

static void play_daemon(void)
{
    become_daemon();
    live_on();
}

/* Ends at once, and leaves others behind: in its group, and as daemons. */
static void play_deserter(void)
{
    if (fork_mortal() == 0)
        live_on();
    become_daemon();
    _exit(5);
}

/* The classic one: everybody forks all the time, in one process group. */
static void play_bomb(void)
{
    bool first = true;

    while (count_birth() < BOMB_BIRTHS) {
        fork_mortal();
        if (first)
            be_ready();
        first = false;
    }
    live_on();
}

/* Each forks and exits in turn, in a session of its own: there is always one, but never for long. */
static void storm_run(nsec_t end)
{
    while (nsec_now() < end) {
        if (fork_mortal() != 0)
            _exit(0);
        setsid();
    }
}

static void play_storm(void)
{
    nsec_t end = nsec_now() + STORM_SECONDS * NSEC_PER_SEC;

    for (int i = 0; i < STORM_RUNNERS; i++) {
        if (fork_mortal() != 0)
            continue;
        storm_run(end);
        _exit(0);
    }
    be_ready();
    live_on();
}

/* Everybody forks all the time, each child in a session of its own, until there are many. */
static void play_crowd(void)
{
    while (count_birth() < CROWD)
        if (fork_mortal() == 0)
            setsid();
    be_ready();
    live_on();
}

/* Parent, child, grandchild and so on, each in a session of its own. */
static void play_chain(void)
{
    for (int i = 0; i < CHAIN; i++) {
        if (fork_mortal() != 0)
            live_on();
        setsid();
    }
    be_ready();
    live_on();
}

/* Starts processes that stay until it cannot or there are enough, and says how many they are and why. */
static void play_breed(void)
{
    int n_started = 0;

    errno = 0;
    while (n_started < GUARD_PLAY_BREED) {
        pid_t pid = fork_mortal();

        if (pid == 0)
            live_on();
        if (pid < 0)
            break;
        n_started++;
    }
    dprintf(STDOUT_FILENO, "%d %s\n", n_started, strerrorname_np(errno));
}

static const Role roles[] = {
    {"bomb", play_bomb},
    {"breed", play_breed},
    {"chain", play_chain},
    {"crowd", play_crowd},
    {"daemon", play_daemon},
    {"deaf", play_deaf},
    {"deserter", play_deserter},
    {"mute", play_mute},
    {"storm", play_storm},
};

void guard_play(const char *role)
{
    births = mmap(NULL, sizeof(*births), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert(births != MAP_FAILED);
    alarm(LIFE_SECONDS);
    for (size_t i = 0; i < ARRAY_LENGTH(roles); i++) {
        if (strcmp(roles[i].name, role) != 0)
            continue;
        roles[i].play();
        _exit(0);
    }
}
