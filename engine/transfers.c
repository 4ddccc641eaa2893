/* The watches come from a pool of the loop. The first chunk of it is part of Transfers, and enough for a loop
 * with one task: in threads and processes nothing is allocated for a descriptor. With more at once the pool
 * grows by chunks, never shrinks, and reuses what libcurl has let go of.
 *
 * libcurl's multi interface asks for three things: that it is told when a descriptor is ready, that it is
 * called at a certain time, and that finished transfers are taken from its list. The functions below are
 * these three, and the two callbacks by which libcurl says what it wants. */
#include "engine/transfers.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/queue.h>

#include "base/array.h"

typedef struct SocketWatch {
    Watch watch;
    SLIST_ENTRY(SocketWatch) next_free; /* while it is in nobody's use */
} SocketWatch;

/* Never freed or moved before the close: libcurl and the epoll set hold pointers into it. */
typedef struct Chunk {
    SLIST_ENTRY(Chunk) next;
    SocketWatch sockets[32];
} Chunk;

typedef struct Transfers {
    CURLM *multi;
    TransferEnded *ended;
    Timer timer; /* the next point in time that libcurl asked for */
    LIST_HEAD(, Transfer) under_way;
    int lost; /* an errno, see transfers_lost() */
    SLIST_HEAD(, SocketWatch) free_sockets;
    SLIST_HEAD(, Chunk) chunks;
    Chunk first_chunk;
} Transfers;

static void transfers_add_chunk(Transfers *transfers, Chunk *chunk)
{
    SLIST_INSERT_HEAD(&transfers->chunks, chunk, next);
    for (size_t i = 0; i < ARRAY_LENGTH(chunk->sockets); i++)
        SLIST_INSERT_HEAD(&transfers->free_sockets, &chunk->sockets[i], next_free);
}

/* Returns a watch that is in nobody's use, or NULL if there is no memory. The list is a stack, so the watch
 * that was used last is used next, while it is still in the cache. */
static SocketWatch *transfers_take_socket(Transfers *transfers)
{
    SocketWatch *socket;

    if (SLIST_EMPTY(&transfers->free_sockets)) {
        Chunk *chunk = calloc(1, sizeof(*chunk));

        if (!chunk)
            return NULL;
        transfers_add_chunk(transfers, chunk);
    }
    socket = SLIST_FIRST(&transfers->free_sockets);
    SLIST_REMOVE_HEAD(&transfers->free_sockets, next_free);
    return socket;
}

static void transfers_give_back(Transfers *transfers, Loop *loop, SocketWatch *socket)
{
    loop_watch(loop, &socket->watch, 0);
    SLIST_INSERT_HEAD(&transfers->free_sockets, socket, next_free);
}

static void transfers_end(Loop *loop, Transfer *transfer, CURLcode code)
{
    Transfers *transfers = loop->state;

    curl_multi_remove_handle(transfers->multi, transfer->easy);
    LIST_REMOVE(transfer, link);
    transfers->ended(loop, transfer, code);
}

/* Called after everything that can end a transfer. ended() only notes the code and wakes the task, whose
 * next step begins the next transfer. */
static void transfers_collect_ended(Loop *loop)
{
    Transfers *transfers = loop->state;
    CURLMsg *message;
    int n_left;

    while ((message = curl_multi_info_read(transfers->multi, &n_left))) {
        CURL *easy = message->easy_handle;
        CURLcode code = message->data.result;
        Transfer *transfer = NULL;

        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
        /* With this the message is gone, so it was read before. */
        transfers_end(loop, transfer, code);
    }
    /* Of these one at least would never end. */
    while (transfers->lost && !LIST_EMPTY(&transfers->under_way))
        transfers_end(loop, LIST_FIRST(&transfers->under_way), CURLE_ABORTED_BY_CALLBACK);
}

/* libcurl may set the timer anew in this call: it was cleared before, so that stays. */
static void transfers_on_timer(Loop *loop, Timer *timer)
{
    Transfers *transfers = loop->state;
    int n_running;

    (void)timer;
    curl_multi_socket_action(transfers->multi, CURL_SOCKET_TIMEOUT, 0, &n_running);
    transfers_collect_ended(loop);
}

