/* Names are judged once, addresses always. Between the look-up and the call of socket() a name may come to
 * mean another address (DNS rebinding), a server may send a redirect, an environment may hold a proxy; and an
 * address has many spellings. So the last word has egress_open_socket(), which libcurl asks for each address
 * that it is about to dial, whatever led to it. */
#include "engine/egress.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/address.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "plan/allow.h"
#include "plan/url.h"

static bool egress_is_own_origin(const Egress *egress, const Address *address, int port)
{
    Address own;

    if (!address_parse("127.0.0.1", &own) || !address_equals(address, &own))
        return false;
    for (uint32_t i = 0; i < egress->n_own_ports; i++)
        if (egress->own_ports[i] == port)
            return true;
    return false;
}

/* The order is from the narrowest permission to the widest: the own origin, what the operator lists by
 * address, what is public and of an allowed host. What nobody allows is refused, so a case that was
 * forgotten here is closed. */
char *egress_refusal(const Egress *egress, const struct sockaddr *to)
{
    char text[ADDRESS_TEXT_SIZE], with_port[ADDRESS_PORT_TEXT_SIZE];
    const char *purpose;
    Address address;
    int port;

    if (egress->goes_anywhere)
        return NULL;
    if (!address_from_socket(to, &address, &port))
        return text_printf("an address of family %d is not one of the Internet", to->sa_family);
    if (egress_is_own_origin(egress, &address, port) || allow_address(egress->allow, &address, port))
        return NULL;
    address_format(&address, text);
    address_format_port(&address, port, with_port);
    /* An allowed host may have any public address; what has a special purpose must be listed itself, or a
     * name of the outside that leads to 127.0.0.1 would open what is inside. */
    purpose = address_purpose(&address);
    if (purpose)
        return text_printf(
            "%s is %s: to allow it, put %s into the setting [fetch] allow", text, purpose, with_port);
    if (egress->host_allowed)
        return NULL;
    return text_printf("%s is not in the setting [fetch] allow", with_port);
}

Egress egress_to_own_origin(const Cell *cell)
{
    return (Egress){.own_ports = cell->origin_ports, .n_own_ports = cell->n_origin_ports};
}

/* libcurl would resolve each name in a thread of its own, again and again: it is done once, and what was
 * judged is what is dialled. Returns "host:port:address,address" with the addresses that may be, or NULL with
 * the refusal of the first. */
static char *egress_choose(
    const Egress *egress, const UrlTarget *target, const struct addrinfo *found, char **ret_refusal)
{
    char *entry = text_printf("%s:%d:", target->host, target->port);
    auto_free char *first_refusal = NULL;
    const char *comma = "";

    for (const struct addrinfo *each = found; each; each = each->ai_next) {
        auto_free char *refusal = egress_refusal(egress, each->ai_addr), *before = NULL;
        char text[ADDRESS_TEXT_SIZE];
        Address address;

        if (refusal) {
            if (!first_refusal)
                first_refusal = take_pointer(refusal);
            continue;
        }
        if (!address_from_socket(each->ai_addr, &address, NULL))
            continue;
        address_format(&address, text);
        before = entry;
        entry = text_printf("%s%s%s", before, comma, text);
        comma = ",";
    }
    if (*comma)
        return entry;
    free(entry);
    *ret_refusal = first_refusal ? take_pointer(first_refusal) : text_printf("no address may be dialled");
    return NULL;
}

/* The name to look up: localhost means the loopback addresses whatever a resolver thinks (RFC 6761, 6.3), and
 * a small system has no file that says so. NULL stands for them. */
static const char *egress_node_of(const UrlTarget *target, char literal[static ADDRESS_TEXT_SIZE])
{
    if (target->is_address)
        address_format(&target->address, literal);
    if (!target->is_address && strcasecmp(target->host, "localhost") == 0)
        return NULL;
    return target->is_address ? literal : target->host;
}

/* An address stands in the URL already, and libcurl reads it as it is. All the same it goes through the
 * look-up, so that names and addresses are judged by the same code. */
