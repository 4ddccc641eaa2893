/* What a proxy in front of the server says of a request: who the client is, and by which scheme, name and
 * prefix it asks. A header says what its writer likes, so it counts only from a peer in
 * server.trusted_proxies.
 *
 * The client. X-Forwarded-For, or Forwarded (RFC 7239), is a list to which each proxy adds the address of its
 * own peer at the end. It is read from the end: as long as the address found there is a trusted proxy, the
 * entry before it counts as well. So the last address that is no trusted proxy is the client, and whatever
 * the client itself has written stands before that and is never read. Where an entry is no address
 * ("unknown", "_hidden", nonsense), the client is the proxy that was found last. If both headers are there
 * and name different clients, neither counts: a proxy writes one of them, the other may be the client's own,
 * and nothing tells which.
 *
 * The rest. In Forwarded, proto and host count of the entry that names the client. Of X-Forwarded-Proto,
 * -Host and -Prefix, which go before it, the last value counts: that of the nearest proxy. What has not the
 * form of such a value is passed over, but for a host, which the gate refuses. */
#pragma once

#include "handlers/request.h"

/* Fills in request->forwarded. The list is server.trusted_proxies, "" for none. From any other peer, the
 * client is the peer and nothing else is said. request->peer is the address of the other end of the
 * connection. */
void forwarded_read(Request *request, const char *trusted_proxies);

/* Returns where the client finds the server, without a slash at the end: "https://lab.example.org/lab", or
 * only the prefix, "/lab" or "", if nobody has said by which name it asks. Owned by the caller. */
char *forwarded_base(const Request *request);