/* A hang-up is passed on as an error; libcurl has no other word for it. */
static void transfers_on_ready(Loop *loop, Watch *watch, uint32_t events)
{
    Transfers *transfers = loop->state;
    int bits = (events & EPOLLIN ? CURL_CSELECT_IN : 0) | (events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
               (events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
    int n_running;

    curl_multi_socket_action(transfers->multi, watch->fd, bits, &n_running);
    transfers_collect_ended(loop);
}

/* Libcurl must not hear of it: a multi handle whose callback has failed is dead, tells nothing of the
 * transfers that it had, and cannot let go of them. So it goes on believing that somebody watches, and all
 * are ended from the loop, at the next dispatch. */
static void transfers_lose(Transfers *transfers, Loop *loop, int error)
{
    if (!transfers->lost)
        transfers->lost = error;
    loop_set_timer(loop, &transfers->timer, nsec_now());
}

int transfers_set_socket(CURL *easy, curl_socket_t fd, int what, void *user, void *assigned)
{
    Loop *loop = user;
    Transfers *transfers = loop->state;
    SocketWatch *socket = assigned;
    int r;
    uint32_t events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (socket)
            transfers_give_back(transfers, loop, socket);
        return 0;
    }
    /* Once libcurl knows the watch, it hands it back with each further word about this descriptor. */
    if (!socket) {
        socket = transfers_take_socket(transfers);
        if (!socket) {
            transfers_lose(transfers, loop, ENOMEM);
            return 0;
        }
        socket->watch = (Watch){.fd = fd, .ready = transfers_on_ready};
        curl_multi_assign(transfers->multi, fd, socket);
    }
    r = loop_watch(loop, &socket->watch, events);
    if (r < 0)
        transfers_lose(transfers, loop, -r);
    return 0;
}

/* libcurl: when it wants to be called at the latest. A time of 0 means at once, but libcurl must not be
 * called from within its own callback: the timer is due at the next dispatch. */
static int transfers_set_timer(CURLM *multi, long timeout_ms, void *user)
{
    Loop *loop = user;
    Transfers *transfers = loop->state;

    (void)multi;
    if (transfers->lost)
        return 0;
    if (timeout_ms < 0)
        loop_clear_timer(loop, &transfers->timer);
    else
        loop_set_timer(loop, &transfers->timer, nsec_now() + (nsec_t)timeout_ms * NSEC_PER_MSEC);
    return 0;
}

/* libcurl opens descriptors for the multi handle itself; that is what most likely failed if it could not be
 * made. The set comes first: libcurl has no way to go on with a transfer whose socket is not watched, and
 * would never end it. */
int transfers_open(Loop *loop, TransferEnded *ended)
{
    Transfers *transfers;
    int r = loop_prepare_to_watch(loop);

    if (r < 0)
        return r;
    transfers = calloc(1, sizeof(*transfers));
    if (!transfers)
        return -ENOMEM;
    transfers->multi = curl_multi_init();
    if (!transfers->multi) {
        free(transfers);
        return -EMFILE;
    }
    transfers->ended = ended;
    transfers->timer.expired = transfers_on_timer;
    transfers_add_chunk(transfers, &transfers->first_chunk);
    loop->state = transfers;
    curl_multi_setopt(transfers->multi, CURLMOPT_SOCKETFUNCTION, transfers_set_socket);
    curl_multi_setopt(transfers->multi, CURLMOPT_SOCKETDATA, loop);
    curl_multi_setopt(transfers->multi, CURLMOPT_TIMERFUNCTION, transfers_set_timer);
    curl_multi_setopt(transfers->multi, CURLMOPT_TIMERDATA, loop);
    return 0;
}

/* libcurl does not say of each descriptor that it is over: not of its own eventfd, for one. A watch that
 * stayed would be counted, and loop_finish() would stop the program for it. */
static void transfers_end_watches(Transfers *transfers, Loop *loop)
{
    Chunk *chunk;

    SLIST_FOREACH(chunk, &transfers->chunks, next)
    for (size_t i = 0; i < ARRAY_LENGTH(chunk->sockets); i++)
        if (chunk->sockets[i].watch.watched)
            loop_watch(loop, &chunk->sockets[i].watch, 0);
}

/* The multi handle goes first: while it cleans up it still calls transfers_set_socket() and the timer, which
 * need the pool. */
void transfers_close(Loop *loop)
{
    Transfers *transfers = loop->state;

    if (!transfers)
        return;
    curl_multi_cleanup(transfers->multi);
    transfers_end_watches(transfers, loop);
    loop_clear_timer(loop, &transfers->timer);
    while (!SLIST_EMPTY(&transfers->chunks)) {
        Chunk *chunk = SLIST_FIRST(&transfers->chunks);

        SLIST_REMOVE_HEAD(&transfers->chunks, next);
        if (chunk != &transfers->first_chunk)
            free(chunk);
    }
    free(transfers);
    loop->state = NULL;
}

bool transfers_begin(Loop *loop, Transfer *transfer)
{
    Transfers *transfers = loop->state;

    curl_easy_setopt(transfer->easy, CURLOPT_PRIVATE, transfer);
    if (transfers->lost || curl_multi_add_handle(transfers->multi, transfer->easy) != CURLM_OK)
        return false;
    LIST_INSERT_HEAD(&transfers->under_way, transfer, link);
    return true;
}

int transfers_lost(const Loop *loop)
{
    return ((const Transfers *)loop->state)->lost;
}