static int egress_aim(const UrlTarget *target, Egress *egress, char *reason)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    auto_free char *entry = NULL, *refusal = NULL;
    char literal[ADDRESS_TEXT_SIZE], port[16];
    struct addrinfo *found = NULL;
    int r;

    snprintf(port, sizeof(port), "%d", target->port);
    r = getaddrinfo(egress_node_of(target, literal), port, &hints, &found);
    if (r != 0) {
        snprintf(
            reason, ARENA_REASON_SIZE, "the host %.60s has no address: %s", target->host, gai_strerror(r));
        return -EHOSTUNREACH;
    }
    entry = egress_choose(egress, target, found, &refusal);
    freeaddrinfo(found);
    if (!entry) {
        snprintf(reason, ARENA_REASON_SIZE, "%s (the host is %.60s)", refusal, target->host);
        return -EACCES;
    }
    if (!target->is_address)
        egress->resolve = curl_slist_append(NULL, entry);
    return 0;
}

/* The URL was judged before, by the plan; it is judged again here, because a request may come from somewhere
 * else, and because what a name leads to is known only where it is dialled from. */
int egress_to_url(const Cell *cell, const char *url, Egress *ret, char reason[static ARENA_REASON_SIZE])
{
    Egress egress = egress_to_own_origin(cell);
    UrlTarget target;
    const char *complaint = url_read(url, &target);
    int r;

    if (complaint) {
        snprintf(reason, ARENA_REASON_SIZE, "the url %s", complaint);
        return -EINVAL;
    }
    egress.allow = cell->allow;
    egress.goes_anywhere = cell->goes_anywhere;
    egress.host_allowed = allow_host(cell->allow, target.host, target.port);
    egress.max_bytes = (uint64_t)cell->max_bytes;
    r = egress_aim(&target, &egress, reason);
    if (r == 0)
        *ret = egress;
    return r;
}

void egress_finish(Egress *egress)
{
    curl_slist_free_all(egress->resolve);
    *egress = (Egress){0};
}

/* The last word. CURL_SOCKET_BAD ends this attempt, and libcurl may try the next address, about which it
 * asks again. The reason is kept, since libcurl reports no more than that it could not connect. */
static curl_socket_t egress_open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *address)
{
    EgressTransfer *transfer = user;
    char *refusal = egress_refusal(transfer->egress, &address->addr);

    (void)purpose;
    if (!refusal)
        return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    free(transfer->refusal);
    transfer->refusal = refusal;
    return CURL_SOCKET_BAD;
}

/* Called with each line. The header counts too: a server could send one without end, which no limit of the
 * content would stop. And it is watched for its end: libcurl reports a connection that was closed inside the
 * header as a fine answer without content, which was never sent. An interim answer (100 Continue) has a
 * header of its own, so each first line begins anew; lines behind chunked content belong to a header that has
 * ended. */
static size_t egress_on_header(char *data, size_t size, size_t count, void *user)
{
    EgressTransfer *transfer = user;
    size_t length = size * count;

    if (length > 0 && (data[0] == '\r' || data[0] == '\n'))
        transfer->has_header = true;
    else if (length >= 5 && memcmp(data, "HTTP/", 5) == 0)
        transfer->has_header = false;
    return egress_take(transfer, length) ? length : 0;
}

/* Set anew for each request: a handle that is used again keeps its options, but the transfer counts from 0.
 */
void egress_guard(EgressTransfer *transfer, const Egress *egress, CURL *easy)
{
    egress_finish_transfer(transfer);
    transfer->egress = egress;
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, egress_open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    /* A redirect is an answer like any other: what is measured is one request. */
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    /* None from the environment either. */
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, egress_on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    if (egress->resolve)
        curl_easy_setopt(easy, CURLOPT_RESOLVE, egress->resolve);
}

void egress_finish_transfer(EgressTransfer *transfer)
{
    free(transfer->refusal);
    *transfer = (EgressTransfer){0};
}

/* Counted while it comes: a length that a server announces may be missing or wrong. */
bool egress_take(EgressTransfer *transfer, size_t n_bytes)
{
    transfer->n_bytes += n_bytes;
    return !egress_is_too_long(transfer);
}

bool egress_is_too_long(const EgressTransfer *transfer)
{
    return transfer->egress && transfer->egress->max_bytes > 0 &&
           transfer->n_bytes > transfer->egress->max_bytes;
}

bool egress_is_cut(const EgressTransfer *transfer)
{
    return transfer->egress && !transfer->has_header;
}
