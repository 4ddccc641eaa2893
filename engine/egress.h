/* The guard on fetch's way out. A request makes the engine dial addresses, and the engine may stand where its
 * user does not: beside services on loopback, in a private network, near a cloud's metadata. So the guard
 * looks at the address that is about to be dialled, after every name, number and redirect has been turned
 * into one, and lets pass:
 *
 *   - gilscope's own origin, 127.0.0.1 at the ports of the request;
 *   - the addresses that the operator lists, and loopback at a port listed for localhost;
 *   - public addresses, if the operator allows the URL's host.
 *
 * It is asked twice: before the clock starts, so that a refusal is one clear reason; and by libcurl in the
 * moment of dialling, so that nothing that happens between can lead elsewhere. */
#pragma once

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "engine/cell.h"

/* What may be dialled for one URL. Zero: nothing. */
typedef struct Egress {
    const uint16_t *own_ports; /* on 127.0.0.1 */
    uint32_t n_own_ports;
    const char *allow;          /* the operator's patterns, see plan/allow.h; NULL: none */
    bool host_allowed;          /* a pattern allows the URL's host: it may have a public address */
    bool goes_anywhere;         /* no guard */
    uint64_t max_bytes;         /* of one answer, header and content; 0: any number */
    struct curl_slist *resolve; /* the addresses chosen for the URL's name; NULL: it needs none */
} Egress;

/* One request on its way. Used by the thread of its task's loop only. Zero at first. */
typedef struct EgressTransfer {
    const Egress *egress;
    uint64_t n_bytes;
    bool has_header; /* a whole one came: up to the empty line behind it */
    char *refusal;   /* owned; why nothing was dialled; NULL: something was */
} EgressTransfer;

/* For the pages of the own origin. The cell must stay where it is. */
Egress egress_to_own_origin(const Cell *cell);

/* For a URL: looks its host up and chooses the addresses that may be dialled. Returns 0 with *ret set;
 * -EACCES if none may, -EHOSTUNREACH if there is none, -EINVAL if the URL is not one; then with the reason.
 */
int egress_to_url(const Cell *cell, const char *url, Egress *ret, char reason[static ARENA_REASON_SIZE]);

/* Frees the list of addresses, which must outlive all transfers that use it. */
void egress_finish(Egress *egress);

/* Why the address must not be dialled, naming it and the rule; the caller frees it. NULL if it may be. */
char *egress_refusal(const Egress *egress, const struct sockaddr *address);

/* Puts a libcurl handle under guard: addresses, schemes, proxies, redirects and the length of the header. The
 * transfer must outlive the handle's request and be finished behind it. */
void egress_guard(EgressTransfer *transfer, const Egress *egress, CURL *easy);
void egress_finish_transfer(EgressTransfer *transfer);

/* Counts bytes that have come. Returns false when they are too many. */
bool egress_take(EgressTransfer *transfer, size_t n_bytes);
bool egress_is_too_long(const EgressTransfer *transfer);

/* Whether the server closed the connection inside its header. libcurl takes that for an answer. */
bool egress_is_cut(const EgressTransfer *transfer);
