/* Pacing. The question is how long a request waits that arrives while another thread computes, so that thread
 * must have the lock again when the next request comes. A fixed pause alone would only make this likely. So
 * the client also watches a hog's counter, and sends when it has seen it move: under a global lock that is a
 * hog that holds it. The pause is drawn anew each time, so that the requests fall into step with nothing.
 *
 * The client sends one request at a time and waits for its answer (a closed loop). So a slow answer also
 * delays the next request, and the percentiles are those of requests that were sent, not of a given rate of
 * them. */
#include "engine/convoy-client.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/random.h"

#define PAUSE_MORE (1 * NSEC_PER_MSEC) /* at most, beyond what was asked for */

/* MAP_NORESERVE: there is room for four million latencies, and a machine that counts what it promises would
 * refuse as many bytes, of which most cells use a few pages. */
int convoy_board_create(ConvoyBoard **ret)
{
    ConvoyBoard *board =
        mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (board == MAP_FAILED)
        return -errno;
    *ret = board;
    return 0;
}

static void client_sleep_for(nsec_t time)
{
    const struct timespec span = nsec_to_timespec(time);

    nanosleep(&span, NULL);
}

/* Ticks of all hogs. They are read one after the other, so the sum may be of no one moment; it is only asked
 * whether it has changed. */
static uint64_t client_work_done(const ConvoyBoard *board)
{
    uint64_t ticks = 0;

    for (size_t i = 0; i < CONVOY_MAX_TASKS; i++)
        ticks += atomic_load_explicit(&board->hogs[i].ticks, memory_order_relaxed);
    return ticks;
}

/* If no hog ever moves, the time ends the wait. Sleeping between two looks keeps the client off the CPUs
 * that the hogs need. */
static void client_pause_before_next(const ConvoyClient *client, uint64_t *random, nsec_t end)
{
    uint64_t seen;

    client_sleep_for(client->pause + random_below(random, PAUSE_MORE));
    if (!client->waits_for_hogs)
        return;
    do {
        seen = client_work_done(client->board);
        client_sleep_for(20 * NSEC_PER_USEC);
    } while (client_work_done(client->board) == seen && nsec_now() < end);
}

/* Returns whether there was an answer. MSG_NOSIGNAL: without it the death of the server would kill the
 * client by SIGPIPE, and nobody would set over. */
static bool client_request(const ConvoyClient *client, uint64_t number)
{
    uint64_t answer;

    return send(client->fd, &number, sizeof(number), MSG_NOSIGNAL) == sizeof(number) &&
           recv(client->fd, &answer, sizeof(answer), 0) == sizeof(answer) && answer == number;
}

/* The time begins when all tasks that are needed are there: before that, requests would measure how threads
 * start. One that will never come says so by the end of all, see convoy_attend(). Returns whether they came.
 */
static bool client_wait_for_tasks(const ConvoyClient *client)
{
    const ConvoyBoard *board = client->board;

    while (atomic_load_explicit(&board->n_begun, memory_order_relaxed) < client->n_needed) {
        if (atomic_load_explicit(&board->over, memory_order_relaxed))
            return false;
        client_sleep_for(200 * NSEC_PER_USEC);
    }
    return true;
}

/* There is always one request, however short the time, so that there is a figure. */
static void client_send_requests(const ConvoyClient *client)
{
    ConvoyBoard *board = client->board;
    uint64_t random = client->seed;
    nsec_t end, since;

    if (!client_wait_for_tasks(client))
        return;
    board->first = nsec_now();
    end = board->first + client->duration;
    do {
        if (client->paced)
            client_pause_before_next(client, &random, end);
        since = nsec_now();
        if (!client_request(client, board->n_requests))
            return;
        board->last = nsec_now();
        board->latencies[board->n_requests++] = board->last - since;
    } while (board->last < end && board->n_requests < CONVOY_MAX_REQUESTS &&
             !atomic_load_explicit(&board->over, memory_order_relaxed));
}

pid_t convoy_client_start(const ConvoyClient *client, int other_fd)
{
    pid_t parent = getpid(), pid = fork();

    if (pid != 0)
        return pid < 0 ? -errno : pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    prctl(PR_SET_NAME, "gilscope-client");
    /* With its own copy of the server's end open it would never learn that the server has gone. */
    close(other_fd);
    client_send_requests(client);
    atomic_store_explicit(&client->board->over, true, memory_order_relaxed);
    _exit(0);
}

static int client_compare(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

void convoy_sort(ConvoyBoard *board)
{
    qsort(board->latencies, board->n_requests, sizeof(board->latencies[0]), client_compare);
}

/* The nearest rank, rounded up: a latency that was really measured, and no mean of two. */
uint64_t convoy_percentile(const ConvoyBoard *board, uint32_t hundredths)
{
    uint64_t rank = ((uint64_t)board->n_requests * hundredths + 99) / 100;

    return rank > 0 ? board->latencies[rank - 1] : 0;
}
