/* What the library of fail-call.c and the tests that load it agree on. */
#pragma once

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>

/* name in this file, the function, the error with which it fails */
#define FAULT_CALLS(X)                                                                                       \
    X(FAULT_EPOLL_CREATE, "epoll_create1", EMFILE)                                                           \
    X(FAULT_EPOLL_CTL, "epoll_ctl", ENOSPC)                                                                  \
    X(FAULT_EVENTFD, "eventfd", EMFILE)                                                                      \
    X(FAULT_FORK, "fork", EAGAIN)                                                                            \
    X(FAULT_MMAP, "mmap", ENOMEM)                                                                            \
    X(FAULT_PIDFD_OPEN, "pidfd_open", EMFILE)                                                                \
    X(FAULT_PIPE, "pipe2", EMFILE)                                                                           \
    X(FAULT_POSIX_SPAWN, "posix_spawn", EAGAIN)                                                              \
    X(FAULT_PTHREAD_CREATE, "pthread_create", EAGAIN)                                                        \
    X(FAULT_SEM_INIT, "sem_init", ENOSYS)                                                                    \
    X(FAULT_SIGNALFD, "signalfd", EMFILE)                                                                    \
    X(FAULT_SOCKET, "socket", EMFILE)                                                                        \
    X(FAULT_SOCKETPAIR, "socketpair", EMFILE)                                                                \
    X(FAULT_TIMERFD, "timerfd_create", EMFILE)

#define FAULT_NAME_OF(name, call, error) name,
#define FAULT_CALL_OF(name, call, error) call,
#define FAULT_ERROR_OF(name, call, error) error,

typedef enum FaultCall { FAULT_CALLS(FAULT_NAME_OF) N_FAULT_CALLS } FaultCall;

static const char *const fault_names[N_FAULT_CALLS] = {FAULT_CALLS(FAULT_CALL_OF)};
static const int fault_errors[N_FAULT_CALLS] __attribute__((unused)) = {FAULT_CALLS(FAULT_ERROR_OF)};

/* How often each function was called, and whether one was made to fail. */
typedef struct FaultBook {
    atomic_uint calls[N_FAULT_CALLS];
    atomic_bool struck;
} FaultBook;
