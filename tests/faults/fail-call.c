/* A library that is loaded before all others (LD_PRELOAD) and lets one call of a program fail, as if the
 * machine had no more to give: the Nth call of one function, in whichever of the program's processes and
 * threads it comes. All other calls go on to the real function. What the C library calls inside of itself is
 * not seen here.
 *
 *     FAULT_PROGRAM  the name of the program; its children of other names are left alone
 *     FAULT_CALL     the function; not set: calls are only counted
 *     FAULT_AT       which of its calls fails, from 1
 *     FAULT_BOOK     a file with a FaultBook, which all processes share */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "tests/faults/fail-call.h"

/* Set before the program's main(), then read-only, but for the counts in the book. */
static FaultBook *book;
static unsigned fault_at;
static int fault_call = -1;

/* By a system call of its own: the library's mmap() is one of those that are counted. */
static FaultBook *fault_open_book(const char *path)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    void *mapping =
        (void *)syscall(SYS_mmap, NULL, sizeof(FaultBook), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    if (fd < 0 || mapping == MAP_FAILED)
        abort();
    close(fd);
    return mapping;
}

__attribute__((constructor)) static void fault_begin(void)
{
    const char *program = getenv("FAULT_PROGRAM"), *call = getenv("FAULT_CALL"), *at = getenv("FAULT_AT");

    if (!program || strcmp(program, program_invocation_short_name) != 0)
        return;
    book = fault_open_book(getenv("FAULT_BOOK"));
    for (int i = 0; call && i < N_FAULT_CALLS; i++)
        if (strcmp(call, fault_names[i]) == 0)
            fault_call = i;
    fault_at = at ? (unsigned)atoi(at) : 0;
}

/* Counts a call. Returns the error with which it is to fail, and sets errno to it; or 0. */
static int fault_strike(FaultCall call)
{
    unsigned number;

    if (!book)
        return 0;
    number = atomic_fetch_add(&book->calls[call], 1) + 1;
    if ((int)call != fault_call || number != fault_at)
        return 0;
    atomic_store(&book->struck, true);
    return errno = fault_errors[call];
}

#define REAL(name) (__extension__(typeof(&name)) dlsym(RTLD_NEXT, #name))

int epoll_create1(int flags)
{
    return fault_strike(FAULT_EPOLL_CREATE) ? -1 : REAL(epoll_create1)(flags);
}

int epoll_ctl(int set, int operation, int fd, struct epoll_event *event)
{
    return fault_strike(FAULT_EPOLL_CTL) ? -1 : REAL(epoll_ctl)(set, operation, fd, event);
}

int eventfd(unsigned value, int flags)
{
    return fault_strike(FAULT_EVENTFD) ? -1 : REAL(eventfd)(value, flags);
}

pid_t fork(void)
{
    return fault_strike(FAULT_FORK) ? -1 : REAL(fork)();
}

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
    return fault_strike(FAULT_MMAP) ? MAP_FAILED : REAL(mmap)(address, length, protection, flags, fd, offset);
}

int pidfd_open(pid_t pid, unsigned flags)
{
    return fault_strike(FAULT_PIDFD_OPEN) ? -1 : REAL(pidfd_open)(pid, flags);
}

int pipe2(int fds[2], int flags)
{
    return fault_strike(FAULT_PIPE) ? -1 : REAL(pipe2)(fds, flags);
}

int posix_spawn(pid_t *restrict pid, const char *restrict path,
    const posix_spawn_file_actions_t *restrict actions, const posix_spawnattr_t *restrict attributes,
    char *const argv[restrict], char *const environment[restrict])
{
    int error = fault_strike(FAULT_POSIX_SPAWN);

    return error ? error : REAL(posix_spawn)(pid, path, actions, attributes, argv, environment);
}

int pthread_create(pthread_t *restrict thread, const pthread_attr_t *restrict attributes,
    void *(*run)(void *), void *restrict data)
{
    int error = fault_strike(FAULT_PTHREAD_CREATE);

    return error ? error : REAL(pthread_create)(thread, attributes, run, data);
}

int sem_init(sem_t *semaphore, int shared, unsigned value)
{
    return fault_strike(FAULT_SEM_INIT) ? -1 : REAL(sem_init)(semaphore, shared, value);
}

int signalfd(int fd, const sigset_t *set, int flags)
{
    return fault_strike(FAULT_SIGNALFD) ? -1 : REAL(signalfd)(fd, set, flags);
}

int socket(int domain, int type, int protocol)
{
    return fault_strike(FAULT_SOCKET) ? -1 : REAL(socket)(domain, type, protocol);
}

int socketpair(int domain, int type, int protocol, int fds[2])
{
    return fault_strike(FAULT_SOCKETPAIR) ? -1 : REAL(socketpair)(domain, type, protocol, fds);
}

int timerfd_create(clockid_t clock, int flags)
{
    return fault_strike(FAULT_TIMERFD) ? -1 : REAL(timerfd_create)(clock, flags);
}
