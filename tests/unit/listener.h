/* A port of loopback that a test owns: one that nobody may reach, or one that gives every client the same
 * answer, or to one request in five another. */
#pragma once

#include <arpa/inet.h>
#include <check.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"

typedef struct Listener {
    int fd, port;
    const char *answer; /* NULL: nobody accepts */
    const char *seldom; /* the answer to each fifth request; NULL: the same */
    pthread_t thread;
} Listener;

static inline void *listener_serve(void *user)
{
    const Listener *listener = user;
    unsigned n_served = 0;
    int fd;

    while ((fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
        const char *answer;
        char request[4096];
        size_t length = 0;
        ssize_t n = 1;

        while (n > 0 && length < sizeof(request) && !memmem(request, length, "\r\n\r\n", 4)) {
            n = recv(fd, request + length, sizeof(request) - length, 0);
            length += n > 0 ? (size_t)n : 0;
        }
        answer = ++n_served % 5 == 0 && listener->seldom ? listener->seldom : listener->answer;
        send(fd, answer, strlen(answer), MSG_NOSIGNAL);
        close(fd);
    }
    return NULL;
}

/* seldom may be NULL. */
static inline void listener_start_with(Listener *listener, const char *answer, const char *seldom)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);

    listener->answer = answer;
    listener->seldom = seldom;
    listener->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | (answer ? 0 : SOCK_NONBLOCK), 0);
    ck_assert_int_ge(listener->fd, 0);
    ck_assert_int_eq(bind(listener->fd, (struct sockaddr *)&address, sizeof(address)), 0);
    ck_assert_int_eq(listen(listener->fd, 64), 0);
    ck_assert_int_eq(getsockname(listener->fd, (struct sockaddr *)&address, &length), 0);
    listener->port = ntohs(address.sin_port);
    if (answer)
        ck_assert_int_eq(pthread_create(&listener->thread, NULL, listener_serve, listener), 0);
}

static inline void listener_start(Listener *listener, const char *answer)
{
    listener_start_with(listener, answer, NULL);
}

/* What leads there and what allows it; each is owned by the caller. */
static inline char *listener_url(const Listener *listener, const char *host)
{
    return text_printf("http://%s:%d/", host, listener->port);
}

static inline char *listener_pattern(const Listener *listener, const char *host)
{
    return text_printf("%s:%d", host, listener->port);
}

/* An answer that sends clients there. */
static inline char *listener_redirect(const Listener *listener)
{
    return text_printf("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/\r\nContent-Length: 0\r\n"
                       "Connection: close\r\n\r\n",
        listener->port);
}

/* Whether somebody has connected to a port where nobody accepts. On loopback a connection is in the queue as
 * soon as it was dialled. */
static inline bool listener_was_reached(const Listener *listener)
{
    int fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static inline void listener_stop(Listener *listener)
{
    shutdown(listener->fd, SHUT_RDWR);
    if (listener->answer)
        pthread_join(listener->thread, NULL);
    close(listener->fd);
}
