/* Lists are read from their end, where the trusted proxies have written; what a client has put before that is
 * not even looked at, however long or broken it is. One thing of it can matter: a quotation mark that is
 * never closed could swallow what a proxy added behind it. So a Forwarded header with such a one says nothing
 * at all. */
#include "handlers/forwarded.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/authority.h"
#include "base/cleanup.h"
#include "base/text.h"

/* "[2001:db8::1]:65535", or the longest port that has a name instead. */
enum { MAX_NODE = 128 };

typedef struct Slice {
    const char *start;
    size_t length;
} Slice;

static bool slice_is_blank(char character)
{
    return character == ' ' || character == '\t';
}

static Slice slice_trim(Slice slice)
{
    while (slice.length > 0 && slice_is_blank(slice.start[0])) {
        slice.start++;
        slice.length--;
    }
    while (slice.length > 0 && slice_is_blank(slice.start[slice.length - 1]))
        slice.length--;
    return slice;
}

static bool slice_is(Slice slice, const char *text)
{
    return slice.length == strlen(text) && strncasecmp(slice.start, text, slice.length) == 0;
}

/* What a list has behind its last comma, and takes that off the list; empty items are passed over (RFC 9110,
 * 5.6.1). Returns an empty slice at the end. */
static Slice list_take_last(Slice *list)
{
    Slice item = {list->start, 0};

    while (list->length > 0 && item.length == 0) {
        const char *comma = memrchr(list->start, ',', list->length);
        const char *start = comma ? comma + 1 : list->start;

        item = slice_trim((Slice){start, (size_t)(list->start + list->length - start)});
        list->length = comma ? (size_t)(comma - list->start) : 0;
    }
    return item;
}

/* ":8080", or ":_hidden" (RFC 7239, 6); nothing is a port, too. */
static bool node_is_port(const char *text)
{
    static const char digits[] = "0123456789";
    static const char hidden[] = "_.-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    if (*text == '\0')
        return true;
    if (*text++ != ':' || *text == '\0')
        return false;
    return *text == '_' ? text[strspn(text, hidden)] == '\0'
                        : strlen(text) <= 5 && text[strspn(text, digits)] == '\0';
}

/* Reads an address with or without a port. An IPv6 address with a port has to be in brackets; without one,
 * most proxies write no brackets into X-Forwarded-For. Returns false for "unknown", "_hidden" and all else.
 */
static bool node_parse(Slice node, Address *ret)
{
    char text[MAX_NODE];
    char *end;

    if (node.length == 0 || node.length >= sizeof(text) || memchr(node.start, '\0', node.length))
        return false;
    memcpy(text, node.start, node.length);
    text[node.length] = '\0';
    if (text[0] == '[') {
        end = strchr(text, ']');
        if (!end || !node_is_port(end + 1))
            return false;
        *end = '\0';
        return strchr(text, ':') && address_parse(text + 1, ret);
    }
    end = strchr(text, ':');
    if (end && !strchr(end + 1, ':')) {
        if (!node_is_port(end))
            return false;
        *end = '\0';
    }
    return address_parse(text, ret);
}

/* Goes from the trusted proxy in *address, which has written the entry, one step towards the client. Returns
 * whether there may be a further one. */
static bool chain_step(Address *address, Slice node, const char *trusted_proxies)
{
    return node_parse(node, address) && address_is_among(address, trusted_proxies);
}

/* It ends at the first address that is not trusted: that one was written by a trusted proxy, which has seen
 * it as its peer, so it is true. All before it is what that client has said. */
static Address client_by_list(Address peer, const char *list, const char *trusted_proxies)
{
    Slice rest = {list, strlen(list)};
    Slice node;

    do {
        node = list_take_last(&rest);
    } while (node.length > 0 && chain_step(&peer, node, trusted_proxies));
    return peer;
}

/* What one proxy has said in Forwarded: "for=192.0.2.1;proto=https;host=lab". */
typedef struct Element {
    char node[MAX_NODE]; /* of for=; "": not said */
    char proto[16];
    char host[sizeof(((Forwarded *)NULL)->host)];
} Element;

