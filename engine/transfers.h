/* libcurl's transfers on a loop: one multi handle for each loop, driven by the sockets and the one timer that
 * libcurl asks for.
 *
 * Which descriptors are watched is libcurl's business alone, and they belong to the loop, not to the transfer
 * that happened to be under way when libcurl named them. A transfer may have none (a name that is looked up),
 * two (two addresses tried at once), or leave some behind: a TLS connection whose peer is slow to close stays
 * open beside the next request's. And from libcurl 8.20 on there is an eventfd of the multi handle itself,
 * which comes with a handle that nobody here has made. So there is no limit to their number, and nothing is
 * read from the handle that they come with.
 *
 * All of it runs in the loop's thread. */
#pragma once

#include <curl/curl.h>
#include <stdbool.h>
#include <sys/queue.h>

#include "engine/loop.h"

/* One that is under way; inside of what waits for it. Its handle is set by its owner. */
typedef struct Transfer {
    CURL *easy;
    LIST_ENTRY(Transfer) link;
} Transfer;

/* Called when a transfer is over; its handle can be used again, or cleaned up. */
typedef void TransferEnded(Loop *loop, Transfer *transfer, CURLcode code);

/* Opens them as the loop's state. Returns 0 or a negative errno. */
int transfers_open(Loop *loop, TransferEnded *ended);

/* Closes them; does nothing if they are not open. Transfers still under way are given up. */
void transfers_close(Loop *loop);

/* Begins one; ended() follows, in a later turn of the loop. The transfer must live until then or until the
 * close; the private pointer of its handle is taken. Returns false if libcurl does not take it, or the
 * transfers are lost. */
bool transfers_begin(Loop *loop, Transfer *transfer);

/* Returns 0, or why no transfer of this loop can end any more by itself, an errno: a descriptor could not be
 * watched. All that are under way end with CURLE_ABORTED_BY_CALLBACK then. */
int transfers_lost(const Loop *loop);

/* What libcurl calls (CURLMOPT_SOCKETFUNCTION) to say which events of a descriptor it waits for. For tests,
 * which call it as versions of libcurl do that are not installed here. */
int transfers_set_socket(CURL *easy, curl_socket_t fd, int what, void *loop, void *assigned);
