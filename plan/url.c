/* Attacks on checks like this one live from a URL that the check reads in one way and the client in another:
 * a user name before the host that looks like the host, a backslash, an address written as one number, a dot
 * too many. So what is taken is less than the standards allow, and whatever two readers could differ about is
 * refused before anybody asks where it leads. */
#include "plan/url.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "plan/allow.h"

/* Browsers take such a host for an IPv4 address, resolvers for a name. Such a text that is no valid IPv4
 * address would be judged as a name here and dialled as an address there. A single dot at the end belongs to
 * the root and does not count. */
static bool ends_in_number(const char *host)
{
    size_t length = strlen(host);
    const char *label;

    if (host[length - 1] == '.')
        length--;
    label = memrchr(host, '.', length);
    label = label ? label + 1 : host;
    return label < host + length && label + strspn(label, "0123456789") >= host + length;
}

/* An address is recognised in every spelling that resolvers take (one number, octal, hexadecimal), because
 * the resolver will take it, too: 2130706433 is 127.0.0.1. Brackets are for IPv6 alone. Returns NULL or a
 * complaint. */
static const char *url_read_host(const char *text, size_t length, bool in_brackets, UrlTarget *ret)
{
    if (length == 0)
        return "has no host";
    if (length >= sizeof(ret->host))
        return "has a host that is too long";
    memcpy(ret->host, text, length);
    ret->host[length] = '\0';
    ret->is_address = address_parse_loosely(ret->host, &ret->address);
    if (in_brackets && (!ret->is_address || !strchr(ret->host, ':')))
        return "has something other than an IPv6 address in its brackets";
    if (!ret->is_address && ends_in_number(ret->host))
        return "has a host that ends in a number and is no IPv4 address";
    return NULL;
}

/* Port and path: what stands behind the host. "Behind" must be a slash or a question mark at once: anything
 * else would be part of the host to a parser that is more generous than this one. Blanks and control
 * characters would end the request line early and let the rest of the URL become headers of its own; a
 * backslash is a slash to browsers. Both must come percent-encoded. */
static const char *url_read_rest(const char *rest, int *port)
{
    char *after;

    if (*rest == ':') {
        long number = isdigit((unsigned char)rest[1]) ? strtol(rest + 1, &after, 10) : 0;

        if (number < 1 || number > 65535)
            return "has a bad port";
        *port = (int)number;
        rest = after;
    }
    if (*rest != '\0' && *rest != '/' && *rest != '?')
        return "has something other than a host and a port before its path";
    for (; *rest; rest++)
        if (!isgraph((unsigned char)*rest) || *rest == '\\')
            return "has a character that must be percent-encoded";
    return NULL;
}

/* Only these characters can belong to a host, so its end is found without a rule for what may follow. The
 * user name has a complaint of its own, because it is the usual way to make a URL look as if it led
 * elsewhere: http://example.org@10.0.0.5/ goes to 10.0.0.5. */
const char *url_read(const char *url, UrlTarget *ret)
{
    const char *host, *end, *complaint;
    bool in_brackets;
    UrlTarget target;

    if (strncasecmp(url, "http://", 7) == 0) {
        target.port = 80;
        host = url + 7;
    } else if (strncasecmp(url, "https://", 8) == 0) {
        target.port = 443;
        host = url + 8;
    } else {
        return "must begin with http:// or https://";
    }
    in_brackets = *host == '[';
    if (in_brackets) {
        host++;
        end = host + strspn(host, "0123456789abcdefABCDEF:.");
        if (*end != ']')
            return "has no closing bracket behind its IPv6 address";
    } else {
        end = host + strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");
    }
    if (strchr(host, '@') && strcspn(host, "@") < strcspn(host, "/?"))
        return "must not have a user name";
    complaint = url_read_host(host, (size_t)(end - host), in_brackets, &target);
    if (!complaint)
        complaint = url_read_rest(in_brackets ? end + 1 : end, &target.port);
    if (!complaint)
        *ret = target;
    return complaint;
}

const char *url_complaint(const char *url)
{
    UrlTarget target;

    return url_read(url, &target);
}

/* "127.0.0.1 (written 2130706433) is a loopback address (127.0.0.0/8), and 127.0.0.1:80 is not ..." */
static char *refuse_address(const UrlTarget *target, const char *purpose)
{
    char address[ADDRESS_TEXT_SIZE], with_port[ADDRESS_PORT_TEXT_SIZE];
    auto_free char *written = NULL;

    address_format(&target->address, address);
    address_format_port(&target->address, target->port, with_port);
    written =
        strcasecmp(address, target->host) == 0 ? strdup("") : text_printf(" (written %s)", target->host);
    return text_printf(
        "%s%s is %s, and %s is not in the setting [fetch] allow", address, written, purpose, with_port);
}

/* An address that is listed may be dialled, whatever it is for. One that is not is refused with its purpose
 * if it has a special one (loopback, private, link-local). A public address is judged like a name, by the
 * hosts of the list, and so is a name itself: the runtime judges where it leads. */
char *url_refusal(const char *url, const char *patterns)
{
    UrlTarget target;
    const char *complaint = url_read(url, &target), *purpose = NULL;

    if (complaint)
        return text_printf("%s", complaint);
    if (target.is_address) {
        if (allow_address(patterns, &target.address, target.port))
            return NULL;
        purpose = address_purpose(&target.address);
    }
    if (purpose)
        return refuse_address(&target, purpose);
    if (allow_host(patterns, target.host, target.port))
        return NULL;
    return text_printf(strchr(target.host, ':')
                           ? "leads away from this server, and [%s]:%d is not in the setting [fetch] allow"
                           : "leads away from this server, and %s:%d is not in the setting [fetch] allow",
        target.host, target.port);
}