/* Copies a value without its quotation marks and backslashes, cut to the room. Returns the length that it has
 * in the text, or 0 if it is none. */
static size_t value_read(Slice text, char *value, size_t room)
{
    size_t n = 0, at = 0;

    if (text.length == 0)
        return 0;
    if (text.start[0] != '"') {
        /* Colons and brackets need quotation marks, but many proxies write none. */
        while (at < text.length && text.start[at] != ';' && text.start[at] != '"' &&
               !slice_is_blank(text.start[at]))
            at++;
        snprintf(value, room, "%.*s", (int)at, text.start);
        return at;
    }
    for (at = 1; at < text.length && text.start[at] != '"'; at++) {
        at += text.start[at] == '\\';
        if (at < text.length && n + 1 < room)
            value[n++] = text.start[at];
    }
    value[n] = '\0';
    return at < text.length ? at + 1 : 0;
}

/* The pairs that are not for us are read all the same, as what stands behind them depends on where they end.
 */
static bool element_read(Slice text, Element *element)
{
    *element = (Element){0};
    for (;;) {
        char other[8], *value = other;
        size_t room = sizeof(other), length;
        const char *equals;
        Slice name;

        text = slice_trim(text);
        if (text.length > 0 && text.start[0] == ';') {
            text = (Slice){text.start + 1, text.length - 1};
            continue;
        }
        if (text.length == 0)
            return true;
        equals = memchr(text.start, '=', text.length);
        if (!equals)
            return false;
        name = (Slice){text.start, (size_t)(equals - text.start)};
        if (slice_is(name, "for")) {
            value = element->node;
            room = sizeof(element->node);
        } else if (slice_is(name, "proto")) {
            value = element->proto;
            room = sizeof(element->proto);
        } else if (slice_is(name, "host")) {
            value = element->host;
            room = sizeof(element->host);
        }
        /* Each is said once: of two, one reader would take the first and another one the last. */
        if (value != other && *value)
            return false;
        text = (Slice){equals + 1, text.length - name.length - 1};
        length = value_read(text, value, room);
        if (length == 0)
            return false;
        text = slice_trim((Slice){text.start + length, text.length - length});
        if (text.length > 0 && text.start[0] != ';')
            return false;
    }
}

/* Cuts the list at the commas outside of quotation marks. Returns the number of elements and sets *ret, owned
 * by the caller; 0 if a quotation mark is not closed. */
static size_t elements_split(const char *list, Slice **ret)
{
    size_t room = 1, n = 0;
    bool quoted = false;
    Slice *elements;

    for (const char *at = list; *at; at++)
        room += *at == ',';
    elements = calloc(room, sizeof(*elements));
    assert(elements);
    elements[0].start = list;
    for (const char *at = list; *at; at++) {
        if (quoted && *at == '\\' && at[1]) {
            at++;
        } else if (*at == '"') {
            quoted = !quoted;
        } else if (*at == ',' && !quoted) {
            elements[n].length = (size_t)(at - elements[n].start);
            elements[++n].start = at + 1;
        }
    }
    elements[n].length = strlen(elements[n].start);
    *ret = elements;
    return quoted ? 0 : n + 1;
}

/* The same walk; *ret_element is the entry that names the client, empty if none does. */
static Address client_by_elements(
    Address peer, const char *list, const char *trusted_proxies, Element *ret_element)
{
    auto_free Slice *elements = NULL;
    size_t n = elements_split(list, &elements);

    *ret_element = (Element){0};
    while (n-- > 0) {
        Slice text = slice_trim(elements[n]);
        Element element;

        if (text.length == 0)
            continue;
        if (!element_read(text, &element))
            break;
        *ret_element = element;
        if (!chain_step(&peer, (Slice){element.node, strlen(element.node)}, trusted_proxies))
            break;
    }
    return peer;
}

