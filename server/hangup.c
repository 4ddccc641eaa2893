/* The duplicate is needed because libmicrohttpd has the connection's own descriptor in an epoll set of its
 * own, and takes it out and closes it when it likes; libuv must not find it gone, or another file in its
 * place. The kernel reports a hang-up on both. */
#include "server/hangup.h"

#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct Hangup {
    uv_poll_t poll;
    int fd;
    void (*callback)(void *data);
    void *data;
};

static void hangup_on_event(uv_poll_t *poll, int status, int events)
{
    Hangup *hangup = poll->data;

    /* An error is the reset of the connection. */
    if (status < 0 || events & UV_DISCONNECT) {
        /* A hang-up does not pass: without this it would be reported in each turn of the loop. */
        uv_poll_stop(poll);
        hangup->callback(hangup->data);
    }
}

Hangup *hangup_watch(uv_loop_t *loop, int fd, void (*callback)(void *data), void *data)
{
    Hangup *hangup;
    int duplicate = fcntl(fd, F_DUPFD_CLOEXEC, 3);

    if (duplicate < 0)
        return NULL;
    hangup = calloc(1, sizeof(*hangup));
    assert(hangup);
    hangup->fd = duplicate;
    hangup->callback = callback;
    hangup->data = data;
    if (uv_poll_init(loop, &hangup->poll, duplicate) < 0) {
        close(duplicate);
        free(hangup);
        return NULL;
    }
    hangup->poll.data = hangup;
    uv_poll_start(&hangup->poll, UV_DISCONNECT, hangup_on_event);
    return hangup;
}

static void hangup_on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void hangup_stop(Hangup *hangup)
{
    if (!hangup)
        return;
    uv_poll_stop(&hangup->poll);
    close(hangup->fd);
    uv_close((uv_handle_t *)&hangup->poll, hangup_on_closed);
}
