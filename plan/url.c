#include "plan/url.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct UrlParts {
    char host[256]; /* without the brackets of an IPv6 literal */
    int port;
} UrlParts;

static const char *split_url(const char *url, UrlParts *ret)
{
    const char *host, *end, *rest;
    char *after;
    long port;

    if (strncasecmp(url, "http://", 7) == 0) {
        port = 80;
        host = url + 7;
    } else if (strncasecmp(url, "https://", 8) == 0) {
        port = 443;
        host = url + 8;
    } else {
        return "must begin with http:// or https://";
    }
    if (*host == '[') {
        host++;
        end = host + strspn(host, "0123456789abcdefABCDEF:.");
        if (*end != ']')
            return "has no closing bracket behind its IPv6 address";
        rest = end + 1;
    } else {
        end = host + strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");
        rest = end;
    }
    if (strchr(host, '@') && strcspn(host, "@") < strcspn(host, "/?"))
        return "must not have a user name";
    if (end == host)
        return "has no host";
    if ((size_t)(end - host) >= sizeof(ret->host))
        return "has a host that is too long";
    if (*rest == ':') {
        port = isdigit((unsigned char)rest[1]) ? strtol(rest + 1, &after, 10) : 0;
        if (port < 1 || port > 65535)
            return "has a bad port";
        rest = after;
    }
    if (*rest != '\0' && *rest != '/' && *rest != '?')
        return "has something other than a host and a port before its path";
    for (; *rest; rest++)
        if (!isgraph((unsigned char)*rest) || *rest == '\\')
            return "has a character that must be percent-encoded";
    memcpy(ret->host, host, (size_t)(end - host));
    ret->host[end - host] = '\0';
    ret->port = (int)port;
    return NULL;
}

const char *url_complaint(const char *url)
{
    UrlParts parts;

    return split_url(url, &parts);
}

static bool host_matches(const char *host, const char *pattern, size_t length)
{
    size_t host_length = strlen(host);

    if (length >= 2 && pattern[0] == '[' && pattern[length - 1] == ']') {
        pattern++;
        length -= 2;
    }
    if (length == 1 && *pattern == '*')
        return true;
    if (length > 2 && strncmp(pattern, "*.", 2) == 0)
        return host_length >= length &&
               strncasecmp(host + host_length - (length - 1), pattern + 1, length - 1) == 0;
    return host_length == length && strncasecmp(host, pattern, length) == 0;
}

bool url_allowed(const char *url, const char *patterns)
{
    UrlParts parts;

    if (split_url(url, &parts))
        return false;
    while (patterns && *patterns) {
        size_t length = strcspn(patterns, ", \t"), host_length = length;

        while (host_length > 0 && patterns[host_length - 1] != ':')
            host_length--;
        if (host_length > 1) {
            const char *port = patterns + host_length;

            if ((*port == '*' || atoi(port) == parts.port) &&
                host_matches(parts.host, patterns, host_length - 1))
                return true;
        }
        patterns += length;
        patterns += strspn(patterns, ", \t");
    }
    return false;
}