/* Finds the client, and what Forwarded says of the request that it made.
 *
 * A proxy that writes the one header passes the other on as it comes. If the other one won, a client could
 * write its own address there; if this depended on which proxy it is, a setting would have to say so, and the
 * default would be wrong for half of them. So a contradiction makes both void. It costs only the client that
 * made it: it shares the places of the proxy's own address. */
static Address client_find(
    const Request *request, const Address *peer, const char *trusted_proxies, Element *ret_element)
{
    auto_free char *list = request->header_list(request, "X-Forwarded-For");
    auto_free char *elements = request->header_list(request, "Forwarded");
    Address by_list = *peer, by_elements = *peer;

    *ret_element = (Element){0};
    if (elements)
        by_elements = client_by_elements(*peer, elements, trusted_proxies, ret_element);
    if (!list)
        return by_elements;
    by_list = client_by_list(*peer, list, trusted_proxies);
    if (!elements || address_equals(&by_list, &by_elements))
        return by_list;
    *ret_element = (Element){0};
    return *peer;
}

/* The last value of a header, without blanks, as a new text; NULL if there is none. */
static char *forwarded_last_value(const Request *request, const char *name)
{
    auto_free char *list = request->header_list(request, name);
    Slice rest = {list, list ? strlen(list) : 0};
    Slice item = list_take_last(&rest);

    return item.length > 0 ? strndup(item.start, item.length) : NULL;
}

/* Whether it is a path that may stand in front of our own, in a link, in a cookie, and in JSON.
 * "//evil.example" would be another host's page, and dots would lead out of the path. */
static bool forwarded_is_prefix(const char *text)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~/";

    return text[0] == '/' && strlen(text) <= FORWARDED_MAX_PREFIX && text[strspn(text, allowed)] == '\0' &&
           !strstr(text, "//") && !strstr(text, "/.");
}

static void forwarded_set_prefix(Forwarded *forwarded, const char *text)
{
    size_t length;

    if (!text || !forwarded_is_prefix(text))
        return;
    length = strlen(text);
    /* "/lab/" and "/lab" mean the same, and "/" means none. */
    if (text[length - 1] == '/')
        length--;
    memcpy(forwarded->prefix, text, length);
    forwarded->prefix[length] = '\0';
}

/* A host that does not fit is cut, and is no host then either: the gate refuses names of that length. */
static void forwarded_set_host(Forwarded *forwarded, const char *text)
{
    if (text)
        snprintf(forwarded->host, sizeof(forwarded->host), "%s", text);
}

void forwarded_read(Request *request, const char *trusted_proxies)
{
    Forwarded *forwarded = &request->forwarded;
    auto_free char *proto = NULL, *host = NULL, *prefix = NULL;
    Address peer, client;
    Element element;

    *forwarded = (Forwarded){0};
    snprintf(forwarded->client, sizeof(forwarded->client), "%s", request->peer);
    if (!address_parse(request->peer, &peer) || !address_is_among(&peer, trusted_proxies))
        return;
    client = client_find(request, &peer, trusted_proxies, &element);
    address_format(&client, forwarded->client);
    proto = forwarded_last_value(request, "X-Forwarded-Proto");
    host = forwarded_last_value(request, "X-Forwarded-Host");
    prefix = forwarded_last_value(request, "X-Forwarded-Prefix");
    forwarded->https = strcasecmp(proto ? proto : element.proto, "https") == 0;
    forwarded_set_host(forwarded, host ? host : element.host);
    forwarded_set_prefix(forwarded, prefix);
    forwarded->said = proto || host || prefix || element.proto[0] || element.host[0];
}

char *forwarded_base(const Request *request)
{
    const Forwarded *forwarded = &request->forwarded;
    const char *host = *forwarded->host     ? forwarded->host
                       : request->authority ? request->authority
                                            : request->header(request, "Host");

    if (!host)
        return text_printf("%s", forwarded->prefix);
    return text_printf("%s://%.*s%s", forwarded->https ? "https" : "http", (int)strcspn(host, " \t"), host,
        forwarded->prefix);
}
